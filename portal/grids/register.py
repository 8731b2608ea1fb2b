"""The register of responsibility areas as a workbook (R23). Pure: rows in, bytes out; it belongs in a thread.

Every text is written as text (TF6): no formulas, no links, no numbers made of strings. A text that a spreadsheet would
take for a formula when somebody edits the cell carries the quote prefix, so that it stays what it was and comes back
unchanged when the file is imported again.
"""

import io
from collections.abc import Iterable, Sequence
from typing import Any

Cell = str | int | float | None
RISKY = ("=", "+", "-", "@", "\t", "\r")
WIDTHS = {"wide": 32, "narrow": 9, "": 16}


def workbook(
    title: str, note: str, head: Sequence[tuple[str, str]], rows: Iterable[Sequence[Cell]], *, sheet: str
) -> bytes:
    """One sheet: a title, a note, a frozen head, the rows; A4 landscape. `head`: (text, width: wide, narrow or "")."""
    import xlsxwriter  # 12 MB that a process without workbooks need not hold

    buffer = io.BytesIO()
    options = {
        "in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False,
    }  # fmt: skip
    with xlsxwriter.Workbook(buffer, options) as book:
        page = book.add_worksheet(sheet[:31])
        _set_up(page, head)
        formats = _Formats(book)
        page.write_string(0, 0, title, formats.title)
        page.write_string(1, 0, note, formats.note)
        for column, (text, _) in enumerate(head):
            page.write_string(2, column, text, formats.head)
        for number, row in enumerate(rows, start=3):
            for column, cell in enumerate(row):
                write_cell(page, number, column, cell, formats)
    return buffer.getvalue()


def _set_up(page: Any, head: Sequence[tuple[str, str]]) -> None:
    page.set_landscape()
    page.set_paper(9)  # A4
    page.fit_to_pages(1, 0)
    page.repeat_rows(2)
    page.freeze_panes(3, 2)
    page.set_footer("&C&P / &N")
    for column, (_, width) in enumerate(head):
        page.set_column(column, column, WIDTHS[width])


class _Formats:
    def __init__(self, book: Any) -> None:
        body = {"text_wrap": True, "valign": "top", "border": 1}
        self.title = book.add_format({"bold": True, "font_size": 16, "num_format": "@"})
        self.note = book.add_format({"font_color": "#555555", "num_format": "@"})
        self.head = book.add_format({**body, "bold": True, "bg_color": "#E8EBE8", "num_format": "@"})
        self.text = book.add_format({**body, "num_format": "@"})
        self.number = book.add_format(body)
        self.risky = book.add_format({**body, "num_format": "@"})
        self.risky.set_quote_prefix()


def write_cell(page: Any, row: int, column: int, cell: Cell, formats: _Formats) -> None:
    """A text as text, a number as a number, nothing as an empty cell."""
    if cell is None or cell == "":
        page.write_blank(row, column, None, formats.text)
    elif isinstance(cell, str):
        look = formats.risky if cell.startswith(RISKY) else formats.text
        page.write_string(row, column, cell[:32_000].replace("\r\n", "\n").replace("\r", "\n"), look)
    else:
        page.write_number(row, column, cell, formats.number)
