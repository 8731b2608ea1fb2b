"""Rows of a table → `GridRow`s, cell by cell. Pure. Each error names sheet, row, column, value (TF7)."""

from collections.abc import Iterator
from typing import Any

from portal.importing import cells
from portal.importing.headers import Header, tables_in
from portal.importing.people_cells import read_holders
from portal.importing.rows import (
    MAX_GRID_NAME,
    MAX_LABEL,
    MAX_PLACE,
    MAX_TITLE,
    GridRow,
    Oddity,
    Parsed,
    Severity,
)
from portal.importing.sheets import MAX_CELL, Sheet, SheetRow
from portal.importing.words import key, words

_LIMITS = {"name": MAX_GRID_NAME, "role": MAX_CELL, "level_label": MAX_LABEL, "place": MAX_PLACE}
_NEVER_A_FORMULA = frozenset({"phone", "staff_no"})


def parse(sheets: list[Sheet]) -> Parsed:
    """Every row of every sheet that holds a table; sheets without one are passed over with a note."""
    rows: list[GridRow] = []
    tables, oddities = tables_in(sheets)
    for sheet, header in tables:
        for raw in sheet.rows:
            if raw.number > header.row:
                reader = RowReader(sheet, header, raw)
                row = reader.read()
                oddities += reader.oddities
                rows += [row] if row is not None else []
    return Parsed(tuple(rows), tuple(oddities))


class RowReader:
    """Reads one row and gathers what is odd about its cells."""

    def __init__(self, sheet: Sheet, header: Header, raw: SheetRow) -> None:
        self.oddities: list[Oddity] = []
        self._sheet = sheet.name
        self._number = raw.number
        self._titles = header.titles
        self._cells = dict(self._written(header, raw))

    def _written(self, header: Header, raw: SheetRow) -> Iterator[tuple[str, str]]:
        for position, column in header.columns.items():
            cell = cells.clean(raw.cells[position]) if position < len(raw.cells) else ""
            yield column, cell

    def cell(self, column: str) -> str:
        """What stands in this column, "" when nothing does or the table has no such column."""
        return self._cells.get(column, "")

    def say(self, code: str, severity: Severity, column: str, value: str, **params: Any) -> None:
        """Notes an oddity under the title that the column bears in this file; long values are cut."""
        title = self._titles.get(column, column)
        self.oddities.append(Oddity(code, severity, self._sheet, self._number, title, value[:60], params))

    def read(self) -> GridRow | None:
        """The row, or `None` when nothing we read is written in it, or when its name or kind is unusable."""
        if not any(self._cells.values()):
            return None
        self._check_marks()
        name, kind = cells.one_line(self.cell("name")), self._kind()
        if not name:
            self.say("name_missing", "error", "name", "")
        if not name or not kind:
            return None
        titles, holders = read_holders(self, kind)
        return GridRow(
            self._sheet,
            self._number,
            cells.split_path(self.cell("parent_path")),
            name,
            kind,
            titles,
            holders,
            cells.one_line(self.cell("level_label")),
            self._area(),
            cells.one_line(self.cell("place")),
        )

    def _check_marks(self) -> None:
        for column, cell in self._cells.items():
            if cells.has_control(cell):
                self.say("control_characters", "error", column, visible(cell))
            if cells.looks_like_formula(cell) and column not in _NEVER_A_FORMULA:
                self.say("formula_text", "note", column, cell)
            if len(cell) > (limit := _LIMITS.get(column, MAX_CELL)):
                self.say("too_long", "error", column, cell, limit=limit, length=len(cell))

    def _kind(self) -> str:
        written = self.cell("kind")
        kind = words().kinds.get(key(written), "")
        if not written:
            self.say("kind_missing", "error", "kind", "")
        elif not kind:
            self.say("kind_unknown", "error", "kind", written)
        return kind

    def _area(self) -> float | None:
        written = self.cell("area_m2")
        if not written or key(written) in words().nobody:
            return None
        value = cells.area(written)
        if value is None:
            self.say("area_bad", "error", "area_m2", written)
        return value


def visible(cell: str) -> str:
    """Control characters as `\\x07`, so that the message about them can be read (and logged) safely."""
    return "".join(mark if mark.isprintable() else f"\\x{ord(mark):02x}" for mark in cell)


__all__ = ["MAX_TITLE", "RowReader", "parse", "visible"]
