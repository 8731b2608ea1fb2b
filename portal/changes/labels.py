"""The words of personnel change."""

from portal.core.provided import CheckWords
from portal.rendering.i18n import N_

KINDS = {
    "joining": (N_("新来"), N_("新教职工到校，接哪些岗位")),
    "leaving": (N_("离开"), N_("调走、退休、离职，岗位交给谁")),
    "moving": (N_("换岗"), N_("人还在，交出一些岗位，接别的岗位")),
    "leave": (N_("请假"), N_("产假、病假、外出学习，回来之前谁代理")),
    "acting": (N_("代理"), N_("替别人担一段时间")),
}
TITLES = {
    "joining": N_("新来：{name}"),
    "leaving": N_("离开：{name}"),
    "moving": N_("换岗：{name}"),
    "leave": N_("请假：{name}"),
    "acting": N_("代理：{name}"),
}
THEN = {
    "keep": (N_("留着"), N_("还是他负责")),
    "holder": (N_("交给"), N_("选接手的人，从生效起一直担下去")),
    "acting": (N_("请人代理"), N_("选代理的人，写明到哪天")),
    "nobody": (N_("先空着"), N_("由 B 角或者上一级顶着，算空缺，会提醒上一级")),
}
AWAY = {
    "acting": (N_("请人代理"), N_("选代理的人，假期里由他负责")),
    "nobody": (N_("不请人代理"), N_("由 B 角或者上一级顶着")),
}
TAKEN_AS = {
    "replace": N_("接替现在的人，当第一负责人"),
    "beside": N_("和现在的人一起负责"),
    "deputy": N_("当 B 角"),
    "acting": N_("代理到最后一天"),
}
HELD_AS = {"holder": N_("负责"), "deputy": N_("B 角"), "acting": N_("代理")}
STATES = {
    "ahead": N_("还没生效"),
    "in_force": N_("已生效"),
    "over": N_("已结束"),
    "undone": N_("已撤销"),
}
PARTS = {"giver": N_("交出的人"), "taker": N_("接手的人"), "supervisor": N_("监交的人")}
VACANT_OFFER = N_("现在空着")
HELD_OFFER = N_("现在有人")
NOW_HELD = N_("{post}（{holder}）")
PLACE_POST = N_("{grid} · {post}")
REPORT_FILE = N_("人事变动报备表 {title}")
SHEET_FILE = N_("责任交接单 {title}")
NEW_PERSON = N_("新来的人")
NOBODY = N_("没有人")

HANGING = {
    "people.posts": N_("{count} 个岗位"),
    "people.grids": N_("{count} 处网格"),
    "people.absences": N_("{count} 次请假"),
    "hazards.named": N_("{count} 条隐患直接交给本人"),
    "hazards.posts": N_("{count} 条隐患在他的岗位上"),
    "hazards.watching": N_("看守或督办 {count} 条隐患"),
    "hazards.helping": N_("帮着整改 {count} 条隐患"),
    "accounts.account": N_("{count} 个账号，生效时自动停用"),
    "accounts.sessions": N_("{count} 台设备登录着，生效时自动退出"),
    "accounts.invitations": N_("{count} 张邀请还没用"),
    "duty.days": N_("排了 {count} 天带班，要改排"),
    "reminders.unread": N_("{count} 条消息没有读"),
    "responsibilities.duties": N_("{count} 条安全职责跟着岗位走"),
    "responsibilities.marks": N_("责任矩阵里 {count} 格跟着岗位走"),
}
"""What hangs on a person, in the words of the wizard. `code` is of the room that lends it."""

