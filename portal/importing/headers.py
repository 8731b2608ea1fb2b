"""Which column means what: the header row is found and mapped, in English or Chinese, in any order."""

from typing import NamedTuple

from portal.core.refusals import Refused
from portal.importing.rows import Oddity
from portal.importing.sheets import Sheet
from portal.importing.words import key, words

_LOOK_AT = 10
"""Rows searched for the header: tables often begin with a title and a date."""


class Header(NamedTuple):
    """Where the header stands and which canonical column each position means."""

    row: int
    columns: dict[int, str]
    titles: dict[str, str]


def find_header(sheet: Sheet) -> Header | None:
    """The first row with a name column and a kind column, or `None`: then the sheet is no table of ours."""
    for row in sheet.rows[:_LOOK_AT]:
        columns: dict[int, str] = {}
        for position, cell in enumerate(row.cells):
            code = words().columns.get(key(cell))
            if code is not None and code not in columns.values():
                columns[position] = code
        if {"name", "kind"} <= set(columns.values()):
            titles = {code: row.cells[position] for position, code in columns.items()}
            return Header(row.number, columns, titles)
    return None


def header_oddities(sheet: Sheet, header: Header) -> list[Oddity]:
    """Columns of the header that will not be read: unknown, or a second one of the same meaning."""
    row = next(row for row in sheet.rows if row.number == header.row)
    extra = [cell for position, cell in enumerate(row.cells) if cell and position not in header.columns]
    twice = [cell for cell in extra if key(cell) in words().columns]
    unknown = [cell for cell in extra if key(cell) not in words().columns]
    found = [Oddity("column_twice", "error", sheet.name, header.row, cell, cell) for cell in twice]
    if unknown:
        found.append(Oddity("column_unknown", "note", sheet.name, header.row, value=" / ".join(unknown)))
    return found


def tables_in(sheets: list[Sheet]) -> tuple[list[tuple[Sheet, Header]], list[Oddity]]:
    """The sheets that hold a table, with their headers, and a note for each sheet that is passed over."""
    found, oddities = [], []
    for sheet in sheets:
        header = find_header(sheet)
        if header is not None:
            found.append((sheet, header))
            oddities += header_oddities(sheet, header)
        elif sheet.rows:
            oddities.append(Oddity("sheet_skipped", "note", sheet.name, sheet.rows[0].number, value=sheet.name))
    if not found:
        raise Refused("import.no_header")
    return found, oddities
