"""The words of the arrangements."""

from portal.rendering.i18n import N_

REFUSALS = {
    "viewer.person_missing": N_("选一个人。"),
    "limit.wrong": N_("写 0 到 999 的整数。0 或空着，就是不限。"),
}
FLASHES = {
    "viewer.named": N_("{name}现在看得到敏感隐患。"),
    "viewer.ended": N_("{name}从现在起看不到敏感隐患。"),
    "limit.set": N_("上限改好了。"),
}
EVENTS = {
    "hazard.viewer_named": N_("指定可以看敏感隐患"),
    "hazard.viewer_ended": N_("不再可以看敏感隐患"),
    "board.limit_set": N_("改了看板“{column}”一列的上限：{most}"),
}
