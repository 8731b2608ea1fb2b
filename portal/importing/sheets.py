"""A table as it was found in a file, before anybody asks what it means, and how large one may be (TF5)."""

from typing import NamedTuple

MAX_BYTES = 10 * 1024 * 1024
MAX_ROWS = 20_000
MAX_COLUMNS = 40
MAX_CELL = 1_000
"""Characters. Longer cells are cut to one more than this, so that the row can say that the cell is too
long."""


class SheetRow(NamedTuple):
    """One row; `number` is the one that Excel shows at the left (the first is 1)."""

    number: int
    cells: tuple[str, ...]


class Sheet(NamedTuple):
    """One worksheet, or a whole CSV file under its file name. Empty rows are left out, numbers are kept."""

    name: str
    rows: tuple[SheetRow, ...]


def make_row(number: int, cells: list[str]) -> SheetRow | None:
    """A row with each cell trimmed and capped; `None` when nothing is written in it."""
    trimmed = tuple(cell.strip()[: MAX_CELL + 1] for cell in cells)
    return SheetRow(number, trimmed) if any(trimmed) else None
