"""The lists of duties as their pages read them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from portal.rendering.i18n import Translate, translator
from portal.responsibilities import labels
from portal.responsibilities.queries.lists import ChargedPost, DomainRow, ItemRow, ListRow
from portal.responsibilities.rules.mapping import Mapping as Row
from portal.responsibilities.rules.mapping import charge_of
from portal.web.again import Typed


@dataclass(frozen=True, slots=True)
class ListLine:
    """A list in the table of lists."""

    id: int
    name: str
    items: int
    origin: str
    is_own: bool
    asks: bool
    confirmed_at: datetime | None
    posts: int


@dataclass(frozen=True, slots=True)
class ListsView:
    """Every list of a school: those that its posts take first."""

    org_id: int
    school: str
    used: tuple[ListLine, ...]
    others: tuple[ListLine, ...]
    asks: int
    may_edit: bool


@dataclass(frozen=True, slots=True)
class ListForm:
    """The form of a school's own new list."""

    org_id: int
    school: str
    typed: Typed


def lists_view(
    org: tuple[int, str], lists: Iterable[ListRow], taken: Mapping[int, int], language: str, *, may_edit: bool
) -> ListsView:
    """`taken`: how many posts take a list."""
    say = translator(language)
    lines = [
        ListLine(
            row.id, row.text(language), row.items, say(labels.ORIGINS.get(row.origin, labels.OWN)),
            row.org_id is not None, row.asks, row.confirmed_at, taken.get(row.id, 0),
        )
        for row in lists
    ]  # fmt: skip
    used = tuple(line for line in lines if line.posts)
    return ListsView(
        *org, used, tuple(line for line in lines if not line.posts), sum(line.asks for line in used), may_edit
    )


def lists_taken(posts: Iterable[ChargedPost], mappings: Sequence[Row], copies: dict[int, int]) -> dict[int, int]:
    """How many posts take each list."""
    taken: dict[int, int] = {}
    for post in posts:
        charge = charge_of(
            mappings, title=post.title, kind=post.kind, name=post.grid, own_line=post.line_of_work, copies=copies
        )
        if charge.list_id is not None:
            taken[charge.list_id] = taken.get(charge.list_id, 0) + 1
    return taken


@dataclass(frozen=True, slots=True)
class ItemLine:
    """A duty of a list, in words."""

    id: int
    code: str
    number: str
    text: str
    domain: str
    kind: str
    rhythm: str
    level: str
    source: str
    edition: int
    starts_at: datetime
    ends_at: datetime | None
    entered_by: str


@dataclass(frozen=True, slots=True)
class ListView:
    """The page of one list."""

    id: int
    org_id: int
    school: str
    name: str
    origin: str
    is_own: bool
    asks: bool
    confirmed_at: datetime | None
    confirmed_by: str
    version: int
    items: tuple[ItemLine, ...]
    posts: tuple[tuple[str, str], ...]
    """Posts that take it: their names and how many of each."""
    may_edit: bool
    error: str
    beaten: str


def list_view(
    org: tuple[int, str], row: ListRow, items: Iterable[ItemRow], posts: Iterable[str], domains: Iterable[DomainRow],
    language: str, *, may_edit: bool, typed: Typed,
) -> ListView:  # fmt: skip
    """One list with its duties."""
    names = {one.code: one.text(language) for one in domains}
    counted: dict[str, int] = {}
    for title in posts:
        counted[title] = counted.get(title, 0) + 1
    return ListView(
        id=row.id, org_id=org[0], school=org[1], name=row.text(language), is_own=row.org_id is not None,
        origin=translator(language)(labels.ORIGINS.get(row.origin, labels.OWN)), asks=row.asks,
        confirmed_at=row.confirmed_at, confirmed_by=row.confirmed_by or "", version=row.version,
        items=tuple(item_line(item, names, language) for item in items), may_edit=may_edit,
        posts=tuple((title, str(number)) for title, number in counted.items()), error=typed.wrong("list"),
        beaten=typed.beaten,
    )  # fmt: skip


def item_line(item: ItemRow, domains: Mapping[str, str], language: str) -> ItemLine:
    """A duty with its codes as words."""
    say = translator(language)
    return ItemLine(
        item.id, item.code, item.number, item.words(language), domains.get(item.domain, item.domain),
        say(labels.KINDS.get(item.kind, "")), say(labels.RHYTHMS.get(item.rhythm, "")),
        say(labels.LEVELS.get(item.level, "")), say(labels.SOURCES[source_kind(item)]), item.edition,
        item.starts_at, item.ends_at, item.entered_by or "",
    )  # fmt: skip


def source_kind(item: ItemRow) -> str:
    """Where the words of a duty come from: the school's own hand, or the library, made after the documents."""
    is_ours = item.source is None or item.edition > 1
    return "school" if is_ours else "documents"


Choices = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class ItemForm:
    """The form of a duty, new or known, with the wordings before this one."""

    list_id: int
    list_name: str
    item_id: int | None
    action: str
    version: int
    domains: Choices
    kinds: Choices
    rhythms: Choices
    levels: Choices
    editions: tuple[ItemLine, ...]
    typed: Typed


def item_form(
    row: ListRow, item: ItemRow | None, editions: Iterable[ItemRow], domains: Sequence[DomainRow], language: str, *,
    typed: Typed | None,
) -> ItemForm:  # fmt: skip
    """The form with what is in force, or with what was typed."""
    say, names = translator(language), {one.code: one.text(language) for one in domains}
    known = (
        {name: getattr(item, name) for name in ("number", "text", "domain", "kind", "rhythm", "level")} if item else {}
    )
    action = f"/duty-items/{item.id}/editions" if item else f"/duties/{row.id}/items"
    return ItemForm(
        list_id=row.id, list_name=row.text(language), item_id=item.id if item else None, action=action,
        version=row.version, domains=tuple(names.items()), kinds=_choices(labels.KINDS, say),
        rhythms=_choices(labels.RHYTHMS, say), levels=_choices(labels.LEVELS, say),
        editions=tuple(item_line(one, names, language) for one in editions), typed=typed or Typed(known),
    )  # fmt: skip


def _choices(words: Mapping[str, str], say: Translate) -> Choices:
    return tuple((code, say(text)) for code, text in words.items())
