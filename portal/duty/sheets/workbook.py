"""The sheet of a month as a workbook. Pure: the view in, bytes out; it belongs in a thread.

Every text is written as text, and one that a spreadsheet would take for a formula carries the quote prefix (TF6).
"""

import io
from typing import Any

from portal.duty.sheets.views.month import Entry, MonthView
from portal.grids.register import RISKY

RED = "#AE1F1B"
A4, A3 = 9, 8


def month_workbook(view: MonthView, heads: tuple[str, str], digest: str, signers: tuple[str, ...]) -> bytes:
    """One sheet, landscape: title, when it was made, the head, a row for each day, room to sign."""
    import xlsxwriter  # 12 MB that a process without workbooks need not hold

    buffer = io.BytesIO()
    options = {
        "in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False,
    }  # fmt: skip
    with xlsxwriter.Workbook(buffer, options) as book:
        looks, sheet = Looks(book), book.add_worksheet(view.month)
        _set_up(sheet, len(view.columns))
        sheet.write_string(
            0, 0, " ".join(part for part in (view.school, view.area_name, view.title) if part), looks.title
        )
        sheet.write_string(1, 0, f"{view.lead} {view.made} {digest}", looks.note)
        told = [f"{one.name}\n{one.hours}".strip() for one in view.columns]
        for column, text in enumerate((*heads, *told)):
            _write(sheet, 2, column, text, looks.head, looks.risky_head)
        for row, day in enumerate(view.days, start=3):
            mark = f"{day.mark} {day.kind}".strip()
            _write(sheet, row, 0, f"{day.day.isoformat()} {day.weekday}", looks.text, looks.risky)
            _write(sheet, row, 1, mark, looks.text, looks.risky)
            for column in range(2, 2 + len(view.columns) * bool(day.unplanned)):
                _write(sheet, row, column, day.unplanned if column == 2 else "", looks.text, looks.risky)
            for column, cell in enumerate(day.cells, start=2):
                _write_cell(sheet, row, column, cell, looks)
        last = 3 + len(view.days) + 1
        for step, text in enumerate(signers):
            sheet.write_string(last, step * 3, f"{text} ________________", looks.note)
    return buffer.getvalue()


def _set_up(sheet: Any, columns: int) -> None:
    sheet.set_landscape()
    sheet.set_paper(A3 if columns > 8 else A4)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(2)
    sheet.freeze_panes(3, 2)
    sheet.set_footer("&C&P / &N")
    sheet.set_column(0, 0, 15)
    sheet.set_column(1, 1, 11)
    sheet.set_column(2, columns + 1, 19)


class Looks:
    """The formats of one workbook."""

    def __init__(self, book: Any) -> None:
        body = {"text_wrap": True, "valign": "top", "border": 1, "num_format": "@"}
        head, red = {**body, "bold": True, "bg_color": "#E8EBE8"}, {**body, "bold": True, "font_color": RED}
        self.title = book.add_format({"bold": True, "font_size": 16, "num_format": "@"})
        self.note = book.add_format({"font_color": "#555555", "num_format": "@"})
        self.head = book.add_format(head)
        self.risky_head = book.add_format({**head, "quote_prefix": True})
        self.text = book.add_format(body)
        self.risky = book.add_format({**body, "quote_prefix": True})
        self.gap = book.add_format(red)
        self.risky_gap = book.add_format({**red, "quote_prefix": True})


def _write_cell(sheet: Any, row: int, column: int, cell: tuple[Entry, ...], looks: Looks) -> None:
    text = "\n".join(one.text for one in cell)
    if any(one.lack for one in cell):
        _write(sheet, row, column, text, looks.gap, looks.risky_gap)
    else:
        _write(sheet, row, column, text, looks.text, looks.risky)


def _write(sheet: Any, row: int, column: int, text: str, look: Any, risky: Any) -> None:
    if not text:
        sheet.write_blank(row, column, None, look)
    else:
        is_risky = text.startswith(RISKY) or text.lstrip().startswith(RISKY)
        sheet.write_string(row, column, text, risky if is_risky else look)
