"""Writing reminders: at once when something happened, and by the sweep when nothing did (G1, G2, G11)."""

import json
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import NamedTuple

import structlog

from portal.audit.catalogue import HazardLifted
from portal.audit.services import record_event
from portal.core.actors import SYSTEM
from portal.core.clock import now
from portal.core.database import execute, fetch, fetch_column, fetch_value, in_list, unit_of_work
from portal.core.refusals import Busy
from portal.duty.queries import calendar_for
from portal.reminders.queries import around, card, circle_of, open_cards, open_cards_of_post
from portal.reminders.rules import (
    CLIMBING,
    DISPUTED_TO,
    DUE_MOVED_TO,
    INHERITED_TO,
    LISTED_TO,
    OF_A_CHECK,
    OF_THE_DUE_TIME,
    REPORTED_TO,
    RULED_TO,
    URGED_TO,
    VACANT_TO,
    WATCHED_TO,
    Card,
    Telling,
    Who,
    moot,
    newest_due,
    told_at_once,
    told_by_move,
    who_will_be_told,
)
from portal.responsibilities.queries import holders_of_posts

log = structlog.get_logger(__name__)

LATE = timedelta(hours=1)
"""An event that is handled later than this was missed: whoever was told of the card since is not told again (TR3)."""


class _Seen(NamedTuple):
    hazard_id: int
    person_id: int
    made_at: datetime


async def tell_of_report(hazard_id: int, *, event_id: int, at: datetime, by: int | None) -> None:
    """A new report: to the nearest accountable holder and whoever leads. Not when somebody has looked at it already."""
    found = await card(hazard_id)
    if found is not None and found.status == "reported":
        await _tell_at_once(REPORTED_TO, found, event_id=event_id, at=at, by=by)


async def tell_of_move(
    hazard_id: int, *, came_from: str, went_to: str, event_id: int, at: datetime, by: int | None
) -> None:
    """A move: to whoever acts next. Not when the card has moved on meanwhile: its next event tells."""
    found = await card(hazard_id)
    if found is not None and found.status == went_to:
        await _settle(found)
        circle = await circle_of(found, at=now())
        telling = told_by_move(found, circle, came_from=came_from, went_to=went_to, at=at, by=by, event_id=event_id)
        await _write_one(found, telling)
        if went_to == "assigned":
            await _write_one(found, told_at_once(WATCHED_TO, found, circle, at=at, by=by, event_id=event_id))


async def tell_of_urge(hazard_id: int, *, event_id: int, at: datetime, by: int | None) -> None:
    """Somebody urges: the responsible and the helpers."""
    found = await card(hazard_id)
    if found is not None and found.status in ("assigned", "rectifying"):
        await _tell_at_once(URGED_TO, found, event_id=event_id, at=at, by=by)


async def tell_of_dispute(hazard_id: int, *, event_id: int, at: datetime, by: int | None) -> None:
    """Nobody agrees whose the card is: the first responsible person rules (R50)."""
    found = await card(hazard_id)
    if found is not None and found.status != "closed":
        await _tell_at_once(DISPUTED_TO, found, event_id=event_id, at=at, by=by)


async def tell_of_ruling(hazard_id: int, *, event_id: int, at: datetime, by: int | None) -> None:
    """It was ruled whose the card is: whoever answers from now on."""
    found = await card(hazard_id)
    if found is not None and found.status != "closed":
        await _tell_at_once(RULED_TO, found, event_id=event_id, at=at, by=by)


async def tell_of_listing(hazard_id: int, *, event_id: int, at: datetime, by: int | None) -> None:
    """A card was listed: to its supervising leader and the responsible (R65)."""
    found = await card(hazard_id)
    if found is not None and found.is_listed and found.status != "closed":
        await _tell_at_once(LISTED_TO, found, event_id=event_id, at=at, by=by)


async def tell_of_new_date(hazard_id: int, *, event_id: int, at: datetime, by: int | None) -> None:
    """Another due date: to the responsible and the helpers. What spoke of the old one need not be read any more."""
    found = await card(hazard_id)
    if found is not None and found.status != "closed":
        if found.due_at is not None and found.due_at > now():
            await _replace(hazard_id, OF_THE_DUE_TIME, made_before=at)
        await _tell_at_once(DUE_MOVED_TO, found, event_id=event_id, at=at, by=by)


async def settle_check(hazard_id: int, *, at: datetime) -> None:
    """Somebody has looked: whatever asked for that before is not unread any more, for anybody."""
    await _replace(hazard_id, OF_A_CHECK, made_before=at)


async def _replace(hazard_id: int, codes: Collection[str], *, made_before: datetime) -> None:
    marks, args = in_list(sorted(codes))
    async with unit_of_work():
        sql = REPLACED + f"AND made_at <= {{}} AND kind IN {marks}"
        await execute(sql, now(), MOOT, hazard_id, made_before, *args)


async def tell_new_holder(post_id: int, *, starts_at: datetime, event_id: int, at: datetime, by: int | None) -> None:
    """Somebody took a post: they learn of each open card on it. One that begins later learns by the sweep."""
    if starts_at <= now():
        await _tell_of_post(INHERITED_TO, post_id, event_id=event_id, at=at, by=by)


async def tell_of_vacancy(post_id: int, *, event_id: int, at: datetime, by: int | None) -> None:
    """A post lost a holder: if nobody answers for it now, the next above learns of its open cards."""
    holders = await holders_of_posts([post_id], at=now())
    if holders.held(post_id) is None:
        await _tell_of_post(VACANT_TO, post_id, event_id=event_id, at=at, by=by)


