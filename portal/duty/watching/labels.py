"""The words of taking over, signing off, and the log of duty."""

from portal.duty.watching.rules import Kind, WrittenAs
from portal.rendering.i18n import N_

REFUSALS = {
    "duty.take_too_early": N_("还早，上班前 30 分钟起接班。"),
    "duty.take_too_late": N_("这一班已经结束，不能再接。有出入就写更正。"),
    "duty.take_not_yours": N_("表上这一班现在不是你。换了人，先在值班表里换。"),
    "duty.sign_too_early": N_("还早，下班前 30 分钟起交班。"),
    "duty.sign_too_late": N_("下班超过一天，不能再签。有事写进值班记录。"),
    "duty.sign_not_yours": N_("由值这一班的人来签。"),
    "duty.signed_already": N_("这一班已经签过了。"),
    "duty.line_missing": N_("写一句；没有就写“无”。"),
    "duty.line_too_long": N_("太长了，写在 500 个字以内。"),
    "duty.not_asked": N_("这种班不用接班。"),
    "duty.log_not_on_duty": N_("那时你不在这个岗，不能记。请值班的人、带班领导或办公室来记。"),
    "duty.log_lane_missing": N_("选一个岗。"),
    "duty.log_kind_missing": N_("选记什么。"),
    "duty.log_text_missing": N_("写一句发生了什么。"),
    "duty.log_time": N_("写过去 24 小时里的时间。"),
    "duty.log_count": N_("写人数，没有人缺就写 0。"),
    "duty.log_leader_only": N_("电话抽查由带班领导或办公室来记。"),
    "duty.log_no_zero": N_("这个区域现在没有要零报告的时段。"),
    "duty.log_answered": N_("选接了没有。"),
    "duty.log_no_card": N_("没有找到这个编号的隐患。照卡片上的编号写，例如 2026-0042；不记得就空着。"),
}

FLASHES = {
    "duty.taken": N_("接班了，时间记下了。"),
    "duty.signed": N_("交班签好了，时间记下了。"),
    "duty.logged": N_("记下了。"),
    "duty.log_corrected": N_("更正记下了，原来的还在。"),
    "duty.log_card_named": N_("记下了，这一条连到了隐患。"),
}

EVENTS = {
    "duty.shift_taken": N_("接班"),
    "duty.shift_signed": N_("签了交班"),
    "duty.untaken_told": N_("到点 15 分钟没有人接班，告诉了带班领导"),
    "duty.log_written": N_("写了一条值班记录"),
    "duty.zero_reported": N_("交了熄灯后的零报告"),
}

KINDS = {
    Kind.ROUND: N_("巡查"),
    Kind.EVENT: N_("事件"),
    Kind.CALL: N_("来电"),
    Kind.CHECK: N_("电话抽查"),
    Kind.ZERO: N_("零报告"),
    Kind.CORRECTION: N_("更正"),
    Kind.HAZARD: N_("隐患"),
    Kind.NO_ACCOUNT: N_("交接班"),
}
WRITTEN_AS = {
    WrittenAs.LEADER: N_("带班领导记"),
    WrittenAs.OFFICE: N_("办公室代记"),
    WrittenAs.CLOCK: N_("到点自动记"),
}
NOTHING_WRONG = N_("无异常")
COUNTED = N_("在 {present} 人，缺 {absent} 人")
ANSWERED = N_("接了")
NOT_ANSWERED = N_("没有接")
BETWEEN = N_("，")
ENTERED_LATER = N_("{moment} 补记")
NOBODY = N_("没有人")
NO_ACCOUNT = N_("{name}没有账号，手机上没有人能确认接班，以后不再提醒。给他开账号，或者把这个区域改成记在纸上")

TAKEN = N_("{moment} 接班")
SIGNED = N_("{moment} 交班签字")
SIGNED_LATE = N_("{moment} 交班签字，晚了")
NOT_YET = N_("还没到接班的时候")
TO_TAKE = N_("等接班")
UNTAKEN = N_("没有接班")
ON_PAPER = N_("没有账号，不在手机上接班")
TO_SIGN = N_("等交班签字")
UNSIGNED = N_("没有签交班")
TOLD = N_("{lane} {hours}：{name}没有接班")

ZERO_DONE = N_("{moment} 报了，{text}")
ZERO_OPEN = N_("{moment} 以前报")
ZERO_LATE = N_("没有报，带班领导已收到")

ALL_AREAS = N_("全部区域")
FILE = N_("值班记录 {area} {month}")
DO_TAKE = N_("接班")
DO_SIGN = N_("去交班")
