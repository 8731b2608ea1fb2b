"""The school year as a calendar: what each date is, and why."""

import calendar as months_of
from collections.abc import Sequence
from datetime import date, timedelta

from portal.core.clock import today
from portal.duty import labels as duty_labels
from portal.duty.planning import labels
from portal.duty.planning.rules import Because, Reason, reason, school_year
from portal.duty.planning.views.shapes import CalendarCell, CalendarPage, Frame, Month, PeriodLine
from portal.duty.planning.views.slots import address, day_kind_name
from portal.duty.queries import Plan
from portal.duty.rules import KEY, DayKind, Period
from portal.duty.views.words import Words
from portal.rendering.labels import WEEKDAYS
from portal.web.again import Typed

RESTING = (DayKind.WEEKEND, DayKind.HOLIDAY)


def calendar_page(frame: Frame, words: Words, around: date, day: date | None, typed: Typed) -> CalendarPage:
    """The school year around a date; `day` is chosen for the form."""
    first, last = school_year(around)
    plan = words.plan
    counts: dict[str, int] = {}
    for step in range((last - first).days + 1):
        kind = plan.days.kind(first + timedelta(days=step))
        counts[kind] = counts.get(kind, 0) + 1
    legend = [(mark_of(words, kind), day_kind_name(words, kind), count) for kind, count in counts.items()]
    here = reason(plan.days, day) if day else None
    own = bool(day) and day in plan.days.own
    return CalendarPage(
        frame, f"{first.year}\u2013{last.year}", tuple(words.say(text) for text in WEEKDAYS),
        address("/duty/plan/calendar", frame.other, year=first.year - 1),
        address("/duty/plan/calendar", frame.other, year=first.year + 1),
        tuple(_month(words, frame.other, first, step, day) for step in range(12)), tuple(legend),
        tuple(_period_line(words, one) for one in _periods_in(plan, first, last)),
        plan.days.calendar.unpublished_years(max(first, today()), last) if last >= today() else (),
        address("/duty/plan/periods/new", frame.other), day, told(words, day, here) if day and here else (), own,
        bool(day and day < today()), plan.days.calendar.kind(day).value if day and own else "",
        tuple((kind.value, words.say(text), "") for kind, text in labels.DAY_CHOICES.items()), typed,
    )  # fmt: skip


def _periods_in(plan: Plan, first: date, last: date) -> Sequence[Period]:
    found = [one for one in plan.days.periods if one.first_day <= last and one.last_day >= first]
    return sorted((one for one in found if one.last_day >= one.first_day), key=lambda one: (one.first_day, one.id))


def _month(words: Words, other: str, first: date, step: int, chosen: date | None) -> Month:
    year, month = first.year + (first.month + step - 1) // 12, (first.month + step - 1) % 12 + 1
    days = [date(year, month, number + 1) for number in range(months_of.monthrange(year, month)[1])]
    cells = tuple(_cell(words, other, day, chosen) for day in days)
    return Month(words.say(labels.MONTH, year=year, month=month), days[0].weekday(), cells)


def _cell(words: Words, other: str, day: date, chosen: date | None) -> CalendarCell:
    days = words.plan.days
    found = reason(days, day)
    resting = found.kind in RESTING or days.is_vacation(found.kind)
    looks = (
        ("rest", resting), ("special", found.because not in (Because.WEEKDAY, Because.OWN)),
        ("own", found.because is Because.OWN), ("key", days.raised(day) > 0), ("is-today", day == today()),
        ("chosen", day == chosen), ("past", day < today()),
    )  # fmt: skip
    return CalendarCell(
        day.day, mark_of(words, found.kind), " ".join(name for name, holds in looks if holds),
        address("/duty/plan/calendar", other, day=day.isoformat()) + "#day",
        words.say(labels.DAY_LABEL, day=words.on(day), kind=day_kind_name(words, found.kind), why=why(words, found)),
    )  # fmt: skip


def mark_of(words: Words, kind: str) -> str:
    """One sign for a kind of day; a kind of the school's own shows the first of its name."""
    known = labels.MARKS.get(kind)
    return words.say(known) if known else day_kind_name(words, kind)[:1]


def why(words: Words, found: Reason) -> str:
    """What makes a date the kind that it is."""
    name = words.say(duty_labels.HOLIDAYS.get(found.name, found.name)) if found.name else ""
    return words.say(labels.WHY[found.because], name=name)


def told(words: Words, day: date, found: Reason) -> tuple[str, ...]:
    """A date in words: what it is, why, and what else lies on it."""
    lines = [f"{day_kind_name(words, found.kind)}{words.say(duty_labels.BETWEEN)}{why(words, found)}"]
    for period in words.plan.days.periods:
        if period.kind == KEY and period.holds(day):
            more = words.say(labels.MORE_PEOPLE, count=period.raise_by)
            lines.append(f"{period.name}{words.say(duty_labels.BETWEEN)}{more}")
    return tuple(lines)


def _period_line(words: Words, period: Period) -> PeriodLine:
    more = words.say(labels.MORE_PEOPLE, count=period.raise_by) if period.kind == KEY else ""
    return PeriodLine(
        period.name, period_kind_name(words, period.kind),
        f"{words.on(period.first_day)}\u2013{words.on(period.last_day)}", more, f"/duty/plan/periods/{period.id}",
        period.last_day < today(),
    )  # fmt: skip


def period_kind_name(words: Words, kind: str) -> str:
    """What a period is."""
    return words.say(labels.PERIOD_KINDS[kind]) if kind in labels.PERIOD_KINDS else day_kind_name(words, kind)
