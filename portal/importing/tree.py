"""Rows → nodes of one tree: each parent found, each path unique. Pure.

A key is the path under the school, each name by `words.key`: "main building/3/store". The second grid of the
same path
ends in " #2" and so on (no name holds a space in its key), so that two rooms of one name stay two rooms. The
school itself has the key "".
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from portal.importing.rows import GridRow, Oddity, at
from portal.importing.words import key, words

MAX_DEPTH = 12
SCHOOL = ""
TOP_KINDS = frozenset({"floor", "room", "canteen_zone"})
"""Kinds that do not usually stand directly under a school: without a parent they are asked about."""


class Node(NamedTuple):
    """One row in its place. `path` are the names as written, without the school's."""

    row: GridRow
    key: str
    path: tuple[str, ...]
    parent_key: str
    parent: int | None = None

    @property
    def is_school(self) -> bool:
        """The row of the school itself: it describes the grid that is there, it makes none."""
        return self.key == SCHOOL


class Tree(NamedTuple):
    """Parents before children, otherwise in the order of the file."""

    nodes: tuple[Node, ...]
    oddities: tuple[Oddity, ...]


def child_key(parent_key: str, name: str, number: int) -> str:
    """The key of the `number`-th child (from 1) of this name."""
    own = key(name).replace("/", "\u2215") + (f" #{number}" if number > 1 else "")
    return f"{parent_key}/{own}" if parent_key else own


class _Finder:
    """Finds the parent of each row: a row of the file, else (`existing`) a grid that the school has
    already."""

    def __init__(self, rows: Sequence[GridRow], school_name: str, existing: frozenset[str]) -> None:
        self.oddities: list[Oddity] = []
        self._rows = rows
        self._existing = existing
        schools = [index for index, row in enumerate(rows) if row.kind == "school"]
        self.school = schools[0] if schools else None
        self._roots = {key(school_name)} | {key(rows[index].name) for index in schools[:1]}
        self._roots |= {word for word, kind in words().kinds.items() if kind == "school"}
        self._by_path: dict[tuple[str, ...], list[int]] = defaultdict(list)
        self._by_name: dict[str, list[int]] = defaultdict(list)
        for index, row in enumerate(rows):
            if index not in schools:
                self._by_path[(*self._above(row), key(row.name))].append(index)
                self._by_name[key(row.name)].append(index)
        for index in schools[1:]:
            self._refuse(rows[index], "two_schools", value=rows[index].name)
        if self.school is not None and rows[self.school].parent:
            self._refuse(rows[self.school], "school_inside", value="/".join(rows[self.school].parent))

    def _above(self, row: GridRow) -> tuple[str, ...]:
        """The written path without the school's name in front."""
        above = tuple(map(key, row.parent))
        return above[1:] if above and above[0] in self._roots else above

    def _refuse(self, row: GridRow, code: str, value: str) -> None:
        self.oddities.append(at(row, code, "error", "parent_path", value))

    def parent_of(self, index: int) -> int | str | None:
        """The index of a row, the key of a grid (the school's is ""), or `None` with an error noted."""
        row = self._rows[index]
        above = self._above(row)
        if not above:
            if not row.parent and row.kind in TOP_KINDS:
                self.oddities.append(at(row, "no_parent", "ask", "parent_path", row.name))
            return SCHOOL
        found = self._by_path.get(above) or ([] if len(above) > 1 else self._by_name.get(above[0], []))
        if len(found) == 1:
            return found[0]
        if not found and "/".join(above) in self._existing:
            return "/".join(above)
        self._refuse(row, "parent_ambiguous" if found else "parent_missing", "/".join(row.parent))
        return None


def build_tree(rows: Sequence[GridRow], school_name: str, existing: Iterable[str] = ()) -> Tree:
    """Places every row. A row whose parent is missing, ambiguous or in a circle is left out, with an error on
    it."""
    finder = _Finder(rows, school_name, frozenset(existing))
    parents = {
        index: parent
        for index, row in enumerate(rows)
        if row.kind != "school" and (parent := finder.parent_of(index)) is not None
    }
    order = _in_order(rows, parents, finder.oddities)
    nodes = _place(rows, parents, order, finder.school)
    deep = [at(node.row, "too_deep", "error", "parent_path", limit=MAX_DEPTH) for node in nodes if _is_deep(node)]
    return Tree(nodes, tuple(finder.oddities + deep))


def _is_deep(node: Node) -> bool:
    return node.key.count("/") >= MAX_DEPTH


def _in_order(rows: Sequence[GridRow], parents: Mapping[int, int | str], oddities: list[Oddity]) -> list[int]:
    """Each row after its parent; rows that stand in a circle, or below an unplaced row, are left out."""
    placed: set[int] = set()
    order: list[int] = []
    for start in parents:
        chain: list[int] = []
        index: int | str | None = start
        while isinstance(index, int) and index not in placed and index not in chain:
            chain.append(index)
            index = parents.get(index)
        if isinstance(index, int) and index in chain:
            oddities.append(at(rows[start], "cycle", "error", "parent_path", "/".join(rows[start].parent)))
        elif index is not None:
            order += reversed(chain)
            placed.update(chain)
    return order


def _place(
    rows: Sequence[GridRow], parents: Mapping[int, int | str], order: Sequence[int], school: int | None
) -> tuple[Node, ...]:
    nodes = [] if school is None else [Node(rows[school], SCHOOL, (), SCHOOL)]
    at_node: dict[int, int] = {}
    seen: dict[tuple[str, str], int] = defaultdict(int)
    for index in order:
        row, parent = rows[index], parents[index]
        above = nodes[at_node[parent]] if isinstance(parent, int) else None
        above_key = above.key if above else str(parent)
        seen[above_key, key(row.name)] += 1
        names = above.path if above else tuple(filter(None, above_key.split("/")))
        own = child_key(above_key, row.name, seen[above_key, key(row.name)])
        at_node[index] = len(nodes)
        nodes.append(
            Node(row, own, (*names, row.name), above_key, at_node[parent] if isinstance(parent, int) else None)
        )
    return tuple(nodes)


class KnownGrid(NamedTuple):
    """A grid that the school has: enough to give it its key."""

    id: int
    parent_id: int | None
    name: str


def keys_of(grids: Sequence[KnownGrid], school_id: int) -> dict[int, str]:
    """The keys of grids that stand in the database, given parents before children and siblings in their
    order."""
    keys = {school_id: SCHOOL}
    seen: dict[tuple[str, str], int] = defaultdict(int)
    for grid in grids:
        if grid.id == school_id or grid.parent_id not in keys:
            continue
        above = keys[grid.parent_id]
        seen[above, key(grid.name)] += 1
        keys[grid.id] = child_key(above, grid.name, seen[above, key(grid.name)])
    return keys
