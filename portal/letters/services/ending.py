"""How a letter ends before its last day: with its holder, by another in its place, by revocation. Rows, never edits."""

from datetime import datetime
from typing import NamedTuple

from portal.audit.catalogue import LetterEnded, LetterEndUndone
from portal.audit.rules import stamp
from portal.audit.services import record_event
from portal.core.actors import Actor
from portal.core.clock import now
from portal.core.database import execute, fetch, insert, unit_of_work
from portal.letters.rules import EndKind
from portal.letters.services.drafting import void_of_appointment
from portal.letters.tables import LetterEnd


class _Open(NamedTuple):
    id: int
    org_id: int
    starts_at: datetime
    ends_at: datetime | None


async def end_with_appointment(appointment_id: int, *, ends_at: datetime, by: Actor) -> None:
    """The holder leaves the post at an instant: so does the letter. One that would never have begun is void."""
    async with unit_of_work():
        for row in await fetch(
            _Open,
            "SELECT l.id, l.org_id, l.starts_at, l.ends_at FROM letter l WHERE l.appointment_id = {} "
            "AND l.voided_at IS NULL AND NOT EXISTS (SELECT 1 FROM letter_end e WHERE e.letter_id = l.id "
            "AND e.undone_at IS NULL AND e.ends_at <= {})",
            appointment_id, ends_at,
        ):  # fmt: skip
            if ends_at <= row.starts_at:
                await void_of_appointment(appointment_id, by=by)
            elif row.ends_at is None or ends_at < row.ends_at:
                await end_letter(
                    row.id, row.org_id, EndKind.LEFT, ends_at=ends_at, by=by, appointment_id=appointment_id
                )


async def restore_with_appointment(appointment_id: int, *, by: Actor) -> None:
    """An end that lay ahead was taken back: the letter goes on."""
    async with unit_of_work():
        rows = await fetch(
            _End,
            "SELECT e.id, e.letter_id, l.org_id FROM letter_end e JOIN letter l ON l.id = e.letter_id "
            "WHERE e.appointment_id = {} AND e.kind = 'left' AND e.undone_at IS NULL AND e.ends_at > {}",
            appointment_id, now(),
        )  # fmt: skip
        for row in rows:
            await execute("UPDATE letter_end SET undone_at = {} WHERE id = {}", now(), row.id)
            details = LetterEndUndone(end=str(EndKind.LEFT))
            await record_event(details, org_id=row.org_id, subject_id=row.letter_id, by=by)


class _End(NamedTuple):
    id: int
    letter_id: int
    org_id: int


async def end_letter(
    letter_id: int,
    org_id: int,
    kind: EndKind,
    *,
    ends_at: datetime,
    by: Actor,
    by_letter_id: int | None = None,
    appointment_id: int | None = None,
    reason: str | None = None,
) -> None:
    """Writes that a letter ends. Belongs inside a unit of work."""
    row = {
        "letter_id": letter_id, "kind": str(kind), "ends_at": ends_at, "by_letter_id": by_letter_id,
        "appointment_id": appointment_id, "reason": reason, "entered_at": now(), "entered_by": by.person_id,
    }  # fmt: skip
    await insert(LetterEnd, row)
    details = LetterEnded(end=str(kind), ends_at=stamp(ends_at), by_letter_id=by_letter_id)
    await record_event(details, org_id=org_id, subject_id=letter_id, by=by, texts={"reason": reason or ""})


async def supersede_before(letter_id: int, *, by: Actor) -> None:
    """A complete letter takes the place of the older ones of the same person in the same post and kind (F19)."""
    async with unit_of_work():
        rows = await fetch(
            _Open,
            "SELECT o.id, o.org_id, n.starts_at, o.ends_at FROM letter n JOIN letter o ON o.post_id = n.post_id "
            "AND o.person_id = n.person_id AND o.kind = n.kind AND o.id < n.id AND o.voided_at IS NULL "
            "WHERE n.id = {} AND (o.ends_at IS NULL OR o.ends_at > n.starts_at) AND NOT EXISTS (SELECT 1 "
            "FROM letter_end e WHERE e.letter_id = o.id AND e.undone_at IS NULL)",
            letter_id,
        )
        for row in rows:
            ends_at = max(row.starts_at, now())
            await end_letter(row.id, row.org_id, EndKind.SUPERSEDED, ends_at=ends_at, by=by, by_letter_id=letter_id)
