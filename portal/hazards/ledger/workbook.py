"""The monthly form as a workbook. Pure: lines in, bytes out; slow enough to belong in a thread.

Texts are written as texts, and those that a spreadsheet would take for a formula carry the quote prefix (TF6); days
are real days, so that the receiving office can sort and filter them.
"""

import io
from collections.abc import Sequence
from datetime import date
from typing import Any

from portal.grids.register import RISKY
from portal.hazards.ledger.views import FormCell

WIDE = frozenset({"place", "title", "measure", "interim", "conclusion", "remark"})
NARROW = frozenset({"line", "level", "closed"})
LONGEST = 32_000  # a cell takes 32,767 signs


def form_workbook(title: str, note: str, head: dict[str, str], lines: Sequence[tuple[FormCell, ...]]) -> bytes:
    """One sheet, A4 landscape: title, note, a head that stays in sight, the lines. `head`: column key to its text."""
    import xlsxwriter  # 12 MB that a process without workbooks need not hold

    buffer = io.BytesIO()
    options = {
        "in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False,
    }  # fmt: skip
    with xlsxwriter.Workbook(buffer, options) as book:
        looks = Looks(book)
        sheet = book.add_worksheet()
        _set_up(sheet, head)
        sheet.write_string(0, 0, title, looks.title)
        sheet.write_string(1, 0, note, looks.note)
        for column, text in enumerate(head.values()):
            sheet.write_string(2, column, text, looks.head)
        for row, line in enumerate(lines, start=3):
            for column, cell in enumerate(line):
                _write(sheet, row, column, cell, looks)
    return buffer.getvalue()


def _set_up(sheet: Any, head: dict[str, str]) -> None:
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(2)
    sheet.freeze_panes(3, 4)
    sheet.set_footer("&C&P / &N")
    for column, key in enumerate(head):
        sheet.set_column(column, column, 28 if key in WIDE else 7 if key in NARROW else 13)


class Looks:
    """The formats of one workbook."""

    def __init__(self, book: Any) -> None:
        body = {"text_wrap": True, "valign": "top", "border": 1}
        self.title = book.add_format({"bold": True, "font_size": 16, "num_format": "@"})
        self.note = book.add_format({"font_color": "#555555", "num_format": "@"})
        self.head = book.add_format({**body, "bold": True, "bg_color": "#E8EBE8", "num_format": "@"})
        self.text = book.add_format({**body, "num_format": "@"})
        self.number = book.add_format(body)
        self.day = book.add_format({**body, "num_format": "yyyy-mm-dd"})
        self.risky = book.add_format({**body, "num_format": "@", "quote_prefix": True})


def _write(sheet: Any, row: int, column: int, cell: FormCell, looks: Looks) -> None:
    if cell is None or cell == "":
        sheet.write_blank(row, column, None, looks.text)
    elif isinstance(cell, str):
        risky = cell.lstrip().startswith(RISKY) or cell.startswith(RISKY)
        sheet.write_string(row, column, cell[:LONGEST], looks.risky if risky else looks.text)
    elif isinstance(cell, date):
        sheet.write_datetime(row, column, cell, looks.day)
    else:
        sheet.write_number(row, column, cell, looks.number)
