"""What hangs on the things that a batch made: whatever it is, it stands in the way of undoing the batch.

The columns are found by their names in every table of the product, so that a room made later is not
forgotten; a test
fails on a column whose name nobody can place.
"""

from collections import Counter
from typing import NamedTuple

from piccolo.columns import ForeignKey, Integer
from piccolo.table import Table

from portal.core.database import fetch_value, tables

TO_GRID = ("grid_id", "parent_id", "place_id")
TO_POST = ("post_id",)
TO_PERSON = (
    "person_id",
    "_by",
    "one_id",
    "other_id",
    "supervisor_id",
    "watcher_id",
    "actor_id",
    "giver_id",
    "taker_id",
    "signed_by_id",
)
ELSEWHERE = (
    "org_id", "account_id", "hazard_id", "escalation_id", "event_id", "bureau_id", "batch_id", "subject_id",
    "mail_id", "duplicate_of_id", "from_parent_id", "list_id", "board_id", "report_id", "change_id", "row_id",
    "school_year_id", "responsibility_id", "dispute_id", "area_id", "shift_id", "swap_id", "roster_id", "absence_id",
    "file_id", "corrects_id", "letter_id", "template_id", "round_id", "follows_id", "appointment_id", "key_id",
    "archive_id", "instead_id",
)  # fmt: skip
"""Columns that name something an import does not make. `row_id`: what a personnel change did to a row leaves that row
with a later version, which `changed` counts."""

OWN = ("grid", "post", "person", "appointment")
HISTORY = frozenset({"event", "event_text", "outbox", "import_batch", "submission"})
"""The trail may speak of what is gone; that is what it is for."""


class Reference(NamedTuple):
    """A column of a table that names a grid, a post or a person."""

    table: str
    column: str
    target: str


def target_of(column: str) -> str | None:
    """grid, post or person; "" for something else; `None` when the name tells nothing."""
    for target, endings in (("grid", TO_GRID), ("post", TO_POST), ("person", TO_PERSON), ("", ELSEWHERE)):
        if column.endswith(endings):
            return target
    return None


def references(tables: list[type[Table]]) -> list[Reference]:
    """Every column of these tables that names a grid, a post or a person."""
    found = []
    for table in tables:
        name = table._meta.tablename
        for column in table._meta.columns:
            own_name = column._meta.name
            if isinstance(column, Integer | ForeignKey) and name not in HISTORY:
                target = target_of(own_name) if own_name.endswith(("_id", "_by")) else ""
                if target:
                    found.append(Reference(name, own_name, target))
    return found


async def what_hangs_on(batch_id: int) -> Counter[str]:
    """Rows that are not of the batch but name something of it, and things of the batch that were changed
    since."""
    found: Counter[str] = Counter()
    for table, column, target in references(tables()):
        own = f" AND (import_batch_id IS NULL OR import_batch_id <> {batch_id:d})" if table in OWN else ""
        found[table] += await fetch_value(
            f"SELECT COUNT(*) FROM {table} WHERE {column} IN "
            f"(SELECT id FROM {target} WHERE import_batch_id = {{}}){own}",
            batch_id,
        )
    for table in OWN:
        found["changed"] += await fetch_value(
            f"SELECT COUNT(*) FROM {table} WHERE import_batch_id = {{}} AND version > 1", batch_id
        )
    return +found
