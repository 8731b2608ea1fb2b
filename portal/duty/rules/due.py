"""Until when a hazard is to be fixed, why that date, and how much of the time is used (R61, B12).

The rule is one that a layman can check on a wall calendar: the day of finding does not count, then so many
working days, and the last one ends at 18:00. A low hazard does not stay overnight.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from types import MappingProxyType
from typing import Any

from portal.core.clock import at_local, local
from portal.duty.rules.calendar import DayCalendar, DayKind, days_after

MICROSECOND, MINUTE, HOUR = timedelta(microseconds=1), timedelta(minutes=1), timedelta(hours=1)
DAY = timedelta(days=1)
BANDS = (50, 75, 100)


@dataclass(frozen=True, slots=True)
class LevelRule:
    """The limit of one level: so many working days, until this hour (Shanghai).

    With 0 working days it is due on the day of finding itself, if that is a working day and the hazard was
    found before `found_before`; else on the next working day at `next_day_until`.
    """

    workdays: int
    until: time = time(18)
    found_before: time = time(18)
    next_day_until: time = time(18)


@dataclass(frozen=True, slots=True)
class TriageRule:
    """How soon a report must be looked at: working days, or real hours when it is marked as major."""

    workdays: int = 1
    until: time = time(18)
    red_hours: int = 2


# Ours, because no source document gives days (only "at once", "not overnight", "within the limit set"). The
# red limit is the shortest one counted in days: the interim measure takes its danger away at once, and a fix
# that takes longer is escalated or given another date with a reason.
DUE_POLICY: Mapping[str, LevelRule] = MappingProxyType(
    {
        "red": LevelRule(workdays=2),
        "orange": LevelRule(workdays=4),
        "yellow": LevelRule(workdays=7),
        "blue": LevelRule(workdays=0, until=time(20)),
    }
)
TRIAGE_POLICY = TriageRule()


@dataclass(frozen=True, slots=True)
class Part:
    """One clause of "why this date": a code of `labels.TRACE` and what to put into it (JSON values only)."""

    code: str
    params: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Due:
    """A due moment (UTC) and the clauses that explain it, stored beside it, never recomputed unseen."""

    at: datetime
    trace: tuple[Part, ...]


def due_for(level: str, start: datetime, calendar: DayCalendar, policy: Mapping[str, LevelRule] = DUE_POLICY) -> Due:
    """When a hazard of this level must be fixed if its time runs from `start`.

    A level without a rule is a `KeyError`: an assignment needs a level.
    """
    rule = policy[level]
    if rule.workdays == 0:
        return _due_same_day(level, start, calendar, rule)
    begin = local(start).date()
    end = calendar.next_workday(begin, rule.workdays)
    limit = Part("limit.workdays", {"level": str(level), "days": rule.workdays})
    return _explained(limit, start, at_local(end, rule.until), calendar)


def triage_due(reported_at: datetime, calendar: DayCalendar, *, red: bool, policy: TriageRule = TRIAGE_POLICY) -> Due:
    """When a report must have been looked at: the next working day; marked as major, after real hours."""
    if red:
        limit = Part("triage.hours", {"hours": policy.red_hours})
        at = reported_at + timedelta(hours=policy.red_hours)
        return Due(at, (limit, _counted_from(reported_at)))
    end = calendar.next_workday(local(reported_at).date(), policy.workdays)
    limit = Part("triage.workdays", {"days": policy.workdays})
    return _explained(limit, reported_at, at_local(end, policy.until), calendar)


def due_by_hand(at: datetime, reason: str) -> Due:
    """A date that a person set instead of the rule's, with the reason given."""
    return Due(at, (Part("by_hand", {"reason": reason}),))


