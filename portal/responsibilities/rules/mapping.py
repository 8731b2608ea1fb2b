"""Which list of duties a post takes. Pure: rows of the mapping in, one of them out.

In plain words: the row that says most about the place wins (a part of its name before its kind before any place); of
two that say the same the school's own goes before the shared proposal (R37, R39, R47).
"""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Mapping:
    """One row: posts of this title on grids of this kind, whose name holds `grid_name`, take this list."""

    id: int
    is_own: bool
    title: str
    grid_kind: str
    grid_name: str
    list_id: int | None
    line_of_work: str
    domain: str
    version: int = 1

    def fits(self, *, title: str, kind: str, name: str) -> bool:
        """True when the row speaks of this post."""
        return self.title == title and self.grid_kind in ("", kind) and self.grid_name in name

    @property
    def key(self) -> tuple[str, str, str]:
        """What a school has one row for at most."""
        return self.title, self.grid_kind, self.grid_name


def mapping_for(mappings: Iterable[Mapping], *, title: str, kind: str, name: str) -> Mapping | None:
    """The row that decides for a post, or None when nothing is proposed for it."""
    fitting = [one for one in mappings if one.fits(title=title, kind=kind, name=name)]
    return max(fitting, key=_weight, default=None)


def _weight(one: Mapping) -> tuple[int, bool, bool, int]:
    return len(one.grid_name), bool(one.grid_kind), one.is_own, -one.id


@dataclass(frozen=True, slots=True)
class Charge:
    """What a post is charged with: its business side and its list of safety duties (R47)."""

    line_of_work: str = ""
    list_id: int | None = None
    domain: str = ""

    @property
    def is_whole(self) -> bool:
        """True when both sides are there; one without the other is a gap."""
        return bool(self.line_of_work) and self.list_id is not None


def charge_of(
    mappings: Iterable[Mapping], *, title: str, kind: str, name: str, own_line: str = "", copies: dict[int, int]
) -> Charge:
    """The two sides of a post. `own_line` is written on the post itself and goes first; `copies` leads from a shared
    list to the school's own copy of it."""
    found = mapping_for(mappings, title=title, kind=kind, name=name)
    if found is None:
        return Charge(own_line)
    list_id = copies.get(found.list_id, found.list_id) if found.list_id is not None else None
    return Charge(own_line or found.line_of_work, list_id, found.domain)
