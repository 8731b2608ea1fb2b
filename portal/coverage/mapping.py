"""What the responsibility map shows: each grid with whoever answers for it now, or that nobody does."""

from collections.abc import Iterable
from datetime import datetime

from portal.coverage.drawing import Spot
from portal.coverage.labels import EMPTY
from portal.coverage.queries.reading import GridLine, School
from portal.coverage.rules import gap_in
from portal.rendering.i18n import translator
from portal.responsibilities.rules import Facts, responsible_for


def spots_of(
    school: School, facts: Facts, grids: Iterable[GridLine], *, at: datetime, language: str, links: bool = False
) -> list[Spot]:
    """The grids of a part of the tree as the drawing wants them. `links`: each leads to its page."""
    say, found = translator(language), []
    for one in grids:
        href = f"/grids/{one.id}" if links else ""
        if one.is_heading:
            found.append(Spot(one.name, "", one.depth, is_heading=True, href=href))
            continue
        answer = responsible_for(facts, one.id, at=at)
        gap = gap_in(one.id, answer)
        held = answer.accountable
        who = school.people.get(held.person_id, "") if held is not None and gap is None else say(EMPTY)
        found.append(Spot(one.name, who, one.depth, is_gap=gap is not None, href=href))
    return found
