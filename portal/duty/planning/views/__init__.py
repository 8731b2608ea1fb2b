"""What the pages of the plan show. Pure."""

from portal.duty.planning.views.calendar import calendar_page, period_kind_name
from portal.duty.planning.views.fallbacks import fallbacks_page
from portal.duty.planning.views.shapes import (
    AreaForm,
    AreaPage,
    EndArea,
    Frame,
    PeriodForm,
    SlotForm,
    Word,
    WordForm,
    WordsPage,
)
from portal.duty.planning.views.slots import (
    address,
    area_address,
    area_shown,
    areas_in_order,
    date_links,
    day_kind_name,
    hours,
    kinds_in_order,
    overview,
    slot_lines,
)

__all__ = [
    "AreaForm",
    "AreaPage",
    "EndArea",
    "Frame",
    "PeriodForm",
    "SlotForm",
    "Word",
    "WordForm",
    "WordsPage",
    "address",
    "area_address",
    "area_shown",
    "areas_in_order",
    "calendar_page",
    "date_links",
    "day_kind_name",
    "fallbacks_page",
    "hours",
    "kinds_in_order",
    "overview",
    "period_kind_name",
    "slot_lines",
]
