"""The month as it hangs on the wall: page, paper and workbook say what the stretches of the book say."""

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from html import unescape
from typing import NamedTuple

import openpyxl
import pytest

from portal.core.actors import SYSTEM
from portal.core.clock import local, start_of_day
from portal.core.database import execute, fetch_column, fetch_value, insert, watchers
from portal.duty.planning.services import NewFallback, NewPeriod, make_fallback, make_period
from portal.duty.queries import book_of, forget_plans, plan_of, with_needs
from portal.duty.rules import LEADING, As, Line, needs_between, stretches
from portal.duty.services import NewShift, add_shift, adopt_proposal, seed_duty_words, set_duty_leader
from portal.duty.services.calendar import seed_calendar
from portal.duty.sheets.forms import parse_month
from portal.duty.sheets.routes import month as month_routes
from portal.duty.sheets.views.month import Column, Entry, MonthView, SheetDay, last_of
from portal.duty.sheets.workbook import month_workbook
from portal.people.tables import Person
from portal.rendering.environment import render
from tests.browser import Browser
from tests.cast import Cast
from tests.conftest import Browsers

FIRST = date(2026, 12, 1)
HOUR = timedelta(hours=1)
CELL = re.compile(r"<td[^>]*>(.*?)</td>", re.DOTALL)
ROW = re.compile(r"<tr[^>]*>(.*?)</tr>", re.DOTALL)


class Told(NamedTuple):
    """What a sheet says of a lane on a day."""

    day: int
    lane: int
    hours: str
    names: str
    lack: str


