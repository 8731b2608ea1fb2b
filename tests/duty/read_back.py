"""What pages, calendars, papers and workbooks say of duty, read back from their bytes by other means than they are made.

All of it comes back as `Told`: who (or how many missing) in a lane from when to when.
"""

import io
import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

import openpyxl
import tinyhtml5
from pypdf import PdfReader
from pypdf.generic import ContentStream

from portal.core.clock import start_of_day
from portal.duty.rules import Line
from tests.duty.strict_ics import read_strictly

HOURS = re.compile(r"(\d\d):(\d\d)–(\d\d):(\d\d)")
LACK = re.compile(r"缺人|缺 ?(\d+) ?人")
STEPS_IN = "（兜底）"
UNPLANNED = "尚未排班"
MANY = re.compile(r"(.*?)(（兜底）)?(?:（(\d+) 人）)?")
DAY_HEAD = re.compile(r"(\d{1,2}) ?周.")


class Told(NamedTuple):
    """Over `[starts_at, ends_at)` somebody is there (`name`), or so many are missing. `steps_in` None: not told."""

    line: Line
    starts_at: datetime
    ends_at: datetime
    name: str
    missing: int = 0
    steps_in: bool | None = None


class Now(NamedTuple):
    """A lane at an instant: names as they stand there, with what is said beside them, and how many are missing."""

    lane: str
    people: tuple[tuple[str, str], ...]
    missing: int


class Lanes(NamedTuple):
    """How lanes are called: "甲区 门卫", and by area and role."""

    lines: dict[str, Line]
    parts: dict[tuple[str, str], Line]


def plain(element: Any) -> str:
    return " ".join("".join(element.itertext()).split())


def page_of(html: str) -> Any:
    """As a browser would take it."""
    return tinyhtml5.parse(html, namespace_html_elements=False)


def below(element: Any, tag: str = "", name: str = "") -> list[Any]:
    """Every element of a kind, or with a class, somewhere in another one."""
    return [
        one for one in element.iter()
        if one is not element and isinstance(one.tag, str) and tag in ("", one.tag)
        and (not name or name in one.get("class", "").split())
    ]  # fmt: skip


def inside(element: Any, *path: str) -> list[Any]:
    """The children of one kind, their children of another."""
    return list(element.findall("/".join(path)))


def span(day: date, text: str) -> tuple[datetime, datetime]:
    """08:00–24:00 of a day."""
    found = HOURS.fullmatch(text)
    assert found, text
    first, last = (timedelta(hours=int(found[n]), minutes=int(found[n + 1])) for n in (1, 3))
    assert first < last <= timedelta(hours=24)
    return start_of_day(day) + first, start_of_day(day) + last


def lack(text: str) -> int:
    found = LACK.fullmatch(text)
    return int(found[1] or 1) if found else 0


def who(line: Line, times: tuple[datetime, datetime], name: str, *, marked: bool = True) -> Told:
    """A name, or that somebody is missing."""
    missing = lack(name)
    if missing:
        return Told(line, *times, "", missing)
    steps_in = name.endswith(STEPS_IN) if marked else None
    return Told(line, *times, name.removesuffix(STEPS_IN) if marked else name, 0, steps_in)


def from_strip(section: Any, day: date, lanes: Lanes) -> Iterator[Told]:
    """The lanes of one day, of today's page or of the week."""
    for lane in below(section, "section", "lane"):
        area = plain(inside(lane, "h3")[0])
        for cell in (part for one in below(lane, "li", "shift") for part in one):
            hours, text, role = (plain(inside(cell, tag)[0]) for tag in ("time", "span", "small"))
            for name in [text] if lack(text) else text.split("、"):
                yield who(lanes.parts[area, role], span(day, hours), name, marked=False)


