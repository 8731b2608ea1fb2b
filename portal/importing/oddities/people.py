"""People across rows: look-alike names, many grids, one name with two numbers."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from portal.importing.rows import HolderRow, Oddity, at
from portal.importing.tree import Node

Nodes = Sequence[Node]
MANY = 5
"""Grids of one person from which on it is worth saying."""
_SHOWN = 5


def many_grids(nodes: Nodes) -> Iterator[Oddity]:
    """One person answers for many grids; said once, where the person first stands."""
    for holdings in _by_name(nodes).values():
        node, holder = holdings[0]
        if len(holdings) >= MANY:
            yield at(node.row, "person_in_many_grids", "note", "responsible", holder.name, count=len(holdings))


def look_alikes(nodes: Nodes) -> Iterator[Oddity]:
    """Names that differ by exactly one Chinese character: asked about, never merged. Digits do not count."""
    people = _by_name(nodes)
    buckets: dict[tuple[str, int, str], list[str]] = defaultdict(list)
    for name, holdings in people.items():
        similar: list[str] = []
        for position, mark in enumerate(name):
            if is_chinese(mark):
                bucket = buckets[name[:position], position, name[position + 1 :]]
                similar += bucket
                bucket.append(name)
        if similar and len(name) > 1:
            node, holder = holdings[0]
            others = " / ".join(similar[:_SHOWN])
            yield at(node.row, "look_alike", "ask", "responsible", holder.name, others=others, count=len(similar))


def is_chinese(mark: str) -> bool:
    """A Han character of any of Unicode's blocks; the ring of zero counts as one."""
    point = ord(mark)
    return 0x3400 <= point <= 0x9FFF or 0xF900 <= point <= 0xFAFF or 0x20000 <= point <= 0x3FFFF or point == 0x3007


def two_phones(nodes: Nodes) -> Iterator[Oddity]:
    """One name with two phones and no staff number to tell them apart: one person, or two?"""
    for name, holdings in _by_name(nodes).items():
        phones = {holder.phone for _, holder in holdings if holder.phone and not holder.staff_no}
        if len(phones) > 1:
            node, _ = holdings[-1]
            yield at(node.row, "two_phones", "error", "phone", name, count=len(phones))


def _by_name(nodes: Nodes) -> dict[str, list[tuple[Node, HolderRow]]]:
    """Each person's grids in the order of the file; a person with two titles on a grid stands there once."""
    people: dict[str, dict[str, tuple[Node, HolderRow]]] = defaultdict(dict)
    for node in nodes:
        for holder in node.row.persons:
            people[holder.name].setdefault(node.key, (node, holder))
    return {name: list(grids.values()) for name, grids in people.items()}


CHECKS = (many_grids, look_alikes, two_phones)
