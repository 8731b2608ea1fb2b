"""What a careful reader would ask about a school's table, row by row. Pure; nothing here changes a row."""

from portal.importing.oddities import brackets, holders, names, people
from portal.importing.rows import Oddity
from portal.importing.tree import Tree

_CHECKS = (*names.CHECKS, *holders.CHECKS, *brackets.CHECKS, *people.CHECKS)
_WEIGHT = {"error": 0, "ask": 1, "note": 2}


def oddities_of(tree: Tree) -> list[Oddity]:
    """Everything odd about the rows that have a place, in the order of the rows, the gravest first."""
    return in_order([oddity for check in _CHECKS for oddity in check(tree.nodes)])


def in_order(oddities: list[Oddity]) -> list[Oddity]:
    """By row, and on a row errors before questions before notes."""
    return sorted(oddities, key=lambda oddity: (oddity.sheet, oddity.row, _WEIGHT[oddity.severity]))


__all__ = ["in_order", "oddities_of"]
