"""The words of the coverage room."""

from portal.core.provided import CheckWords
from portal.rendering.i18n import N_

REFUSALS = {
    "coverage.pair_missing": N_("没有说是哪两个人。回到覆盖页，从那一行按按钮。"),
}

FLASHES = {
    "coverage.look_alike_confirmed": N_("记下了：是两个人，以后不再问。"),
    "coverage.look_alike_known": N_("已经有人核对过了。"),
}

EVENTS = {
    "look_alike.confirmed": N_("核对了名字相像的两个人"),
    "map.drawn": N_("重画了责任图，第 {edition} 版"),
}

EMPTY = N_("空缺")
ITSELF = N_("{name}（本身）")

CHECKS = {
    "grids": CheckWords(N_("没有负责人的网格"), N_("每个网格都有负责人"), N_("指定人")),
    "posts": CheckWords(N_("没有人的其他岗位"), N_("其他岗位都有人"), N_("指定人")),
    "duties": CheckWords(N_("没写明工作或安全职责的岗位"), N_("岗位的工作和安全职责都写明了"), N_("写职责")),
    "people": CheckWords(N_("没有岗位的人"), N_("每个人都有岗位"), N_("安排岗位")),
    "doubles": CheckWords(N_("一个岗位有几位第一负责人"), N_("每个岗位只有一位第一负责人"), N_("定一位")),
    "crowded": CheckWords(N_("有几个主责岗位的网格"), N_("每个网格只有一个主责岗位"), N_("定主责")),
    "ending": CheckWords(N_("30 天内任期满、没有人接的岗位"), N_("30 天内没有任期满了没人接的"), N_("定接任的人")),
    "look_alikes": CheckWords(N_("名字相像，要核对"), N_("没有要核对的名字"), N_("是两个人")),
    "offices": CheckWords(N_("没有定科室的隐患类别"), N_("归科室的隐患类别都定了科室"), N_("定科室")),
}

ACTS = {
    "appoint": N_("指定人"),
    "make_post": N_("设岗位"),
    "charge": N_("写职责"),
    "place": N_("安排岗位"),
    "primary": N_("定一位"),
    "one_post": N_("定主责"),
    "follow": N_("定接任的人"),
    "confirm": N_("是两个人"),
    "mark": N_("定科室"),
}

NOTES = {
    "no_post": N_("没有自己的岗位，现在由上级网格代管"),
    "vacant": N_("{title}空缺"),
    "vacant_since": N_("{title}空缺，自 {until}"),
    "no_list": N_("没有安全职责清单"),
    "no_list_many": N_("{count} 个岗位，没有安全职责清单"),
    "no_line": N_("没写本职工作"),
    "no_line_many": N_("{count} 个岗位，没写本职工作"),
    "no_grid": N_("在名册上，没有岗位"),
    "doubles": N_("现在有 {count} 位"),
    "crowded": N_("现在有 {count} 个岗位都算主责"),
    "ending": N_("{until}起没有人"),
    "same_name": N_("同名"),
    "look_alike": N_("只差一个字"),
    "offices": N_("{count} 类隐患还没定哪个科室主责"),
}

HISTORY_LINE = N_("{days} 天里从 {first} 到 {last}")
MAP_LABEL = N_("{name}责任图")
