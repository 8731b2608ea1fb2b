"""The words of the responsibilities room."""

from portal.rendering.i18n import N_

REFUSALS = {
    "matrix.in_the_past": N_("最早从今天算起。以前谁负责，按当时的记录，不能改。"),
    "matrix.too_far_ahead": N_("日期太远了，检查年份。"),
    "matrix.date_wrong": N_("日期写成 2026-11-23 这样。"),
    "matrix.post_missing": N_("选一个岗位。"),
    "matrix.post_unknown": N_("这个岗位不在这里，选本校或上级网格的岗位。"),
    "matrix.post_ended": N_("这个岗位已经撤销，选别的岗位。"),
    "matrix.mark_missing": N_("选主责、协办、监督或知情。"),
    "matrix.basis_unknown": N_("选列出来的一种依据。"),
    "matrix.too_long": N_("太长了，写短一点。"),
    "matrix.nothing_to_end": N_("这一格在这里没有单独定过，没有可以取消的。要改，先在上级网格改，或在这里另定。"),
    "matrix.nothing_chosen": N_("选至少一个岗位。"),
    "duty_list.number_missing": N_("写编号，最多 10 个字。"),
    "duty_list.number_taken": N_("这个编号已经有了，换一个。"),
    "duty_list.text_missing": N_("写这条职责。"),
    "duty_list.choose": N_("选列出来的一种。"),
    "duty_list.unknown": N_("没有这份清单，重新选。"),
    "duty_list.name_missing": N_("写清单名称，最多 80 个字。"),
    "duty_list.name_taken": N_("已经有一份同名的清单，换一个名称。"),
    "duty_list.title_missing": N_("写岗位名称，最多 80 个字。"),
}

FLASHES = {
    "matrix.marked": N_("定好了：{post}，{mark}。"),
    "matrix.ended": N_("取消了。从现在起按上级网格的规定，或由这个网格的负责人负责。"),
    "matrix.unchanged": N_("和原来一样，没有改动。"),
    "matrix.filled": N_("按清单定了 {count} 项。"),
    "matrix.filled_none": N_("没有要补的，原来定的都没有动。"),
    "duty_list.made": N_("清单建好了：{name}。现在一条一条加职责。"),
    "duty_list.copied": N_("这份清单现在是本校的了，可以改。"),
    "duty_list.confirmed": N_("确认了。这份清单可以写进责任书。"),
    "duty_list.item_added": N_("加上了。"),
    "duty_list.item_changed": N_("改好了，从现在起按新的说法。"),
    "duty_list.item_ended": N_("取消了这条职责。"),
    "duty_mapping.set": N_("定好了：{title}。"),
    "duty_mapping.cleared": N_("改回原来的建议：{title}。"),
}

EVENTS = {
    "matrix.marked": N_("在责任矩阵里定了一格"),
    "matrix.mark_ended": N_("在责任矩阵里取消了一格"),
    "matrix.filled": N_("按职责清单定了 {rows} 格"),
    "duty_list.made": N_("新建了一份本校的职责清单"),
    "duty_list.copied": N_("把一份职责清单变成本校的"),
    "duty_list.confirmed": N_("确认了一份职责清单，{items} 条"),
    "duty_list.item_set": N_("写了一条职责（第 {edition} 版）"),
    "duty_list.item_ended": N_("取消了一条职责"),
    "duty_mapping.set": N_("定了一种岗位用哪份职责清单"),
    "duty_mapping.cleared": N_("一种岗位改回建议的职责清单"),
}

MARKS = {"main": N_("主责"), "assist": N_("协办"), "supervise": N_("监督"), "inform": N_("知情")}
MARK_SIGNS = {"main": N_("主"), "assist": N_("协"), "supervise": N_("督"), "inform": N_("知")}
MARK_HELP = {
    "main": N_("只有一个，出了问题先找他"),
    "assist": N_("一起做，任务也会派给他"),
    "supervise": N_("看着做，可以催办"),
    "inform": N_("办结时告诉他"),
}

RIGHTS = {
    "stop": N_("危险时可以先停用、先封闭，再报告"),
    "ask_people": N_("可以请有关部门派人"),
    "ask_money": N_("可以申请经费和器材，答复要有书面理由"),
    "look": N_("可以随时查看记录和现场"),
    "urge": N_("可以催办，逾期报上级"),
    "know": N_("有权知道办结情况"),
}
"""What comes with a mark besides the duty (R49)."""

BASES = {
    "manages": N_("谁主管谁负责"),
    "uses": N_("谁使用谁负责"),
    "approves": N_("谁审批谁负责"),
    "organises": N_("谁组织谁负责"),
    "hosts": N_("谁主办谁负责"),
    "supervises": N_("谁监督谁负责"),
}

