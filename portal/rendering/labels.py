"""The words of dates, times and phones: one message per form, so that a translator sees whole phrases."""

from portal.rendering.i18n import N_

WEEKDAYS = (N_("周一"), N_("周二"), N_("周三"), N_("周四"), N_("周五"), N_("周六"), N_("周日"))
MONTHS = (
    N_("1月"),
    N_("2月"),
    N_("3月"),
    N_("4月"),
    N_("5月"),
    N_("6月"),
    N_("7月"),
    N_("8月"),
    N_("9月"),
    N_("10月"),
    N_("11月"),
    N_("12月"),
)

TODAY = N_("今天")
TODAY_AT = N_("今天 {time}")
DAY = N_("{month}{day}日 {weekday}")
DAY_AT = N_("{month}{day}日 {weekday} {time}")
FULL_DAY = N_("{year}年{month}{day}日 {weekday}")
FULL_DAY_AT = N_("{year}年{month}{day}日 {weekday} {time}")
DAYS_LEFT = N_("剩 {days} 天")
ONE_DAY_LEFT = N_("剩 1 天")
HOURS_LEFT = N_("剩 {hours}小时{minutes}分")
FULL_HOURS_LEFT = N_("剩 {hours}小时")
MINUTES_LEFT = N_("剩 {minutes}分")
NOW_DUE = N_("马上到时")
DAYS_OVER = N_("超 {days} 天")
ONE_DAY_OVER = N_("超 1 天")
HOURS_OVER = N_("超 {hours}小时{minutes}分")
FULL_HOURS_OVER = N_("超 {hours}小时")
MINUTES_OVER = N_("超 {minutes}分")
JUST_OVER = N_("刚到时")

LEVELS = {"red": N_("重大"), "orange": N_("较大"), "yellow": N_("一般"), "blue": N_("低")}
