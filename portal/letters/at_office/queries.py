"""What the office's pages ask: who has no account, how far a letter on paper is, how far a class is."""

from datetime import date, datetime
from typing import NamedTuple

from portal.core.actors import Actor
from portal.core.database import fetch, fetch_one
from portal.letters.queries.letters import LETTER, LetterRow
from portal.permissions.queries import scope_sql
from portal.permissions.rules import Permission, scope

MOST = 200


class Signer(NamedTuple):
    """Somebody with a place in a letter: whether they can sign for themselves."""

    party_id: int
    person_id: int
    name: str
    kind: str
    account_id: int | None

    @property
    def is_staff(self) -> bool:
        """Of the school's people; pupils sign nothing electronically (R109)."""
        return self.kind == "staff"


async def signers_of(letter_id: int) -> list[Signer]:
    """Everybody with a place in a letter, with their account if it is not switched off. One statement.

    An account that is switched off while its holder has a key counts still: nobody is made to be "without" for this.
    """
    return await fetch(
        Signer,
        "SELECT y.id, y.person_id, p.name, p.kind, a.id FROM letter_party y JOIN person p ON p.id = y.person_id "
        "LEFT JOIN account a ON a.person_id = y.person_id AND (a.disabled_at IS NULL OR EXISTS (SELECT 1 "
        "FROM signing_key k WHERE k.person_id = y.person_id AND k.ended_at IS NULL)) WHERE y.letter_id = {} "
        "ORDER BY y.turn, y.id",
        letter_id,
    )


class Second(NamedTuple):
    """Whoever confirms as the second, by their login."""

    person_id: int
    name: str


async def colleague_of(login: str, org_id: int) -> Second | None:
    """Somebody of the staff of an organisation by their login; None for strangers and closed accounts."""
    return await fetch_one(
        Second,
        "SELECT p.id, p.name FROM account a JOIN person p ON p.id = a.person_id WHERE a.login = {} "
        "AND a.disabled_at IS NULL AND p.org_id = {} AND p.kind = 'staff' AND p.left_at IS NULL",
        login, org_id,
    )  # fmt: skip


class PaperRow(NamedTuple):
    """How far a letter on paper is, with the names of who did what."""

    letter_id: int
    chosen_at: datetime
    chosen_by: str | None
    signed_on: date | None
    scanned_at: datetime | None
    scanned_by: int | None
    scanner: str | None
    differs: str | None
    checked_at: datetime | None
    checker: str | None
    kept_where: str | None
    version: int
    scan: str | None
    scan_size: int | None


_PAPER = (
    "SELECT c.letter_id, c.chosen_at, o.name, c.signed_on, c.scanned_at, c.scanned_by, s.name, c.differs, "
    "c.checked_at, k.name, c.kept_where, c.version, f.digest, f.size FROM letter_paper c "
    "LEFT JOIN person o ON o.id = c.chosen_by LEFT JOIN person s ON s.id = c.scanned_by "
    "LEFT JOIN person k ON k.id = c.checked_by "
    "LEFT JOIN letter_file f ON f.id = (SELECT max(x.id) FROM letter_file x WHERE x.letter_id = c.letter_id "
    "AND x.role = 'scan')"
)


async def paper_of(letter_id: int) -> PaperRow | None:
    """How far a letter on paper is; None for one that is signed electronically. One statement."""
    return await fetch_one(PaperRow, f"{_PAPER} WHERE c.letter_id = {{}}", letter_id)


class ClassRow(NamedTuple):
    """How far a class is. Numbers, never names."""

    letter_id: int
    pupils: int
    missing: str
    note: str | None
    noted_at: datetime | None
    noted_by: str | None
    done_at: datetime | None
    done_by: str | None
    version: int

    @property
    def numbers(self) -> tuple[int, ...]:
        """Those who have not signed."""
        return tuple(int(one) for one in self.missing.split(",") if one)

    @property
    def signed(self) -> int:
        """How many have."""
        return self.pupils - len(self.numbers)


