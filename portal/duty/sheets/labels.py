"""The words of month sheets and of screens on the wall."""

from portal.rendering.i18n import N_

REFUSALS = {
    "duty.screen_name": N_("写清挂在哪里，最多 60 个字。"),
    "duty.screen_too_many": N_("一所学校最多 {most} 块屏。先停用不再挂的，再加。"),
    "duty.screen_gone": N_("这块屏已经停用。"),
}

FLASHES = {
    "duty.screen_ended": N_("停用了。那块屏再也打不开这个地址。"),
}

EVENTS = {
    "duty.screen_made": N_("挂上了墙上的屏"),
    "duty.screen_ended": N_("停用了墙上的屏"),
}

TITLE = N_("{year}年{month}值班表")
MADE = N_("{moment}制，照这时的班表。以后换班、请假，以网上的为准。")
DIGEST = N_("摘要码 {digest}")
FULL = N_("需要的 {hours} 小时都有人。")
GAPS = N_("需要的 {hours} 小时中缺 {missing} 小时，{count} 处。")
NO_ROSTER = N_("尚未排班")
STEPS_IN = N_("{name}（兜底）")
DAY = N_("日期")
KIND = N_("哪种日子")
MARKS = {
    "holiday": "■",
    "makeup": "▲",
    "weekend": "□",
}
"""Shapes for kinds of day that are not usual school days; the words stand beside them."""
SIGNERS = (N_("制表"), N_("安全办公室"), N_("校长"))