def words(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def at(day: int, hour: float = 0) -> datetime:
    return start_of_day(FIRST + timedelta(days=day - 1)) + hour * HOUR


@pytest.fixture
async def gate(browsers: Browsers, cast: Cast) -> int:
    """A school with a plan: who leads on some days, who is at the gate, who steps in; with two gaps at least."""
    await seed_calendar()
    await seed_duty_words()
    await adopt_proposal(cast.school, by=SYSTEM)
    gate = int(await fetch_value("SELECT id FROM duty_area WHERE org_id = {} AND name = '校门'", cast.school))
    await set_duty_leader(cast.school, cast.vice_head, [FIRST + timedelta(days=n) for n in range(20)], by=SYSTEM)
    line = Line(gate, "guard")
    for day in range(1, 28):
        for start, end, who in ((0, 12, cast.keeper), (12, 20, cast.teacher), (19, 31, cast.sibling_keeper)):
            await add_shift(cast.school, NewShift(line, at(day, start), at(day, end), who), by=SYSTEM)
    fallback = NewFallback(line, cast.floor_chief, FIRST + timedelta(days=27), FIRST + timedelta(days=28))
    await make_fallback(cast.school, fallback, by=SYSTEM)
    return gate


async def wanted(cast: Cast) -> tuple[list[str], set[Told]]:
    """The lanes, and what `stretches` says of each of their days, written by hand."""
    plan, last = await plan_of(cast.school, around=FIRST), last_of(FIRST)
    start, end = start_of_day(FIRST), start_of_day(last + timedelta(days=1))
    opened = with_needs(await book_of(cast.school, start, end), needs_between(plan.slots, plan.days, FIRST, last))
    found, lanes = set[Told](), list[str]()
    for line in plan.in_order((LEADING, *opened.book.lines)):
        rows = list(stretches(opened.book, line, start, end))
        if not any(one.people or one.missing for one in rows):
            continue
        area = plan.areas[line.area_id].name if line.area_id else "全校"
        lanes.append("带班" if line == LEADING else f"{area} {plan.roles[line.role].name}")
        for day in range(1, last.day + 1):
            spans: dict[tuple[str, bool], list[list[datetime]]] = {}
            for one in rows:
                begin, stop = max(one.starts_at, at(day)), min(one.ends_at, at(day + 1))
                if begin >= stop or not (one.people or one.missing):
                    continue
                told = [(opened.name(who.person_id) + ("（兜底）" if who.stands is As.FALLBACK else ""), False)
                         for who in one.people]  # fmt: skip
                if one.missing:
                    told.append(("缺人" if one.missing == 1 and not one.people else f"缺 {one.missing} 人", True))
                for text in told:
                    mine = spans.setdefault(text, [])
                    if mine and mine[-1][1] == begin:
                        mine[-1][1] = stop
                    else:
                        mine.append([begin, stop])
            for (text_, is_lack), mine in spans.items():
                for begin, stop in mine:
                    ends = "24:00" if stop == at(day + 1) else f"{local(stop):%H:%M}"
                    hours = f"{local(begin):%H:%M}–{ends}"
                    found.add(Told(day, len(lanes) - 1, hours, *(("", text_) if is_lack else (text_, ""))))
    return lanes, found


def read(day: int, lane: int, text: str, whole: str) -> set[Told]:
    """A line of a cell: hours, then names or what is missing."""
    hours = re.match(r"\d\d:\d\d–\d\d:\d\d", text)
    rest = text[hours.end() :].strip() if hours else text
    span = hours[0] if hours else whole
    if re.fullmatch(r"缺人|缺 \d+ 人", rest):
        return {Told(day, lane, span, "", rest)}
    return {Told(day, lane, span, name, "") for name in rest.split()}


def head_of(html: str) -> list[tuple[str, str]]:
    """The lanes of a table with the hours that their heads name."""
    head = re.findall(r"<th\b[^>]*>(.*?)</th>", html.split("</thead>")[0], re.DOTALL)[1:]
    found = [re.fullmatch(r"(.*?)\s*(\d\d:\d\d–\d\d:\d\d)?", words(one)) for one in head]
    return [(one[1], one[2] or "") for one in found if one]


def from_html(html: str, line: str) -> tuple[list[str], set[Told]]:
    head = head_of(html)
    rows = ROW.findall(html.split("<tbody>")[1].split("</tbody>")[0])
    told = {
        one
        for day, row in enumerate(rows, 1)
        for lane, cell in enumerate(CELL.findall(row))
        for text in re.findall(rf"<{line}>(.*?)</{line}>", cell, re.DOTALL)
        for one in read(day, lane, words(text), head[lane][1])
    }
    return [name for name, _ in head], told


@contextmanager
def counted() -> Iterator[list[str]]:
    seen: list[str] = []
    watchers.append(seen.append)
    try:
        yield seen
    finally:
        watchers.remove(seen.append)


async def reader(browsers: Browsers, cast: Cast) -> Browser:
    return await browsers.of(cast.teacher)


async def test_page_paper_and_workbook_say_what_the_book_says(
    browsers: Browsers, cast: Cast, gate: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    lanes, told = await wanted(cast)
    assert any(one.lack for one in told) and any("兜底" in one.names for one in told)
    browser = await reader(browsers, cast)
    answer = await browser.get("/duty/month?month=2026-12")
    assert answer.status_code == 200
    assert from_html(answer.text, "p") == (lanes, told)

    papers: list[str] = []

    async def pdf_of(template: str, language: str, **context: object) -> bytes:
        papers.append(render(template, language, **context))
        return b"%PDF-1.7"

    monkeypatch.setattr(month_routes, "pdf_of", pdf_of)
    for size in ("", "&size=A3"):
        answer = await browser.client.get(f"/duty/month.pdf?month=2026-12{size}")
        assert answer.headers["content-disposition"].startswith("inline")
        assert from_html(papers[-1], "p") == (lanes, told)
    assert 'class="paper-duty-month"' in papers[0] and 'class="paper-duty-month-large"' in papers[1]

    answer = await browser.client.get("/duty/month.xlsx?month=2026-12")
    rows = list(openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets[0].iter_rows(min_row=3, values_only=True))
    head = [str(text).split("\n") for text in rows[0][2:]]
    found = {
        one
        for day, row in enumerate(rows[1:32], 1)
        for lane, cell in enumerate(row[2:])
        for text in str(cell or "").split("\n")
        for one in (read(day, lane, text, head[lane][1] if len(head[lane]) > 1 else "") if text else ())
    }
    assert ([one[0] for one in head], found) == (lanes, told)
    assert [str(row[0])[:10] for row in rows[1:32]] == [str(FIRST + timedelta(days=n)) for n in range(31)]


async def test_a_real_pdf_is_made(browsers: Browsers, cast: Cast, gate: int) -> None:
    browser = await reader(browsers, cast)
    answer = await browser.client.get("/duty/month.pdf?month=2026-12")
    assert answer.content[:5] == b"%PDF-" and answer.headers["content-type"] == "application/pdf"
    assert "filename*=UTF-8''" in answer.headers["content-disposition"]


async def test_kinds_of_day_stand_in_words_and_shapes(browsers: Browsers, cast: Cast, gate: int) -> None:
    browser = await reader(browsers, cast)
    await browser.get("/duty/month?month=2026-10")
    assert "■ 国庆节" in browser.text and "▲ 调休上课" in browser.text and "□ 休息日" in browser.text
    await make_period(cast.school, NewPeriod("vacation", "寒假", date(2026, 12, 28), date(2027, 1, 20)), by=SYSTEM)
    await browser.get("/duty/month?month=2026-12")
    assert "30 周三 ■ 假期" in browser.text


async def test_the_same_duty_has_the_same_digest_and_another_one_another(
    browsers: Browsers, cast: Cast, gate: int
) -> None:
    browser = await reader(browsers, cast)
    seen = []
    for _ in range(2):
        await browser.get("/duty/month?month=2026-12")
        seen += re.findall(r"摘要码 ([0-9a-f]{32})", browser.text)
    await add_shift(cast.school, NewShift(Line(gate, "guard"), at(30, 1), at(30, 2), cast.keeper), by=SYSTEM)
    await browser.get("/duty/month?month=2026-12")
    seen += re.findall(r"摘要码 ([0-9a-f]{32})", browser.text)
    assert len(seen) == 3 and seen[0] == seen[1] != seen[2]
    assert "2026年11月23日 周一 10:00制" in browser.text


async def test_a_month_of_sixty_people_takes_six_statements_at_most(browsers: Browsers, cast: Cast, gate: int) -> None:
    browser = await reader(browsers, cast)
    person = {"org_id": cast.school, "kind": "staff", "created_at": at(1)}
    people = await insert(Person, *[person | {"name": f"教师{n:03d}"} for n in range(60)])
    for n, who in enumerate(people):
        for day in range(1, 29, 4):
            shift = NewShift(Line(gate, "guard"), at(day, n % 24), at(day, n % 24 + 1), who)
            await add_shift(cast.school, shift, by=SYSTEM)
    for path in ("/duty/month", "/duty/month.xlsx"):
        await browser.get("/account")  # the session knows who it is
        forget_plans()
        with counted() as cold:
            assert (await browser.client.get(f"{path}?month=2026-12")).status_code == 200
        with counted() as warm:
            await browser.client.get(f"{path}?month=2026-12")
        assert len(cold) <= 6 and len(warm) <= 3, (cold, warm)


async def test_another_school_has_no_month_here_and_odd_months_are_this_one(
    browsers: Browsers, cast: Cast, gate: int
) -> None:
    browser = await reader(browsers, cast)
    for path in ("/duty/month", "/duty/month.pdf", "/duty/month.xlsx"):
        for org in (cast.other_school, 999_999, "x"):
            assert (await browser.client.get(f"{path}?org={org}")).status_code == 404
    for text in ("", "x", "2026-13", "2026-1", "9999-12", "0000-00", "2026-12-01", "%00", "<b>"):
        answer = await browser.get(f"/duty/month?month={text}")
        assert answer.status_code == 200 and "2026年11月值班表" in browser.text, text
    assert parse_month("2026-12") == FIRST and parse_month("2100-01") is None
    for text in ("2000-01", "2099-12"):
        assert (await browser.get(f"/duty/month?month={text}")).status_code == 200
    officer = await browsers.of(cast.bureau_officer)
    await officer.get(f"/duty/month?month=2026-12&org={cast.school}")
    assert "甄副校" in officer.text
    assert all(f"org={cast.school}" in href for href, _ in officer.links if href.startswith("/duty/month"))
    assert (await browsers.stranger().client.get("/duty/month")).status_code == 303


async def test_no_pupil_is_named(browsers: Browsers, cast: Cast, gate: int) -> None:
    pupils = [str(name) for name in await fetch_column("SELECT name FROM person WHERE kind <> 'staff'")]
    browser = await reader(browsers, cast)
    await browser.get("/duty/month?month=2026-12")
    assert not [name for name in pupils if name in browser.text]
    assert "138" not in re.sub(r"[0-9a-f]{32}", "", browser.text), "no phones on a wall"


RISKY = ("=1+1", "+1", "-1+1", "@A1", "\t=1", " =1+1", '=HYPERLINK("http://evil","x")', "http://evil.example/", "0123")


@pytest.mark.parametrize("name", RISKY)
def test_no_name_becomes_a_formula(name: str) -> None:
    entry = Entry("", (name,), "", at(1), at(2))
    day = SheetDay(FIRST, "周二", "", name, ((entry,),), False)
    view = MonthView(1, name, name, "", False, FIRST, (Column(name, ""),), (day,), name, name, "0" * 32, (), ())
    sheet = openpyxl.load_workbook(io.BytesIO(month_workbook(view, (name, name), name, (name,)))).worksheets[0]
    cells = [cell for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s"} and not [cell for cell in cells if cell.hyperlink]
    if name.lstrip()[0] in "=+-@":
        assert sheet["C4"].quotePrefix and sheet["C3"].quotePrefix


async def test_a_change_of_language_changes_no_digest(browsers: Browsers, cast: Cast, gate: int) -> None:
    browser = await reader(browsers, cast)
    await browser.get("/duty/month?month=2026-12")
    chinese = re.search(r"[0-9a-f]{32}", browser.text)
    await execute("UPDATE person SET language = 'en' WHERE id = {}", cast.teacher)
    other = await browsers.of(cast.teacher)
    await other.get("/duty/month?month=2026-12")
    english = re.search(r"[0-9a-f]{32}", other.text)
    assert chinese and english and chinese[0] == english[0] and "Mon" in other.text


async def test_days_before_the_first_roster_are_no_gaps(
    browsers: Browsers, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    await seed_calendar()
    await seed_duty_words()
    await adopt_proposal(cast.school, by=SYSTEM)
    browser = await reader(browsers, cast)
    for month in ("2026-11", "2027-01"):
        answer = await browser.get(f"/duty/month?month={month}")
        assert "尚未排班" in browser.text and "缺人" not in answer.text and "有缺口" not in answer.text
    at = start_of_day(date(2026, 12, 10))
    await add_shift(cast.school, NewShift(LEADING, at + 8 * HOUR, at + 20 * HOUR, cast.vice_head), by=SYSTEM)
    answer = await browser.get("/duty/month?month=2026-12")
    rows = ROW.findall(answer.text.split("<tbody>")[1].split("</tbody>")[0])
    assert ["尚未排班" in row for row in rows] == [True] * 9 + [False] * 22
    assert ["缺" in words(row) for row in rows] == [False] * 9 + [True] * 22
    lead = await browser.get("/duty/month?month=2026-11")
    assert "需要的" not in words(lead.text), "nothing is counted before"
    book = openpyxl.load_workbook(io.BytesIO((await browser.client.get("/duty/month.xlsx?month=2026-12")).content))
    sheet = book.worksheets[0]
    told = [[str(cell.value or "") for cell in row] for row in sheet.iter_rows(min_row=4, max_row=34)]
    assert ["尚未排班" in row for row in told] == [True] * 9 + [False] * 22
    shown: list[MonthView] = []

    async def keep(template: str, language: str, **context: object) -> bytes:
        view = context["view"]
        assert isinstance(view, MonthView)
        shown.append(view)
        assert render(template, language, **context).count("尚未排班") == 9
        return b"%PDF-"

    monkeypatch.setattr(month_routes, "pdf_of", keep)
    assert (await browser.client.get("/duty/month.pdf?month=2026-12")).status_code == 200
    assert next(day.day for day in shown[0].days if day.has_gap) == date(2026, 12, 10)
