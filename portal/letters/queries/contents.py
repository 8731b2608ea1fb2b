"""What the school's own rows say for the text of a letter: the place, the post, its duties, who gives and takes it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from portal.core.clock import local
from portal.core.database import fetch, fetch_column, fetch_one, in_list
from portal.core.refusals import Refused
from portal.letters.document.wording import PUPILS
from portal.letters.queries.letters import Whole
from portal.responsibilities.queries.lists import copies_of, items_in, list_row, mappings_of
from portal.responsibilities.rules.mapping import charge_of


@dataclass(frozen=True, slots=True)
class Signer:
    """One who is to sign: the field, as what, in which post."""

    field: str
    part: str
    unit: str
    post: str
    name: str


@dataclass(frozen=True, slots=True)
class Contents:
    """Everything that a wording may name. Texts are as registered, days are Shanghai's."""

    number: str
    school: str
    grid: str
    grid_code: str
    boundary: str
    key_places: str
    assessment: str
    post: str
    role: str
    line_of_work: str
    duties: tuple[tuple[str, str], ...]
    grounds: tuple[str, ...]
    signers: tuple[Signer, ...]
    starts_on: date
    ends_at: datetime | None
    code: str
    at_once: "AtOnce | None" = None


class AtOnce(NamedTuple):
    """Why a letter takes effect at an instant of its own, and whose decision that was (F3)."""

    starts_at: datetime
    reason: str
    decided_by: str


class _Place(NamedTuple):
    title: str
    role: str
    line_of_work: str | None
    name: str
    kind: str
    code: str | None
    range_note: str | None
    key_places: str | None
    assessment_note: str | None
    org_id: int


class _Unit(NamedTuple):
    post_id: int
    name: str


async def contents_of(letter: Whole, *, at: datetime) -> Contents:
    """What the rows say at an instant, for one letter.

    Refused: a post that takes no list of duties (`letter.no_duties`), a list that nobody of the school has confirmed
    (`letter.list_unconfirmed`): its words go into no letter.
    """
    row = letter.row
    place = await fetch_one(
        _Place,
        "SELECT p.title, p.role, p.line_of_work, g.name, g.kind, g.code, g.range_note, g.key_places, "
        "g.assessment_note, g.org_id FROM post p JOIN grid g ON g.id = p.grid_id WHERE p.id = {}",
        row.post_id,
    )
    assert place is not None
    line, duties = await _duties(place.org_id, place, at) if row.kind != PUPILS else ("", ())
    grounds = await fetch_column(
        "SELECT DISTINCT basis FROM responsibility WHERE post_id = {} AND basis IS NOT NULL AND is_proposal = FALSE "
        "AND starts_at <= {} AND (ends_at IS NULL OR ends_at > {}) ORDER BY basis",
        row.post_id, at, at,
    )  # fmt: skip
    units = await _units(one.post_id for one in letter.parties if one.post_id is not None)
    signers = tuple(
        Signer(one.field, one.part, units.get(one.post_id or 0, row.school), one.post or "", one.person)
        for one in letter.parties
    )
    return Contents(
        number=row.number, school=row.school, grid=place.name, grid_code=place.code or str(row.grid_id),
        boundary=place.range_note or "", key_places=place.key_places or "", assessment=place.assessment_note or "",
        post=place.title, role=place.role, line_of_work=line, duties=duties, grounds=tuple(grounds),
        signers=signers, starts_on=local(row.starts_at).date(), ends_at=row.ends_at, code=row.code,
        at_once=await at_once_of(row.id),
    )  # fmt: skip


async def _units(posts: Iterable[int]) -> dict[int, str]:
    """Whose post each is: a principal's letter is given by somebody of the bureau (R105)."""
    marks, ids = in_list(sorted(set(posts)))
    if not ids:
        return {}
    rows = await fetch(
        _Unit,
        "SELECT p.id, s.name FROM post p JOIN grid g ON g.id = p.grid_id JOIN grid s ON s.id = g.org_id "
        f"WHERE p.id IN {marks}",
        *ids,
    )
    return {row.post_id: row.name for row in rows}


async def at_once_of(letter_id: int) -> AtOnce | None:
    """Why this letter takes effect at once; None of every other letter."""
    return await fetch_one(
        AtOnce,
        "SELECT l.starts_at, o.reason, p.name FROM letter_at_once o JOIN letter l ON l.id = o.letter_id "
        "JOIN person p ON p.id = o.asked_by WHERE o.letter_id = {}",
        letter_id,
    )


async def _duties(org_id: int, place: _Place, at: datetime) -> tuple[str, tuple[tuple[str, str], ...]]:
    """The line of work of a post, and its duties with their rhythm."""
    mappings = [one.rule for one in await mappings_of(org_id)]
    charge = charge_of(
        mappings, title=place.title, kind=place.kind, name=place.name, own_line=place.line_of_work or "",
        copies=await copies_of(org_id),
    )  # fmt: skip
    held = await list_row(charge.list_id, org_id) if charge.list_id is not None else None
    items = await items_in(held.id, at=at) if held is not None else []
    if held is None or not items:
        raise Refused("letter.no_duties", post=place.title)
    if held.asks:
        raise Refused("letter.list_unconfirmed", list=held.name)
    return charge.line_of_work, tuple((one.text, one.rhythm) for one in items)
