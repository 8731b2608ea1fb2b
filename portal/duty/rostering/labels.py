"""The words of rosters."""

from portal.duty.rostering.rules import EVENED, LEAST, ONLY, TEAM, TIRED, Bar
from portal.duty.rules import Clash
from portal.rendering.i18n import N_

REFUSALS = {
    "roster.not_a_draft": N_("这份排班已经发布，不能当草稿改。要改，另排一份，或者在值班表上改单班。"),
    "roster.wrong_way_round": N_("最后一天在第一天之前。换一下。"),
    "roster.too_long": N_("一份排班最多 {most} 天。分几份排。"),
    "roster.is_over": N_("这些天已经过去。选今天以后的。"),
    "roster.no_lanes": N_("选至少一个岗位。"),
    "roster.no_people": N_("名单全是空的。在岗位下面写上人名，一行一个。"),
    "roster.name_missing": N_("写个名称，比如“下学期值班”。"),
    "roster.day_missing": N_("选一天。"),
    "roster.unknown_name": N_("第 {line} 行的“{text}”不在本校教职工里。写全名，一行一个。"),
    "roster.unknown_day": N_("第 {line} 行的“{text}”看不懂。写成 周三，或者 2026-12-24，或者 2026-12-24~2026-12-28。"),
    "roster.no_leader": N_(
        "没有发布：照这份排班，从 {first} 起有 {hours} 小时没有人带班。把缺的补上，或者勾选“有的时段没人带班，也发布”。"
    ),
    "roster.lane_ended": N_(
        "没有发布：{name}已经结束，草稿里从 {first} 起还有它的班。点“按现在的情况重排”再发布，草稿和值班表都没有变。"
    ),
    "roster.book_changed": N_("你看草稿的时候，值班表变了，还没有发布。看一看现在会变什么，再发布。"),
    "roster.not_in_it": N_("这份排班里没有你的班，不用确认。"),
}

FLASHES = {
    "roster.drafted": N_("草稿排好了：{shifts} 班。看过再发布，现在什么都没有变。"),
    "roster.redrafted": N_("重新排好了：{shifts} 班。"),
    "roster.dropped": N_("草稿扔掉了。"),
    "roster.published": N_("发布了：新排 {entered} 班，改时间 {moved} 班，撤下 {cancelled} 班，{kept} 班照旧。"),
    "roster.confirmed": N_("记下了：你已经看过。"),
}

EVENTS = {
    "duty.roster_drafted": N_("排了值班草稿"),
    "duty.roster_dropped": N_("扔掉了值班草稿"),
    "duty.roster_published": N_("发布了排班"),
    "duty.roster_confirmed": N_("确认看过排班"),
}

STATES = {"draft": N_("草稿"), "published": N_("已发布")}

LENGTHS = {
    "8": N_("8 小时左右，最多 12 小时"),
    "12": N_("12 小时左右"),
    "24": N_("一整天"),
}

WHY = {
    LEAST: N_("轮到：计 {own} 小时，名单上平均 {mean}"),
    TEAM: N_("这一周轮到这一组；计 {own} 小时，组里平均 {mean}"),
    ONLY: N_("只有这个人有空"),
    TIRED: N_("休息够 11 小时的人没有了；计 {own} 小时，平均 {mean}"),
    EVENED: N_("拉平：排完以后最少的人，计 {own} 小时，平均 {mean}"),
}

BARS = {
    Bar.SKIPPED: N_("名单上写了不排 {count}"),
    Bar.AWAY: N_("请假或没有岗位 {count}"),
    Bar.BUSY: N_("有别的班 {count}"),
    Bar.REST: N_("休息不够 {count}"),
    Bar.TIRED: N_("刚下班或快上班 {count}"),
}
PASSED = N_("让过：{passed}")

CLASHES = {
    Clash.TWO_PLACES: N_("同时两处有班"),
    Clash.TOO_LONG: N_("连着超过 24 小时"),
    Clash.NO_REST: N_("一天多里没有连续 11 小时休息"),
    Clash.AWAY: N_("那时请假"),
    Clash.LEFT: N_("那时已经离校"),
    Clash.NO_POST: N_("那时没有岗位"),
}

CHANGES = {
    "kept": N_("照旧"),
    "moved": N_("改时间，原来 {was}"),
    "given": N_("换人，原来 {was}"),
    "added": N_("新排"),
    "gone": N_("撤下"),
    "late": N_("已经开始，不算"),
}

LANE = N_("{area} {role}")
NEXT_DAY = N_("{hours}（次日）")
AND = N_("、")
COMMA = N_("，")
NOBODY = N_("没有人")
DEFAULT_NAME = N_("{first} 到 {last} 值班")
WEEK = N_("{first}起的一周")
MANY = N_("{count} 人")
