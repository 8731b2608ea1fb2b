"""The words of the ledger and of its monthly form."""

from portal.rendering.i18n import N_

OPEN = N_("未销号")
ALL = N_("全部")
OVERDUE = N_("超期")
MINE = N_("我的")
TO_US = N_("上报给我们的")
OLDEST = N_("最早的在前")
REGISTER_NAME = N_("隐患台账")

FORM = N_("学校安全隐患排查整治台账（月报表）")
FORM_NOTE = N_("{place}，{day} 导出，共 {count} 条。学生姓名不列入。")
FORM_CUT = N_(
    "{place}，{day} 导出。一共 {total} 条，这里是其中 {count} 条：一个文件最多 {most} 条，按月份或类别分几次导出。学生姓名不列入。"
)

FORM_HEAD = {
    "unit": N_("填报单位"),
    "month": N_("填报月份"),
    "line": N_("序号"),
    "number": N_("隐患编号"),
    "found_on": N_("排查日期"),
    "place": N_("隐患部位（网格）"),
    "category": N_("隐患类别"),
    "title": N_("隐患内容"),
    "level": N_("隐患等级"),
    "reporter": N_("发现人"),
    "measure": N_("整改措施"),
    "responsible": N_("整改责任人"),
    "due": N_("整改期限"),
    "money": N_("所需资金"),
    "interim": N_("临时防控措施"),
    "done_on": N_("完成日期"),
    "rechecker": N_("复查人"),
    "rechecked_on": N_("复查日期"),
    "conclusion": N_("复查结论"),
    "closed": N_("是否销号"),
    "not_done": N_("未完成原因"),
    "receivers": N_("上报去向"),
    "remark": N_("备注"),
    "filler": N_("填表人"),
    "signature": N_("单位负责人签字"),
    "filled_on": N_("填报日期"),
}
"""Columns of the bureau's monthly form, in its order."""

YES, NO = N_("是"), N_("否")
MONTH = N_("{year}年{month}")
NOT_DONE = N_("{status}，还没有销号")
NOT_DONE_LATE = N_("{status}，已超期")
REOPENED = N_("重新打开 {count} 次")
BETWEEN = N_("；")
AND = N_("、")
PUBLIC = N_("公众反映")

EVENTS = {"register.exported": N_("导出了登记表，{rows} 行")}
