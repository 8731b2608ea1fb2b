"""What the pages of the grids room show. Built from rows that were read elsewhere; asks nothing of a database."""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from portal.core.actors import Actor
from portal.core.crypto import unseal
from portal.grids import labels
from portal.grids.queries import CardRow, Family, HolderRow, KindRow, OrganisationRow, Wanted
from portal.grids.rules import seven_things
from portal.grids.stories import StoryView
from portal.permissions.rules import Permission, Scope, scope
from portal.rendering.i18n import Translate, translator
from portal.web.again import Typed


@dataclass(frozen=True, slots=True)
class GridFact:
    """What another room knows of a grid: a text, the page behind it, and whether it presses."""

    text: str
    href: str
    urgent: bool = False


GridFacts = Callable[[CardRow, Actor, str], Awaitable[Sequence[GridFact]]]
grid_facts: list[GridFacts] = []
"""Rooms to the right put their lines on a grid's page: `async source(card, by, language)`. Filled in `app.py` only."""

# -- who


@dataclass(frozen=True, slots=True)
class HolderView:
    """Somebody on a post. `phone` is for a `tel:` link and empty where the reader may not call."""

    name: str
    held_as: str
    is_primary: bool
    is_pupil: bool
    person_href: str
    phone: str


@dataclass(frozen=True, slots=True)
class PostView:
    """A post with its holders; without any it is vacant, and said so."""

    id: int
    title: str
    is_accountable: bool
    href: str
    holders: tuple[HolderView, ...]


@dataclass(frozen=True, slots=True)
class Reader:
    """What the person in front of the page may be shown about people."""

    actor: Actor
    people: Scope
    language: str

    @classmethod
    def of(cls, actor: Actor, language: str) -> "Reader":
        """The reader that an actor is."""
        return cls(actor, scope(actor, Permission.PERSON_VIEW), language)

    def may_open(self, card: CardRow) -> bool:
        """Whether pages of this school's people open."""
        return self.people.holds(card.path, card.org_id)

    def is_colleague(self, card: CardRow) -> bool:
        """Staff of the same school: they may call each other, and know the pupils by name."""
        return self.actor.org_id == card.org_id


def posts_of(card: CardRow, rows: Iterable[HolderRow], reader: Reader, *, may_edit: bool) -> tuple[PostView, ...]:
    """The posts of a grid with their holders, in the order of the rows. One holder of a post is the primary."""
    posts: dict[int, list[HolderRow]] = {}
    for row in rows:
        if row.grid_id == card.id:
            posts.setdefault(row.post_id, []).append(row)
    return tuple(
        PostView(
            id=held[0].post_id, title=held[0].title, is_accountable=bool(held[0].is_accountable),
            href=f"/posts/{held[0].post_id}" if may_edit else "",
            holders=tuple(
                _holder(row, card, reader, is_primary=number == 0 and bool(row.is_primary))
                for number, row in enumerate(held) if row.person_id is not None
            ),
        )
        for held in posts.values()
    )  # fmt: skip


def _holder(row: HolderRow, card: CardRow, reader: Reader, *, is_primary: bool) -> HolderView:
    say, is_pupil = translator(reader.language), row.person_kind == "pupil"
    knows = not is_pupil or reader.is_colleague(card)
    may_call = not is_pupil and (reader.is_colleague(card) or reader.may_open(card))
    as_text = (
        labels.PRIMARY
        if is_primary and row.held_as == "holder"
        else labels.SHARED
        if row.held_as == "holder"
        else labels.HELD_AS[row.held_as or "holder"]
    )
    return HolderView(
        name=(row.name or "") if knows else say(labels.PUPIL),
        held_as="" if is_pupil else say(as_text),
        is_primary=is_primary, is_pupil=is_pupil,
        person_href=f"/people/{row.person_id}" if knows and reader.may_open(card) else "",
        phone=(unseal(row.phone_sealed) or "") if row.phone_sealed and may_call else "",
    )  # fmt: skip


# -- lines of the tree


