"""The words of the plan of hours."""

from portal.duty.planning.rules import Because
from portal.duty.rules import KEY, TERM, DayKind
from portal.rendering.i18n import N_

REFUSALS = {
    "duty.has_areas": N_("学校已经有区域或时段，不能再用建议的。直接改现在的。"),
    "plan.day_is_over": N_("这一天已经过去。过去的不改，选今天以后的。"),
    "plan.from_tomorrow": N_("今天这里已经排了人，时段从明天起改。"),
    "plan.leads_everywhere": N_("带班管全校，不分区域。写在“全校”里。"),
    "plan.one_leader": N_("带班只有一个人。"),
    "plan.no_such_kind": N_("选一种日子。"),
    "plan.no_such_grid": N_("选本校的一处，或者不选。"),
    "plan.grid_taken": N_("这一处已经是另一个区域。"),
    "plan.name_taken": N_("这个名称已经有了，换一个。"),
    "plan.name_missing": N_("写名称。"),
    "plan.name_too_long": N_("名称太长，写短一点。"),
    "plan.clock_missing": N_("写成 08:00 这样；一天的结束写 24:00。"),
    "plan.over_midnight": N_("结束要在开始以后。过夜的分成两段：到 24:00 为止，再从 00:00 开始。"),
    "plan.people_missing": N_("写最少几个人，1 到 50。"),
    "plan.slot_is_over": N_("这个时段那时已经结束，不能再改。"),
    "plan.nothing_to_copy": N_("那种日子在这里还没有时段，没有可抄的。"),
    "plan.same_kind": N_("这种日子本来就照它。选别的。"),
    "plan.role_kind_missing": N_("选这是哪一类岗位。"),
    "plan.word_is_used": N_("已经用过，删不掉，过去的记录还要用它的名称。可以改名称。"),
    "plan.wrong_way_round": N_("最后一天在第一天之前。换一下。"),
    "plan.period_too_long": N_("一段时期最多 400 天。"),
    "plan.period_from_today": N_("已经过去的日子不再改。从今天或以后开始。"),
    "plan.period_has_begun": N_("已经开始，只能改名称和最后一天。要改别的，结束它，再加一个。"),
    "plan.period_is_over": N_("已经过去，不能再改。"),
    "plan.term_stays": N_("学期和别的时期不能互换。结束它，再加一个。"),
    "plan.term_clashes": N_("和另一个学期有重叠的日子。先改那一个。"),
    "plan.raise_missing": N_("写每个时段加几个人，1 到 9。"),
    "plan.raise_for_key": N_("只有重点时期加人，至少加 1 个。"),
    "plan.day_name_missing": N_("写一句为什么，比如“运动会调休”。"),
    "plan.fallback_too_long": N_("最长 400 天。到期再续。"),
    "plan.leaves_before": N_("这个人不在本校教职工里，或者到期以前就离开。换一个人，或者把最后一天提前。"),
    "plan.may_not_lead": N_("这段时间里，这个人不是一直有可以带班的岗位。选校长、副校长、安全办或校委会的人。"),
}

FLASHES = {
    "plan.adopted": N_("用上了：{slots} 个时段，从今天起。照本校的样子改。"),
    "plan.area_made": N_("加了区域：{name}。给它加时段。"),
    "plan.area_changed": N_("改好了：{name}。"),
    "plan.area_ended": N_("{name}到今天为止。撤下 {shifts} 班。"),
    "plan.slot_added": N_("加好了，从{day}起。"),
    "plan.slot_changed": N_("改好了，从{day}起。以前的照旧。"),
    "plan.slot_ended": N_("结束了，从{day}起不再要人。"),
    "plan.slots_copied": N_("抄好了 {slots} 个时段，从{day}起。"),
    "plan.word_made": N_("加好了：{name}。"),
    "plan.word_changed": N_("改好了：{name}。"),
    "plan.word_removed": N_("删掉了：{name}。"),
    "plan.period_made": N_("加好了：{name}。"),
    "plan.period_changed": N_("改好了：{name}。"),
    "plan.period_ended": N_("结束了：{name}。"),
    "plan.day_set": N_("记下了：{day}。"),
    "plan.day_cleared": N_("去掉了，{day} 又照原来的。"),
    "plan.fallback_made": N_("记下了：{name}，到{day}。"),
    "plan.fallback_ended": N_("结束了：{name}。"),
    "plan.unchanged": N_("本来就是这样。"),
}