_CLASS = (
    "SELECT c.letter_id, c.pupils, c.missing, c.note, c.noted_at, n.name, c.done_at, d.name, c.version "
    "FROM letter_class c LEFT JOIN person n ON n.id = c.noted_by LEFT JOIN person d ON d.id = c.done_by"
)


async def class_of(letter_id: int) -> ClassRow | None:
    """How far a class is; None before anybody noted it. One statement."""
    return await fetch_one(ClassRow, f"{_CLASS} WHERE c.letter_id = {{}}", letter_id)


class Waiting(NamedTuple):
    """A letter that waits for somebody without an account, with the place that is theirs."""

    letter: LetterRow
    party_id: int
    name: str


class _Turn(NamedTuple):
    letter_id: int
    party_id: int
    name: str


async def waiting_without_account(*, by: Actor) -> list[Waiting]:
    """Letters whose turn is that of somebody who cannot sign in, the oldest first. Two statements."""
    where, args = scope_sql(scope(by, Permission.LETTER_AT_OFFICE_VIEW), path="g.path", org="l.org_id")
    turns = await fetch(
        _Turn,
        "SELECT l.id, y.id, p.name FROM letter l JOIN grid g ON g.id = l.grid_id "
        "JOIN letter_party y ON y.letter_id = l.id AND y.signed_at IS NULL JOIN person p ON p.id = y.person_id "
        f"WHERE {where} AND l.made_at IS NOT NULL AND l.signed_at IS NULL AND l.voided_at IS NULL "
        "AND NOT EXISTS (SELECT 1 FROM letter_paper c WHERE c.letter_id = l.id) AND NOT EXISTS (SELECT 1 "
        "FROM account a WHERE a.person_id = y.person_id AND a.disabled_at IS NULL) AND NOT EXISTS (SELECT 1 "
        "FROM signing_key k WHERE k.person_id = y.person_id AND k.ended_at IS NULL) AND NOT EXISTS (SELECT 1 "
        "FROM letter_party o WHERE o.letter_id = l.id AND (o.refused_at IS NOT NULL OR (o.turn < y.turn "
        "AND o.signed_at IS NULL))) AND NOT EXISTS (SELECT 1 FROM letter_end e WHERE e.letter_id = l.id "
        f"AND e.undone_at IS NULL) ORDER BY l.id LIMIT {MOST}",
        *args,
    )
    rows = await _letters([one.letter_id for one in turns])
    return [Waiting(rows[one.letter_id], one.party_id, one.name) for one in turns if one.letter_id in rows]


async def _letters(ids: list[int]) -> dict[int, LetterRow]:
    if not ids:
        return {}
    marks = ", ".join(str(int(one)) for one in ids)
    return {row.id: row for row in await fetch(LetterRow, f"{LETTER} WHERE l.id IN ({marks})")}


class OnPaper(NamedTuple):
    """A letter on paper that is not complete, and how far it is."""

    letter: LetterRow
    paper: PaperRow
    room: ClassRow | None


async def open_on_paper(*, by: Actor) -> list[OnPaper]:
    """Letters on paper that are not put away yet, with classes. Three statements."""
    where, args = scope_sql(scope(by, Permission.LETTER_AT_OFFICE_VIEW), path="g.path", org="l.org_id")
    rows = await fetch(
        LetterRow,
        f"{LETTER} WHERE {where} AND l.sealed_at IS NULL AND l.voided_at IS NULL AND EXISTS (SELECT 1 "
        "FROM letter_paper c WHERE c.letter_id = l.id) AND NOT EXISTS (SELECT 1 FROM letter_end e "
        f"WHERE e.letter_id = l.id AND e.undone_at IS NULL) ORDER BY l.id LIMIT {MOST}",
        *args,
    )
    if not rows:
        return []
    marks = ", ".join(str(row.id) for row in rows)
    papers = {one.letter_id: one for one in await fetch(PaperRow, f"{_PAPER} WHERE c.letter_id IN ({marks})")}
    rooms = {one.letter_id: one for one in await fetch(ClassRow, f"{_CLASS} WHERE c.letter_id IN ({marks})")}
    return [OnPaper(row, papers[row.id], rooms.get(row.id)) for row in rows]
