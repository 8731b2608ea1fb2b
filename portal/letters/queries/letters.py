"""Reading letters: one of them, those that somebody has to do with, those of an organisation."""

import json
from datetime import date, datetime
from typing import Any, NamedTuple

from portal.core.actors import Actor
from portal.core.clock import now
from portal.core.database import fetch, fetch_one, fetch_value, in_list
from portal.core.refusals import NotFound
from portal.letters.queries.standing_in import answering_sql, posts_stood_in_for_sql
from portal.letters.rules import (
    End,
    EndKind,
    LetterFacts,
    Part,
    Party,
    State,
    number_text,
    places_of,
    state_of,
    turn_of,
)
from portal.permissions.queries import scope_sql
from portal.permissions.rules import OWN, Permission, scope

MOST = 500  # letters of one person
MOST_IN_CARE = 2_000  # the newest that are looked through for a school's page: a round of everybody, twice


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
    paper_since: datetime | None = None
    """Since when it is one that is signed on paper; None where it is signed electronically."""
    pages: str | None = None
    paper_day: date | None = None
    """The day that stands on the paper, as it was told."""

    @property
    def page_digits(self) -> tuple[str, ...]:
        """The digits that stand on each page of its file; none before it is made."""
        return tuple((self.pages or "").splitlines())

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
    signed_by_id: int | None
    signed_as: str | None
    signed_by: str | None
    stand_in_id: int | None
    stand_in_as: str | None
    stand_in: str | None
    stand_in_since: datetime | None
    stand_in_until: datetime | None
    stand_in_appointment: int | None

    @property
    def rule(self) -> Party:
        """The row as the rule takes it."""
        return Party(
            self.id, Part(self.part), self.turn, self.person_id, self.field, self.signed_at, self.refused_at,
            self.stand_in_id, self.signed_by_id,
        )  # fmt: skip


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
    "s.name, t.title, (SELECT c.chosen_at FROM letter_paper c WHERE c.letter_id = l.id) AS paper_since, l.pages, "
    "(SELECT c.signed_on FROM letter_paper c WHERE c.letter_id = l.id) AS paper_day FROM letter l "
    "JOIN grid g ON g.id = l.grid_id JOIN grid s ON s.id = l.org_id "
    "JOIN post q ON q.id = l.post_id JOIN person p ON p.id = l.person_id JOIN letter_template t ON t.id = l.template_id"
)
_WITHOUT_TEXT = LETTER.replace("l.text, ", "NULL AS text, ", 1)  # kilobytes of each, and no list shows them


def party_sql(where: str, *, at: datetime) -> tuple[str, list[Any]]:
    """Those who sign some letters, in their order, with who answers for their posts at an instant instead of them.

    `where` is a condition over `letter_party x`; its arguments follow those given here.
    """
    answering, args = answering_sql("x.post_id", at=at)
    sql = (
        "SELECT y.id, y.letter_id, y.part, y.turn, y.field, y.post_id, y.person_id, y.signed_at, y.method, y.level, "
        "y.file_digest, y.refused_at, y.refusal, y.version, p.name, q.title, y.signed_by_id, y.signed_as, b.name, "
        "w.id, k.kind, w.name, k.starts_at, k.ends_at, k.id FROM (SELECT x.*, CASE WHEN x.part <> 'taker' "
        f"AND l.sealed_at IS NULL AND l.voided_at IS NULL THEN {answering} END AS stand_in FROM letter_party x "
        f"JOIN letter l ON l.id = x.letter_id WHERE {where}) y JOIN person p ON p.id = y.person_id "
        "LEFT JOIN post q ON q.id = y.post_id LEFT JOIN person b ON b.id = y.signed_by_id "
        "LEFT JOIN appointment k ON k.id = y.stand_in AND k.kind <> 'holder' LEFT JOIN person w ON w.id = k.person_id "
        "ORDER BY y.letter_id, y.turn, y.id"
    )
    return sql, args


def is_turn_of(found: Whole, person_id: int | None, at: datetime) -> bool:
    """Whether a letter waits for this person now: in their own place, or in that of another whom they stand in for."""
    if found.row.paper_since is not None:
        return False
    rules = [one.rule for one in found.parties]
    mine = places_of(rules, person_id)
    return state_of(found.facts, at=at) is State.WAITING and any(one in mine for one in turn_of(rules))


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
    is_theirs = permission in OWN and bool(places_of([one.rule for one in found.parties], by.person_id))
    if not is_theirs and not scope(by, permission).holds(found.row.path, found.row.org_id):
        raise NotFound()
    return found


async def letters_of(person_id: int) -> list[Whole]:
    """Every letter in which somebody has a place, or signs or signed in that of another, the newest first. Three
    statements."""
    waiting, args = awaiting_ids_sql(person_id, at=now())
    rows = await fetch(
        LetterRow,
        f"{LETTER} WHERE l.id IN (SELECT letter_id FROM letter_party WHERE person_id = {{}} OR signed_by_id = {{}} "
        f"UNION {waiting}) ORDER BY l.id DESC LIMIT {MOST}",
        person_id, person_id, *args,
    )  # fmt: skip
    return await _with_parts(rows)


