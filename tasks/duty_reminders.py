"""Who is told of their own duty: the day before, an hour before, when it changes; and the week as it begins (D15, D16).

Each row has a key of its own, so a sweep that runs twice tells nobody twice. Whoever is away is told nothing: who is on
duty is asked of the book, and nobody who is away is.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from portal.audit.outbox import Claimed
from portal.audit.rules import stamp
from portal.core.clock import local, now, start_of_day
from portal.duty.gaps.queries import (
    Share,
    books_with_shifts,
    cancelled_by,
    holes_of,
    looked_through,
    shares_of,
    taken_away_by,
    whose_shift,
)
from portal.duty.gaps.rules import Turn, arrivals, is_first_workday, turns_in
from portal.duty.queries import book_of, plan_of, with_needs
from portal.duty.rules import LEADING, Book, needs_between, next_change, on_duty_at
from portal.permissions.rules import Role
from portal.reminders.queries import unread_of
from portal.reminders.services import remind, withdraw
from portal.responsibilities.queries import answering_for_offices, holders_of_posts
from portal.settings import Settings

TURN, MINE, WEEK, DAY, ROSTER = "duty_turn", "duty_mine", "duty_week", "duty_day", "roster"
HOUR, LOOK_BACK = timedelta(hours=1), timedelta(hours=25)
ENTERED = ("duty.shift_entered", "duty.leader_set")
OFFICES = (Role.SAFETY_OFFICER, Role.VICE_HEAD, Role.PRINCIPAL)


async def tell_of_tomorrow(_settings: Settings, slot: datetime) -> int:
    """In the evening: everybody with a turn tomorrow, all of theirs in one reminder. Too late, it is left out."""
    day = local(slot).date() + timedelta(days=1)
    start, end = start_of_day(day), start_of_day(day + timedelta(days=1))
    if now() >= start:
        return 0
    told = 0
    for org_id in await books_with_shifts(start - timedelta(microseconds=1), end - timedelta(microseconds=1)):
        turns = turns_in(await _book(org_id, start - LOOK_BACK, end), start - LOOK_BACK, end)
        for person, theirs in _by_person(turn for turn in turns if start <= turn.starts_at).items():
            told += len(
                await remind(
                    "duty_tomorrow", [person], org_id=org_id, subject_kind=DAY, subject_id=int(f"{day:%Y%m%d}"),
                    params={"first_at": stamp(theirs[0].starts_at), "shifts": len(theirs)},
                )
            )  # fmt: skip
    return told


async def tell_before(_settings: Settings, _slot: datetime) -> int:
    """An hour before: whoever comes and is not there yet. Whoever does not come any more need not read it."""
    at, told = now(), 0
    for org_id in await books_with_shifts(at, at + HOUR):
        book = await _book(org_id, at - HOUR, at + 2 * HOUR)
        for turn in arrivals(turns_in(book, at - HOUR, at + 2 * HOUR), at, at + HOUR, after=HOUR):
            if turn.shift_id is not None:
                await withdraw("duty_hour", subject_kind=TURN, subject_ids=[turn.shift_id], but=turn.person_id)
            told += len(
                await remind(
                    "duty_hour", [turn.person_id], org_id=org_id, subject_kind=TURN, subject_id=turn.shift_id or 0,
                    cycle=f"{turn.starts_at.timestamp():.0f}", params={"starts_at": stamp(turn.starts_at)},
                )
            )  # fmt: skip
    return told


async def tell_of_week(_settings: Settings, slot: datetime) -> int:
    """On the first working day of a week: the leaders and the office, what it brings."""
    day, told = local(slot).date(), 0
    for one in await looked_through():
        plan = await plan_of(one.org_id)
        if not is_first_workday(plan.days, day):
            continue
        monday = day - timedelta(days=day.weekday())
        at, end = now(), start_of_day(monday + timedelta(days=7))
        needs = needs_between(plan.slots, plan.days, monday, monday + timedelta(days=6))
        book = with_needs(await book_of(one.org_id, at - LOOK_BACK, end), needs).book
        if at < end and book.shifts:
            told += await _tell_week(one.org_id, book, monday, at, end)
    return told


async def _tell_week(org_id: int, book: Book, monday: date, at: datetime, end: datetime) -> int:
    turns = turns_in(book, at - LOOK_BACK, end)
    mine = _by_person(turn for turn in turns if turn.starts_at > at)
    leaders = [turn.person_id for turn in turns if turn.line == LEADING and turn.ends_at > at]
    gaps = len(await holes_of(org_id, after=at, before=end))
    leads = bool(on_duty_at(book, LEADING, at=at))
    params: dict[str, Any] = {"gaps": gaps, "next_at": stamp(next_change(book, LEADING, at=at) or end)}
    told = 0
    for person in dict.fromkeys([*await answering_for_offices(org_id, OFFICES, at=at), *leaders]):
        told += len(
            await remind(
                "duty_week_led" if leads else "duty_week", [person], org_id=org_id, subject_kind=WEEK,
                subject_id=org_id, cycle=f"{monday:%Y%m%d}", params={**params, "shifts": len(mine.get(person, ()))},
            )
        )  # fmt: skip
    return told


async def tell_of_change(entry: Claimed) -> None:
    """A shift that is not over was entered, moved, cut, given to another or cancelled: those whose it is and was.

    Also where it begins at once: whoever leads from now on has to know, and so does whoever does not any more.
    """
    assert entry.subject_id is not None
    found, facts = await whose_shift(entry.subject_id), entry.facts
    first = min(datetime.fromisoformat(facts[name]) for name in ("starts_at", "was_from") if name in facts)
    last = max(datetime.fromisoformat(facts[name]) for name in ("ends_at", "was_to") if name in facts)
    if found is None or last <= now():
        return
    if entry.kind in ENTERED and not found.is_in_force:
        return  # it was taken away meanwhile, and that tells
    people = [*_one(facts["person_id"]), *_one(facts.get("was_person_id"))]
    if found.person_id is None and found.post_id is not None:
        held = (await holders_of_posts([found.post_id], at=found.starts_at)).held(found.post_id)
        people += [held.person_id] if held else []
    if entry.kind not in ENTERED:
        await withdraw("duty_hour", subject_kind=TURN, subject_ids=[entry.subject_id])
    await _tell_mine(entry, {person: Share(person, 1, max(first, entry.at or first)) for person in people})


async def tell_of_publication(entry: Claimed) -> None:
    """A roster was published: everybody with shifts in it, once; and those who have none any more."""
    assert entry.subject_id is not None
    at, roster_id = now(), entry.subject_id
    mine = {share.person_id: share for share in await shares_of(roster_id, at)}
    there = await _there(mine, at)
    for person in there:
        share = mine[person]
        if person != entry.actor_id:
            await remind(
                "duty_published", [person], org_id=entry.org_id, subject_kind=ROSTER, subject_id=roster_id,
                cycle=str(entry.event_id),
                params={"first_on": local(share.first_at).date().isoformat(), "shifts": share.shifts},
            )  # fmt: skip
    soon = await cancelled_by(roster_id, at, at + HOUR)
    await withdraw("duty_hour", subject_kind=TURN, subject_ids=soon)
    gone = {share.person_id: share for share in await taken_away_by(roster_id, at) if share.person_id not in mine}
    await _tell_mine(entry, gone)


async def _tell_mine(entry: Claimed, changed: dict[int, Share]) -> None:
    """One unread line per person, however much changes: it counts. Whoever did it knows."""
    at = now()
    for person in await _there([one for one in changed if one != entry.actor_id], at):
        said, share = await unread_of(MINE, person, entry.org_id), changed[person]
        first = min([share.first_at, *_ahead(said, at)])
        await remind(
            MINE, [person], org_id=entry.org_id, subject_kind=MINE, subject_id=entry.org_id, cycle=str(entry.event_id),
            params={"count": share.shifts + int(said.get("count", 0)), "first_at": stamp(first)},
        )  # fmt: skip


def _ahead(said: dict[str, Any], at: datetime) -> list[datetime]:
    found = [datetime.fromisoformat(said["first_at"])] if said else []
    return [one for one in found if one > at]


async def _there(people: Iterable[int], at: datetime) -> list[int]:
    """Those who are not away, and have not left."""
    wanted = list(dict.fromkeys(people))
    holders = await holders_of_posts((), at=at, people=wanted)
    return [one for one in wanted if not holders.is_away(one)]


async def _book(org_id: int, start: datetime, end: datetime) -> Book:
    """A school's book with what it needs, so that whoever steps in is in it."""
    plan = await plan_of(org_id)
    needs = needs_between(plan.slots, plan.days, local(start).date(), local(end).date())
    return with_needs(await book_of(org_id, start, end), needs).book


def _by_person(turns: Iterable[Turn]) -> dict[int, list[Turn]]:
    found: dict[int, list[Turn]] = {}
    for turn in turns:
        found.setdefault(turn.person_id, []).append(turn)
    return found


def _one(person: object) -> list[int]:
    return [person] if isinstance(person, int) else []
