"""Every consequence of every event, in one table: which verbs follow, in which order (they share one transaction)."""

from collections.abc import Awaitable, Callable
from datetime import datetime

from portal.audit.outbox import Claimed
from portal.coverage.services import spans_follow
from portal.reminders import services as reminders
from tasks.duty_gaps import look_again
from tasks.duty_reminders import tell_of_change, tell_of_publication
from tasks.duty_swaps import TOLD as SWAP_STEPS
from tasks.duty_swaps import tell_of_correction, tell_of_swap, tell_of_takeover
from tasks.duty_watch import settle_report, settle_untaken
from tasks.letters import (
    KEY_MADE,
    PASSKEY_MADE,
    draft_letter,
    end_letter,
    make_what_waited,
    restore_letter,
    tell_of_completion,
    tell_of_key,
    tell_of_refusal,
    tell_of_stand_in,
    tell_signers,
    wake_maker,
)
from tasks.prints import wake_printer
from tasks.public_reports import settle_screening, tell_screeners

Reaction = Callable[[Claimed], Awaitable[None]]


class NoReaction(Exception):
    """An entry of a kind that nobody here knows: an older worker, or a reaction that was forgotten."""


def tell(verb: Callable[..., Awaitable[None]]) -> Reaction:
    """The reaction that tells people of one event; `verb` of the reminders knows whom."""

    async def react(entry: Claimed) -> None:
        subject, event, at = _of(entry)
        await verb(subject, event_id=event, at=at, by=entry.actor_id)

    return react


async def tell_of_move(entry: Claimed) -> None:
    """Whoever acts next. A move that takes another back tells nobody: they were told when the card first came there."""
    hazard, event, at = _of(entry)
    facts = entry.facts
    if not facts.get("undoes"):
        await reminders.tell_of_move(
            hazard, came_from=facts["came_from"], went_to=facts["went_to"], event_id=event, at=at, by=entry.actor_id
        )


async def settle_check(entry: Claimed) -> None:
    """What asked somebody to look need not be read any more."""
    hazard, _, at = _of(entry)
    await reminders.settle_check(hazard, at=at)


async def tell_new_holder(entry: Claimed) -> None:
    """Whoever takes a post learns of the cards that hang on it."""
    post, event, at = _of(entry)
    starts = datetime.fromisoformat(entry.facts["starts_at"])
    await reminders.tell_new_holder(post, starts_at=starts, event_id=event, at=at, by=entry.actor_id)


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
    "hazard.reported": (tell(reminders.tell_of_report),),  # whoever triages
    "hazard.moved": (tell_of_move,),
    "hazard.listed": (tell(reminders.tell_of_listing),),  # the supervising leader, and the responsible
    "hazard.due_moved": (tell(reminders.tell_of_new_date),),  # the responsible and the helpers
    "hazard.checked": (settle_check,),
    "hazard.urged": (tell(reminders.tell_of_urge),),  # the responsible and the helpers
    "hazard.disputed": (tell(reminders.tell_of_dispute),),  # the first responsible person
    "hazard.ruled": (tell(reminders.tell_of_ruling),),  # whoever answers from now on
    "public_report.received": (tell_screeners,),
    "public_report.not_fixed": (tell_screeners,),
    "public_report.plate_doubted": (tell_screeners,),
    "public_report.screened": (settle_screening,),
    "appointment.started": (tell_new_holder, count_again, draft_letter),
    "appointment.ended": (tell(reminders.tell_of_vacancy), count_again, end_letter),  # the next above, when vacant
    "appointment.restored": (restore_letter,),
    "duty_list.confirmed": (make_what_waited,),
    "letter.drafted": (wake_maker,),
    "letter.retried": (wake_maker,),
    "letter.to_paper": (wake_maker,),
    "letter.paper_done": (tell_of_completion,),
    "letter.class_done": (tell_of_completion,),
    "letter.made": (tell_signers,),
    "letter.signed": (tell_signers,),
    "letter.signed_instead": (tell_of_stand_in,),
    "letter.reopened": (tell_signers,),
    "letter.refused": (tell_of_refusal,),
    "letter.sealed": (tell_of_completion,),
    "signing_key.made": (tell_of_key(KEY_MADE),),
    "signing_passkey.made": (tell_of_key(PASSKEY_MADE),),
    "import.queued": (run_import,),
    "grid.made": (count_again,),
    "grid.ended": (count_again,),
    "post.made": (count_again,),
    "post.ended": (count_again,),
    "import.applied": (count_again,),
    "import.undone": (count_again,),
    "change.entered": (count_again,),
    "change.undone": (count_again,),
    "change.shortened": (count_again,),
    "matrix.marked": (count_again,),
    "matrix.mark_ended": (count_again,),
    "print.asked": (wake_printer,),
    **dict.fromkeys(SWAP_STEPS, (tell_of_swap,)),
    "duty.leader_set": (tell_of_change, look_again),  # whom it takes the lane from: an event of each of their shifts
    "duty.shift_entered": (tell_of_change, look_again),
    "duty.shift_changed": (tell_of_change, look_again),
    "duty.shift_cancelled": (tell_of_change, look_again),
    "duty.roster_published": (tell_of_publication, look_again),
    "duty.taken_over": (tell_of_takeover,),
    "duty.corrected": (tell_of_correction,),
    "duty.shift_taken": (settle_untaken,),
    "duty.zero_reported": (settle_report,),
}


def reactions_to(kind: str) -> tuple[Reaction, ...]:
    """What follows from this kind; an unknown one is an error that is counted, kept and seen, never skipped."""
    if kind not in REACTIONS:
        raise NoReaction(kind)
    return REACTIONS[kind]
