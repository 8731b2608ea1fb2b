"""What waits for one person, with what it takes to hold it side by side: the same statements for any number."""

from datetime import datetime
from typing import NamedTuple

from portal.core.clock import now
from portal.core.database import fetch, fetch_column, in_list
from portal.letters.queries.letters import Whole, is_turn_of, letters_awaiting
from portal.letters.together.said import Said, changes_between, said

MOST = 200
"""Letters that are read at once: a school's; the others follow when these are signed."""


class Waits(NamedTuple):
    """A letter that waits, what it says, the file as it stands, and when this person opened these very bytes."""

    letter: Whole
    template_id: int
    said: Said | None
    changes: int | None
    before: str
    was_reopened: bool
    digest: str
    size: int
    read_at: datetime | None


class _File(NamedTuple):
    letter_id: int
    digest: str
    size: int
    read_at: datetime | None


class _Before(NamedTuple):
    letter_id: int
    template_id: int
    text: str | None
    text_template_id: int | None
    person: str | None


class _Body(NamedTuple):
    id: int
    body: str


async def waiting_together(person_id: int) -> list[Waits]:
    """The letters in which it is this person's turn, at most `MOST`. Seven statements, three where none waits."""
    at = now()
    found = await letters_awaiting(person_id, at=at, most=MOST)
    letters = [one for one in found if is_turn_of(one, person_id, at)]  # the rule decides, the statement only looks
    if not letters:
        return []
    marks, ids = in_list([one.row.id for one in letters])
    files = {one.letter_id: one for one in await _files(marks, ids, person_id)}
    before = {one.letter_id: one for one in await _before(marks, ids)}
    bodies = await _bodies({one.template_id for one in before.values()} | _templates(before))
    reopened = set(
        await fetch_column(
            "SELECT DISTINCT subject_id FROM event WHERE subject_kind = 'letter' AND kind = 'letter.reopened' "
            f"AND subject_id IN {marks}",
            *ids,
        )
    )
    return [
        _waits(one, before[one.row.id], bodies, files[one.row.id], one.row.id in reopened)
        for one in letters
        if one.row.id in files
    ]


def _templates(before: dict[int, _Before]) -> set[int]:
    return {one.text_template_id for one in before.values() if one.text_template_id is not None}


def _waits(letter: Whole, old: _Before, bodies: dict[int, str], file: _File, was_reopened: bool) -> Waits:
    says = said(letter.row.text, bodies.get(old.template_id))
    said_before = said(old.text, bodies.get(old.text_template_id or 0)) if old.text else None
    changes = changes_between(says, said_before) if says and said_before else None
    person = old.person if old.person and old.person != letter.row.person else ""
    return Waits(
        letter, old.template_id, says, changes, person or "", was_reopened, file.digest, file.size, file.read_at
    )


async def _files(marks: str, ids: list[int], person_id: int) -> list[_File]:
    return await fetch(
        _File,
        "SELECT f.letter_id, f.digest, f.size, r.opened_at FROM letter_file f LEFT JOIN letter_reading r ON r.id = "
        "(SELECT max(o.id) FROM letter_reading o WHERE o.letter_id = f.letter_id AND o.person_id = {}) "
        f"AND r.file_digest = f.digest WHERE f.id IN (SELECT max(id) FROM letter_file WHERE letter_id IN {marks} "
        "AND role IN ('draft', 'signed', 'sealed', 'extended') GROUP BY letter_id)",
        person_id, *ids,
    )  # fmt: skip


async def _before(marks: str, ids: list[int]) -> list[_Before]:
    return await fetch(
        _Before,
        "SELECT l.id, l.template_id, b.text, b.template_id, p.name FROM letter l LEFT JOIN letter b "
        f"ON b.id = l.follows_id LEFT JOIN person p ON p.id = b.person_id WHERE l.id IN {marks}",
        *ids,
    )


async def _bodies(template_ids: set[int]) -> dict[int, str]:
    marks, ids = in_list(sorted(template_ids))
    return {
        row.id: row.body
        for row in await fetch(_Body, f"SELECT id, body FROM letter_template WHERE id IN {marks}", *ids)
    }