REFUSALS = {
    "changes.in_the_past": N_("交接日最早是今天，明天零点生效。今天就要改，到人员或岗位页面上登记。"),
    "changes.announced_late": N_("宣布的日子不能晚于交接日。"),
    "changes.person_missing": N_("选一个人，或者写新来的人的姓名。"),
    "changes.not_yourself": N_("不能办自己的变动。请校长、安全办公室的另一位或教育局来办。"),
    "changes.posts_changed": N_("他的岗位刚才变了，重新选一遍。"),
    "changes.post_forgotten": N_("每个岗位都要选：交给谁，还是先空着。"),
    "changes.taken_twice": N_("同一个岗位选了两次，去掉一个。"),
    "changes.nothing_taken": N_("选要接的岗位。"),
    "changes.nothing_moves": N_("没有要交出的，也没有要接的。选一个岗位。"),
    "changes.successor_missing": N_("选接手的人，不能是他自己。"),
    "changes.name_of_nobody": N_("没有找到这个人。写姓名、工号，或者他负责的地方。"),
    "changes.name_of_several": N_("不止一个人对得上，在下面选一个，或者写得再全一些。"),
    "changes.acting_needs_end": N_("代理要写最后一天，在交接日以后。"),
    "changes.leave_needs_end": N_("请假要写最后一天，在交接日以后。"),
    "changes.answers_anyway": N_("选的人已经在这个岗位上。选“空着”或“不请人代理”，就由他顶上。"),
    "changes.two": N_("这样会有一段时间两个人同时负责“{post}”。先撤销或改掉另一项变动。"),
    "changes.gap": N_("这样“{post}”会有一段时间没有人。把它交给别人，或者选先空着。"),
    "changes.undone_already": N_("这项变动已经撤销。"),
    "changes.too_late": N_("已经生效，不能撤销。要改回来，登记一项新的变动。"),
    "changes.later_first": N_("后来的变动接着这一项，先撤销后来的那一项。"),
    "changes.touched_since": N_("这些岗位后来又被人改过，不能一起撤销。登记一项新的变动。"),
    "changes.not_running": N_("这项变动现在没有进行中的请假或代理，不用结束。"),
    "changes.told_on_wrong": N_("写报备的日子，不早于宣布的日子，不晚于今天。"),
    "changes.date_wrong": N_("日期写成 2026-11-23 这样。"),
    "changes.date_missing": N_("写日期。"),
    "changes.too_long": N_("太长了，写短一点。"),
    "handover.not_yours": N_("这张交接单只由交接双方填写和确认，由监交的人会签。"),
    "handover.frozen": N_("已经有人确认，不能再改。要补充，另外写下来双方留着。"),
    "handover.void": N_("这项变动已经撤销，交接单作废。"),
    "handover.confirmed_already": N_("已经确认过了。"),
    "handover.both_first": N_("等交接双方都确认以后再会签。"),
    "school_year.name_missing": N_("写学年名称，比如 2027 学年。"),
    "school_year.too_late": N_("已经生效，不能撤销。"),
    "school_year.not_drafted": N_("这一批已经处理过了。"),
    "school_year.one_at_a_time": N_("还有一批没有处理完，先处理那一批。"),
}

FLASHES = {
    "changes.entered": N_("登记好了。生效前可以撤销。"),
    "changes.undone": N_("撤销了，都和原来一样。"),
    "changes.reported": N_("记下了报备的日子。"),
    "changes.shortened": N_("到今天为止，明天零点起由岗位上的人负责。"),
    "handover.filled": N_("记下了。"),
    "handover.unchanged": N_("和原来一样，没有改动。"),
    "handover.confirmed": N_("确认好了。"),
    "school_year.drafted": N_("列好了，还没有改任何东西。逐项看过再执行。"),
    "school_year.applied": N_("登记好了，到交接日的第二天零点一起生效。之前可以撤销。"),
    "school_year.undone": N_("整批撤销了。"),
}

EVENTS = {
    "change.entered": N_("登记了人事变动"),
    "change.undone": N_("撤销了人事变动"),
    "change.shortened": N_("请假或代理提前结束"),
    "change.reported": N_("把人事变动报给了教育局"),
    "handover.filled": N_("填了“{post}”的交接单"),
    "handover.confirmed": N_("确认了“{post}”的交接单"),
    "school_year.drafted": N_("拟了新学年的一批变动：{classes} 个班，{appointments} 次任职"),
    "school_year.applied": N_("执行了新学年的一批变动：{classes} 个班，{appointments} 次任职"),
    "school_year.undone": N_("撤销了新学年的一批变动"),
}
COMMA = N_("、")
OR = N_(" 或 ")
FROM_TO = N_("{giver} 交给 {taker}")
WAITS = N_("等{who}确认")

GRADES = (
    ("一年级", "二年级", "三年级", "四年级", "五年级", "六年级", "七年级", "八年级", "九年级"),
    ("初一", "初二", "初三"),
    ("高一", "高二", "高三"),
)
"""How names of classes begin, grade after grade; data of the field, not words of the screen."""
CLASS_TEACHER = "班主任"

CLASS_THEN = {"up": N_("升级，改名为"), "stays": N_("不变"), "leaves": N_("毕业，撤销")}
TERM_THEN = {"renew": N_("续任"), "end": N_("到期结束")}
YEAR_STATES = {
    "drafted": N_("还在看，没有改任何东西"),
    "applied": N_("已登记，到日子一起生效"),
    "done": N_("已生效"),
    "undone": N_("已撤销"),
}

SHEETS = CheckWords(N_("没办完的交接单"), N_("该办的交接单都办完了"), N_("办交接"))
SHEET_OF = N_("{place} {title}")
WAITS_SINCE = N_("{day}起就该交接完")
