import re

import pytest

from portal.core.database import execute, fetch_value
from portal.importing import labels
from portal.importing.queueing import run_queued_import
from portal.importing.routes import ROUTES
from tests.browser import Browser
from tests.cast import Cast
from tests.conftest import Browsers
from tests.importing.files import REAL_SCHOOL, real_school_as_xlsx, table
from tests.importing.test_services import SMALL, counts, five_thousand


@pytest.fixture(autouse=True)
def rooms(monkeypatch: pytest.MonkeyPatch) -> None:
    """The importer as `app.py` knows it, also while `app.py` does not know it yet."""
    from portal import app
    from portal.web import labels as web

    if not set(ROUTES) & set(app.HANDLERS):
        monkeypatch.setattr(app, "HANDLERS", [*app.HANDLERS, *ROUTES])
    monkeypatch.setattr(web, "FLASHES", web.FLASHES | labels.FLASHES)
    monkeypatch.setattr("portal.web.respond.FLASHES", web.FLASHES)


def html(browser: Browser) -> str:
    assert browser.page is not None
    return browser.page.text


async def uploaded(browser: Browser, data: bytes = SMALL, name: str = "表.csv"):
    await browser.get("/imports")
    return await browser.submit(browser.form("/imports"), files={"file": (name, data, "application/octet-stream")})


@pytest.mark.parametrize("htmx", [False, True])
async def test_the_real_school_goes_in_from_the_page(cast: Cast, browsers: Browsers, htmx: bool) -> None:
    browser = await browsers.of(cast.safety, htmx=htmx)
    await uploaded(browser, REAL_SCHOOL.read_bytes(), "school_grids.csv")
    assert "共 185 行" in browser.text
    assert "“副校长办公室”和第 47 行同名同处，负责人不同。" in browser.text
    form = browser.form("/applications")
    boxes = re.findall(r'name="answer" value="([^"]+)"', html(browser))
    assert len(boxes) == 4  # three questions, and one suggested name
    answer = await browser.submit(form, answer=[box for box in boxes if not box.startswith("rename:")])
    assert answer.status_code == 200
    assert "已导入" in browser.text
    # the cast's school has 博学楼, 一楼 and more already: they are left alone
    assert await fetch_value("SELECT COUNT(*) FROM grid WHERE import_batch_id IS NOT NULL") == 179
    await browser.submit(browser.form("/undo"))
    assert "已撤销" in browser.text
    assert await fetch_value("SELECT COUNT(*) FROM grid WHERE import_batch_id IS NOT NULL") == 0


async def test_questions_not_ticked_come_back_with_what_was_ticked(cast: Cast, browsers: Browsers) -> None:
    browser = await browsers.of(cast.safety)
    await uploaded(browser, real_school_as_xlsx(), "学校.xlsx")
    before = await counts()
    first = re.findall(r'name="answer" value="(same_path_other[^"]+)"', html(browser))
    answer = await browser.submit(browser.form("/applications"), answer=first)
    assert answer.status_code == 422
    assert "还有 2 处没有确认" in browser.text
    assert f'value="{first[0]}" checked' in answer.text
    assert await counts() == before


async def test_a_file_with_errors_offers_no_import_and_names_the_row(cast: Cast, browsers: Browsers) -> None:
    browser = await browsers.of(cast.safety)
    await uploaded(browser, table("学校/没有,甲室,room,孙老师,负责人", "学校,乙室,飞船,孙老师,负责人"))
    assert "有 2 处必须先改" in browser.text
    assert not [form for form in browser.forms if "/applications" in form.action]
    await browser.follow("看要改的行")
    for words in ("第 2 行", "找不到上级“学校/没有”。", "第 3 行", "不认识类别“飞船”。", "先加上它那一行"):
        assert words in browser.text


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 99, "旧版 Excel"),
        (b"a,b\n1,2\n", "没有找到表头"),
        (b" ", "什么也没有"),
    ],
)
async def test_a_file_that_is_no_table_is_refused_in_plain_words(
    cast: Cast, browsers: Browsers, data: bytes, words: str
) -> None:
    browser = await browsers.of(cast.safety)
    answer = await uploaded(browser, data)
    assert answer.status_code == 422
    assert words in browser.text
    assert 'id="file-error"' in answer.text


async def test_a_form_without_a_file_says_so(cast: Cast, browsers: Browsers) -> None:
    browser = await browsers.of(cast.safety)
    await browser.get("/imports")
    answer = await browser.submit(browser.form("/imports"))
    assert (answer.status_code, "还没有选文件" in browser.text) == (422, True)


async def test_a_large_file_goes_to_the_worker_with_a_progress_bar(cast: Cast, browsers: Browsers) -> None:
    browser = await browsers.of(cast.safety)
    await uploaded(browser, five_thousand(), "大表.csv")
    await browser.submit(browser.form("/applications"))
    assert "排队中" in browser.text
    assert "<progress" in html(browser)
    batch_id = await fetch_value("SELECT id FROM import_batch")
    await execute("UPDATE import_batch SET state = 'running', done = 700 WHERE id = {}", batch_id)
    await browser.follow("看现在到哪里了")
    assert "700 /" in browser.text
    await run_queued_import(batch_id)
    await browser.get(f"/imports/{batch_id}")
    assert "导入了这些" in browser.text
    assert 'hx-trigger="every' not in html(browser)


