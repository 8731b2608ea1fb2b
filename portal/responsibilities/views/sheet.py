"""The list of duties of a post, a person or a department, on paper (R37): what is to be done, for what one answers."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from portal.rendering.i18n import translator
from portal.responsibilities import labels
from portal.responsibilities.queries.matrix import Stand, Word
from portal.responsibilities.rules import WHOLE, Mark, responsible_for
from portal.responsibilities.rules.marking import RIGHTS
from portal.responsibilities.views.ground import Ground, named
from portal.responsibilities.views.table import LETTER


@dataclass(frozen=True, slots=True)
class SheetLine:
    """A mark of the matrix: its letter, the duty, the grid, what comes with it."""

    letter: str
    sign: str
    text: str
    grid: str


@dataclass(frozen=True, slots=True)
class PostSheet:
    """One post: both its sides, the duties of its list, its marks, its rights."""

    post_id: int
    title: str
    place: str
    who: str
    is_vacant: bool
    line_of_work: str
    duties: tuple[tuple[str, str], ...]
    marks: tuple[SheetLine, ...]
    rights: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SheetView:
    """The page: of a post, a person or a grid with its posts."""

    title: str
    school: str
    crumbs: tuple[tuple[str, str], ...]
    at: datetime
    posts: tuple[PostSheet, ...]
    pdf: str


def sheet_view(
    ground: Ground, posts: Iterable[Stand], *, title: str, crumbs: tuple[tuple[str, str], ...], pdf: str
) -> SheetView:
    """The lists of some posts."""
    school = ground.grids[ground.grid.org_id].grid
    return SheetView(title, school, crumbs, ground.at, tuple(_post(ground, one) for one in posts), pdf)


def posts_of_person(ground: Ground, person_id: int) -> list[Stand]:
    """The posts that somebody answers for at the instant."""
    return [
        post
        for post_id, post in ground.posts.items()
        if (held := ground.facts.holder(post_id, at=ground.at)) is not None and held.person_id == person_id
    ]


def _post(ground: Ground, post: Stand) -> PostSheet:
    say, charge = translator(ground.language), ground.charge(post)
    held = ground.facts.holder(post.post_id or 0, at=ground.at)
    marks = _marks(ground, post)
    strongest = sorted({mark for mark, _ in marks}, key=list(Mark).index)
    return PostSheet(
        post_id=post.post_id or 0, title=post.title, place=post.grid, is_vacant=held is None,
        who=ground.words.people.get(held.person_id, "") if held else say(labels.VACANT),
        line_of_work=say(charge.line_of_work),
        duties=tuple(_duty(item, ground) for item in ground.words.items.get(charge.list_id or 0, [])),
        marks=tuple(line for _, line in marks),
        rights=tuple(dict.fromkeys(say(labels.RIGHTS[code]) for mark in strongest for code in RIGHTS[mark])),
    )  # fmt: skip


def _duty(item: Word, ground: Ground) -> tuple[str, str]:
    return item.more, named(item, ground.language)


def _marks(ground: Ground, post: Stand) -> list[tuple[Mark, SheetLine]]:
    """The grid that the post answers for, and every row of the matrix that names the post and is in force."""
    say, found = translator(ground.language), []
    if responsible_for(ground.facts, post.grid_id, WHOLE, at=ground.at).post_id == post.post_id:
        found.append((Mark.MAIN, SheetLine("a", say(labels.MARK_SIGNS["main"]), say(labels.WHOLE), post.grid)))
    own_list = {item.code for item in ground.items_of(post)}
    for row in ground.rulings.values():
        is_said = row.mark is Mark.MAIN and row.duty in own_list and row.grid_id == post.grid_id
        if row.post_id != post.post_id or not row.is_in_force(ground.at) or is_said:
            continue
        grid = ground.grids.get(row.grid_id)
        text = ground.names.get(row.duty) or say(labels.WHOLE)
        line = SheetLine(LETTER[row.mark], say(labels.MARK_SIGNS[row.mark]), text, grid.grid if grid else "")
        found.append((row.mark, line))
    return sorted(found, key=lambda one: list(Mark).index(one[0]))
