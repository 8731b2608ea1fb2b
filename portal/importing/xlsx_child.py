"""Run as a program of its own: xlsx on standard input → JSON on standard output, within limits that it sets
on itself.

Imports nothing of the portal. Arguments: memory in bytes, seconds, rows, columns, characters of a cell.
"""

import io
import json
import resource
import sys
from typing import Any


def main() -> None:
    """Reads, answers, ends. Whatever goes wrong is an answer too, unless the kernel ends us first."""
    memory, seconds, max_rows, max_columns, max_cell = (int(argument) for argument in sys.argv[1:6])
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    try:
        answer: dict[str, Any] = {"sheets": read(sys.stdin.buffer.read(), max_rows, max_columns, max_cell)}
    except TooLarge as large:
        answer = {"refused": large.args[0], "params": large.args[1]}
    except BaseException as error:  # a Rust panic is a BaseException
        answer = {"refused": "import.unreadable", "params": {"kind": type(error).__name__}}
    sys.stdout.write(json.dumps(answer))


class TooLarge(Exception):
    """More rows or columns than we read: the code and the parameters of the refusal."""


def read(data: bytes, max_rows: int, max_columns: int, max_cell: int) -> list[Any]:
    """[[sheet name, [[row number, [cell, …]], …]], …] of the visible worksheets."""
    from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

    sheets = []
    book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    for meta in book.sheets_metadata:
        if meta.typ != SheetTypeEnum.WorkSheet or meta.visible != SheetVisibleEnum.Visible:
            continue
        rows = []
        sheet = book.get_sheet_by_name(meta.name)
        # the last written row, known before a million of empty ones is walked through
        check_size((sheet.end or (0, 0))[0] + 1, 0, meta.name, max_rows, max_columns)
        for number, cells in enumerate(sheet.iter_rows(), start=1):
            texts = [text(cell, max_cell) for cell in cells]
            while texts and not texts[-1].strip():
                texts.pop()
            if not texts:
                continue
            check_size(number, len(texts), meta.name, max_rows, max_columns)
            rows.append([number, texts])
        sheets.append([meta.name, rows])
    return sheets


def check_size(number: int, width: int, name: str, max_rows: int, max_columns: int) -> None:
    """Raises `TooLarge` for a cell outside the part of the sheet that we read."""
    if number > max_rows:
        raise TooLarge("import.too_many_rows", {"sheet": name, "limit": max_rows})
    if width > max_columns:
        raise TooLarge("import.too_many_columns", {"sheet": name, "limit": max_columns})


def text(cell: object, max_cell: int) -> str:
    """What a person reads in the cell. Excel keeps 13800000000 as a float: shown without its ".0"."""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return str(cell)[: max_cell + 1]


if __name__ == "__main__":
    main()
