"""CSV that no program runs: a cell that would be a formula is written as text (TF6). Pure."""

import csv
import io
from collections.abc import Iterable, Sequence

FORMULA = ("=", "+", "-", "@", "\t", "\r")


def csv_text(rows: Iterable[Sequence[str]]) -> str:
    """The rows as CSV with a line feed after each."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([[harmless(cell) for cell in row] for row in rows])
    return out.getvalue()


def harmless(cell: str) -> str:
    """The cell, marked as text where a program would take it for a formula."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell
