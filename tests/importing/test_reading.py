import os
import subprocess
import sys
from pathlib import Path

import pytest

from portal.core.refusals import Refused
from portal.importing.reading import read_file
from tests.importing.files import (
    REAL_SCHOOL,
    lying_about_size,
    real_school_as_xlsx,
    repacked,
    sheet_xml,
    table,
    xlsx,
)

GOOD = xlsx(["parent_path", "name", "kind", "responsible", "role"], ["", "博学楼", "building", "教师005", "楼总负责"])


def cells(data: bytes, name: str = "表.csv") -> list[tuple[str, ...]]:
    return [row.cells for sheet in read_file(data, name) for row in sheet.rows]


def refusal(data: bytes, name: str = "表.xlsx") -> Refused:
    started = worked()
    with pytest.raises(Refused) as caught:
        read_file(data, name)
    assert worked() - started < 1.0
    return caught.value


def worked() -> float:
    """Seconds of work of this process and its children: what else the machine does does not count."""
    return sum(os.times()[:4])


TEXT = "名称,类别\n藏文教室,room\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
def test_a_csv_is_read_in_every_encoding_that_offices_use(encoding: str) -> None:
    assert cells(TEXT.encode(encoding)) == [("名称", "类别"), ("藏文教室", "room")]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_a_csv_is_read_with_every_separator(separator: str) -> None:
    text = f"名称{separator}类别\r\n" + f'"甲{separator}乙"{separator}room\r\n'
    assert cells(text.encode()) == [("名称", "类别"), (f"甲{separator}乙", "room")]


def test_people_joined_by_semicolons_do_not_make_the_semicolon_the_separator() -> None:
    assert cells(table("学校,一楼,floor,甲;乙;丙;丁;戊;己;庚,楼层负责"))[1][3] == "甲;乙;丙;丁;戊;己;庚"


def test_row_numbers_are_those_that_excel_shows() -> None:
    [sheet] = read_file(b"name,kind\n\n,\nA,room\n", "x.csv")
    assert [row.number for row in sheet.rows] == [1, 4]
    [sheet] = read_file(xlsx([], ["name", "kind"], [], ["A", "room"]), "x.xlsx")
    assert [row.number for row in sheet.rows] == [2, 4]


def test_the_real_school_reads_the_same_from_utf8_gbk_and_xlsx() -> None:
    expected = cells(REAL_SCHOOL.read_bytes())
    assert len(expected) == 186
    assert cells(REAL_SCHOOL.read_text("utf-8").encode("gbk")) == expected
    from_xlsx = cells(real_school_as_xlsx(), "表.xlsx")
    padded = [row + ("",) * (5 - len(row)) for row in from_xlsx]
    assert padded == expected


def test_numbers_and_dates_become_what_a_person_reads() -> None:
    data = xlsx(["name", "phone", "area"], ["甲", 13800000000, 12.5], ["乙", "013", True])
    assert cells(data, "x.xlsx")[1:] == [("甲", "13800000000", "12.5"), ("乙", "013", "True")]


def test_a_text_that_looks_like_a_formula_stays_the_text() -> None:
    assert cells(xlsx(["name"], ["=1+1"]), "x.xlsx")[1] == ("=1+1",)


def test_hidden_sheets_are_not_read() -> None:
    import io

    import xlsxwriter

    target = io.BytesIO()
    with xlsxwriter.Workbook(target) as book:
        book.add_worksheet("看得见").write(0, 0, "甲")
        hidden = book.add_worksheet("藏起来")
        hidden.write(0, 0, "乙")
        hidden.hide()
    assert [sheet.name for sheet in read_file(target.getvalue(), "x.xlsx")] == ["看得见"]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "import.empty"),
        (b" \n\n", "import.empty"),
        (b"a" * (10 * 1024 * 1024 + 1), "import.too_big"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "import.old_or_locked"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "import.not_a_table"),
        (b"\xff\xfea", "import.encoding"),
        (b"name,kind\n\xff\xff\xff\n", "import.encoding"),
        (b'name,kind\n"A,room\nB,room\n', "import.quotes"),
        (b"name\n" * 20_001, "import.too_many_rows"),
        (b"," * 39 + b"a,b\n", "import.too_many_columns"),
        (b"PK\x03\x04 and nothing more", "import.broken"),
    ],
)
def test_what_is_no_table_is_refused_with_a_reason(data: bytes, code: str) -> None:
    assert refusal(data).code == code


def many_entries() -> bytes:
    return repacked(GOOD, **{f"xl/media/{number}.txt": b"x" for number in range(201)})


