"""Who answers for a grid: nobody, a post only, several, two heads, pupils."""

from collections.abc import Iterator, Sequence

from portal.importing.oddities.names import is_heading
from portal.importing.rows import Oddity, at
from portal.importing.tree import Node

Nodes = Sequence[Node]
_OF_MANY = frozenset({"leading_group", "class", "school"})
"""Kinds with several titles by nature: several people on them say nothing."""


def nobody(nodes: Nodes) -> Iterator[Oddity]:
    """A grid without anybody gets a vacant post, which the coverage page shows until somebody holds it."""
    for node in nodes:
        if not node.row.holders and not is_heading(node.row.kind):
            code = "floor_without_leader" if node.row.kind == "floor" else "nobody"
            yield at(node.row, code, "note", "responsible")


def post_only(nodes: Nodes) -> Iterator[Oddity]:
    """A post without a name: it is made and stays vacant."""
    for node in nodes:
        titles = [holder.title for holder in node.row.holders if holder.by_post]
        if titles:
            yield at(node.row, "post_only", "note", "responsible", " / ".join(titles), count=len(titles))


def several(nodes: Nodes) -> Iterator[Oddity]:
    """Several people share a post: the first is told first. Two heads of a building are asked about."""
    for node in nodes:
        persons = node.row.persons
        if len(persons) < 2 or node.row.kind in _OF_MANY:
            continue
        names = " / ".join(holder.name for holder in persons)
        if node.row.kind == "building":
            yield at(node.row, "two_heads", "ask", "responsible", names, first=persons[0].name)
        else:
            yield at(node.row, "several_holders", "note", "responsible", names, first=persons[0].name)


def pupils(nodes: Nodes) -> Iterator[Oddity]:
    """Monitors are kept as pupils: no rights, on no export, on no public page."""
    for node in nodes:
        names = [holder.name for holder in node.row.persons if holder.pupil]
        if names:
            yield at(node.row, "pupil", "note", "responsible", " / ".join(names))


def classes(nodes: Nodes) -> Iterator[Oddity]:
    """A class without a room is linked later; one without a class teacher may be no class."""
    for node in nodes:
        if node.row.kind != "class":
            continue
        if not node.row.place:
            yield at(node.row, "class_without_room", "note", "name", node.row.name)
        if not any(holder.role == "class_teacher" for holder in node.row.holders):
            yield at(node.row, "class_without_teacher", "ask", "responsible", node.row.name)


def rooms_among_classes(nodes: Nodes) -> Iterator[Oddity]:
    """A room that stands in the list of classes keeps its place there."""
    families = {node.parent_key for node in nodes if node.row.kind == "class"}
    for node in nodes:
        if node.row.kind == "room" and node.parent_key in families:
            yield at(node.row, "room_among_classes", "note", "kind", node.row.name)


CHECKS = (nobody, post_only, several, pupils, classes, rooms_among_classes)
