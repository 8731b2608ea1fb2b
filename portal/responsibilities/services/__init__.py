"""What changes in this room: the shared library put in, lists and mappings of a school, rows of the matrix."""

from portal.responsibilities.services.lists import (
    add_item,
    change_item,
    confirm_list,
    copy_list,
    end_item,
    make_list,
)
from portal.responsibilities.services.mappings import clear_mapping, set_mapping
from portal.responsibilities.services.marking import Marking, end_mark, fill_matrix, set_mark
from portal.responsibilities.services.seeding import seed_duties

__all__ = [
    "Marking",
    "add_item",
    "change_item",
    "clear_mapping",
    "confirm_list",
    "copy_list",
    "end_item",
    "end_mark",
    "fill_matrix",
    "make_list",
    "seed_duties",
    "set_mapping",
    "set_mark",
]
