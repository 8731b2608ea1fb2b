"""Grids that match a search, and those that nobody answers for."""

from datetime import datetime
from typing import Any, NamedTuple

from portal.core.database import fetch
from portal.grids.queries.cards import CARD, CardRow
from portal.grids.queries.grids import Part

PAGE_ROWS = 50
_THERE = (
    "SELECT 1 FROM appointment a JOIN person s ON s.id = a.person_id WHERE a.post_id = {post} AND a.starts_at <= {} "
    "AND (a.ends_at IS NULL OR a.ends_at > {}) AND (s.left_at IS NULL OR s.left_at > {}) AND NOT EXISTS "
    "(SELECT 1 FROM absence b WHERE b.person_id = a.person_id AND b.undone_at IS NULL AND b.starts_at <= {} "
    "AND (b.ends_at IS NULL OR b.ends_at > {}))"
)
_RULED = (
    f"SELECT CASE WHEN EXISTS ({_THERE.replace('{post}', 'q.id')}) THEN 1 ELSE 0 END FROM responsibility r "
    "JOIN post q ON q.id = r.post_id WHERE r.grid_id = g.id AND r.duty = '' AND r.mark = 'main' "
    "AND r.is_proposal = FALSE AND q.role <> 'pupil' AND r.starts_at <= {} AND (r.ends_at IS NULL OR r.ends_at > {}) "
    "AND (q.ended_at IS NULL OR q.ended_at > {}) ORDER BY r.starts_at DESC, r.id DESC LIMIT 1"
)
_KEPT = (
    "SELECT 1 FROM post p WHERE p.grid_id = g.id AND p.is_accountable = TRUE "
    "AND p.role NOT IN ('pupil', 'liaison') "
    f"AND (p.ended_at IS NULL OR p.ended_at > {{}}) AND EXISTS ({_THERE.replace('{post}', 'p.id')})"
)
_HAS_ROWS = "EXISTS (SELECT 1 FROM responsibility x WHERE x.grid_id = g.id AND x.duty = '')"
VACANT = (
    f"(g.is_heading = FALSE AND COALESCE(CASE WHEN {_HAS_ROWS} THEN ({_RULED}) END, "
    f"CASE WHEN EXISTS ({_KEPT}) THEN 1 END, 0) = 0)"
)
"""True for a grid that nobody answers for at an instant, as the page of coverage counts it: whoever is away is not
there, a row of the matrix for the whole grid goes before its own posts, a mere heading needs nobody. The rule itself is
`responsible_for` in the room of responsibilities; a list of a whole bureau cannot walk every tree, so it is said in SQL
here, and `tests/coverage/test_vacant.py` holds the two together."""


def vacant_args(at: datetime) -> list[Any]:
    """What `VACANT` takes."""
    return [at] * VACANT.count("{}")


class Wanted(NamedTuple):
    """What the list of grids is narrowed to."""

    text: str = ""
    kind: str = ""
    only_vacant: bool = False

    @property
    def is_any(self) -> bool:
        """Whether it narrows at all."""
        return bool(self.text or self.kind or self.only_vacant)


class Found:
    """A grid that matches, with how many match in all."""

    def __init__(self, total: int, *columns: Any) -> None:
        self.total = total
        self.card = CardRow(*columns)


async def find_grids(
    root: Part, wanted: Wanted, *, at: datetime, first: int = 0, most: int = PAGE_ROWS
) -> tuple[list[CardRow], int]:
    """Open grids below a root (and the root itself) that match, in the order of the tree, and their number."""
    where, args = _matching(root, wanted, at)
    rows = await fetch(
        Found,
        f"SELECT count(*) OVER (), 'found', {CARD} WHERE {where} "
        "ORDER BY g.depth, g.parent_id, g.sort, g.id LIMIT {} OFFSET {}",
        *args, most, first,
    )  # fmt: skip
    return [row.card for row in rows], rows[0].total if rows else 0


def _matching(root: Part, wanted: Wanted, at: datetime) -> tuple[str, list[Any]]:
    parts, args = ["g.path LIKE {}", "g.org_id = {}", "g.ended_at IS NULL"], [root.path + "%", root.org_id]
    for word in wanted.text.split()[:5]:
        parts.append("(lower(g.name) LIKE {} ESCAPE '!' OR lower(COALESCE(g.code, '')) LIKE {} ESCAPE '!')")
        args += [like(word), like(word)]
    if wanted.kind:
        parts.append("g.kind = {}")
        args.append(wanted.kind)
    if wanted.only_vacant:
        parts.append(VACANT)
        args += vacant_args(at)
    return " AND ".join(parts), args


def like(word: str) -> str:
    """A pattern that finds the word anywhere; its own % and _ are plain signs (written after `ESCAPE '!'`)."""
    plain = word.lower()[:60].replace("!", "!!").replace("%", "!%").replace("_", "!_")
    return f"%{plain}%"
