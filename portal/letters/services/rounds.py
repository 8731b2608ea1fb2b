"""The letters of a whole school at once: at the start of a term, or a year's targets (F4, R105, R108).

A round is a row and its letters; the worker makes them one by one, so that a killed worker goes on where it was, one
that cannot be made does not hold up the others, and the progress is a count.
"""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import NamedTuple

from portal.audit.catalogue import LetterRoundAsked
from portal.audit.services import record_event
from portal.core.actors import Actor
from portal.core.clock import now, start_of_day, today
from portal.core.database import execute, fetch, fetch_value, insert, unit_of_work
from portal.core.refusals import Invalid, NotFound, Refused
from portal.grids.queries import grid_row, ids_in
from portal.letters.document import Wording, wording_from
from portal.letters.queries.edges import edges_of, stations_above
from portal.letters.rules import Edge, Part, Seat, Station, edge_for, school_year_end, seats_for
from portal.letters.services.drafting import CLASS_LETTER, POST_LETTER, WITH_LETTER, wording_of, write_letter
from portal.letters.tables import LetterRound
from portal.permissions.rules import Permission, scope

KINDS = ("post", "every", "yearly", "fire", "area", "guards", CLASS_LETTER)
EVERYBODY, GUARDS = "every", "guards"
FURTHEST = timedelta(days=750)
MOST = 2_000


class Due(NamedTuple):
    """Somebody who takes a letter in a round: an appointment with its post."""

    id: int
    post_id: int
    person_id: int
    starts_at: datetime
    ends_at: datetime | None
    role: str
    grid_id: int
    path: str
    grid_kind: str
    title: str
    grid: str


async def due_in(org_id: int, kind: str, *, at: datetime) -> list[Due]:
    """Everybody of a school who would get a letter of this kind at an instant: who holds a post, and has none that is
    complete or on its way for that time. Of a bureau also the principals of its schools (R105). One statement.

    A letter for everybody is one for each person, whatever they hold: that of their widest post (R108).
    """
    marks = ", ".join(f"'{one}'" for one in WITH_LETTER)
    same = "" if kind == EVERYBODY else "l.post_id = a.post_id AND "
    return await fetch(
        Due,
        "SELECT a.id, a.post_id, a.person_id, a.starts_at, a.ends_at, p.role, p.grid_id, g.path, g.kind, "
        "p.title, g.name FROM appointment a JOIN post p ON p.id = a.post_id JOIN grid g ON g.id = p.grid_id "
        "WHERE (a.org_id = {} OR (p.role = 'principal' AND a.org_id IN "
        "(SELECT o.grid_id FROM organisation o WHERE o.bureau_id = {}))) "
        f"AND a.kind IN ({marks}) AND p.role <> 'pupil' AND a.starts_at <= {{}} "
        "AND (a.ends_at IS NULL OR a.ends_at > {}) AND (p.ended_at IS NULL OR p.ended_at > {}) "
        f"AND NOT EXISTS (SELECT 1 FROM letter l WHERE {same}l.person_id = a.person_id "
        "AND l.kind = {} AND l.voided_at IS NULL AND (l.ends_at IS NULL OR l.ends_at > {}) AND NOT EXISTS "
        "(SELECT 1 FROM letter_end e WHERE e.letter_id = l.id AND e.undone_at IS NULL)) ORDER BY g.path, p.sort, a.id",
        org_id, org_id, at, at, at, kind, at,
    )  # fmt: skip


async def takers_in(org_id: int, kind: str, *, at: datetime) -> list[Due]:
    """Those of `due_in` whom the chain and the wording name: what a round makes. Three statements."""
    edges, words = await edges_of(org_id), await _words_of(org_id, kind)
    return _takers(await due_in(org_id, kind, at=at), kind, _edges_for(edges, kind), words)


async def _words_of(org_id: int, kind: str) -> Wording | None:
    """The wording of the kind whose letters are only for some posts of a role: guards among the members (R110)."""
    if kind != GUARDS or (template := await wording_of(org_id, kind)) is None:
        return None
    body = str(await fetch_value("SELECT body FROM letter_template WHERE id = {}", template))
    return wording_from(body)


def _takers(due: list[Due], kind: str, edges: list[Edge], words: Wording | None) -> list[Due]:
    found = [one for one in due if _takes(one, kind, edges) and _is_meant(one, words)]
    if kind == EVERYBODY:
        widest: dict[int, Due] = {}
        for one in sorted(found, key=lambda one: (len(ids_in(one.path)), one.id)):
            widest.setdefault(one.person_id, one)
        return [one for one in found if widest[one.person_id] is one]
    return found


def _is_meant(due: Due, words: Wording | None) -> bool:
    return words is None or not words.variants or words.variant_for(due.role, f"{due.title} {due.grid}") is not None


def _edges_for(edges: list[Edge], kind: str) -> list[Edge]:
    """The chain of a kind. A letter for everybody goes by that of the posts, where it has none of its own."""
    own = [one for one in edges if one.kind == kind]
    if own or kind != EVERYBODY:
        return own
    return [replace(one, kind=kind) for one in edges if one.kind == POST_LETTER]