EVENTS = {
    "duty.proposal_adopted": N_("用了建议的区域和时段"),
    "duty.area_made": N_("加了值班区域"),
    "duty.area_changed": N_("改了值班区域"),
    "duty.area_ended": N_("结束了值班区域，撤下 {shifts} 班"),
    "duty.slot_added": N_("加了值班时段，从 {first_day} 起"),
    "duty.slot_changed": N_("改了值班时段，从 {first_day} 起"),
    "duty.slot_ended": N_("结束了值班时段，最后一天 {last_day}"),
    "duty.slots_copied": N_("抄了 {slots} 个值班时段，从 {first_day} 起"),
    "duty.role_made": N_("加了值班岗位"),
    "duty.role_changed": N_("改了值班岗位的名称"),
    "duty.role_removed": N_("删了值班岗位"),
    "duty.day_kind_made": N_("加了一种日子"),
    "duty.day_kind_changed": N_("改了一种日子的名称"),
    "duty.day_kind_removed": N_("删了一种日子"),
    "duty.period_made": N_("加了一段时期，{first_day} 到 {last_day}"),
    "duty.period_changed": N_("改了一段时期，{first_day} 到 {last_day}"),
    "duty.period_ended": N_("结束了一段时期"),
    "duty.day_set": N_("定了 {day} 是什么日子"),
    "duty.day_cleared": N_("去掉了 {day} 自己定的"),
    "duty.fallback_made": N_("定了兜底的人"),
    "duty.fallback_ended": N_("结束了兜底"),
}

PERIOD_KINDS = {TERM: N_("学期"), KEY: N_("重点时期")}

DAY_CHOICES = {
    DayKind.SCHOOL_DAY: N_("上课日"),
    DayKind.WEEKEND: N_("休息日"),
    DayKind.HOLIDAY: N_("放假"),
    DayKind.MAKEUP: N_("调休上课"),
}

MARKS = {
    "school_day": N_("课"),
    "weekend": N_("休"),
    "holiday": N_("假"),
    "makeup": N_("调"),
    "exam_day": N_("考"),
    "vacation": N_("歇"),
    "winter_vacation": N_("寒"),
    "summer_vacation": N_("暑"),
}
"""One sign for each kind of day, in the calendar of the school year."""

ROLE_KINDS = {
    "teacher": N_("教职工轮值"),
    "security": N_("安保（要按时接班）"),
    "keeper": N_("场所管理"),
}

WHY = {
    Because.OWN: N_("本校定的：{name}"),
    Because.HOLIDAY: N_("国家放假：{name}"),
    Because.PERIOD: N_("在“{name}”里"),
    Because.MAKEUP: N_("国家调休"),
    Because.WEEKDAY: N_("照星期"),
}

WHOLE_DAY = N_("00:00–24:00 无空档")
HOLES = N_("空档 {holes}")
NO_SLOTS = N_("没有时段")
ALWAYS_LED = N_("24 小时都要一个人带班")
OVERLAP = N_("{hours} {role}有两个时段重叠，人数相加，要 {people} 人")
AS_ON = N_("照{kind}")
PEOPLE = N_("{role} {count} 人")
REPORTS = N_("{people}，要零报告")
HOLE = N_("没有时段")
ADD = N_("加时段")
FROM = N_("{day}起")
UNTIL = N_("到{day}为止")
TODAY = N_("今天")
AND = N_("、")
MORE_PEOPLE = N_("每个时段加 {count} 人")
ANY_AREA = N_("任何区域")
LANE = N_("{area} {role}")
SHARED = N_("各校共用")
UNUSED = N_("还没有用过")
USED = N_("用着")
MONTH = N_("{year}年{month}月")
DAY_LABEL = N_("{day}，{kind}，{why}")

TABS = {
    "plan": N_("区域和时段"),
    "calendar": N_("日历和时期"),
    "fallbacks": N_("兜底的人"),
    "words": N_("岗位和日子"),
}
