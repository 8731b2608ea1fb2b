"""Every consequence of every event, in one table: which verbs follow, in which order (they share one transaction)."""

from collections.abc import Awaitable, Callable
from datetime import datetime

from portal.audit.outbox import Claimed
from portal.coverage.services import spans_follow
from portal.reminders import services as reminders
from tasks.prints import wake_printer
from tasks.public_reports import settle_screening, tell_screeners

Reaction = Callable[[Claimed], Awaitable[None]]


class NoReaction(Exception):
    """An entry of a kind that nobody here knows: an older worker, or a reaction that was forgotten."""


async def tell_of_report(entry: Claimed) -> None:
    """Whoever triages."""
    hazard, event, at = _of(entry)
    await reminders.tell_of_report(hazard, event_id=event, at=at, by=entry.actor_id)


async def tell_of_move(entry: Claimed) -> None:
    """Whoever acts next. A move that takes another back tells nobody: they were told when the card first came there."""
    hazard, event, at = _of(entry)
    facts = entry.facts
    if not facts.get("undoes"):
        await reminders.tell_of_move(
            hazard, came_from=facts["came_from"], went_to=facts["went_to"], event_id=event, at=at, by=entry.actor_id
        )


async def tell_of_listing(entry: Claimed) -> None:
    """The supervising leader, and the responsible."""
    hazard, event, at = _of(entry)
    await reminders.tell_of_listing(hazard, event_id=event, at=at, by=entry.actor_id)


async def tell_of_new_date(entry: Claimed) -> None:
    """The responsible."""
    hazard, event, at = _of(entry)
    await reminders.tell_of_new_date(hazard, event_id=event, at=at, by=entry.actor_id)


async def tell_of_urge(entry: Claimed) -> None:
    """The responsible and the helpers."""
    hazard, event, at = _of(entry)
    await reminders.tell_of_urge(hazard, event_id=event, at=at, by=entry.actor_id)


async def tell_of_dispute(entry: Claimed) -> None:
    """The first responsible person."""
    hazard, event, at = _of(entry)
    await reminders.tell_of_dispute(hazard, event_id=event, at=at, by=entry.actor_id)


async def tell_of_ruling(entry: Claimed) -> None:
    """Whoever answers from now on."""
    hazard, event, at = _of(entry)
    await reminders.tell_of_ruling(hazard, event_id=event, at=at, by=entry.actor_id)


async def settle_check(entry: Claimed) -> None:
    """What asked somebody to look need not be read any more."""
    hazard, _, at = _of(entry)
    await reminders.settle_check(hazard, at=at)


async def tell_new_holder(entry: Claimed) -> None:
    """Whoever takes a post learns of the cards that hang on it."""
    post, event, at = _of(entry)
    starts = datetime.fromisoformat(entry.facts["starts_at"])
    await reminders.tell_new_holder(post, starts_at=starts, event_id=event, at=at, by=entry.actor_id)


async def tell_of_vacancy(entry: Claimed) -> None:
    """The next above, when a post with open cards has nobody."""
    post, event, at = _of(entry)
    await reminders.tell_of_vacancy(post, event_id=event, at=at, by=entry.actor_id)


async def run_import(entry: Claimed) -> None:
    """A large file that somebody has left to the worker; it begins once this entry is committed."""
    from portal.importing.queueing import react_to_queued  # spreadsheets are read only where one is imported

    await react_to_queued(int(entry.facts["batch"]))


async def count_again(entry: Claimed) -> None:
    """The school's number of grids with somebody, now and to come, as soon as this entry is committed."""
    await spans_follow(entry.org_id)


def _of(entry: Claimed) -> tuple[int, int, datetime]:
    """The subject, the event and the moment that an entry speaks of."""
    assert entry.subject_id is not None and entry.event_id is not None and entry.at is not None
    return entry.subject_id, entry.event_id, entry.at


REACTIONS: dict[str, tuple[Reaction, ...]] = {
    "hazard.reported": (tell_of_report,),
    "hazard.moved": (tell_of_move,),
    "hazard.listed": (tell_of_listing,),
    "hazard.due_moved": (tell_of_new_date,),
    "hazard.checked": (settle_check,),
    "hazard.urged": (tell_of_urge,),
    "hazard.disputed": (tell_of_dispute,),
    "hazard.ruled": (tell_of_ruling,),
    "public_report.received": (tell_screeners,),
    "public_report.not_fixed": (tell_screeners,),
    "public_report.screened": (settle_screening,),
    "appointment.started": (tell_new_holder, count_again),
    "appointment.ended": (tell_of_vacancy, count_again),
    "import.queued": (run_import,),
    "grid.made": (count_again,),
    "grid.ended": (count_again,),
    "post.made": (count_again,),
    "post.ended": (count_again,),
    "import.applied": (count_again,),
    "import.undone": (count_again,),
    "change.entered": (count_again,),
    "change.undone": (count_again,),
    "matrix.marked": (count_again,),
    "matrix.mark_ended": (count_again,),
    "print.asked": (wake_printer,),
}


def reactions_to(kind: str) -> tuple[Reaction, ...]:
    """What follows from this kind; an unknown one is an error that is counted, kept and seen, never skipped."""
    if kind not in REACTIONS:
        raise NoReaction(kind)
    return REACTIONS[kind]