@dataclass(frozen=True, slots=True)
class Line:
    """A grid in a list or in the tree. `who` names its first holders; empty means that nobody answers for it."""

    id: int
    name: str
    kind: str
    where: str
    who: str
    is_vacant: bool
    is_key_spot: bool
    children: int
    level: tuple["Line", ...] | None = None
    """Its own children where they came with it; None where the browser asks for them."""


def lines(
    cards: Iterable[CardRow], holders: Iterable[HolderRow], language: str, *, where: Mapping[int, str] | None = None
) -> tuple[Line, ...]:
    """One line for each card, with the names of those who answer for it. Pupils never stand for a grid."""
    say = translator(language)
    held: dict[int, list[HolderRow]] = {}
    for row in holders:
        held.setdefault(row.grid_id, []).append(row)
    return tuple(
        Line(
            id=card.id, name=card.name, kind=card.kind_text(language), where=(where or {}).get(card.id, ""),
            who=_who(held.get(card.id, []), say), is_vacant=is_vacant(card, held.get(card.id, [])),
            is_key_spot=bool(card.is_key_spot), children=card.children,
        )
        for card in cards
    )  # fmt: skip


def answering(rows: Iterable[HolderRow]) -> list[HolderRow]:
    """Those rows that stand for the grid: holders of accountable posts, and never a pupil."""
    return [row for row in rows if row.person_id is not None and row.is_accountable and row.person_kind != "pupil"]


def is_vacant(card: CardRow, rows: Iterable[HolderRow]) -> bool:
    """Whether nobody answers for a grid that needs somebody."""
    return not card.is_heading and not answering(rows)


def _who(rows: Sequence[HolderRow], say: Translate) -> str:
    names = dict.fromkeys(row.name or "" for row in answering(rows))
    return say(labels.AND).join(names)


def nested(root: int, cards: Sequence[CardRow], flat: Sequence[Line]) -> tuple[Line, ...]:
    """Lines of two levels put into each other; a line whose children did not come keeps asking for them."""
    by_parent: dict[int | None, list[Line]] = {}
    for card, line in zip(cards, flat, strict=True):
        by_parent.setdefault(card.parent_id, []).append(line)
    return tuple(
        replace(line, level=tuple(by_parent[line.id])) if line.id in by_parent else line
        for line in by_parent.get(root, ())
    )


@dataclass(frozen=True, slots=True)
class TreeView:
    """The tree of one organisation, or the grids in it that match a search."""

    org_id: int
    name: str
    grids: int
    vacant: int
    wanted: Wanted
    kinds: tuple[tuple[str, str], ...]
    lines: tuple[Line, ...]
    found: int
    first: int
    more: tuple[str, str]
    """Addresses of the page before and after; empty where there is none."""
    may_edit: bool
    may_export: bool
    may_see_people: bool
    may_import: bool
    others: bool
    """Whether the reader sees further organisations."""


@dataclass(frozen=True, slots=True)
class SchoolsView:
    """The organisations of a bureau, with what is missing in each."""

    schools: tuple[OrganisationRow, ...]
    may_make: bool


@dataclass(frozen=True, slots=True)
class LevelView:
    """The children of one grid, as the tree asks for them."""

    id: int
    name: str
    lines: tuple[Line, ...]