def from_today(html: str, day: date, lanes: Lanes) -> tuple[list[Told], list[Now]]:
    """The strip of today's page, and who is at their post."""
    page = page_of(html)
    [strip] = below(page, "div", "strip")
    found = []
    for post in (one for part in below(page, "ul", "posts") for one in inside(part, "li")):
        people = [(plain(inside(one, "b")[0]), str(inside(one, "b")[0].tail or "").strip())
                  for one in (part for call in below(post, name="call") for part in inside(call, "p"))]  # fmt: skip
        missing = [
            plain(one).split("，")[0]
            for one in (part for gone in below(post, "p", "lack") for part in inside(gone, "span"))
        ]
        found.append(Now(plain(inside(post, "p", "b")[0]), tuple(people), sum(map(lack, missing))))
    return list(from_strip(strip, day, lanes)), found


def from_week(html: str, monday: date, lanes: Lanes) -> list[Told]:
    sections = below(page_of(html), "section", "day")
    assert len(sections) == 7
    return [told for n, one in enumerate(sections) for told in from_strip(one, monday + timedelta(days=n), lanes)]


def entry(line: Line, day: date, text: str, whole: str) -> Iterator[Told]:
    """A line of a cell of the month: hours, then names or how many are missing."""
    hours = HOURS.match(text)
    rest = text[hours.end() :].strip() if hours else text
    times = span(day, hours[0] if hours else whole)
    for name in [rest] if lack(rest) else rest.split():
        yield who(line, times, name)


Cells = dict[tuple[int, int], list[str]]


def cells_of(html: str) -> tuple[list[tuple[str, str]], Cells]:
    """The heads of a month's page with the hours they name, and the lines of each cell by day and column."""
    table = below(page_of(html), "table", "month")[0]
    heads = []
    for one in inside(table, "thead", "tr", "th")[1:]:
        hours = "".join(plain(small) for small in below(one, "small"))
        heads.append((plain(one).removesuffix(hours).strip(), hours))
    cells: Cells = {}
    for day, row in enumerate(inside(table, "tbody", "tr"), 1):
        for column, cell in enumerate(one for one in inside(row, "td") if not one.get("colspan")):
            cells[day, column] = [" ".join(plain(one).split()) for one in inside(cell, "p")]
    return heads, cells


def told_by_cells(first: date, heads: list[tuple[str, str]], cells: Cells, lanes: Lanes) -> list[Told]:
    """The month as its cells tell it."""
    return [
        told
        for (day, column), texts in cells.items()
        for text in texts
        for told in entry(lanes.lines[heads[column][0]], first + timedelta(days=day - 1), text, heads[column][1])
    ]


def from_workbook(data: bytes) -> tuple[list[tuple[str, str]], Cells]:
    """The same of a workbook."""
    rows = list(openpyxl.load_workbook(io.BytesIO(data)).worksheets[0].iter_rows(min_row=3, values_only=True))
    heads = [(name, hours) for name, _, hours in (str(text).partition("\n") for text in rows[0][2:])]
    cells: Cells = {}
    for row in rows[1:]:
        found = re.match(r"\d{4}-\d\d-(\d\d)", str(row[0] or ""))
        if found and str(row[2]) != UNPLANNED:
            for column in range(len(heads)):
                cells[int(found[1]), column] = [one for one in str(row[2 + column] or "").split("\n") if one]
    return heads, cells


def from_paper(data: bytes) -> tuple[list[str], dict[tuple[int, int], str]]:
    """The heads of a month on paper and the words of each cell, without their spaces.

    A table on paper has no cells any more: a word belongs to the column that it stands below, and to the day that was
    named last before it, for a page is written row by row.
    """
    heads: list[str] = []
    cells: dict[tuple[int, int], str] = {}
    for page in PdfReader(io.BytesIO(data)).pages:
        lefts: list[float] = []
        day, is_head, in_row = 0, False, False
        for x, text in _pieces(page):
            if text == "日期":
                is_head, lefts = True, [x]
                continue
            named = DAY_HEAD.match(text)
            if lefts and named and abs(x - lefts[0]) < 3:
                day, is_head, in_row = int(named[1]), False, False
            elif is_head:
                if not any(abs(x - left) < 3 for left in lefts):
                    lefts.append(x)
                    if len(lefts) - 1 > len(heads):
                        heads.append("")
                if len(lefts) - 1 == len(heads) and page.page_number == 0:
                    heads[-1] += "".join(text.split())
            elif day:
                column = max((n for n, left in enumerate(lefts) if left <= x + 3), default=0)
                if column == 0 and in_row:
                    day = 0  # what stands below the table
                elif column:
                    in_row = True
                    cells[day, column - 1] = cells.get((day, column - 1), "") + "".join(text.split())
    return heads, {key: text for key, text in cells.items() if text != UNPLANNED}


