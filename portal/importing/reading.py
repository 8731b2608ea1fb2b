"""Bytes of an uploaded file → sheets of text cells. Pure, but that xlsx is read in a child process (see
`workbook`).

What a file is, its first bytes say, not its name. Everything too large, locked or unreadable is refused with
a code
`import.…`; the sentences stand in `labels.py`.
"""

import csv
import io
from pathlib import PurePath

from portal.core.refusals import Refused
from portal.importing.sheets import MAX_BYTES, MAX_COLUMNS, MAX_ROWS, Sheet, SheetRow, make_row
from portal.importing.workbook import read_workbook

_ZIP = b"PK\x03\x04"
_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_SEPARATORS = ",;\t"


def read_file(data: bytes, filename: str) -> list[Sheet]:
    """The sheets of a CSV (UTF-8, UTF-16, GB18030; `,` `;` tab) or xlsx file; at most 10 MB, 20,000 rows, 40
    columns."""
    if not data.strip():
        raise Refused("import.empty")
    if len(data) > MAX_BYTES:
        raise Refused("import.too_big", limit=MAX_BYTES // 1024 // 1024)
    if data.startswith(_ZIP):
        return read_workbook(data)
    if data.startswith(_OLD_OFFICE):
        raise Refused("import.old_or_locked")
    return [_read_csv(decode(data), PurePath(filename).name)]


def decode(data: bytes) -> str:
    """The text of a CSV file: a byte order mark decides, else UTF-8, else GB18030 (which holds GBK)."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _decode(data, "utf-16")
    if b"\x00" in data:
        raise Refused("import.not_a_table")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return _decode(data, "gb18030")


def _decode(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise Refused("import.encoding") from error


def separator_of(text: str) -> str:
    """The separator that the first written line uses most; a comma when it uses none."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    return max(_SEPARATORS, key=first.count)


def _read_csv(text: str, name: str) -> Sheet:
    # strict: a quote that is never closed would otherwise swallow the rest of the file into one cell
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator_of(text), strict=True)
    rows: list[SheetRow] = []
    try:
        for number, cells in enumerate(reader, start=1):
            if (row := make_row(number, cells)) is not None:
                _check_size(row, name)
                rows.append(row)
    except csv.Error as error:
        raise Refused("import.quotes", row=reader.line_num) from error
    return Sheet(name, tuple(rows))


def _check_size(row: SheetRow, name: str) -> None:
    if row.number > MAX_ROWS:
        raise Refused("import.too_many_rows", sheet=name, limit=MAX_ROWS)
    if len(row.cells) > MAX_COLUMNS and any(row.cells[MAX_COLUMNS:]):
        raise Refused("import.too_many_columns", sheet=name, limit=MAX_COLUMNS)
