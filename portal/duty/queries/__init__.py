"""Reads of the duty room: the calendar, the plan of hours, the book, who leads."""

from portal.duty.queries.book import OpenBook, book_of, books_of, with_needs
from portal.duty.queries.calendar import calendar_for
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

__all__ = [
    "Area",
    "DutySchool",
    "KindOfDay",
    "LeadingNow",
    "OpenBook",
    "Plan",
    "Role",
    "book_of",
    "books_of",
    "calendar_for",
    "duty_leader_rows",
    "duty_organisation",
    "duty_schools",
    "leader_at",
    "leader_candidates",
    "leader_rows_below",
    "leading_grants",
    "leading_now",
    "leading_terms",
    "plan_of",
    "with_needs",
]
