"""A class signs on paper: the portal knows how many have, and whose numbers are missing; no names, no scans (R109)."""

from typing import NamedTuple

from portal.audit.catalogue import LetterClassDone, LetterClassNoted
from portal.audit.services import record_event
from portal.core.actors import Actor
from portal.core.clock import now
from portal.core.database import compare_and_set, execute, fetch_value, insert, unit_of_work
from portal.core.refusals import Conflict, Refused
from portal.letters.at_office.queries import ClassRow, class_of
from portal.letters.at_office.services.paper import complete_on_paper
from portal.letters.queries.letters import Whole, letter_seen
from portal.letters.rules import State, state_of
from portal.letters.services.drafting import CLASS_LETTER
from portal.letters.tables import LetterClass
from portal.permissions.rules import Permission


class ClassNote(NamedTuple):
    """How far a class is: how many pupils, whose numbers are missing, why, where the paper lies."""

    pupils: int
    missing: tuple[int, ...]
    note: str
    kept_where: str
    is_done: bool


async def class_letter(letter_id: int, *, by: Actor, permission: Permission) -> Whole:
    """The letter of a class, for its teacher and for who looks after letters. Refused: any other letter."""
    found = await letter_seen(letter_id, by=by, permission=permission)
    if found.row.kind != CLASS_LETTER:
        raise Refused("letter.no_class_letter")
    return found


async def note_class(letter_id: int, note: ClassNote, *, version: int, by: Actor) -> None:
    """How far the class is; `note.is_done` closes the list, and the letter is complete.

    `version` is that of the record, 0 before there is one. A conflict where somebody else has noted meanwhile.
    """
    async with unit_of_work():
        found = await class_letter(letter_id, by=by, permission=Permission.LETTER_CLASS)
        if state_of(found.facts, at=now()) is not State.WAITING:
            raise Refused("letter.not_open")
        row = await class_of(letter_id)
        await _write(found, row, note, version, by)
        signed = note.pupils - len(note.missing)
        details = LetterClassNoted(signed=signed, pupils=note.pupils)
        await record_event(details, org_id=found.row.org_id, subject_id=letter_id, by=by)
        await execute(
            "UPDATE letter_paper SET kept_where = {}, version = version + 1 WHERE letter_id = {}",
            note.kept_where or None, letter_id,
        )  # fmt: skip
        if note.is_done:
            await _close(found, note, signed, by)


async def _write(found: Whole, row: ClassRow | None, note: ClassNote, version: int, by: Actor) -> None:
    values = {
        "pupils": note.pupils, "missing": ",".join(str(one) for one in note.missing), "note": note.note or None,
        "noted_at": now(), "noted_by": by.person_id,
        **({"done_at": now(), "done_by": by.person_id} if note.is_done else {}),
    }  # fmt: skip
    if row is None and version == 0:
        await insert(LetterClass, {"letter_id": found.row.id, "org_id": found.row.org_id, **values, "version": 1})
        return
    if row is None or row.version != version:
        raise Conflict()
    row_id = await fetch_value("SELECT id FROM letter_class WHERE letter_id = {}", found.row.id)
    await compare_and_set(LetterClass, int(row_id), version=version, **values)


async def _close(found: Whole, note: ClassNote, signed: int, by: Actor) -> None:
    at = now()
    await execute(
        "UPDATE letter_paper SET checked_at = {}, checked_by = {} WHERE letter_id = {}", at, by.person_id, found.row.id
    )
    await complete_on_paper(found, at, proof=None, by=by)
    details = LetterClassDone(signed=signed, pupils=note.pupils)
    await record_event(details, org_id=found.row.org_id, subject_id=found.row.id, by=by)