# -- the page of one grid


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
    family: Family, holders: Sequence[HolderRow], facts: Sequence[GridFact], story: tuple[StoryView, ...],
    reader: Reader, *, seen: Scope,
) -> GridView:  # fmt: skip
    """Everything on the page of a grid. `seen`: where the reader may look at grids."""
    card, language = family.grid, reader.language
    may_edit = scope(reader.actor, Permission.GRID_EDIT).holds(card.path, card.org_id) and card.ended_at is None
    posts = posts_of(card, holders, reader, may_edit=may_edit)
    own = [row for row in holders if row.grid_id == card.id]
    place = next((row for row in family.parallels if row.id == card.place_id), None)
    return GridView(
        id=card.id, org_id=card.org_id, name=card.name, kind=card.kind_text(language), code=card.code or "",
        is_root=card.id == card.org_id, is_key_spot=bool(card.is_key_spot), ended_at=card.ended_at,
        crumbs=crumb_links(family.way, seen), fixed=fixed_views(family, own, language), more=more_facts(card, language),
        posts=posts, is_vacant=is_vacant(card, own), children=lines(family.children, holders, language),
        beside=lines([row for row in family.parallels if row.id != card.place_id], holders, language),
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
    names, titles = _who(own, say), say(labels.AND).join(dict.fromkeys(row.title for row in own))
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


# -- forms


@dataclass(frozen=True, slots=True)
class CardForm:
    """The form of a grid's card: a new one below `parent`, or an existing one."""

    grid: CardRow | None
    crumbs: tuple[tuple[str, str], ...]
    action: str
    back: str
    kinds: tuple[tuple[str, str], ...]
    schemes: tuple[tuple[str, str], ...]
    duty_phone: str | None
    """None where the grid is no organisation."""
    typed: Typed


@dataclass(frozen=True, slots=True)
class TargetForm:
    """A search for another grid: where to move to, or which room it stands in."""

    grid: CardRow
    crumbs: tuple[tuple[str, str], ...]
    query: str
    lines: tuple[Line, ...]
    found: int
    now: str
    typed: Typed


@dataclass(frozen=True, slots=True)
class Blocker:
    """Something that keeps a grid from being ended, and the way to it; without `href` there is none."""

    text: str
    link: str = ""
    href: str = ""


@dataclass(frozen=True, slots=True)
class EndForm:
    """Ending a grid: what keeps it from being ended, or the one button."""

    grid: CardRow
    crumbs: tuple[tuple[str, str], ...]
    reasons: tuple[Blocker, ...]
    typed: Typed


@dataclass(frozen=True, slots=True)
class KindsView:
    """The kinds that a school may use, and the form for one of its own."""

    org_id: int
    school: str
    kinds: tuple[KindRow, ...]
    may_edit: bool
    typed: Typed


def card_texts(card: CardRow) -> dict[str, str]:
    """A card as its form shows it."""
    names = (
        "name kind scheme level_label code location main_buildings key_places range_note duty_note assessment_note"
    ).split()
    texts = {name: str(getattr(card, name) or "") for name in names}
    texts |= {"area_m2": f"{card.area_m2:g}" if card.area_m2 is not None else "", "sort": str(card.sort)}
    return texts | {name: "1" if getattr(card, name) else "" for name in ("is_key_spot", "is_heading")}


# -- the register


def register_rows(
    cards: Sequence[CardRow], holders: Iterable[HolderRow], paths: Mapping[int, str], language: str
) -> list[list[str | int | float | None]]:
    """The register's rows in the order of `labels.REGISTER_HEAD`. Pupils and their posts are left out (R44)."""
    say = translator(language)
    held: dict[int, list[HolderRow]] = {}
    for row in holders:
        if row.person_kind != "pupil" and row.role != "pupil":
            held.setdefault(row.grid_id, []).append(row)
    return [
        _register_row(number, card, held.get(card.id, []), paths.get(card.id, ""), say, language)
        for number, card in enumerate(cards, start=1)
    ]


def _register_row(
    number: int, card: CardRow, held: Sequence[HolderRow], path: str, say: Translate, language: str
) -> list[str | int | float | None]:
    first = next(iter(answering(held)), None)
    others = dict.fromkeys(row.name or "" for row in held if row.person_id is not None and row is not first)
    titles = dict.fromkeys(row.title for row in held)
    return [
        number, card.name, card.kind_text(language), card.level_label,
        " ".join(text for text in (path, card.location) if text), card.area_m2,
        (first.name if first else None) or ("" if card.is_heading else say(labels.NOBODY)),
        say(labels.AND).join(name for name in others if first is None or name != first.name),
        say(labels.AND).join(titles),
        card.main_buildings, card.key_places, say(labels.YES) if card.is_key_spot else None,
        card.range_note, card.duty_note, card.assessment_note,
    ]  # fmt: skip
