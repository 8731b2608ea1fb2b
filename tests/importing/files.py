"""Files for the importer's tests: tables as text and as xlsx, and files that mean harm."""

import io
import struct
import zipfile
import zlib
from pathlib import Path
from typing import Any

import xlsxwriter

REAL_SCHOOL = Path(__file__).parents[2] / "portal" / "demo" / "data" / "school_grids.csv"
HEADER = "parent_path,name,kind,responsible,role"


def table(*lines: str, header: str = HEADER) -> bytes:
    return "\n".join([header, *lines]).encode()


def xlsx(*rows: list[Any], sheet: str = "网格", **other_sheets: list[list[Any]]) -> bytes:
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True, "strings_to_formulas": False}) as book:
        for name, content in {sheet: list(rows), **other_sheets}.items():
            page = book.add_worksheet(name)
            for number, cells in enumerate(content):
                for position, cell in enumerate(cells):
                    page.write(number, position, cell)
    return target.getvalue()


def real_school_as_xlsx() -> bytes:
    lines = REAL_SCHOOL.read_text("utf-8").splitlines()
    return xlsx(*[line.split(",") for line in lines])


def repacked(data: bytes, **changes: bytes | None) -> bytes:
    """The same zip with entries replaced or added (`xl__evil` means `xl/evil`), or dropped."""
    entries = {name.replace("__", "/"): body for name, body in changes.items()}
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name not in entries:
                new.writestr(name, old.read(name))
        for name, body in entries.items():
            if body is not None:
                new.writestr(name, body)
    return target.getvalue()


def sheet_xml(data: bytes, old: bytes, new: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        body = archive.read("xl/worksheets/sheet1.xml")
    assert old in body
    return repacked(data, **{"xl/worksheets/sheet1.xml": body.replace(old, new)})


def lying_about_size(data: bytes, unpacked: int) -> bytes:
    """An entry of `unpacked` spaces whose directory says that it holds 10 bytes."""
    body = b" " * unpacked
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = packer.compress(body) + packer.flush()
    bomb = repacked(data, **{"xl/worksheets/sheet9.xml": body})
    true_size, lie = struct.pack("<I", unpacked), struct.pack("<I", 10)
    assert packed and true_size in bomb
    return bomb.replace(true_size, lie)
