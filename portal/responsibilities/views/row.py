"""One duty in one grid: who has which mark, why, with which rights, since when; and the form that changes it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from portal.grids.queries import ids_in
from portal.rendering.i18n import translator
from portal.responsibilities import labels
from portal.responsibilities.forms import WHOLE_CODE
from portal.responsibilities.queries.matrix import RowStory, Stand
from portal.responsibilities.rules import Cell, Mark, candidates, marks_for
from portal.responsibilities.rules.marking import BASES, RIGHTS, Row, state_of
from portal.responsibilities.views.ground import Ground, Thing
from portal.responsibilities.views.table import LETTER, source_of
from portal.web.again import Typed


@dataclass(frozen=True, slots=True)
class MarkView:
    """A mark of a post, with the person, where it comes from and what comes with it."""

    letter: str
    sign: str
    mark: str
    post_id: int
    title: str
    place: str
    who: str
    is_vacant: bool
    source: str
    reason: str
    basis: str
    rights: tuple[str, ...]
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class StoryRow:
    """A row of the matrix as it was entered."""

    sign: str
    mark: str
    post: str
    grid: str
    basis: str
    reason: str
    starts_at: datetime
    ends_at: datetime | None
    entered_at: datetime
    entered_by: str
    is_ahead: bool


@dataclass(frozen=True, slots=True)
class RowPage:
    """The page of one duty in one grid."""

    grid_id: int
    name: str
    code: str
    title: str
    kind: str
    crumbs: tuple[tuple[str, str], ...]
    is_lacking: bool
    falls_to: str
    marks: tuple[MarkView, ...]
    story: tuple[StoryRow, ...]
    may_edit: bool
    posts: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]
    choices: tuple[tuple[str, str, str], ...]
    bases: tuple[tuple[str, str], ...]
    seen: str
    chosen: str
    ends: str
    """The post whose own row in this grid can be taken away."""
    typed: Typed

    @property
    def here(self) -> str:
        """The address of this page."""
        return f"/matrix/{self.grid_id}/{self.code}"


def row_page(
    ground: Ground, thing: Thing, *, crumbs: Iterable[tuple[str, str]], rows: list[Row], story: Iterable[RowStory],
    post_id: int | None, may_edit: bool, typed: Typed | None = None,
) -> RowPage:  # fmt: skip
    """Puts the page together; `post_id` is the post that somebody came for."""
    say = translator(ground.language)
    cells = marks_for(ground.facts, ground.grid.grid_id, thing.duty, at=ground.at)
    own = {row.post_id for row in rows if row.starts_at <= ground.at}
    told = {row.id: row for row in story}
    return RowPage(
        grid_id=ground.grid.grid_id, name=ground.grid.grid, code=thing.code or WHOLE_CODE, title=thing.text,
        kind=say(labels.BODIES[thing.body]), crumbs=tuple(crumbs), falls_to=_falls_to(ground, thing),
        is_lacking=not any(cell.mark is Mark.MAIN and cell.held for cell in cells),
        marks=tuple(_mark(ground, thing, cell, post_id, told) for cell in cells),
        story=tuple(_told(row, ground) for row in told.values()), may_edit=may_edit,
        posts=_posts(ground) if may_edit else (),
        choices=tuple((str(mark), say(labels.MARKS[mark]), say(labels.MARK_HELP[mark])) for mark in Mark),
        bases=tuple((code, say(labels.BASES[code])) for code in BASES), seen=state_of(rows),
        chosen=str(post_id or ""), ends=str(post_id) if post_id in own else "",
        typed=typed or _typed(cells, rows, post_id),
    )  # fmt: skip


def _typed(cells: Iterable[Cell], rows: Iterable[Row], post_id: int | None) -> Typed:
    """The form as it stands: this post's mark, and the basis of its own row."""
    mark = next((str(cell.mark) for cell in cells if cell.post_id == post_id), "")
    own = next((row for row in rows if row.post_id == post_id), None)
    texts = {"post": str(post_id or ""), "mark": mark, "basis": (own.basis or "") if own else ""}
    return Typed(texts | {"reason": (own.reason or "") if own else ""})


