"""Reads of the duty room: the calendar, the plan of hours, the book, who leads."""

from portal.duty.queries.book import OpenBook, book_of, books_of, with_needs
from portal.duty.queries.calendar import calendar_at, calendar_for
from portal.duty.queries.first import first_day_of
from portal.duty.queries.kept import KeptPlan, book_version, forget_plans, kept_plan, knows_plan
from portal.duty.queries.leaders import (
    LeadingNow,
    duty_leader_rows,
    leader_at,
    leader_candidates,
    leader_rows_below,
    leading_grants,
    leading_now,
    leading_terms,
)
from portal.duty.queries.organisations import DutySchool, duty_organisation, duty_schools
from portal.duty.queries.plan import Area, KindOfDay, Plan, Role, plan_of
from portal.duty.queries.shifts import SeenShift, lane_state, last_change, shift_seen, shift_versions
from portal.duty.queries.staff import Colleague, Staff, staff_of

__all__ = [
    "Area",
    "Colleague",
    "DutySchool",
    "KeptPlan",
    "KindOfDay",
    "LeadingNow",
    "OpenBook",
    "Plan",
    "Role",
    "SeenShift",
    "Staff",
    "book_of",
    "book_version",
    "books_of",
    "calendar_at",
    "calendar_for",
    "duty_leader_rows",
    "duty_organisation",
    "duty_schools",
    "first_day_of",
    "forget_plans",
    "kept_plan",
    "knows_plan",
    "lane_state",
    "last_change",
    "leader_at",
    "leader_candidates",
    "leader_rows_below",
    "leading_grants",
    "leading_now",
    "leading_terms",
    "plan_of",
    "shift_seen",
    "shift_versions",
    "staff_of",
    "with_needs",
]
