"""The words of today's page."""

from portal.rendering.i18n import N_

ACT = {
    ("reported", "assigned"): N_("去核实"),
    ("reported", "closed"): N_("去核实"),
    ("assigned", "rectifying"): N_("去整改"),
    ("rectifying", "recheck"): N_("提交复查"),
    ("recheck", "closed"): N_("去复查"),
    ("recheck", "rectifying"): N_("去复查"),
    ("escalated", "assigned"): N_("答复"),
}
"""The next act on a card as a button: two to four signs, a verb."""
LOOK = N_("看一看")
WATCH = N_("去看守")

WHY = {
    "triage": N_("等你核实"),
    "recheck": N_("等你复查"),
    "answer": N_("上报给你们，等你们答复"),
    "watch": N_("已上报，由你看守"),
    "mine": N_("由你整改"),
    "help": N_("请你协助"),
    "supervise": N_("你督办，等你复查"),
}
DUE = N_("{moment} 前，{left}")
LATE = N_("{left}，期限 {moment}")
WAITS = N_("{status}，等{name}")
ESCALATED_SINCE = N_("{moment} 上报，还没有答复")

SCREEN = N_("筛查公众反映")
SCREEN_IT = N_("筛查")
REPORTS = N_("{count} 条等着看")
LETTERS = N_("{count} 份责任书等你签")
READ_FIRST = N_("一份一份打开，读完再签")
SIGN = N_("去签")
HANDOVER = N_("交接单：{place} · {post}")
HANDOVER_PARTS = {
    "giver": N_("你交出，把钥匙、资料写清再确认"),
    "taker": N_("你接手，看清以后确认"),
    "supervisor": N_("双方都确认了，等你会签"),
}
CONFIRM = N_("去确认")
COUNTERSIGN = N_("去会签")

OVERDUE = N_("超期 {count} 条")
MAJOR = N_("重大隐患 {count} 条")
ESCALATED = N_("已上报，没有答复 {count} 条")
WAITING = N_("等别人办的 {count} 条")
