"""The coverage page of one school: its number, its branches, what is missing, and how the number came to be."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from portal.core.actors import Actor
from portal.core.provided import Check
from portal.coverage import labels
from portal.coverage.checks import own_checks
from portal.coverage.checks.lent import words_of
from portal.coverage.checks.own import grid_blind
from portal.coverage.queries.access import parts_seen
from portal.coverage.queries.reading import GridLine, PastSpan, School
from portal.coverage.rules import Fraction, GridGap, gap_in
from portal.coverage.views.history import History, history_of
from portal.coverage.views.lines import Doors, Line, Panel, line_of, panel_of, panel_of_lent
from portal.rendering.i18n import translator
from portal.responsibilities.rules import Answer, Facts, responsible_for

SHORT_ROWS = 8
"""So many parts of a branch that are not covered stand below it."""


@dataclass(frozen=True, slots=True)
class BranchRow:
    """A row of the table: a part of the tree with its fraction. `depth` indents; `who` is "" for a heading."""

    id: int
    name: str
    href: str
    depth: int
    who: str
    is_gap: bool
    is_heading: bool
    have: int
    whole: int
    action: str = ""
    action_href: str = ""


@dataclass(frozen=True, slots=True)
class CoverageView:
    """The whole page."""

    org_id: int
    name: str
    home: str
    have: int
    whole: int
    headings: tuple[str, ...]
    is_whole: bool
    part: str
    part_id: int
    crumbs: tuple[tuple[str, str], ...]
    rows: tuple[BranchRow, ...]
    panels: tuple[Panel, ...]
    fine: tuple[str, ...]
    history: History | None
    now: datetime

    @property
    def missing(self) -> int:
        """How many grids have nobody of their own."""
        return self.whole - self.have


class Reader:
    """A school at an instant, as far as one person may see it."""

    def __init__(self, school: School, facts: Facts, by: Actor, *, at: datetime, language: str) -> None:
        self.school, self.facts, self.by, self.at, self.language = school, facts, by, at, language
        self.parts = parts_seen(school, by)
        self.is_whole = self.parts == (school.path,)
        self.say = translator(language)
        self.doors = Doors(school.org_id, school.path, by)
        self.grids = [one for one in school.grids if one.path.startswith(self.parts)]
        self.counted = school.counted(self.parts)
        self.answers: dict[int, Answer] = {one: responsible_for(facts, one, at=at) for one in self.counted}
        self.gaps: dict[int, GridGap] = {
            one: gap for one, answer in self.answers.items() if (gap := gap_in(one, answer)) is not None
        }

    def fraction(self, top: GridLine) -> Fraction:
        """Of a grid and all below it: how many have somebody of their own."""
        whole = [one.id for one in self.grids if not one.is_heading and one.path.startswith(top.path)]
        return Fraction(sum(1 for one in whole if one not in self.gaps), len(whole))

    def who(self, grid_id: int) -> str:
        """Who answers for a grid; "" where nobody of its own does."""
        answer = self.answers.get(grid_id)
        held = answer.accountable if answer and grid_id not in self.gaps else None
        return self.school.people.get(held.person_id, "") if held else ""

    def line(self, gap: GridGap) -> Line:
        """A gap in words, with what the reader may do."""
        return line_of(grid_blind(self.school, gap), self.doors, self.language, at=self.at)

    def row(self, one: GridLine, *, depth: int, alone: bool = False, link: bool = True) -> BranchRow:
        """A grid of the table. `alone`: without what lies below it."""
        gap = self.gaps.get(one.id)
        fraction = Fraction(int(gap is None), 1) if alone else self.fraction(one)
        line = self.line(gap) if gap is not None else None
        name = self.say(labels.ITSELF, name=one.name) if alone else one.name
        href = f"?part={one.id}" if link and not alone else f"/grids/{one.id}"
        return BranchRow(
            one.id, name, href, depth, self.who(one.id), gap is not None, one.is_heading, fraction.have,
            fraction.whole, line.action if line else "", line.action_href if line else "",
        )  # fmt: skip


def coverage_view(reader: Reader, lent: Iterable[Check], *, part: int | None) -> CoverageView:
    """The page, or with `part` the rows of one branch."""
    school = reader.school
    top = school.grid.get(part or 0)
    top = top if top is not None and top in reader.grids and part != school.org_id else None
    panels, fine = _checks(reader, lent) if top is None else ((), ())
    total = reader.fraction(top) if top is not None else Fraction(
        len(reader.counted) - len(reader.gaps), len(reader.counted)
    )  # fmt: skip
    home = "/coverage" if reader.by.org_id == school.org_id else f"/coverage/{school.org_id}"
    return CoverageView(
        org_id=school.org_id, name=school.name, home=home, have=total.have, whole=total.whole,
        headings=tuple(one.name for one in reader.grids if one.is_heading), is_whole=reader.is_whole,
        part=top.name if top is not None else "", part_id=top.id if top is not None else 0,
        crumbs=_crumbs(reader, top, home), rows=tuple(_rows(reader, top)), panels=panels, fine=fine,
        history=_history(reader, total) if top is None and reader.is_whole else None, now=reader.at,
    )  # fmt: skip


def _history(reader: Reader, total: Fraction) -> History | None:
    here = PastSpan(total.have, total.whole, reader.at, None, reader.school.rights_version)
    return history_of([*reader.school.spans, here], at=reader.at, days=timedelta(days=30), language=reader.language)


def _crumbs(reader: Reader, top: GridLine | None, home: str) -> tuple[tuple[str, str], ...]:
    if top is None:
        return ()
    steps = [
        one for one in reader.grids if top.path.startswith(one.path) and one.id not in (top.id, reader.school.org_id)
    ]
    return ((reader.school.name, home), *((one.name, f"{home}?part={one.id}") for one in steps), (top.name, ""))


def _rows(reader: Reader, top: GridLine | None) -> list[BranchRow]:
    if top is not None:
        below = [one for one in reader.grids if one.path.startswith(top.path)]
        return [reader.row(one, depth=min(one.depth - top.depth, 3), link=_has_below(one, below)) for one in below]
    rows: list[BranchRow] = []
    for one in _tops(reader):
        if one.id == reader.school.org_id:
            rows.append(reader.row(one, depth=1, alone=True))
            continue
        rows.append(reader.row(one, depth=1))
        rows += _short(reader, one)
    return rows


def _has_below(one: GridLine, grids: Sequence[GridLine]) -> bool:
    return any(other.parent_id == one.id for other in grids)


def _tops(reader: Reader) -> list[GridLine]:
    """The main branches that the reader sees: the school and its children, or a chief's own parts."""
    if reader.is_whole:
        return [one for one in reader.grids if one.depth <= 1]
    return [one for one in reader.grids if one.path in reader.parts]


def _short(reader: Reader, top: GridLine) -> list[BranchRow]:
    """The children of a branch in which something is missing."""
    below = [one for one in reader.grids if one.parent_id == top.id]
    short = [one for one in below if (found := reader.fraction(one)).have < found.whole]
    return [reader.row(one, depth=2, link=_has_below(one, reader.grids)) for one in short[:SHORT_ROWS]]


def _checks(reader: Reader, lent: Iterable[Check]) -> tuple[tuple[Panel, ...], tuple[str, ...]]:
    """What is missing, and what is not."""
    found = own_checks(
        reader.school, reader.facts, [reader.gaps[one] for one in reader.counted if one in reader.gaps],
        reader.counted, at=reader.at, is_whole=reader.is_whole,
    )  # fmt: skip
    panels = [panel_of(one, reader.school, reader.doors, reader.language, at=reader.at) for one in found]
    panels += [panel_of_lent(one, reader.doors, reader.language) for one in lent] if reader.is_whole else []
    fine = tuple(reader.say(words_of(one.code, labels.CHECKS).fine) for one in panels if not one.missing)
    return tuple(one for one in panels if one.missing), fine