async def start_round(
    org_id: int, kind: str, label: str, *, starts_on: date, ends_on: date | None, sign_by: date | None, by: Actor
) -> int:
    """Writes the letters of everybody who is due; gives the round's id. The worker makes them.

    Refused: a day that has begun (no back-dating, R112), a last day before the first, somebody else's school, a kind
    without a wording, nobody who is due, a round of the same kind that is still being made.
    """
    _check_days(kind, label, starts_on, ends_on, sign_by)
    async with unit_of_work():
        grid = await grid_row(org_id)
        if grid is None or grid.id != grid.org_id or not scope(by, Permission.LETTER_MAKE).holds(grid.path, grid.id):
            raise NotFound()
        # the organisation's row is the lock: of two who press at once, the second finds nobody who is due
        await execute("UPDATE grid SET version = version WHERE id = {} RETURNING id", org_id)
        if await wording_of(org_id, kind) is None:
            raise Refused("letter.no_wording")
        starts_at = start_of_day(starts_on)
        edges = _edges_for(await edges_of(org_id), kind)
        due = _takers(await due_in(org_id, kind, at=starts_at), kind, edges, await _words_of(org_id, kind))
        if not due:
            raise Refused("letter.nobody_due")
        ends_at = start_of_day(ends_on + timedelta(days=1)) if ends_on is not None else school_year_end(starts_at)
        row = {
            "org_id": org_id, "kind": kind, "label": label, "starts_at": starts_at, "ends_at": ends_at,
            "asked_at": now(), "asked_by": by.person_id, "sign_by": sign_by, "version": 1,
        }  # fmt: skip
        [round_id] = await insert(LetterRound, row)
        written = 0
        for one in due[:MOST]:
            written += await _write(round_id, org_id, kind, one, edges, starts_at, ends_at, sign_by, by)
        if not written:
            raise Refused("letter.nobody_due")
        details = LetterRoundAsked(letter_kind=kind, letters=written)
        await record_event(details, org_id=org_id, subject_id=round_id, by=by)
    return round_id


def _check_days(kind: str, label: str, starts_on: date, ends_on: date | None, sign_by: date | None) -> None:
    wrong: dict[str, str] = {}
    if kind not in KINDS:
        wrong["kind"] = "letter.kind_unknown"
    if not label.strip() or len(label) > 60:
        wrong["label"] = "letter.label_length"
    if not today() < starts_on <= today() + FURTHEST:
        wrong["starts_on"] = "letter.no_back_dating"
    if ends_on is not None and not starts_on <= ends_on <= starts_on + FURTHEST:
        wrong["ends_on"] = "letter.ends_before_it_starts"
    if sign_by is not None and not today() <= sign_by <= today() + FURTHEST:
        wrong["sign_by"] = "letter.sign_by_is_past"
    if wrong:
        raise Invalid(wrong)


def _takes(due: Due, kind: str, edges: list[Edge]) -> bool:
    """Every post has a post letter; of the other kinds only the roles that the chain names."""
    if kind == CLASS_LETTER:  # one for each class, given by whoever the chain lets give it
        return due.grid_kind == CLASS_LETTER and any(one.giver_role == due.role for one in edges)
    return kind in (POST_LETTER, EVERYBODY) or edge_for(edges, kind=kind, role=due.role) is not None


async def _write(
    round_id: int, org_id: int, kind: str, due: Due, edges: list[Edge], starts_at: datetime, ends_at: datetime,
    sign_by: date | None, by: Actor,
) -> int:  # fmt: skip
    seats = await _seats(round_id, org_id, kind, due, edges, starts_at)
    if not seats:
        return 0
    last = min(one for one in (due.ends_at, ends_at) if one is not None)
    key = f"round:{round_id}:{due.id}"
    if await fetch_value("SELECT id FROM letter WHERE key = {}", key) is not None:
        return 0
    await write_letter(
        org_id, kind, seats, key=key, grid_id=due.grid_id, cause="round", appointment_id=due.id, starts_at=starts_at,
        ends_at=last, by=by, round_id=round_id, sign_by=sign_by,
    )  # fmt: skip
    return 1


async def _seats(round_id: int, org_id: int, kind: str, due: Due, edges: list[Edge], at: datetime) -> tuple[Seat, ...]:
    if kind == CLASS_LETTER:  # pupils have no place of their own: they sign a list on paper (R109)
        sql = "SELECT id FROM letter WHERE round_id = {} AND post_id = {}"
        has_one = await fetch_value(sql, round_id, due.post_id) is not None
        return () if has_one else (Seat(Part.GIVER, 1, due.post_id, due.person_id),)
    line = await stations_above(due.path, org_id, at=at)
    return seats_for(Station(due.post_id, due.role, 0, due.person_id), line, edge_for(edges, kind=kind, role=due.role))


class Progress(NamedTuple):
    """How far a round is."""

    letters: int
    made: int
    failed: int
    complete: int

    @property
    def done(self) -> int:
        """How many the worker has finished with, made or not."""
        return self.made + self.failed

    @property
    def goes_on(self) -> bool:
        """Whether the worker still has some to make."""
        return self.done < self.letters


async def progress_of(round_id: int) -> Progress:
    """How many letters of a round there are, are made, cannot be made, are complete. One statement."""
    found = await fetch(
        Progress,
        "SELECT count(*), count(made_at), count(CASE WHEN voided_at IS NOT NULL AND made_at IS NULL THEN 1 END), "
        "count(sealed_at) "
        "FROM letter WHERE round_id = {}",
        round_id,
    )
    return found[0]
