"""The words of what is missing in a book of duty."""

from portal.core.provided import CheckWords
from portal.rendering.i18n import N_

HOURS = CheckWords(N_("没有人值班的时段"), N_("到学期末，每个时段都有人值班"), N_("排人"))
PLAN = CheckWords(N_("没有值班区域和时段"), N_("值班区域和时段都有了"), N_("定时段"))

NO_PLAN = N_("哪里、几点要有人值班，还没有写下来")
NO_PLAN_NOTE = N_("没有时段，就查不出哪里缺人")
NOT_LOOKED = N_("还没有查过")
NOT_LOOKED_NOTE = N_("几分钟后再看")
GAP = N_("{when} {lane}")
LANE = N_("{area} {role}")
WHOLE_SCHOOL = N_("全校")
FROM_TO = N_("{start} 到 {end}")
MISSING = N_("缺 {count} 人")
STEPPED_IN = N_("{count} 人由后备顶着，还要排人")
BOTH = N_("{missing}，{stepped}")
