"""What the register knows of a letter: for strangers, for the check of a file, for packs and archives."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from portal.audit.rules import ChainedEvent
from portal.core.actors import Actor
from portal.core.database import fetch, fetch_column, fetch_one, fetch_value, in_list
from portal.letters.queries.letters import LETTER, FileRow, LetterRow, files_of
from portal.letters.rules import End, EndKind, LetterFacts, Part, Party, number_text
from portal.permissions.queries import scope_sql
from portal.permissions.rules import Permission, scope

NOT_PUBLIC = "class"
"""Letters of pupils are on paper and are looked up by nobody (R109)."""
LAST = ("sealed", "extended")
PAGE = 200


class PartyKnown(NamedTuple):
    """One who signs, with what proves it; `name` is for whoever may read it."""

    id: int
    letter_id: int
    part: str
    turn: int
    field: str
    person_id: int
    signed_at: datetime | None
    refused_at: datetime | None
    method: str | None
    name: str
    kind: str
    post: str | None
    serial: str | None
    certificate: str | None
    signed_by: str | None
    signed_as: str | None

    @property
    def rule(self) -> Party:
        """The row as the rule takes it."""
        return Party(self.id, Part(self.part), self.turn, self.person_id, self.field, self.signed_at, self.refused_at)


class EndKnown(NamedTuple):
    """What ended a letter, and which letter took its place."""

    letter_id: int
    kind: str
    ends_at: datetime
    year: int | None
    seq: int | None

    @property
    def by_number(self) -> str:
        """The number of the letter in its place; "" where there is none."""
        return number_text(self.year, self.seq) if self.year is not None and self.seq is not None else ""


class Known(NamedTuple):
    """A letter as the register knows it."""

    row: LetterRow
    parties: tuple[PartyKnown, ...]
    ends: tuple[EndKnown, ...]
    files: tuple[FileRow, ...]

    @property
    def facts(self) -> LetterFacts:
        """The letter as the rule takes it."""
        row, ends = self.row, tuple(End(EndKind(one.kind), one.ends_at) for one in self.ends)
        rules = tuple(one.rule for one in self.parties)
        return LetterFacts(row.starts_at, row.ends_at, row.made_at, row.sealed_at, row.voided_at, rules, ends)

    @property
    def final(self) -> FileRow | None:
        """The letter itself: the last of sealed and extended, of one on paper the scan; None before."""
        if self.row.paper_since is not None:
            return self.file("scan") if self.row.sealed_at is not None else None
        return next((one for one in reversed(self.files) if one.role in LAST), None)

    def file(self, role: str) -> FileRow | None:
        """The last file of a role."""
        return next((one for one in reversed(self.files) if one.role == role), None)


_PARTY = (
    "SELECT y.id, y.letter_id, y.part, y.turn, y.field, y.person_id, y.signed_at, y.refused_at, y.method, p.name, "
    "p.kind, q.title, k.serial, k.certificate, b.name, y.signed_as FROM letter_party y "
    "JOIN person p ON p.id = y.person_id LEFT JOIN post q ON q.id = y.post_id "
    "LEFT JOIN signing_key k ON k.id = y.key_id LEFT JOIN person b ON b.id = y.signed_by_id"
)
_END = (
    "SELECT e.letter_id, e.kind, e.ends_at, n.year, n.seq FROM letter_end e "
    "LEFT JOIN letter n ON n.id = e.by_letter_id WHERE e.undone_at IS NULL"
)


async def letter_by_code(code: str) -> Known | None:
    """The letter behind a whole code. Four statements, one where there is none."""
    row = await fetch_one(LetterRow, f"{LETTER} WHERE l.code = {{}} AND l.kind <> {{}}", code, NOT_PUBLIC)
    return await _known(row) if row is not None else None


async def letter_known(letter_id: int) -> Known | None:
    """The same by its id, for whoever has found it otherwise."""
    row = await fetch_one(LetterRow, f"{LETTER} WHERE l.id = {{}}", letter_id)
    return await _known(row) if row is not None else None


async def _known(row: LetterRow) -> Known:
    parties = await fetch(PartyKnown, f"{_PARTY} WHERE y.letter_id = {{}} ORDER BY y.turn, y.id", row.id)
    ends = await fetch(EndKnown, f"{_END} AND e.letter_id = {{}} ORDER BY e.ends_at, e.id", row.id)
    return Known(row, tuple(parties), tuple(ends), tuple(await files_of(row.id)))


async def code_beginning(start: str) -> str | None:
    """The one code that begins so; None where there is none, or more than one: no code tells of another."""
    found = await fetch_column(
        "SELECT code FROM letter WHERE code >= {} AND code < {} AND kind <> {} ORDER BY code LIMIT 2",
        start, f"{start}g", NOT_PUBLIC,
    )  # fmt: skip
    return str(found[0]) if len(found) == 1 else None


class Stage(NamedTuple):
    """A registered file: of which letter, as what."""

    letter_id: int
    role: str
    digest: str


async def stages_with(digests: Sequence[str]) -> list[Stage]:
    """The registered files with these digests, whatever letter they are of."""
    marks, given = in_list(digests)
    return await fetch(
        Stage, f"SELECT letter_id, role, digest FROM letter_file WHERE digest IN {marks} ORDER BY id", *given
    )


class Numbered(NamedTuple):
    """A letter of a number: every school has its own row of numbers."""

    id: int
    org_id: int
    school: str


async def letters_numbered(year: int, seq: int) -> list[Numbered]:
    """The letters of a number, one for each school at most."""
    return await fetch(
        Numbered,
        "SELECT l.id, l.org_id, g.name FROM letter l JOIN grid g ON g.id = l.org_id "
        "WHERE l.year = {} AND l.seq = {} ORDER BY l.id",
        year, seq,
    )  # fmt: skip


async def schools_of_keys(serials: Sequence[str]) -> set[int]:
    """The organisations whose people have certificates of these numbers."""
    marks, given = in_list(serials)
    if not given:
        return set()
    return set(await fetch_column(f"SELECT DISTINCT org_id FROM signing_key WHERE serial IN {marks}", *given))


async def has_authority(org_id: int) -> bool:
    """Whether an organisation has certificates of its own."""
    return bool(await fetch_value("SELECT count(*) FROM signing_authority WHERE org_id = {}", org_id))


async def events_of_letter(letter_id: int) -> list[ChainedEvent]:
    """What happened to a letter, with the hashes of its chain; without those who took the pack along."""
    return await fetch(
        ChainedEvent,
        "SELECT org_id, seq, kind, subject_kind, subject_id, actor_id, account_id, via, at, details, prev_hash, hash "
        "FROM event WHERE subject_kind = 'letter' AND subject_id = {} AND kind <> 'letter.pack_taken' ORDER BY seq",
        letter_id,
    )


async def count_complete(year: int, *, by: Actor) -> int:
    """How many letters of a year an archive would hold."""
    where, args = scope_sql(scope(by, Permission.LETTER_MAKE_VIEW), path="g.path", org="l.org_id")
    sql = f"SELECT count(*) FROM letter l JOIN grid g ON g.id = l.grid_id WHERE {where} AND l.year = {{}} AND {_DONE}"
    return int(await fetch_value(sql, *args, year))


_DONE = (
    "l.signed_at IS NOT NULL AND l.sealed_at IS NOT NULL "
    "AND NOT EXISTS (SELECT 1 FROM letter_removal r WHERE r.letter_id = l.id)"
)


async def complete_letters(year: int, *, by: Actor, after: tuple[int, int] = (0, 0)) -> list[Known]:
    """Signed and sealed letters of a year, by organisation and number, a page of them. Four statements."""
    where, args = scope_sql(scope(by, Permission.LETTER_MAKE_VIEW), path="g.path", org="l.org_id")
    rows = await fetch(
        LetterRow,
        f"{LETTER} WHERE {where} AND l.year = {{}} AND {_DONE} AND (l.org_id > {{}} OR (l.org_id = {{}} "
        f"AND l.seq > {{}})) ORDER BY l.org_id, l.seq LIMIT {PAGE}",
        *args, year, after[0], after[0], after[1],
    )  # fmt: skip
    if not rows:
        return []
    marks, ids = in_list([row.id for row in rows])
    parties = await fetch(PartyKnown, f"{_PARTY} WHERE y.letter_id IN {marks} ORDER BY y.turn, y.id", *ids)
    ends = await fetch(EndKnown, f"{_END} AND e.letter_id IN {marks} ORDER BY e.ends_at, e.id", *ids)
    files = await fetch(
        _File,
        "SELECT letter_id, role, stage, digest, size, level, made_at FROM letter_file "
        f"WHERE letter_id IN {marks} ORDER BY id",
        *ids,
    )
    return [
        Known(
            row,
            tuple(one for one in parties if one.letter_id == row.id),
            tuple(one for one in ends if one.letter_id == row.id),
            tuple(FileRow(*one[1:]) for one in files if one.letter_id == row.id),
        )
        for row in rows
    ]


class _File(NamedTuple):
    letter_id: int
    role: str
    stage: int
    digest: str
    size: int
    level: str | None
    made_at: datetime
