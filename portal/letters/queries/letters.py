"""Reading letters: one of them, those that somebody has to do with, those of an organisation."""

import json
from datetime import date, datetime
from typing import Any, NamedTuple

from portal.core.actors import Actor
from portal.core.clock import now
from portal.core.database import fetch, fetch_one, fetch_value, in_list
from portal.core.refusals import NotFound
from portal.letters.rules import End, EndKind, LetterFacts, Part, Party, number_text
from portal.permissions.queries import scope_sql
from portal.permissions.rules import OWN, Permission, scope

MOST = 500  # letters on one page


class LetterRow(NamedTuple):
    """One letter with the names that its page shows."""

    id: int
    org_id: int
    kind: str
    year: int
    seq: int
    cause: str
    round_id: int | None
    grid_id: int
    post_id: int
    person_id: int
    text: str | None
    text_digest: str | None
    follows_id: int | None
    starts_at: datetime
    ends_at: datetime | None
    sign_by: date | None
    code: str
    drafted_at: datetime
    made_at: datetime | None
    signed_at: datetime | None
    sealed_at: datetime | None
    voided_at: datetime | None
    reason: str | None
    reason_params: str
    attempts: int
    version: int
    path: str
    grid: str
    post: str
    person: str
    school: str
    title: str

    @property
    def number(self) -> str:
        """Its number as it stands on paper."""
        return number_text(self.year, self.seq)

    @property
    def failure(self) -> tuple[str, dict[str, Any]] | None:
        """Why it is void, or why the last try failed: a code, and what fills its sentence."""
        return (self.reason, json.loads(self.reason_params)) if self.reason else None


class PartyRow(NamedTuple):
    """One who signs, with name and post."""

    id: int
    letter_id: int
    part: str
    turn: int
    field: str
    post_id: int | None
    person_id: int
    signed_at: datetime | None
    method: str | None
    level: str | None
    file_digest: str | None
    refused_at: datetime | None
    refusal: str | None
    version: int
    person: str
    post: str | None

    @property
    def rule(self) -> Party:
        """The row as the rule takes it."""
        return Party(self.id, Part(self.part), self.turn, self.person_id, self.field, self.signed_at, self.refused_at)


class _EndRow(NamedTuple):
    letter_id: int
    kind: str
    ends_at: datetime


class FileRow(NamedTuple):
    """One stage of the file."""

    role: str
    stage: int
    digest: str
    size: int
    level: str | None
    made_at: datetime


class Whole(NamedTuple):
    """A letter with who signs it and what ended it."""

    row: LetterRow
    parties: tuple[PartyRow, ...]
    ends: tuple[End, ...]

    @property
    def facts(self) -> LetterFacts:
        """The letter as the rule takes it."""
        row = self.row
        rules = tuple(one.rule for one in self.parties)
        return LetterFacts(row.starts_at, row.ends_at, row.made_at, row.sealed_at, row.voided_at, rules, self.ends)


LETTER = (
    "SELECT l.id, l.org_id, l.kind, l.year, l.seq, l.cause, l.round_id, l.grid_id, l.post_id, l.person_id, l.text, "
    "l.text_digest, l.follows_id, l.starts_at, l.ends_at, l.sign_by, l.code, l.drafted_at, l.made_at, l.signed_at, "
    "l.sealed_at, l.voided_at, l.reason, l.reason_params, l.attempts, l.version, g.path, g.name, q.title, p.name, "
    "s.name, t.title FROM letter l JOIN grid g ON g.id = l.grid_id JOIN grid s ON s.id = l.org_id "
    "JOIN post q ON q.id = l.post_id JOIN person p ON p.id = l.person_id JOIN letter_template t ON t.id = l.template_id"
)
PARTY = (
    "SELECT y.id, y.letter_id, y.part, y.turn, y.field, y.post_id, y.person_id, y.signed_at, y.method, y.level, "
    "y.file_digest, y.refused_at, y.refusal, y.version, p.name, q.title FROM letter_party y "
    "JOIN person p ON p.id = y.person_id LEFT JOIN post q ON q.id = y.post_id"
)


async def letter_whole(letter_id: int) -> Whole | None:
    """One letter, whoever asks; pages go through `letter_seen`. Three statements."""
    row = await fetch_one(LetterRow, f"{LETTER} WHERE l.id = {{}}", letter_id)
    return (await _with_parts([row]))[0] if row is not None else None


async def letter_seen(letter_id: int, *, by: Actor, permission: Permission = Permission.LETTER_VIEW) -> Whole:
    """A letter that the actor may see: a place in it is theirs, or they look after its organisation's letters (TA1)."""
    found = await letter_whole(letter_id)
    if found is None:
        raise NotFound()
    # also before the first day: somebody new signs while they hold no post yet
    is_theirs = permission in OWN and by.person_id in {one.person_id for one in found.parties}
    if not is_theirs and not scope(by, permission).holds(found.row.path, found.row.org_id):
        raise NotFound()
    return found


