"""The words of the duty room."""

from portal.duty.rules import As, Clash, DayKind
from portal.rendering.i18n import N_

REFUSALS = {
    "duty.day_is_over": N_("{day} 已经过去，不能再改谁带班。"),
    "duty.may_not_lead": N_("{day} 开始时，这个人没有可以带班的岗位。选校长、副校长、安全办或校委会的人。"),
    "duty.not_yourself": N_(
        "不能排自己带班：带班管全校，比你的岗位宽。请另一位能排班的人来排，或者请教育局放宽你的岗位。"
    ),
    "duty.too_many_days": N_("一次最多排 {most} 天。"),
    "duty.day_missing": N_("选一天。"),
    "duty.person_missing": N_("选一个人。"),
    "duty.shift_is_empty": N_("结束要在开始以后。"),
    "duty.shift_is_over": N_("这段时间已经过去。过去的不能改，有出入就写更正。"),
    "duty.shift_too_long": N_("一班最长 24 小时。分成几班。"),
    "duty.shift_has_begun": N_("这一班已经开始，不能再改。"),
    "duty.no_such_lane": N_("选一个区域和一个岗。"),
    "duty.leads_alone": N_("带班只排一个人。"),
    "duty.lane_changed": N_("刚才有人在这段时间排了别的人。看一看现在是谁，再排。"),
    "duty.time_missing": N_("写清从几点到几点。"),
    "duty.reason_missing": N_("写一句为什么。"),
    "duty.shift_cancelled": N_("这一班已经撤下。"),
}

FLASHES = {
    "duty.leader_set": N_("排好了：{day}。"),
    "duty.leader_cleared": N_("撤下了：{day}，现在没有人带班。"),
    "duty.unchanged": N_("{day} 本来就是这样排的。"),
    "duty.shifts_added": N_("排好了 {count} 人：{hours}。"),
    "duty.shift_changed": N_("改好了。"),
    "duty.shift_cancelled": N_("这一班撤下了。"),
}

EVENTS = {
    "duty.leader_set": N_("排了带班"),
    "duty.leader_cleared": N_("撤下了带班"),
    "duty.shift_entered": N_("排了一班"),
    "duty.shift_changed": N_("改了一班"),
    "duty.shift_cancelled": N_("撤下了一班"),
}

DAY_KINDS = {
    DayKind.SCHOOL_DAY: N_("上课日"),
    DayKind.WEEKEND: N_("休息日"),
    DayKind.HOLIDAY: N_("放假"),
    DayKind.MAKEUP: N_("调休上课"),
}

# As the package `chinesecalendar` names them. What a school calls its own days is shown as it was written.
HOLIDAYS = {
    "New Year's Day": N_("元旦"),
    "Spring Festival": N_("春节"),
    "Tomb-sweeping Day": N_("清明节"),
    "Labour Day": N_("劳动节"),
    "Dragon Boat Festival": N_("端午节"),
    "Mid-autumn Festival": N_("中秋节"),
    "National Day": N_("国庆节"),
    "Anti-Fascist 70th Day": N_("抗战胜利纪念日"),
}

# The clauses of "why this date", in the order in which the rule gives them.
TRACE = {
    "limit.workdays": N_("{level}隐患限 {days} 个工作日"),
    "limit.same_day": N_("{level}隐患当天改完，不过夜"),
    "triage.workdays": N_("收到后 {days} 个工作日内核实"),
    "triage.hours": N_("报为重大的，{hours} 小时内核实"),
    "by_hand": N_("人工定的日子：{reason}"),
    "counted_from": N_("从 {at} 起算"),
    "found.late": N_("{hour} 以后发现的算到下一个工作日"),
    "found.rest_day": N_("那天休息，算到下一个工作日"),
    "passed.weekend": N_("中间 {days} 天周末不算"),
    "passed.holiday": N_("{names}放假 {days} 天不算"),
    "counted.makeup": N_("{dates} 调休上班，照算"),
    "passed.none": N_("中间没有周末和节假日"),
    "unpublished": N_("{years} 年的放假安排还没公布，先按平常的周末算"),
}
BETWEEN = N_("，")
END = N_("{text}。")
AND = N_("、")

WHOLE_SCHOOL = N_("全校")
LEADING = N_("带班")
LANE = N_("{area} {role}")
MISSING = N_("缺人")
MISSING_N = N_("缺 {count} 人")
ASSIGN = N_("指派人")
STANDS = {
    As.OWN: N_("自己的班"),
    As.SWAP: N_("换班"),
    As.TAKEOVER: N_("临时替班"),
    As.CORRECTION: N_("更正"),
    As.FALLBACK: N_("兜底"),
}

WEEK_FULL = N_("{lanes} 个岗，{hours} 小时都有人。")
WEEK_GAPS = N_("{lanes} 个岗，{hours} 小时中缺 {missing} 小时：{gaps}。")
WEEK_MORE_GAPS = N_("{lanes} 个岗，{hours} 小时中缺 {missing} 小时：{gaps}，另外 {more} 处。")
GAP_AT = N_("{weekday} {time} {lane}")

# What speaks against somebody, beside their name and in the list of conflicts.
AGAINST = {
    Clash.TWO_PLACES: N_("{when} 已经在{lane}"),
    Clash.TOO_LONG: N_("连着值 {hours} 小时，超过 24 小时"),
    Clash.NO_REST: N_("{hours} 小时里没有连着休息 11 小时"),
    Clash.AWAY: N_("{when} 请假"),
    Clash.LEFT: N_("{when} 已经离开学校"),
    Clash.NO_POST: N_("那时没有任职"),
}
CONFLICTS = {
    Clash.TWO_PLACES: N_("{name}同时在两个地方"),
    Clash.TOO_LONG: N_("{name}连着值超过 24 小时"),
    Clash.NO_REST: N_("{name}休息不够 11 小时"),
    Clash.AWAY: N_("{name}请假，还排着班"),
    Clash.LEFT: N_("{name}已经离开，还排着班"),
    Clash.NO_POST: N_("{name}没有任职，还排着班"),
}
GIVE_TO = N_("改由{name}")
GIVE_LANE_TO = N_("{lane}改由{name}")
CANCEL_ONE = N_("撤下{lane}")
CUT_AT = N_("{lane}到 {time} 为止")
BEGIN_AT = N_("{lane}从 {time} 开始")

# Where today's page leads, by address.
DOORS = {
    "/duty/week": N_("一周"),
    "/duty/month": N_("月表"),
    "/duty/handovers": N_("接班"),
    "/duty/log": N_("值班记录"),
    "/duty/swaps": N_("换班"),
    "/duty/feeds": N_("日历订阅"),
    "/duty/leave": N_("请假日历"),
    "/duty/leaders": N_("谁带班"),
    "/duty/conflicts": N_("冲突"),
    "/duty/rosters": N_("排班"),
    "/duty/plan": N_("区域和时段"),
    "/duty/screens": N_("墙上的屏"),
}

SHIFT_LINKS = {"swap": N_("换班"), "takeover": N_("临时替班"), "correction": N_("写更正")}
SOMEBODY = N_("有人")
BEATEN = N_("{name} {moment} 改过这一班。下面是现在的样子，你填的还在。")
TWICE = N_("同时排在两个地方")
