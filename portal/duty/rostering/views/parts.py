"""The parts of a roster's page: trouble, days, how evenly it comes out."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from portal.core.clock import local, start_of_day
from portal.duty.rostering import labels
from portal.duty.rostering.queries import ShiftOfRoster
from portal.duty.rostering.rules import Diff, Planned, clashes
from portal.duty.rostering.views.known import Known, of_lines
from portal.duty.rostering.views.shapes import DayTurns, Mine, RoleShare, Share, Trouble, TurnLine
from portal.duty.rostering.views.texts import hours_text, lane_text, points, role_text, why_text
from portal.duty.rules import Book, DayKind, Line, Shift, Stretch, gaps, needs_between
from portal.responsibilities.rules import Absence

HOUR = timedelta(hours=1)


# -- trouble


def conflicts_of(known: Known, outcome: Sequence[Planned]) -> list[Trouble]:
    """What speaks against the plan, of everything that touches the roster's lanes and dates."""
    start, end = known.span
    by_id = {one.id: one for one in of_lines(known, outcome) if start <= one.starts_at < end}
    near = [one for one in outcome if one.ends_at > start - 48 * HOUR and one.starts_at < end + 48 * HOUR]
    return [
        Trouble(
            known.day(local(one.starts_at).date()),
            hours_text(one.starts_at, one.ends_at, known.say),
            known.name(one.person_id),
            known.say(labels.CLASHES[one.clash]),
        )
        for one in clashes(near, known.staff.terms)
        if one.shift_id in by_id or one.other_shift_id in by_id
    ]


def holes_of(known: Known, outcome: Iterable[Planned]) -> list[tuple[Line, Stretch]]:
    """Where too few will be, by the same rule that says who is on duty; fallbacks do not count here."""
    start, end = known.span
    start = max(start, known.at)
    if start >= end:
        return []
    lines = set(known.brief.lines)
    needs = needs_between(known.plan.slots, known.plan.days, known.row.first_day, known.row.last_day)
    shifts: dict[Line, list[Shift]] = {}
    for one in sorted(of_lines(known, outcome), key=lambda one: (one.starts_at, one.id)):
        if one.ends_at > start:
            shift = Shift(one.id, *one.line, one.person_id, one.post_id, one.starts_at, one.ends_at)
            shifts.setdefault(one.line, []).append(shift)
    away = {person: list(rows) for person, rows in known.staff.terms.absences.items()}
    for person, left in known.staff.terms.left.items():
        away.setdefault(person, []).append(Absence(person, left, None))
    book = Book(shifts=shifts, absences=away, needs={line: rows for line, rows in needs.items() if line in lines})
    return sorted(gaps(book, start, end), key=lambda found: found[1].starts_at)


def hole_text(known: Known, line: Line, hole: Stretch) -> Trouble:
    """A hole in words."""
    return Trouble(
        known.day(local(hole.starts_at).date()), hours_text(hole.starts_at, hole.ends_at, known.say),
        lane_text(known.plan, line, known.language, known.say), known.say(labels.MANY, count=hole.missing),
    )  # fmt: skip


def begun_holiday(known: Known) -> str:
    """The holiday among its dates that has begun: a roster is to be published before (D6)."""
    today, calendar = local(known.at).date(), known.plan.days.calendar
    first = known.row.first_day
    days = [first + timedelta(days=n) for n in range((known.row.last_day - first).days + 1)]
    if today not in days or calendar.kind(today) is not DayKind.HOLIDAY:
        return ""
    return calendar.name(today) or known.day(today)


# -- days


def tags_of(known: Known, diff: Diff) -> dict[int, tuple[str, str]]:
    """By id of a draft's shift: what is new about it, and what it was."""
    found = {pair.then.id: ("kept", "") for pair in diff.kept}
    found |= {
        pair.then.id: ("moved", hours_text(pair.now.starts_at, pair.now.ends_at, known.say)) for pair in diff.moved
    }
    found |= {pair.then.id: ("given", known.name(pair.now.person_id)) for pair in diff.given}
    found |= {one.id: ("added", "") for one in diff.added}
    return found | {one.id: ("late", "") for one in diff.too_late}


