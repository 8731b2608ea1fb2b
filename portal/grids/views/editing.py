"""The forms: a card, another grid to move to, ending a grid, kinds of one's own."""

from dataclasses import dataclass

from portal.grids.queries import CardRow, KindRow
from portal.grids.views.tree import Line
from portal.web.again import Typed


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
