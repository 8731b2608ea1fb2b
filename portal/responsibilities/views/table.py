"""The table of the matrix: a row for each thing, a column for each post or person, a mark where they meet."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from portal.rendering.i18n import translator
from portal.responsibilities import labels
from portal.responsibilities.forms import WHOLE_CODE, Filter
from portal.responsibilities.queries.matrix import Stand
from portal.responsibilities.rules import Cell, Mark, marks_for
from portal.responsibilities.views.ground import BODY_KINDS, Ground, Thing

LETTER = {Mark.MAIN: "a", Mark.ASSIST: "r", Mark.SUPERVISE: "c", Mark.INFORM: "i"}
"""The class of a mark in `table.css`."""


class CellView(NamedTuple):
    """A mark: its class, its letter, where the row that says so is, and from where it comes ("" when set here)."""

    letter: str
    sign: str
    post_id: int
    source: str
    who: str


@dataclass(frozen=True, slots=True)
class Column:
    """A post (or a person): its title, the grid that it stands on, who holds it now."""

    key: int
    title: str
    place: str
    who: str
    post_id: int
    is_vacant: bool = False

    @property
    def said(self) -> str:
        """What a phone says beside the letter."""
        return f"{self.title} {self.who}".strip()


@dataclass(frozen=True, slots=True)
class RowView:
    """A duty with a cell or nothing for each column."""

    code: str
    text: str
    number: str
    is_lacking: bool
    cells: tuple[CellView | None, ...]


@dataclass(frozen=True, slots=True)
class Body:
    """Rows of one kind."""

    code: str
    title: str
    rows: tuple[RowView, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """A row before it knows its columns."""

    thing: Thing
    cells: list[Cell]

    @property
    def is_lacking(self) -> bool:
        """True when nobody is accountable."""
        return not any(cell.mark is Mark.MAIN and cell.held is not None for cell in self.cells)


def lines_of(ground: Ground, asked: Filter) -> list[Line]:
    """The rows of the grid, with their marks as the rules give them, under the filters of domain and person."""
    say = translator(ground.language)
    found = []
    for thing in ground.things(say):
        if asked.domain and thing.domain != asked.domain:
            continue
        cells = marks_for(ground.facts, ground.grid.grid_id, thing.duty, at=ground.at)
        if asked.person and not any(cell.held and cell.held.person_id == asked.person for cell in cells):
            continue
        found.append(Line(thing, cells))
    return found


def is_wanted(line: Line, asked: Filter) -> bool:
    """True for a row of the kind that is asked for."""
    return line.is_lacking if asked.rows == "gaps" else asked.rows in ("all", line.thing.body)


# -- columns


def columns_of(ground: Ground, asked: Filter, lines: Iterable[Line]) -> tuple[Column, ...]:
    """Posts above, on and right below this grid, the bodies of the school, and every post with a mark; or the people
    who hold a mark."""
    marked = {cell.post_id for line in lines for cell in line.cells}
    if asked.view == "people":
        return _people(ground, lines)
    near = {
        post.post_id
        for post in ground.posts.values()
        if (post.grid_id in ground.line and post.org_id == ground.grid.org_id)
        or post.parent_id == ground.grid.grid_id
        or (post.kind in BODY_KINDS and post.org_id == ground.grid.org_id)
    }  # fmt: skip
    wanted = marked if asked.person else marked | near
    return tuple(_post(ground, post) for post in ground.posts.values() if post.post_id in wanted)


def _post(ground: Ground, post: Stand) -> Column:
    assert post.post_id is not None
    held = ground.facts.holder(post.post_id, at=ground.at)
    who = ground.words.people.get(held.person_id, "") if held else translator(ground.language)(labels.VACANT)
    return Column(post.post_id, post.title, post.grid, who, post.post_id, is_vacant=held is None)


def _people(ground: Ground, lines: Iterable[Line]) -> tuple[Column, ...]:
    """One column per person with a mark; what falls to a vacant post stands under the post."""
    found: dict[int, Column] = {}
    for line in lines:
        for cell in line.cells:
            column = _post(ground, ground.posts[cell.post_id]) if cell.post_id in ground.posts else None
            if column is None:
                continue
            if cell.held is None:
                found.setdefault(-cell.post_id, replace(column, key=-cell.post_id))
            else:
                name = ground.words.people.get(cell.held.person_id, "")
                column = replace(column, key=cell.held.person_id, title=name, who=column.title)
                found.setdefault(cell.held.person_id, column)
    order = {post_id: place for place, post_id in enumerate(ground.posts)}
    return tuple(sorted(found.values(), key=lambda column: order[column.post_id]))


def _key(cell: Cell, asked_view: str) -> int:
    if asked_view == "people":
        return cell.held.person_id if cell.held else -cell.post_id
    return cell.post_id


# -- rows


def bodies_of(ground: Ground, lines: Iterable[Line], columns: Sequence[Column]) -> tuple[Body, ...]:
    """The rows by their kinds, each with a cell or nothing for each column."""
    say = translator(ground.language)
    is_people = any(column.key != column.post_id for column in columns)
    rows: dict[str, list[RowView]] = {code: [] for code in labels.BODIES}
    for line in lines:
        rows[line.thing.body].append(_row(ground, line, columns, "people" if is_people else "posts"))
    return tuple(Body(code, say(labels.BODIES[code]), tuple(found)) for code, found in rows.items() if found)


def _row(ground: Ground, line: Line, columns: Sequence[Column], view: str) -> RowView:
    by_key: dict[int, Cell] = {}
    for cell in line.cells:  # the strongest mark of a person with several posts comes first
        by_key.setdefault(_key(cell, view), cell)
    cells = tuple(
        cell_view(ground, line.thing, by_key[column.key], column) if column.key in by_key else None
        for column in columns
    )
    thing = line.thing
    return RowView(thing.code or WHOLE_CODE, thing.text, thing.number, line.is_lacking, cells)


def cell_view(ground: Ground, thing: Thing, cell: Cell, column: Column) -> CellView:
    """One mark, with where it comes from."""
    sign = translator(ground.language)(labels.MARK_SIGNS[cell.mark])
    return CellView(LETTER[cell.mark], sign, cell.post_id, source_of(ground, thing, cell), column.said)


def source_of(ground: Ground, thing: Thing, cell: Cell) -> str:
    """From which grid above, or from which wider duty, a mark comes; "" when it is set for this very duty here."""
    say = translator(ground.language)
    if cell.grid_id != ground.grid.grid_id:
        grid = ground.grids.get(cell.grid_id)
        return say(labels.FROM_GRID, name=grid.grid if grid else say(labels.FROM_ABOVE))
    row = ground.rulings.get(cell.ruling_id or 0)
    if row is not None and row.duty != thing.code:
        return say(labels.FROM_DUTY, name=ground.names.get(row.duty, "") or say(labels.WHOLE))
    return ""
