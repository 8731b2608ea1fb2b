"""Whose a new report will be, by the one rule: whoever would be offered first when the card is assigned (R10, R20)."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import NamedTuple

from portal.core.database import fetch, in_list
from portal.grids.queries import ids_in
from portal.reminders.rules import Card, unique
from portal.responsibilities.queries import duty_of_category, facts_of_lines
from portal.responsibilities.rules import WHOLE, Candidate, Duty, Ground, candidates

INHERITING = frozenset({Ground.KEEPS, Ground.INHERITED})


class _Category(NamedTuple):
    hazard_id: int
    code: str
    parent: str | None
    domain: str
    default_owner: str


async def read_meant(cards: Iterable[Card], *, at: datetime) -> dict[int, tuple[int, ...]]:
    """For each card that nobody has assigned yet the people who may answer for it, the one who does first. Without a
    category it is asked who answers for the whole grid. Four statements; none where no card is new."""
    new = [card for card in cards if card.status == "reported"]
    if not new:
        return {}
    duties = await _duties(new)
    codes = {code for duty in duties.values() for code in (*duty.codes, duty.domain)}
    facts = await facts_of_lines((card.path for card in new), codes=codes, at=at)
    return {
        card.id: unique(_people(card, candidates(facts, card.grid_id, duties.get(card.id, WHOLE), at=at)))
        for card in new
    }


def _people(card: Card, found: Iterable[Candidate]) -> Iterator[int]:
    """What falls to a head only because nobody nearer is there is looked at by the office first, as the order of the
    tree has it: so the school's own grid and those above it count only where the matrix names them."""
    line = ids_in(card.path)
    top = set(line[: line.index(card.org_id) + 1])
    for one in found:
        if one.held is not None and (one.ground not in INHERITING or one.grid_id not in top):
            yield one.held.person_id


async def _duties(cards: list[Card]) -> dict[int, Duty]:
    """The categories of some cards as duties, the school's own category before the shared one."""
    marks, ids = in_list([card.id for card in cards])
    rows = await fetch(
        _Category,
        "SELECT h.id, c.code, c.parent_code, c.domain, c.default_owner FROM hazard h JOIN hazard_category c "
        "ON c.code = h.category AND (c.org_id IS NULL OR c.org_id = h.org_id) "
        f"WHERE h.id IN {marks} ORDER BY c.org_id IS NOT NULL",
        *ids,
    )
    return {row.hazard_id: duty_of_category(row) for row in rows}