def _due_same_day(level: str, start: datetime, calendar: DayCalendar, rule: LevelRule) -> Due:
    here = local(start)
    limit = Part("limit.same_day", {"level": str(level)})
    works, early = calendar.is_workday(here.date()), here.time() < rule.found_before
    if works and early:
        return Due(at_local(here.date(), rule.until), (limit, _counted_from(start)))
    at = at_local(calendar.next_workday(here.date()), rule.next_day_until)
    why = Part("found.late", {"hour": f"{rule.found_before:%H:%M}"}) if works else Part("found.rest_day", {})
    explained = _explained(limit, start, at, calendar)
    return Due(at, (*explained.trace[:2], why, *explained.trace[2:]))


def _explained(limit: Part, start: datetime, at: datetime, calendar: DayCalendar) -> Due:
    first, last = local(start).date(), local(at).date()
    passed = _passed_over(days_after(first, last), calendar)
    years = calendar.unpublished_years(first, last)
    warning = (Part("unpublished", {"years": list(years)}),) if years else ()
    return Due(at, (limit, _counted_from(start), *passed, *warning))


def _counted_from(start: datetime) -> Part:
    return Part("counted_from", {"at": start.isoformat()})


def _passed_over(days: Iterable[date], calendar: DayCalendar) -> tuple[Part, ...]:
    """Which days on the way do not count, and which weekend days do."""
    found: dict[DayKind, list[date]] = {kind: [] for kind in DayKind}
    for day in days:
        found[calendar.kind(day)].append(day)
    parts = []
    if weekends := found[DayKind.WEEKEND]:
        parts.append(Part("passed.weekend", {"days": len(weekends)}))
    if holidays := found[DayKind.HOLIDAY]:
        names = list(dict.fromkeys(filter(None, map(calendar.name, holidays))))
        parts.append(Part("passed.holiday", {"days": len(holidays), "names": names}))
    if makeups := found[DayKind.MAKEUP]:
        parts.append(Part("counted.makeup", {"dates": [day.isoformat() for day in makeups]}))
    return tuple(parts) or (Part("passed.none", {}),)


def trace_to_json(trace: Iterable[Part]) -> str:
    """The trace as the text that is stored beside the due moment."""
    return json.dumps([{"code": part.code, **part.params} for part in trace], ensure_ascii=False)


def trace_from_json(stored: str | None) -> tuple[Part, ...]:
    """The stored trace read back; nothing stored is an empty trace."""
    rows = json.loads(stored or "[]")
    return tuple(Part(row["code"], {k: v for k, v in row.items() if k != "code"}) for row in rows)


def used(start: datetime, due: datetime, at: datetime) -> int:
    """Whole percent of the time used at an instant: 0 before the start, 100 when due, more when late."""
    span = (due - start) // MICROSECOND
    if span <= 0:
        return 100 if at >= due else 0
    return max(0, (at - start) // MICROSECOND * 100 // span)


def band(percent: int) -> int:
    """The band of a percentage: 0, 50, 75 or 100. It chooses the colour of the bar."""
    return max((edge for edge in BANDS if percent >= edge), default=0)


def next_band_instant(start: datetime, due: datetime, at: datetime) -> datetime | None:
    """The first instant after `at` at which the band changes, or None once it is 100. For keys of caches."""
    span = max(0, (due - start) // MICROSECOND)
    # Rounded up, so that the band has changed at the instant itself and not a microsecond later.
    edges = (start + -(-span * edge // 100) * MICROSECOND for edge in BANDS) if span else (due,)
    return min((edge for edge in edges if edge > at), default=None)


def next_left_instant(due: datetime, at: datetime) -> datetime:
    """The first instant after `at` at which the words of what is left change ("3 days left").

    Whole days from one day on, minutes below, and of the last three days that are left the hours: as `portal.rendering`
    says it.
    """
    gap = abs(due - at)
    size = MINUTE if gap < DAY else HOUR if timedelta() < due - at < 3 * DAY else DAY
    if at > due:
        return due + (gap // size + 1) * size
    # Of 3 days nothing is missing at the instant itself; a microsecond later they are 2 whole days.
    return due - gap // size * size + MICROSECOND
