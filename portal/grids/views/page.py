"""The page of one grid."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from portal.core.actors import Actor
from portal.grids import labels
from portal.grids.queries import Answers, CardRow, Family, HolderRow
from portal.grids.rules import seven_things
from portal.grids.stories import StoryView
from portal.grids.views.holders import PostView, Reader, posts_of
from portal.grids.views.tree import Line, answering, lines, names_answering
from portal.permissions.rules import Permission, Scope, scope
from portal.rendering.i18n import translator


@dataclass(frozen=True, slots=True)
class GridFact:
    """What another room knows of a grid: a text, the page behind it, and whether it presses."""

    text: str
    href: str
    urgent: bool = False


GridFacts = Callable[[CardRow, Actor, str], Awaitable[Sequence[GridFact]]]
grid_facts: list[GridFacts] = []
"""Rooms to the right put their lines on a grid's page: `async source(card, by, language)`. Filled in `app.py` only."""


@dataclass(frozen=True, slots=True)
class FixedView:
    """One of the seven things (R26), with what it is fixed to."""

    key: str
    term: str
    lines: tuple[str, ...]
    is_set: bool


@dataclass(frozen=True, slots=True)
class GridView:
    """The page of a grid."""

    id: int
    org_id: int
    name: str
    kind: str
    code: str
    is_root: bool
    is_key_spot: bool
    ended_at: datetime | None
    crumbs: tuple[tuple[str, str], ...]
    fixed: tuple[FixedView, ...]
    more: tuple[tuple[str, str], ...]
    posts: tuple[PostView, ...]
    is_vacant: bool
    is_away: bool
    """Somebody is named for it, although nobody may be there now."""
    children: tuple[Line, ...]
    beside: tuple[Line, ...]
    place: tuple[str, str] | None
    facts: tuple[GridFact, ...]
    story: tuple[StoryView, ...]
    may_edit: bool
    may_export: bool
    has_board: bool
    may_import: bool
    may_invite: bool

    @property
    def is_new_school(self) -> bool:
        """Whether it is a school that has nothing in it yet, and the reader may fill it."""
        return self.is_root and not self.children and self.ended_at is None and (self.may_import or self.may_invite)

    @property
    def fixed_count(self) -> int:
        """How many of the seven things are fixed."""
        return sum(one.is_set for one in self.fixed)


def grid_view(
    family: Family, answers: Answers, facts: Sequence[GridFact], story: tuple[StoryView, ...],
    reader: Reader, *, seen: Scope,
) -> GridView:  # fmt: skip
    """Everything on the page of a grid. `seen`: where the reader may look at grids."""
    card, language = family.grid, reader.language
    may_edit = scope(reader.actor, Permission.GRID_EDIT).holds(card.path, card.org_id) and card.ended_at is None
    posts = posts_of(card, answers.rows, reader, may_edit=may_edit)
    own = [row for row in answers.rows if row.grid_id == card.id]
    place = next((row for row in family.parallels if row.id == card.place_id), None)
    return GridView(
        id=card.id, org_id=card.org_id, name=card.name, kind=card.kind_text(language), code=card.code or "",
        is_root=card.id == card.org_id, is_key_spot=bool(card.is_key_spot), ended_at=card.ended_at,
        crumbs=crumb_links(family.way, seen), fixed=fixed_views(family, own, language), more=more_facts(card, language),
        posts=posts, is_vacant=card.id in answers.vacant, is_away=bool(answering(own)),
        children=lines(family.children, answers, language),
        beside=lines([row for row in family.parallels if row.id != card.place_id], answers, language),
        place=(place.name, f"/grids/{place.id}") if place else None, facts=tuple(facts), story=story, may_edit=may_edit,
        may_export=scope(reader.actor, Permission.REGISTER_EXPORT).holds(card.path, card.org_id),
        has_board=scope(reader.actor, Permission.HAZARD_BOARD).holds(card.path, card.org_id),
        may_import=scope(reader.actor, Permission.IMPORT_RUN).holds(card.path, card.org_id),
        may_invite=scope(reader.actor, Permission.ACCOUNT_MANAGE).holds(card.path, card.org_id),
    )  # fmt: skip


def crumb_links(way: Sequence[CardRow], seen: Scope) -> tuple[tuple[str, str], ...]:
    """The way from the outermost grid that the reader may see."""
    return tuple((row.name, f"/grids/{row.id}") for row in way if seen.holds(row.path, row.org_id))


def fixed_views(family: Family, own: Sequence[HolderRow], language: str) -> tuple[FixedView, ...]:
    """The seven things with their words."""
    say, card = translator(language), family.grid
    root_depth = next(row.depth for row in family.way if row.id == card.org_id)
    names, titles = names_answering(own, say), say(labels.AND).join(dict.fromkeys(row.title for row in own))
    area = say(labels.AREA, area=f"{card.area_m2:g}") if card.area_m2 is not None else None
    texts: dict[str, list[str | None]] = {
        "level": [card.level_label or say(labels.LEVEL, level=card.depth - root_depth + 1)],
        "cell": [f"{card.name} {card.code or ''}".strip()],
        "range": [card.range_note, card.location, area],
        "person": [names],
        "post": [titles],
        "duty": [card.duty_note],
        "assessment": [card.assessment_note],
    }
    filled = {key: tuple(text for text in found if text) for key, found in texts.items()}
    things = seven_things(
        has_range=bool(filled["range"]), has_person=bool(names), has_post=bool(titles),
        has_duty=bool(card.duty_note), has_assessment=bool(card.assessment_note),
    )  # fmt: skip
    return tuple(
        FixedView(thing.key, say(labels.SEVEN[thing.key]), filled[thing.key] or (say(labels.NOT_FIXED),), thing.is_set)
        for thing in things
    )


def more_facts(card: CardRow, language: str) -> tuple[tuple[str, str], ...]:
    """What the register asks for besides the seven things (R23); empty ones are left out."""
    say = translator(language)
    pairs = (("main_buildings", card.main_buildings), ("key_places", card.key_places))
    return tuple((say(labels.FIELDS[name]), text) for name, text in pairs if text)