async def test_a_large_preview_is_turned_page_by_page_and_filtered(cast: Cast, browsers: Browsers) -> None:
    browser = await browsers.of(cast.safety)
    await uploaded(browser, five_thousand(), "大表.csv")
    assert len(html(browser)) < 200_000
    await browser.follow("全部行")
    assert "1–100，共 5000" in browser.text
    await browser.follow("下一页")
    assert "101–200，共 5000" in browser.text
    await browser.get(f"/imports/{await fetch_value('SELECT MAX(id) FROM import_batch')}?show=all&page=99999")
    assert "1–100，共 5000" in browser.text


async def test_what_is_to_be_done_stands_first_and_the_same_note_only_once(cast: Cast, browsers: Browsers) -> None:
    browser = await browsers.of(cast.safety)
    lines = [f"三号楼/二楼,空房{n},房间,,负责人" for n in range(12)]
    await uploaded(browser, table("学校,三号楼,楼栋,,", "三号楼,二楼,楼层,,", *lines))
    await browser.follow("有提示的行")
    assert browser.text.count("没有写负责人。") == 1
    assert re.search(r"共 1[0-9] 行：第 \d+, .* … 行", browser.text)
    await browser.follow("全部行")
    assert browser.text.count("没有写负责人。") > 10
    asking = table(
        "学校,三号楼,楼栋,甄一,负责人", "三号楼,二楼,楼层,甄一,负责人", *lines, "三号楼/二楼,空房1,房间,甄二,负责人"
    )
    await uploaded(browser, asking)
    chosen = re.findall(r'aria-current="true">([^<]*) <i>', html(browser))
    assert chosen == ["请确认"]
    assert "没有写负责人" not in browser.text
    await uploaded(browser, table("学校,,楼栋,,", "学校,三号楼,楼栋,,"))
    assert re.findall(r'aria-current="true">([^<]*) <i>', html(browser)) == ["必须改"]


async def test_the_loser_of_a_race_sees_the_fresh_preview(cast: Cast, browsers: Browsers) -> None:
    browser = await browsers.of(cast.safety)
    await uploaded(browser)
    form = browser.form("/applications")
    await execute("UPDATE grid SET name = '三号楼' WHERE id = {}", cast.building)
    answer = await browser.submit(form)
    assert answer.status_code == 409
    assert "学校的网格有了变化" in browser.text
    assert (await browser.submit(browser.form("/applications"))).status_code == 200


async def test_an_upload_is_thrown_away(cast: Cast, browsers: Browsers) -> None:
    browser = await browsers.of(cast.safety)
    await uploaded(browser)
    await browser.submit(browser.form("/removal"))
    assert "已放弃这次导入" in browser.text
    assert await fetch_value("SELECT COUNT(*) FROM import_batch") == 0


async def test_strangers_and_other_schools_find_nothing(cast: Cast, browsers: Browsers) -> None:
    browser = await browsers.of(cast.safety)
    await uploaded(browser)
    batch_id = await fetch_value("SELECT id FROM import_batch")
    assert (await browser.get(f"/imports/{batch_id}")).status_code == 200
    other = await browsers.of(cast.other_safety)
    missing = await other.get(f"/imports/{batch_id + 1}")
    for path in ("", "?show=all"):
        answer = await other.get(f"/imports/{batch_id}{path}")
        assert answer.status_code == 404
        assert answer.text == missing.text.replace(f"/imports/{batch_id + 1}", f"/imports/{batch_id}")
    teacher = await browsers.of(cast.teacher)
    assert (await teacher.get("/imports")).status_code == 403
    await other.get("/imports")
    form = other.form("/imports")
    refused = await other.submit(form, files={"file": ("a.csv", SMALL, "text/csv")}, school=str(cast.school))
    assert refused.status_code == 404
    for path in ("applications", "undo", "removal"):
        fields = {"_csrf_token": form.fields["_csrf_token"], "version": "1", "seen": "x"}
        assert (await other.post(f"/imports/{batch_id}/{path}", fields)).status_code == 404
    assert await fetch_value("SELECT COUNT(*) FROM import_batch") == 1


async def test_the_page_speaks_plain_text_only(cast: Cast, browsers: Browsers) -> None:
    browser = await browsers.of(cast.safety)
    await uploaded(browser, table('学校,<b>甲</b>,outdoor,"<script>x</script>",负责人'), "<i>表</i>.csv")
    assert "<script>x" not in html(browser)
    assert "<b>甲" not in html(browser)
    assert "<i>表" not in html(browser)


@pytest.mark.parametrize("htmx", [False, True])
async def test_preview_and_result_say_which_post_somebody_else_fills(
    cast: Cast, browsers: Browsers, htmx: bool
) -> None:
    browser = await browsers.of(cast.safety, htmx=htmx)
    await uploaded(browser, table("学校,领导组,leading_group,甄安全,副校长", "学校,甲区,outdoor,孙老师,负责人"))
    for words in ("第 2 行", "你自己任“副校长”会多出权限", "请教育局或另一位管人员的人来任"):
        assert words in browser.text
    answer = await browser.submit(browser.form("/applications"))
    assert answer.status_code == 200
    for words in ("已导入", "第 2 行", "你自己任“副校长”会多出权限", "请教育局或另一位管人员的人来任"):
        assert words in browser.text
    assert await fetch_value("SELECT COUNT(*) FROM appointment WHERE import_batch_id IS NOT NULL") == 1
    assert await fetch_value("SELECT COUNT(*) FROM post WHERE import_batch_id IS NOT NULL") == 2