def _pieces(page: Any) -> Iterator[tuple[float, str]]:
    """Each piece of text with its distance from the left, in the order in which it was written."""
    fonts = {name: _signs(font.get_object()) for name, font in page["/Resources"]["/Font"].items()}
    scale, stack, left, signs = (1.0, 0.0), list[tuple[float, float]](), 0.0, dict[bytes, str]()
    for operands, operator in ContentStream(page.get_contents(), page.pdf).operations:
        if operator == b"q":
            stack.append(scale)
        elif operator == b"Q":
            scale = stack.pop()
        elif operator == b"cm":
            scale = (scale[0] * float(operands[0]), scale[1] + scale[0] * float(operands[4]))
        elif operator == b"Tf":
            signs = fonts[operands[0]]
        elif operator == b"Tm":
            left = scale[0] * float(operands[4]) + scale[1]
        elif operator in (b"Tj", b"TJ"):
            parts = operands[0] if operator == b"TJ" else operands
            codes = b"".join(one.original_bytes for one in parts if hasattr(one, "original_bytes"))
            text = "".join(signs[codes[n : n + 2]] for n in range(0, len(codes), 2))
            if text.strip():
                yield left, text.strip()


def _signs(font: Any) -> dict[bytes, str]:
    """What the codes of a font mean, as the file says it."""
    told = font["/ToUnicode"].get_data().decode()
    return {
        bytes.fromhex(code): bytes.fromhex(sign).decode("utf-16-be")
        for block in re.findall(r"beginbfchar(.*?)endbfchar", told, re.DOTALL)
        for code, sign in re.findall(r"<(\w+)>\s*<(\w*)>", block)
    }


def from_board(html: str) -> tuple[str, str]:
    """Who leads, and until when, as strangers read it."""
    page = page_of(html)
    [line] = [
        one
        for one in (part for call in below(page, "li", "call") for part in inside(call, "p"))
        if plain(one).startswith("带班领导")
    ]
    return plain(inside(line, "b")[0]), "".join(plain(one) for one in below(line, "span", "line"))


def from_wall(html: str) -> list[tuple[Now, str]]:
    """Each lane of a screen on the wall, and the words of who comes next."""
    found = []
    for one in (one for main in below(page_of(html), "main") for one in inside(main, "ul", "li")):
        small = "".join(plain(part) for part in inside(one, "h2", "small"))
        words = [plain(part) for part in inside(one, "p[1]", "b")]
        names = [name for text in words if not lack(text) and text != "没有人" for name in text.split("、")]
        marks = tuple((name.removesuffix(STEPS_IN), "兜底" if name.endswith(STEPS_IN) else "") for name in names)
        title = plain(inside(one, "h2")[0]).removesuffix(small).strip()
        found.append((Now(title, marks, sum(map(lack, words))), plain(below(one, "p", "next")[0])))
    return found


def from_calendar(data: bytes, lanes: Lanes) -> list[tuple[Line, datetime, datetime, int, bool]]:
    """Each event: its lane, from when to when, how many people, and whether they step in."""
    found = []
    for one in read_strictly(data)[1]:
        said = MANY.fullmatch(one.summary)
        assert said, one.summary
        found.append((lanes.lines[said[1]], one.starts_at, one.ends_at, int(said[3] or 1), bool(said[2])))
    return found