async def letters_awaiting(person_id: int, *, at: datetime, most: int) -> list[Whole]:
    """Letters that wait for this person, those that must be signed first at the head. Three statements."""
    waiting, args = awaiting_ids_sql(person_id, at=at)
    rows = await fetch(
        LetterRow,
        f"{LETTER} WHERE l.kind <> 'class' AND l.id IN ({waiting}) "
        f"ORDER BY l.sign_by IS NULL, l.sign_by, l.starts_at, l.id LIMIT {most:d}",
        *args,
    )  # fmt: skip
    return await _with_parts(rows)


async def letters_looked_after(*, by: Actor, org_id: int | None = None) -> list[Whole]:
    """The letters that the actor looks after, the newest first, without their texts; of one organisation, where named.

    At most `MOST_IN_CARE`.
    """
    where, args = scope_sql(scope(by, Permission.LETTER_VIEW), path="g.path", org="l.org_id")
    more, given = (" AND l.org_id = {}", [org_id]) if org_id is not None else ("", [])
    rows = await fetch(
        LetterRow,
        f"{_WITHOUT_TEXT} WHERE {where}{more} ORDER BY l.id DESC LIMIT {MOST_IN_CARE}", *args, *given,
    )  # fmt: skip
    return await _with_parts(rows)


async def letters_in_round(round_id: int) -> list[Whole]:
    """Every letter of a round, without its text. Three statements."""
    return await _with_parts(await fetch(LetterRow, f"{_WITHOUT_TEXT} WHERE l.round_id = {{}} ORDER BY l.id", round_id))


def awaiting_ids_sql(person_id: int, *, at: datetime) -> tuple[str, list[Any]]:
    """The letters that wait for somebody at an instant, as SQL: the rules `turn_of`, `may_sign_instead` and `state_of`,
    said once more."""
    posts, args = posts_stood_in_for_sql(person_id, at=at)
    sql = (
        "SELECT l.id FROM letter_party y JOIN letter l ON l.id = y.letter_id WHERE y.id IN ("
        "SELECT id FROM letter_party WHERE person_id = {} AND signed_at IS NULL AND refused_at IS NULL "
        "UNION SELECT z.id FROM letter_party z "
        f"WHERE z.post_id IN ({posts}) AND z.signed_at IS NULL AND z.refused_at IS NULL AND z.part <> 'taker' "
        "AND NOT EXISTS (SELECT 1 FROM letter_party i WHERE i.letter_id = z.letter_id "
        "AND (i.person_id = {} OR i.signed_by_id = {}))) AND l.made_at IS NOT NULL AND l.sealed_at IS NULL "
        "AND l.voided_at IS NULL AND (l.ends_at IS NULL OR l.ends_at > {}) AND NOT EXISTS (SELECT 1 FROM letter_end e "
        "WHERE e.letter_id = l.id AND e.undone_at IS NULL AND e.ends_at <= {}) "
        "AND NOT EXISTS (SELECT 1 FROM letter_paper h WHERE h.letter_id = l.id) "
        "AND NOT EXISTS (SELECT 1 FROM letter_party o WHERE o.letter_id = y.letter_id "
        "AND (o.refused_at IS NOT NULL OR (o.turn < y.turn AND o.signed_at IS NULL)))"
    )
    return sql, [person_id, *args, person_id, person_id, at, at]


def awaiting_sql(person_id: int, *, at: datetime) -> tuple[str, list[Any]]:
    """How many letters wait for somebody at an instant, as SQL."""
    sql, args = awaiting_ids_sql(person_id, at=at)
    return f"SELECT count(DISTINCT w.id) AS letters FROM ({sql}) w", args


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
    """The letter's file as it stands: unsigned, signed by some, sealed, or extended. None of one that was removed."""
    return await fetch_one(
        FileRow,
        "SELECT role, stage, digest, size, level, made_at FROM letter_file WHERE letter_id = {} "
        "AND role IN ('draft', 'signed', 'sealed', 'extended') AND NOT EXISTS (SELECT 1 FROM letter_removal r "
        "WHERE r.letter_id = letter_file.letter_id) ORDER BY id DESC LIMIT 1",
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
    sql, args = party_sql(f"x.letter_id IN {marks}", at=now())
    parties = await fetch(PartyRow, sql, *args, *ids)
    ends = await fetch(
        _EndRow,
        f"SELECT letter_id, kind, ends_at FROM letter_end WHERE letter_id IN {marks} AND undone_at IS NULL ORDER BY id",
        *ids,
    )
    inside: dict[int, list[PartyRow]] = {}
    for one in parties:
        inside.setdefault(one.letter_id, []).append(one)
    ended: dict[int, list[End]] = {}
    for end in ends:
        ended.setdefault(end.letter_id, []).append(End(EndKind(end.kind), end.ends_at))
    return [Whole(row, tuple(inside.get(row.id, ())), tuple(ended.get(row.id, ()))) for row in rows]


async def letters_waiting() -> list[Whole]:
    """Every letter that waits for a signature, of every organisation: what the clock looks through."""
    rows = await fetch(
        LetterRow,
        f"{LETTER} WHERE l.made_at IS NOT NULL AND l.signed_at IS NULL AND l.voided_at IS NULL ORDER BY l.org_id, l.id",
    )
    return await _with_parts(rows)