def _mark(ground: Ground, thing: Thing, cell: Cell, chosen: int | None, told: Mapping[int, RowStory]) -> MarkView:
    say, post = translator(ground.language), ground.posts.get(cell.post_id)
    who = ground.words.people.get(cell.held.person_id, "") if cell.held else say(labels.VACANT)
    return MarkView(
        letter=LETTER[cell.mark], sign=say(labels.MARK_SIGNS[cell.mark]), mark=say(labels.MARKS[cell.mark]),
        post_id=cell.post_id, title=post.title if post else "", place=post.grid if post else "", who=who,
        is_vacant=cell.held is None, source=source_of(ground, thing, cell), reason=_why(ground, thing, cell),
        basis=say(labels.BASES[row.basis]) if (row := told.get(cell.ruling_id or 0)) and row.basis else "",
        rights=tuple(say(labels.RIGHTS[code]) for code in RIGHTS[cell.mark]), is_chosen=cell.post_id == chosen,
    )  # fmt: skip


def _why(ground: Ground, thing: Thing, cell: Cell) -> str:
    """The ground of an accountable post, in words; of the others that the matrix says so."""
    say = translator(ground.language)
    if cell.mark is not Mark.MAIN:
        return say(labels.GROUNDS["ruled"])
    found = candidates(ground.facts, ground.grid.grid_id, thing.duty, at=ground.at)
    one = next((one for one in found if one.post_id == cell.post_id), None)
    return say(labels.GROUNDS[str(one.ground)]) if one else ""


def _falls_to(ground: Ground, thing: Thing) -> str:
    """Who has to see to a gap: the next above who is there."""
    found = candidates(ground.facts, ground.grid.grid_id, thing.duty, at=ground.at)
    held = next((one.held for one in found if one.held is not None), None)
    return ground.words.people.get(held.person_id, "") if held else ""


def _told(row: RowStory, ground: Ground) -> StoryRow:
    say = translator(ground.language)
    return StoryRow(
        say(labels.MARK_SIGNS[row.mark]), say(labels.MARKS[row.mark]), f"{row.post_grid} {row.post}", row.grid,
        say(labels.BASES[row.basis]) if row.basis else "", row.reason or "", row.starts_at, row.ends_at,
        row.entered_at, row.entered_by or "", row.starts_at > ground.at,
    )  # fmt: skip


def _posts(ground: Ground) -> tuple[tuple[str, tuple[tuple[str, str], ...]], ...]:
    """The posts that may be chosen, by grid: this grid's first, then those above, then the others of the school."""
    order = [ground.grid.grid_id, *reversed(ground.line)]
    mine = [post for post in ground.posts.values() if post.org_id == ground.grid.org_id or post.grid_id in ground.line]

    def place(post: Stand) -> tuple[int, str]:
        return (order.index(post.grid_id) if post.grid_id in order else len(order), post.path)

    groups: dict[str, list[tuple[str, str]]] = {}
    for post in sorted(mine, key=place):
        held = ground.facts.holder(post.post_id or 0, at=ground.at)
        who = ground.words.people.get(held.person_id, "") if held else translator(ground.language)(labels.VACANT)
        groups.setdefault(_way(ground, post), []).append((str(post.post_id), f"{post.grid} {post.title} {who}"))
    return tuple((way, tuple(posts)) for way, posts in groups.items())


def _way(ground: Ground, post: Stand) -> str:
    steps = [ground.grids[step] for step in ids_in(post.path) if step in ground.grids]
    inside = [step.grid for step in steps if step.org_id == post.org_id and step.grid_id != post.org_id]
    return "·".join(inside) or post.grid
