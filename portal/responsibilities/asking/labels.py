"""The words of the page that asks who it was."""

from portal.rendering.i18n import N_

FILE = N_("谁负责过 {grid} {day}")
ANSWER = N_("{moment}，{grid}由{name}负责（{place}{post}{standing}）。")
GAP = N_("{moment}，{grid}没有人负责：{place}{post}空缺。")
GAP_FALLS = N_("{moment}，{grid}没有人负责：{place}{post}空缺。上一级{name}（{above}）负责补上。")
NOBODY = N_("{moment}，{grid}和上级网格都没有设负责的岗位。")
DUTY = N_("{grid}的“{duty}”")
STANDING = {"holder": "", "deputy": N_("，B 角"), "acting": N_("，代理")}
GROUNDS = {
    "ruled": N_("责任矩阵指定。"),
    "keeps": N_("由这一级网格的负责岗位负责。"),
    "inherited": N_("这一处没有自己的负责岗位，承自{place}。"),
    "nearer": N_("由这一处的负责岗位负责。"),
    "office": N_("由分管这一类的岗位负责。"),
}
HELD = {"holder": N_("任职"), "deputy": N_("任 B 角"), "acting": N_("代理")}
ROW_HELD = N_("{place}{post}：{name}{held}")
ROW_VACANT = N_("{place}{post}：空缺")
ROW_RULED = N_("责任矩阵：{place}，{post}，{mark}")
ROW_AWAY = N_("{name}不在")
SPAN = N_("{first} 至 {last}")
SPAN_OPEN = N_("{first} 起")
ENTERED = N_("{moment} 由{name}登记")
ENTERED_BY_NOBODY = N_("{moment} 登记")
MARKS = {"main": N_("主责"), "assist": N_("协办"), "supervise": N_("监督"), "inform": N_("知情")}
WRONG_MOMENT = N_("日期或时间看不懂，按现在回答。写成 2026-03-12 和 10:00。")
NOT_FOUND = N_("没有找到这个地方，换几个字再找。")
