"""The words of the duty room."""

from portal.duty.rules import DayKind
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
}

FLASHES = {
    "duty.leader_set": N_("排好了：{day}。"),
    "duty.leader_cleared": N_("撤下了：{day}，现在没有人带班。"),
    "duty.unchanged": N_("{day} 本来就是这样排的。"),
}

EVENTS = {
    "duty.leader_set": N_("排了带班"),
    "duty.leader_cleared": N_("撤下了带班"),
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
