"""What the pages of rosters show."""

from portal.duty.rostering.views.briefs import (
    BriefView,
    RostersView,
    brief_texts,
    brief_view,
    default_days,
    lane_value,
    period_links,
    roster_cards,
)
from portal.duty.rostering.views.known import Known
from portal.duty.rostering.views.rosters import roster_view
from portal.duty.rostering.views.shapes import RosterView

__all__ = [
    "BriefView",
    "Known",
    "RosterView",
    "RostersView",
    "brief_texts",
    "brief_view",
    "default_days",
    "lane_value",
    "period_links",
    "roster_cards",
    "roster_view",
]