async def _tell_of_post(
    what: tuple[str, tuple[Who, ...]], post_id: int, *, event_id: int, at: datetime, by: int | None
) -> None:
    for found in await open_cards_of_post(post_id):
        await _tell_at_once(what, found, event_id=event_id, at=at, by=by)


async def _tell_at_once(
    what: tuple[str, tuple[Who, ...]], found: Card, *, event_id: int, at: datetime, by: int | None
) -> None:
    circle = await circle_of(found, at=now())
    await _write_one(found, told_at_once(what, found, circle, at=at, by=by, event_id=event_id))


async def _write_one(found: Card, telling: Telling | None) -> None:
    if telling is None:
        return
    people = set(telling.people)
    if now() - telling.at > LATE:
        last = await _last_told("= {}", found.id)
        people = {person for person in people if last.get((found.id, person), telling.at) <= telling.at}
    async with unit_of_work():
        await _write(found, telling, people)


async def sweep_organisation(org_id: int) -> int:
    """Writes every step that is due for the open cards of an organisation; gives how many reminders.

    Each person gets the newest step only, and none that is older than what they were last told about that card: after
    a long absence that is one reminder per person and card (TR3). Running it twice changes nothing. A card that fails
    is logged by its id, and the others go on.
    """
    at = now()
    cards = await open_cards(org_id)
    if not cards:
        return 0
    people, calendar = await around(org_id, cards, at=at), await calendar_for(org_id)
    pending: dict[Card, dict[int, Telling]] = {}
    for found in cards:
        with _apart(found):
            ladder = who_will_be_told(found, people.circle(found), calendar, until=at)
            if ladder:
                pending[found] = newest_due(ladder, at=at)
    last = await _last_told(OF_OPEN_CARDS, org_id) if pending else {}
    written = 0
    for found, wanted in pending.items():
        with _apart(found):
            fresh = {p: telling for p, telling in wanted.items() if not _told_since(last.get((found.id, p)), telling)}
            if fresh:
                written += await _climb(found, fresh)
    return written


@contextmanager
def _apart(found: Card) -> Iterator[None]:
    """One card that fails does not keep the others from being told; the next sweep tries it again.

    Around whole units, never inside of one: what the card had written is rolled back before this goes on. A busy
    database is no card's fault and ends the sweep.
    """
    try:
        yield
    except Busy:
        raise
    except Exception as error:
        log.error("reminders.card_failed", card=found.id, exc_info=error)


def _told_since(made_at: datetime | None, telling: Telling) -> bool:
    return made_at is not None and made_at >= telling.at


async def _climb(found: Card, fresh: dict[int, Telling]) -> int:
    """Writes the steps of one card, if it still stands as it was read; a step that climbs is an event of the card."""
    lifted: set[int] = set()
    written, highest = 0, ""
    async with unit_of_work():
        if await fetch_value("SELECT version FROM hazard WHERE id = {}", found.id) != found.version:
            return 0  # somebody has just acted: the next sweep looks at it anew
        for telling in sorted(dict.fromkeys(fresh.values()), key=lambda telling: telling.at):
            told = await _write(found, telling, {p for p in telling.people if fresh.get(p) == telling})
            written += len(told)
            if told and telling.code in CLIMBING:
                lifted |= set(told)
                highest = telling.code
        if lifted:  # one line of the history, however many steps were made up for
            details = HazardLifted(step=highest, people=tuple(sorted(lifted)))
            await record_event(details, org_id=found.org_id, subject_id=found.id, by=SYSTEM)
    return written


async def _write(found: Card, telling: Telling, people: Collection[int]) -> list[int]:
    """One row per person; a row whose key is there already is left alone. Gives who was told by this call."""
    params = json.dumps({"red": True} if found.is_red else {})
    told: list[int] = []
    for person in (person for person in telling.people if person in people):
        new = await fetch_column(
            "INSERT INTO reminder (org_id, key, person_id, kind, subject_kind, subject_id, params, made_at) "
            "VALUES ({}, {}, {}, {}, 'hazard', {}, {}, {}) ON CONFLICT (key) DO NOTHING RETURNING id",
            found.org_id, telling.key(found.id, person), person, telling.code, found.id, params, now(),
        )  # fmt: skip
        if new:
            told.append(person)
            await execute(REPLACED + "AND person_id = {} AND id < {}", now(), MOOT, found.id, person, new[0])
    return told


MOOT = json.dumps({"moot": True})
REPLACED = (
    "UPDATE reminder SET read_at = {}, params = {} "
    "WHERE subject_kind = 'hazard' AND subject_id = {} AND read_at IS NULL "
)
"""One unread line per card and person: what a newer one says, or what is done, need not be read any more (G5)."""


async def _settle(found: Card) -> None:
    """Somebody has acted: whatever asked for just that is not unread any more, for anybody."""
    marks, codes = in_list(moot(found.status))
    async with unit_of_work():
        await execute(REPLACED + f"AND kind IN {marks}", now(), MOOT, found.id, *codes)


SEEN = "SELECT subject_id, person_id, made_at FROM reminder WHERE subject_kind = 'hazard' AND subject_id "
OF_OPEN_CARDS = "IN (SELECT id FROM hazard WHERE org_id = {} AND closed_at IS NULL)"


async def _last_told(where: str, subject: int) -> dict[tuple[int, int], datetime]:
    """When each person was last told about each card."""
    rows = await fetch(_Seen, SEEN + where + " ORDER BY id", subject)
    return {(row.hazard_id, row.person_id): row.made_at for row in rows}
