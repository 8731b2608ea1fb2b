"""A letter that takes effect at once, by a reason that the principal gives (F3). Never before that very instant."""

from portal.audit.catalogue import LetterAtOnce as AtOnceEvent
from portal.audit.catalogue import LetterVoided
from portal.audit.rules import stamp
from portal.audit.services import record_event
from portal.core.actors import Actor
from portal.core.clock import now, today
from portal.core.database import compare_and_set, fetch_value, insert, unit_of_work
from portal.core.refusals import Invalid, Refused
from portal.letters.queries.letters import Whole, letter_seen
from portal.letters.rules import Part, Seat, state_of
from portal.letters.rules.states import TO_BE_SIGNED
from portal.letters.services.drafting import TO_SIGN, write_letter
from portal.letters.tables import Letter, LetterAtOnce
from portal.permissions.rules import Permission

LONGEST = 200
INSTEAD = "letter.at_once_instead"


async def take_effect_now(letter_id: int, reason: str, *, version: int, by: Actor) -> int:
    """Another letter in the place of one that would take effect later: from this instant on; gives its id.

    The first is void and keeps its number. Nothing is ever dated back: the instant is that of the decision.
    Refused: a letter that is in effect already, that somebody has signed, or that is of no appointment; a post that
    has not been taken yet; a letter of one's own; no reason.
    """
    reason = reason.strip()
    if not reason or len(reason) > LONGEST:
        raise Invalid({"at_once": "letter.at_once_reason" if not reason else "letter.at_once_long"})
    async with unit_of_work():
        found = await letter_seen(letter_id, by=by, permission=Permission.LETTER_AT_ONCE)
        at, row = now(), found.row
        appointment = await _appointment(found, by)
        await compare_and_set(
            Letter, letter_id, version=version, voided_at=at, reason=INSTEAD, reason_params="{}", attempts=0,
            next_try_at=None, lease=None, leased_until=None,
        )  # fmt: skip
        await record_event(LetterVoided(reason=INSTEAD), org_id=row.org_id, subject_id=letter_id, by=by)
        seats = tuple(Seat(Part(one.part), one.turn, one.post_id or 0, one.person_id) for one in found.parties)
        made = await write_letter(
            row.org_id, row.kind, seats, key=f"at-once:{letter_id}", grid_id=row.grid_id, cause=row.cause,
            appointment_id=appointment, starts_at=at, ends_at=row.ends_at, sign_by=today() + TO_SIGN, by=by,
        )  # fmt: skip
        kept = {"letter_id": made, "org_id": row.org_id, "instead_id": letter_id, "reason": reason}
        await insert(LetterAtOnce, {**kept, "asked_at": at, "asked_by": by.person_id})
        details = AtOnceEvent(starts_at=stamp(at), instead_id=letter_id, would_start_at=stamp(row.starts_at))
        await record_event(details, org_id=row.org_id, subject_id=made, by=by, texts={"reason": reason})
    return made


async def _appointment(found: Whole, by: Actor) -> int:
    at, row = now(), found.row
    if by.person_id is None or by.person_id == row.person_id:
        raise Refused("letter.at_once_own")
    if state_of(found.facts, at=at) not in TO_BE_SIGNED or any(one.signed_at is not None for one in found.parties):
        raise Refused("letter.at_once_late")
    if row.starts_at <= at:
        raise Refused("letter.at_once_already")
    held = await fetch_value(
        "SELECT a.id FROM letter l JOIN appointment a ON a.id = l.appointment_id WHERE l.id = {} "
        "AND l.cause = 'appointment' AND a.starts_at <= {} AND (a.ends_at IS NULL OR a.ends_at > {})",
        row.id, at, at,
    )  # fmt: skip
    if held is None:
        raise Refused("letter.at_once_not_held")
    return int(held)
