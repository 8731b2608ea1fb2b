"""Lines of lists and of the tree, and who answers for each."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from portal.grids import labels
from portal.grids.queries import Answers, CardRow, HolderRow, OrganisationRow, Wanted
from portal.rendering.i18n import Translate, translator


@dataclass(frozen=True, slots=True)
class Line:
    """A grid in a list or in the tree. `who` names its holders; vacant while none of them is there."""

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
    cards: Iterable[CardRow], answers: Answers, language: str, *, where: Mapping[int, str] | None = None
) -> tuple[Line, ...]:
    """One line for each card, with the names of its holders, and whether nobody answers for it now. Pupils never stand
    for a grid."""
    say = translator(language)
    held: dict[int, list[HolderRow]] = {}
    for row in answers.rows:
        held.setdefault(row.grid_id, []).append(row)
    return tuple(
        Line(
            id=card.id, name=card.name, kind=card.kind_text(language), where=(where or {}).get(card.id, ""),
            who=names_answering(held.get(card.id, []), say), is_vacant=card.id in answers.vacant,
            is_key_spot=bool(card.is_key_spot), children=card.children,
        )
        for card in cards
    )  # fmt: skip


def answering(rows: Iterable[HolderRow]) -> list[HolderRow]:
    """Those rows that stand for the grid: holders of accountable posts, and never a pupil."""
    return [row for row in rows if row.person_id is not None and row.is_accountable and row.person_kind != "pupil"]


def names_answering(rows: Sequence[HolderRow], say: Translate) -> str:
    """The names of those who answer, each once, as one text."""
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