def days_of(
    known: Known, shifts: Iterable[ShiftOfRoster | Planned], tags: dict[int, tuple[str, str]] | None = None
) -> tuple[DayTurns, ...]:  # fmt: skip
    """Shifts by the day on which they begin."""
    by_day: dict[date, list[TurnLine]] = {}
    for one in sorted(shifts, key=lambda one: (one.starts_at, one.line.area_id or 0, one.id)):
        kind, was = (tags or {}).get(one.id, ("", ""))
        line = TurnLine(
            lane_text(known.plan, one.line, known.language, known.say),
            hours_text(one.starts_at, one.ends_at, known.say), known.name(one.person_id),
            known.say(labels.CHANGES[kind], was=was) if kind else "", kind,
            why_text(one.why, known.say) if isinstance(one, ShiftOfRoster) else "",
        )  # fmt: skip
        by_day.setdefault(local(one.starts_at).date(), []).append(line)
    return tuple(DayTurns(day, known.day(day), tuple(turns)) for day, turns in sorted(by_day.items()))


def weeks_of(known: Known) -> list[date]:
    """The Mondays of a roster's weeks."""
    first, last = known.row.first_day, known.row.last_day
    monday = first - timedelta(days=first.weekday())
    return [monday + timedelta(days=7 * n) for n in range((last - monday).days // 7 + 1)]


def in_week(monday: date, role: str, shifts: Iterable[ShiftOfRoster]) -> list[ShiftOfRoster]:
    """The shifts of one role in one week."""
    start, end = start_of_day(monday), start_of_day(monday + timedelta(days=7))
    return [one for one in shifts if one.role == role and start <= one.starts_at < end]


def in_week_gone(monday: date, role: str, gone: Iterable[Planned]) -> list[Planned]:
    """Those that go, of one role in one week."""
    start, end = start_of_day(monday), start_of_day(monday + timedelta(days=7))
    return [one for one in gone if one.line.role == role and start <= one.starts_at < end]


# -- how even


def year_of(known: Known, outcome: Iterable[Planned]) -> dict[int, int]:
    """What each has in the school year, as it stands once the roster is in force. For whoever makes no rosters only
    of those whom they are compared with."""
    scale, found = known.scale, dict[int, int]()
    wanted: set[int | None] | None = None if known.may_make else {*peers_of(known), known.me}
    for one in outcome:
        if one.person_id is not None and (wanted is None or one.person_id in wanted):
            found[one.person_id] = found.get(one.person_id, 0) + scale.of(one.starts_at, one.ends_at)
    return found


def peers_of(known: Known) -> set[int]:
    """Everybody on the lists of the roles that one does in the roster."""
    roles = {one.role for one in known.own if one.person_id == known.me and known.me is not None}
    return {one.person_id for role, rota in known.brief.rotas.items() if role in roles for one in rota.members}


def shares_of(known: Known, year: dict[int, int]) -> tuple[Share, ...]:
    """Of each in the roster: how many shifts and hours in it, and what the year comes to. Most first."""
    scale = known.scale
    turns: dict[int, list[ShiftOfRoster]] = {}
    for one in known.own:
        if one.person_id is not None:
            turns.setdefault(one.person_id, []).append(one)
    found = []
    for person, theirs in sorted(turns.items(), key=lambda item: (-year.get(item[0], 0), item[0])):
        hours = sum((one.ends_at - one.starts_at for one in theirs), timedelta()) / HOUR
        weight = sum(scale.of(one.starts_at, one.ends_at) for one in theirs)
        found.append(
            Share(known.name(person), len(theirs), f"{hours:.1f}", points(weight), points(year.get(person, 0)))
        )
    return tuple(found)


def balance_of(known: Known, year: dict[int, int]) -> tuple[RoleShare, ...]:
    """How far apart the people of each list are."""
    found = []
    for role, rota in known.brief.rotas.items():
        values = [year.get(one.person_id, 0) for one in rota.members if one.person_id in known.names]
        if values:
            name, mean = role_text(known.plan, role, known.language), points(sum(values) // len(values))
            found.append(RoleShare(name, len(values), mean, points(min(values)), points(max(values))))
    return tuple(found)


def mine_of(known: Known, year: dict[int, int]) -> Mine | None:
    """One's own shifts, and how one stands beside the others on the same lists."""
    own = [one for one in known.own if one.person_id == known.me and known.me is not None]
    if not own or known.me is None:
        return None
    values = [year.get(person, 0) for person in peers_of(known) | {known.me}]
    ahead = [one for one in own if one.ends_at > known.at]
    return Mine(
        days_of(known, ahead), points(year.get(known.me, 0)), points(sum(values) // len(values)),
        known.receipts.get(known.me),
    )  # fmt: skip