async def letters_of(person_id: int) -> list[Whole]:
    """Every letter in which somebody has a place, the newest first. Three statements."""
    rows = await fetch(
        LetterRow,
        f"{LETTER} WHERE l.id IN (SELECT letter_id FROM letter_party WHERE person_id = {{}}) "
        f"ORDER BY l.id DESC LIMIT {MOST}",
        person_id,
    )
    return await _with_parts(rows)


async def letters_looked_after(*, by: Actor, org_id: int | None = None) -> list[Whole]:
    """The letters that the actor looks after, the newest first; of one organisation, where it is named."""
    where, args = scope_sql(scope(by, Permission.LETTER_VIEW), path="g.path", org="l.org_id")
    more, given = (" AND l.org_id = {}", [org_id]) if org_id is not None else ("", [])
    rows = await fetch(LetterRow, f"{LETTER} WHERE {where}{more} ORDER BY l.id DESC LIMIT {MOST}", *args, *given)
    return await _with_parts(rows)


def awaiting_sql(person_id: int, *, at: datetime) -> tuple[str, list[Any]]:
    """How many letters wait for somebody at an instant, as SQL: the rules `turn_of` and `state_of`, said once more."""
    sql = (
        "SELECT count(DISTINCT l.id) AS letters FROM letter_party y JOIN letter l ON l.id = y.letter_id "
        "WHERE y.person_id = {} AND y.signed_at IS NULL AND y.refused_at IS NULL AND l.made_at IS NOT NULL "
        "AND l.voided_at IS NULL AND (l.ends_at IS NULL OR l.ends_at > {}) AND NOT EXISTS (SELECT 1 FROM letter_end e "
        "WHERE e.letter_id = l.id AND e.undone_at IS NULL AND e.ends_at <= {}) "
        "AND NOT EXISTS (SELECT 1 FROM letter_party o WHERE o.letter_id = y.letter_id "
        "AND (o.refused_at IS NOT NULL OR (o.turn < y.turn AND o.signed_at IS NULL)))"
    )
    return sql, [person_id, at, at]


async def awaiting(person_id: int) -> int:
    """How many letters wait for this person now. One statement."""
    sql, args = awaiting_sql(person_id, at=now())
    return int(await fetch_value(sql, *args))


async def files_of(letter_id: int) -> list[FileRow]:
    """The stages of a letter's file, the last one last."""
    return await fetch(
        FileRow,
        "SELECT role, stage, digest, size, level, made_at FROM letter_file WHERE letter_id = {} ORDER BY id",
        letter_id,
    )


async def file_now(letter_id: int) -> FileRow | None:
    """The letter's file as it stands: unsigned, signed by some, sealed, or extended."""
    return await fetch_one(
        FileRow,
        "SELECT role, stage, digest, size, level, made_at FROM letter_file WHERE letter_id = {} "
        "AND role IN ('draft', 'signed', 'sealed', 'extended') ORDER BY id DESC LIMIT 1",
        letter_id,
    )


async def last_read(letter_id: int, person_id: int) -> str | None:
    """The digest of the bytes that somebody opened last."""
    found = await fetch_value(
        "SELECT file_digest FROM letter_reading WHERE letter_id = {} AND person_id = {} ORDER BY id DESC LIMIT 1",
        letter_id, person_id,
    )  # fmt: skip
    return str(found) if found is not None else None


async def _with_parts(rows: list[LetterRow]) -> list[Whole]:
    marks, ids = in_list([row.id for row in rows])
    if not ids:
        return []
    parties = await fetch(PartyRow, f"{PARTY} WHERE y.letter_id IN {marks} ORDER BY y.letter_id, y.turn, y.id", *ids)
    ends = await fetch(
        _EndRow,
        f"SELECT letter_id, kind, ends_at FROM letter_end WHERE letter_id IN {marks} AND undone_at IS NULL ORDER BY id",
        *ids,
    )
    return [
        Whole(
            row,
            tuple(one for one in parties if one.letter_id == row.id),
            tuple(End(EndKind(one.kind), one.ends_at) for one in ends if one.letter_id == row.id),
        )
        for row in rows
    ]


async def letters_waiting() -> list[Whole]:
    """Every letter that waits for a signature, of every organisation: what the clock looks through."""
    rows = await fetch(
        LetterRow,
        f"{LETTER} WHERE l.made_at IS NOT NULL AND l.signed_at IS NULL AND l.voided_at IS NULL ORDER BY l.org_id, l.id",
    )
    return await _with_parts(rows)
