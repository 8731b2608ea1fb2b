"""Brackets at the end of a name: part of it, a state, or a second use. And rooms named after a class."""

from collections.abc import Iterator, Sequence

from portal.importing.cells import bracket_of
from portal.importing.rows import Oddity, at
from portal.importing.tree import Node
from portal.importing.words import key, words

Nodes = Sequence[Node]


def brackets(nodes: Nodes) -> Iterator[Oddity]:
    """The name is kept with its bracket, as on the register; an empty room is said to be one."""
    for node in nodes:
        bracket = bracket_of(node.row.name)
        if bracket is None:
            continue
        code = "marked_empty" if key(bracket.inside) in words().empty_marks else "bracket"
        yield at(node.row, code, "note", "name", node.row.name, inside=bracket.inside)


def rooms_of_missing_classes(nodes: Nodes) -> Iterator[Oddity]:
    """A classroom named after a class that the table does not list."""
    classes = {key(node.row.name) for node in nodes if node.row.kind == "class"}
    for node in nodes:
        named = _class_named_by(node.row.name) if node.row.kind == "room" and classes else None
        if named and key(named) not in classes:
            yield at(node.row, "room_of_missing_class", "note", "name", node.row.name, named=named)


def _class_named_by(name: str) -> str | None:
    """A number and a class word before "classroom": a name with a digit, so that a language room is none."""
    bracket = bracket_of(name)
    stem = bracket.stem if bracket else name
    for suffix in words().class_room_suffixes:
        if stem.endswith(suffix) and any(mark.isdigit() for mark in stem):
            return stem.removesuffix(suffix) or None
    return None


CHECKS = (brackets, rooms_of_missing_classes)