GROUNDS = {
    "ruled": N_("学校在责任矩阵里定的"),
    "keeps": N_("他是这一处的负责人"),
    "inherited": N_("这一处没有自己的负责人，由上级网格的负责"),
    "nearer": N_("离得最近的负责人"),
    "office": N_("这类工作归他主管"),
}

ORIGINS = {
    "seed": N_("照文件来的"),
    "mixed": N_("照文件补写的"),
    "ours": N_("文件只提到岗位，内容是建议"),
    "school": N_("本校写的"),
}
OWN = N_("本校的")
SOURCES = {"documents": N_("文件依据"), "school": N_("本校自定")}
"""Where the words of a duty come from; the codes of the library's own ledger mean nothing to a school."""

KINDS = {
    "lead": N_("领导"),
    "organise": N_("组织开展"),
    "check": N_("检查"),
    "do": N_("落实"),
    "respond": N_("处置"),
    "record": N_("记录"),
    "report": N_("报告"),
    "train": N_("培训"),
}
RHYTHMS = {
    "none": N_("一直"),
    "event": N_("有事时"),
    "daily": N_("每天"),
    "weekly": N_("每周"),
    "monthly": N_("每月"),
    "quarterly": N_("每季度"),
    "termly": N_("每学期"),
    "yearly": N_("每年"),
}
LEVELS = {
    "bureau": N_("教育局"),
    "school": N_("学校"),
    "office": N_("部门"),
    "building": N_("楼"),
    "floor": N_("楼层"),
    "room": N_("房间"),
    "class": N_("班级"),
    "post": N_("岗位"),
}

WHOLE = N_("整个网格")
BODIES = {
    "whole": N_("整体"),
    "items": N_("岗位职责"),
    "groups": N_("隐患类别"),
    "domains": N_("工作领域"),
}
VIEWS = {"posts": N_("按岗位看"), "people": N_("按人看")}
ROWS = {
    "all": N_("全部"),
    "gaps": N_("缺主责"),
    "whole": N_("整体"),
    "items": N_("岗位职责"),
    "groups": N_("隐患类别"),
    "domains": N_("工作领域"),
}
VACANT = N_("空缺")
FROM_GRID = N_("承自 {name}")
FROM_DUTY = N_("随“{name}”")
FROM_ABOVE = N_("上级网格")
NO_LINE = N_("没有本职工作")
NO_DUTIES = N_("没有安全职责")
NEITHER = N_("没有本职工作，也没有安全职责")
BETWEEN = N_("、")
MATRIX = N_("责任矩阵")
SHEET = N_("责任清单")
SHEET_FILE = N_("{name} 安全责任清单")
ON_DAY = N_("{place}，{day} 的情况，{rows} 项，{columns} 列。")
DUTY = N_("职责")
ROW_KIND = N_("种类")
GAP = N_("缺主责")
LINES_OF_WORK = (
    N_("供水"),
    N_("供水供热"),
    N_("供配电"),
    N_("分管的学校工作"),
    N_("分管的教育工作"),
    N_("办公室和安全管理"),
    N_("办公室工作"),
    N_("功能室管理"),
    N_("卫生保健"),
    N_("卫生保洁"),
    N_("后勤服务"),
    N_("团委工作"),
    N_("图书管理"),
    N_("场地使用和管理"),
    N_("场馆使用和管理"),
    N_("场馆开放和管理"),
    N_("基础教育和安全保卫"),
    N_("学校全面工作"),
    N_("安全管理"),
    N_("实验准备和药品管理"),
    N_("实验教学和仪器管理"),
    N_("宿舍管理"),
    N_("年级管理"),
    N_("心理辅导"),
    N_("教学设备管理"),
    N_("教育局全面工作"),
    N_("本部门工作"),
    N_("档案管理"),
    N_("活动场地管理"),
    N_("消防设施值守"),
    N_("物品保管"),
    N_("班级管理"),
    N_("美术教学和器材管理"),
    N_("舞蹈教学和器材管理"),
    N_("计算机教学和设备管理"),
    N_("设备使用和管理"),
    N_("设备运行和维修"),
    N_("财务工作"),
    N_("车辆管理"),
    N_("这一处的日常管理"),
    N_("这一层的日常管理"),
    N_("这个区域的日常管理"),
    N_("这个房间的使用和管理"),
    N_("这栋楼的日常管理"),
    N_("这片场地的日常管理"),
    N_("门卫值守"),
    N_("门卫和巡逻"),
    N_("音乐教学和器材管理"),
    N_("领导小组工作"),
    N_("餐厅经营管理"),
)
"""The lines of work that are shipped (`data/duty_mappings.csv`); what a school writes itself is shown as written."""
