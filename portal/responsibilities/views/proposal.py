"""The preview of rows that the lists of a grid's posts propose."""

from dataclasses import dataclass

from portal.rendering.i18n import translator
from portal.responsibilities import labels
from portal.responsibilities.rules import Mark
from portal.responsibilities.rules.proposing import Charged, Proposed, proposed
from portal.responsibilities.services.marking import Marking
from portal.responsibilities.views.ground import Ground


@dataclass(frozen=True, slots=True)
class PostProposal:
    """What one post would get."""

    post_id: int
    title: str
    who: str
    line_of_work: str
    lines: tuple[tuple[str, str, str], ...]
    """Class of the mark, its letter, the duty."""


@dataclass(frozen=True, slots=True)
class ProposalView:
    """The page."""

    grid_id: int
    name: str
    crumbs: tuple[tuple[str, str], ...]
    posts: tuple[PostProposal, ...]
    count: int
    error: str


def rows_proposed(ground: Ground) -> list[Proposed]:
    """The rows that may be made on this grid now."""
    own = ground.facts.rulings_on.get(ground.grid.grid_id, ())
    posts = [
        Charged(post.post_id or 0, tuple(item.code for item in ground.items_of(post)), ground.charge(post).domain)
        for post in ground.standing_on(ground.grid.grid_id)
    ]
    return proposed(
        posts, has_main=frozenset(row.duty for row in own if row.mark is Mark.MAIN),
        marked=frozenset((row.duty, row.post_id) for row in own),
    )  # fmt: skip


def markings(rows: list[Proposed], posts: set[int]) -> list[Marking]:
    """The rows for the posts that were chosen."""
    return [Marking(row.duty, row.post_id, row.mark) for row in rows if row.post_id in posts]


def proposal_view(ground: Ground, *, crumbs: tuple[tuple[str, str], ...], error: str = "") -> ProposalView:
    """The rows by post, in words."""
    say, rows = translator(ground.language), rows_proposed(ground)
    letters = {Mark.MAIN: "a", Mark.ASSIST: "r"}
    found = []
    for post in ground.standing_on(ground.grid.grid_id):
        held = ground.facts.holder(post.post_id or 0, at=ground.at)
        lines = tuple(
            (letters[row.mark], say(labels.MARK_SIGNS[row.mark]), ground.names.get(row.duty, row.duty))
            for row in rows if row.post_id == post.post_id
        )  # fmt: skip
        who = ground.words.people.get(held.person_id, "") if held else say(labels.VACANT)
        found.append(PostProposal(post.post_id or 0, post.title, who, say(ground.charge(post).line_of_work), lines))
    return ProposalView(ground.grid.grid_id, ground.grid.grid, crumbs, tuple(found), len(rows), error)