BOMBS = {
    "100:1": (lambda: repacked(GOOD, **{"xl/worksheets/sheet2.xml": b" " * 1_000_000}), "import.bomb"),
    "400 MB": (lambda: repacked(GOOD, **{f"xl/{n}.xml": b" " * 50_000_000 for n in range(3)}), "import.bomb"),
    "a lie about the size": (lambda: lying_about_size(GOOD, 60_000_000), "import.bomb"),
    "a small lie": (lambda: lying_about_size(GOOD, 200_000), "import.broken"),
    "201 entries": (lambda: many_entries(), "import.bomb"),
    "a document type": (
        lambda: sheet_xml(GOOD, b"<worksheet", b'<!DOCTYPE x [<!ENTITY a "b">]><worksheet'),
        "import.dtd",
    ),
    "utf-16": (
        lambda: repacked(GOOD, **{"xl/workbook.xml": "<workbook/>".encode("utf-16")}),
        "import.broken",
    ),
    "macros": (lambda: repacked(GOOD, **{"xl/vbaProject.bin": b"x"}), "import.macros"),
    "links to other files": (
        lambda: repacked(GOOD, **{"xl/externalLinks/externalLink1.xml": b"<x/>"}),
        "import.external_links",
    ),
    "a zip in the zip": (lambda: repacked(GOOD, **{"xl/embeddings/a.xlsx": GOOD}), "import.nested"),
    "a word file": (lambda: repacked(GOOD, **{"[Content_Types].xml": None}), "import.not_a_table"),
    "no workbook": (lambda: repacked(GOOD, **{"xl/workbook.xml": None}), "import.empty"),
    "broken xml": (lambda: sheet_xml(GOOD, b"<sheetData>", b"<sheetData"), "import.unreadable"),
    "1,048,576 rows": (lambda: sheet_xml(GOOD, b'r="B2"', b'r="B1048576"'), "import."),
    "16,384 columns": (lambda: sheet_xml(GOOD, b'r="B2"', b'r="XFD2"'), "import.too_many_columns"),
    "the far corner": (lambda: sheet_xml(GOOD, b'r="B2"', b'r="XFD1048576"'), "import."),
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_file_that_means_harm_is_refused_within_a_second(name: str) -> None:
    make, code = BOMBS[name]
    data = make()
    if code == "import.":
        assert refusal(data).code in {"import.too_many_rows", "import.unreadable"}
    else:
        assert refusal(data).code == code


def test_a_lie_about_the_dimension_changes_nothing() -> None:
    lie = sheet_xml(GOOD, b'<dimension ref="A1:E2"/>', b'<dimension ref="A1:XFD1048576"/>')
    assert cells(lie, "x.xlsx") == cells(GOOD, "x.xlsx")


def test_a_hyperlink_is_no_link_to_another_file() -> None:
    rows = [["name", "kind"], ["http://example.org/a", "room"]]
    assert cells(xlsx(*rows), "x.xlsx")[1][0] == "http://example.org/a"


MEASURE = """
import os, resource, sys
from portal.core.refusals import Refused
from portal.importing.reading import read_file
data, started = open(sys.argv[1], "rb").read(), sum(os.times()[:4])
try:
    outcome = sum(len(sheet.rows) for sheet in read_file(data, "x.xlsx"))
except Refused as refusal:
    outcome = refusal.code
print(outcome, round(sum(os.times()[:4]) - started, 2), resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024)
"""


def measured(data: bytes, folder: Path) -> tuple[str, float, int]:
    """What reading gave, in how many seconds, with how many MB in the child, in a process of its own."""
    file = folder / "x.xlsx"
    file.write_bytes(data)
    command = [sys.executable, "-c", MEASURE, str(file)]
    outcome, seconds, megabytes = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    return outcome, float(seconds), int(megabytes)


def test_five_thousand_rows_are_read_in_a_small_child(tmp_path: Path) -> None:
    rows = [["parent_path", "name", "kind", "responsible", "role"]]
    rows += [[f"学校/{n % 40}号楼", f"房间{n}", "room", f"教师{n:05}", "负责人"] for n in range(5_000)]
    outcome, seconds, megabytes = measured(xlsx(*rows), tmp_path)
    print(f"5,000 rows of xlsx: {seconds} s, child {megabytes} MB")
    assert outcome == "5001"
    assert seconds < 3
    assert megabytes < 256


@pytest.mark.parametrize("name", ["1,048,576 rows", "the far corner", "16,384 columns"])
def test_a_sheet_that_is_too_wide_or_long_is_refused_in_a_small_child(name: str, tmp_path: Path) -> None:
    outcome, seconds, megabytes = measured(BOMBS[name][0](), tmp_path)
    print(f"{name}: {outcome} in {seconds} s, child {megabytes} MB")
    assert outcome.startswith("import.")
    assert seconds < 1
    assert megabytes < 256
