"""A roster's page: what it changes, what speaks against it, how evenly it comes out, who has read it."""

from datetime import date
from typing import Any

from portal.core.clock import local
from portal.duty.rostering import labels
from portal.duty.rostering.queries import DRAFT
from portal.duty.rostering.rules import Diff
from portal.duty.rostering.views import parts
from portal.duty.rostering.views.known import Known
from portal.duty.rostering.views.shapes import RosterView
from portal.duty.rostering.views.texts import role_text
from portal.duty.rules import LEADING

MOST = 30
"""So many conflicts and holes are listed; how many there are is always said."""


def roster_view(known: Known, *, week: str = "", role: str = "", error: str = "") -> RosterView:
    """The page as this person may see it: the numbers of others only for whoever makes rosters."""
    diff = known.difference() if known.row.state == DRAFT else Diff()
    outcome = known.outcome(diff)
    year = parts.year_of(known, outcome)
    found = _head(known) | {"error": error, "mine": parts.mine_of(known, year) if not _is_draft(known) else None}
    if known.may_make:
        found |= _trouble(known, diff, outcome) if _is_draft(known) else _readers(known)
        found |= _days(known, diff, week, role)
        found |= {"shares": parts.shares_of(known, year), "balance": parts.balance_of(known, year)}
    return RosterView(**found)


def _is_draft(known: Known) -> bool:
    return known.row.state == DRAFT


def _head(known: Known) -> dict[str, Any]:
    row = known.row
    return {
        "id": row.id, "org_id": row.org_id, "name": row.name, "school": row.school, "is_draft": _is_draft(known),
        "first_day": row.first_day, "last_day": row.last_day, "version": row.version, "may_make": known.may_make,
        "made": (row.maker or "", row.made_at), "published": (row.publisher or "", row.published_at),
    }  # fmt: skip


def _trouble(known: Known, diff: Diff, outcome: list[Any]) -> dict[str, Any]:
    conflicts, holes = parts.conflicts_of(known, outcome), parts.holes_of(known, outcome)
    return {
        "mark": diff.mark,
        "counts": {
            "added": len(diff.added), "gone": len(diff.gone), "moved": len(diff.moved), "given": len(diff.given),
            "kept": len(diff.kept), "late": len(diff.too_late), "all": len(known.own),
        },
        "conflicts": tuple(conflicts[:MOST]), "conflict_count": len(conflicts),
        "holes": tuple(parts.hole_text(known, *one) for one in holes[:MOST]), "hole_count": len(holes),
        "leaderless": any(line == LEADING for line, _ in holes), "holiday": parts.begun_holiday(known),
    }  # fmt: skip


def _readers(known: Known) -> dict[str, Any]:
    people = dict.fromkeys(one.person_id for one in known.own if one.person_id is not None)
    unread = [known.name(person) for person in people if person not in known.receipts]
    counts = {"all": len(known.own), "people": len(people)}
    return {"unread": tuple(unread), "read": len(people) - len(unread), "counts": counts}


def _days(known: Known, diff: Diff, week: str, role: str) -> dict[str, Any]:
    weeks = parts.weeks_of(known)
    roles = sorted({line.role for line in known.brief.lines}, key=lambda code: _sort(known, code))
    chosen_role = role if role in roles else roles[0] if roles else ""
    monday = next((one for one in weeks if one.isoformat() == week), None) or _this_week(known, weeks)
    shifts = parts.in_week(monday, chosen_role, known.own)
    gone = parts.in_week_gone(monday, chosen_role, diff.gone)
    tags = parts.tags_of(known, diff) | {one.id: ("gone", "") for one in gone} if _is_draft(known) else {}
    return {
        "weeks": tuple((one.isoformat(), known.say(labels.WEEK, first=known.day(one))) for one in weeks),
        "week": monday.isoformat(), "role": chosen_role,
        "roles": tuple((code, role_text(known.plan, code, known.language)) for code in roles),
        "days": parts.days_of(known, [*shifts, *gone], tags),
    }  # fmt: skip


def _this_week(known: Known, weeks: list[date]) -> date:
    """The week of now, else the first one."""
    today = local(known.at).date()
    return next((one for one in reversed(weeks) if one <= today), weeks[0])


def _sort(known: Known, code: str) -> int:
    found = known.plan.roles.get(code)
    return found.sort if found else 99
