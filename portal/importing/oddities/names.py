"""Names of grids that stand twice, or mean the same, and branches that look unfinished."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence

from portal.importing.cells import bracket_of
from portal.importing.rows import Oddity, at
from portal.importing.tree import Node
from portal.importing.words import key, words

Nodes = Sequence[Node]
_PLACES = frozenset({"room", "outdoor", "canteen_zone"})
_NUMBER = re.compile(r"^(?P<stem>.*?)[(\uff08]?(?P<number>\d+)[)\uff09]?$")
"""A number at the end of a name, in brackets of either width or bare."""


def same_path(nodes: Nodes) -> Iterator[Oddity]:
    """Two rows of one path stay two grids: other holders → are they two rooms? the same → was (2) meant?"""
    for group in _siblings_of_one_name(nodes):
        first = group[0]
        taken = {key(node.row.name) for node in nodes if node.parent_key == first.parent_key}
        for node in group[1:]:
            if _names(node) != _names(first) or not _names(node):
                yield _ask(node, "same_path_other_holders", first=first.row.number)
                continue
            suggestion = next_name(node.row.name, taken)
            taken.add(key(suggestion))
            yield _ask(node, "same_path_same_holders", first=first.row.number, suggestion=suggestion)


def _ask(node: Node, code: str, **params: object) -> Oddity:
    return at(node.row, code, "ask", "name", node.row.name, **params)


def next_name(name: str, taken: set[str]) -> str:
    """The name with the next free number: (1) → (2), and (2) behind a name without one."""
    found = _NUMBER.match(name) if bracket_of(name) else None
    stem, number = (found["stem"], int(found["number"])) if found else (name, 1)
    while key(candidate := f"{stem}({number + 1})") in taken:
        number += 1
    return candidate


def _siblings_of_one_name(nodes: Nodes) -> Iterator[list[Node]]:
    groups: dict[tuple[str, str], list[Node]] = defaultdict(list)
    for node in nodes:
        if not node.is_school:
            groups[node.parent_key, key(node.row.name)].append(node)
    yield from (group for group in groups.values() if len(group) > 1)


def _names(node: Node) -> tuple[str, ...]:
    return tuple(sorted(holder.name for holder in node.row.persons))


def same_name_elsewhere(nodes: Nodes) -> Iterator[Oddity]:
    """A toilet on each floor: the places are told apart by their whole path."""
    groups: dict[str, list[Node]] = defaultdict(list)
    for node in nodes:
        if node.row.kind in _PLACES:
            groups[key(node.row.name)].append(node)
    for group in groups.values():
        if len({node.parent_key for node in group}) > 1:
            first, *others = group
            yield at(first.row, "same_name_elsewhere", "note", "name", first.row.name, count=len(others))


def synonyms(nodes: Nodes) -> Iterator[Oddity]:
    """Another word for what the rest of the table calls differently: kept as written."""
    written = {key(node.row.name) for node in nodes}
    for node in nodes:
        usual = words().synonyms.get(key(node.row.name))
        if usual and key(usual) != key(node.row.name) and key(usual) in written:
            yield at(node.row, "synonym", "note", "name", node.row.name, usual=usual)


def headings(nodes: Nodes) -> Iterator[Oddity]:
    """Rows that only group others: nobody answers for them."""
    for node in nodes:
        if is_heading(node.row.kind):
            yield at(node.row, "heading", "note", "name", node.row.name)


def is_heading(kind: str) -> bool:
    """A family of grids only groups others and gets no post. A place without a word of who answers for it is a gap."""
    return kind == "grid_family"


def the_school(nodes: Nodes) -> Iterator[Oddity]:
    """The row of the school itself makes no grid: its people become the school's."""
    for node in nodes:
        if node.is_school:
            yield at(node.row, "school_row", "note", "name", node.row.name)


def buildings_without_rooms(nodes: Nodes) -> Iterator[Oddity]:
    """Floors, but not one room: perhaps a list is missing (dormitories have none)."""
    below: dict[str, set[str]] = defaultdict(set)
    for node in nodes:
        below[node.key.split("/")[0]].add(node.row.kind)
    for node in nodes:
        if node.row.kind == "building" and "floor" in below[node.key] and "room" not in below[node.key]:
            yield at(node.row, "building_without_rooms", "note", "name", node.row.name)


CHECKS = (same_path, same_name_elsewhere, synonyms, headings, the_school, buildings_without_rooms)
