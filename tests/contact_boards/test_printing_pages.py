"""Printing as people do it: choose, wait without script, open the file; and what everybody else sees of it."""

import pytest

from portal.contact_boards.printing.queries import print_row
from portal.contact_boards.printing.running import run_waiting_prints
from portal.contact_boards.printing.services import claim_print, fail_print, keep_print
from portal.core.database import fetch_value
from portal.rendering import pdf


@pytest.mark.parametrize("htmx", [False, True])
async def test_from_the_form_to_the_file(cast, browsers, settings, htmx):
    browser = await browsers.of(cast.safety, htmx=htmx)
    await browser.get("/prints")
    assert "还没有印过" in browser.text
    answer = await browser.submit(browser.form("/prints"), grid=str(cast.building), kind="plates")
    assert answer.status_code == 200 and "排队中" in browser.text
    job_id = await fetch_value("SELECT id FROM print_job")
    claimed, token = await claim_print()
    await keep_print(job_id, token, done=1, total=2)
    await browser.get(f"/prints/{job_id}")
    assert (
        "正在排版" in browser.text
        and "1 / 2" in browser.text
        and (f"/prints/{job_id}", "看现在到哪里了") in browser.links
    )
    await browser.get(f"/prints/{job_id}/file.pdf")
    assert "正在排版" in browser.text
    await fail_print(claimed, token, error="pdf.busy", params={})
    from portal.core.database import execute

    await execute("UPDATE print_job SET leased_until = NULL")
    assert await run_waiting_prints(settings) == 1
    await browser.get(f"/prints/{job_id}")
    assert "共 2 张" in browser.text and (f"/prints/{job_id}/file.pdf", "打开 PDF") in browser.links
    file = await browser.get(f"/prints/{job_id}/file.pdf")
    assert file.headers["content-type"] == "application/pdf" and file.content.startswith(b"%PDF-")
    assert file.headers["content-disposition"].startswith('inline; filename="plates.pdf"')
    assert "no-store" in file.headers["cache-control"]
    await browser.get("/prints")
    assert "博学楼" in browser.text and "可以打印" in browser.text
    pdf.shutdown()


async def test_what_failed_says_why_and_has_one_button(cast, browsers):
    browser = await browsers.of(cast.safety)
    await browser.get("/prints")
    await browser.submit(browser.form("/prints"), grid=str(cast.building), kind="plates")
    job, token = await claim_print()
    await fail_print(job, token, error="pdf.glyph_missing", params={"characters": "\ue123"})
    await browser.get(f"/prints/{job.id}")
    assert "没有做成" in browser.text and "fonts-noto-cjk" in browser.text
    await browser.submit(browser.form(f"/prints/{job.id}/retries"))
    assert "排队中" in browser.text and (await print_row(job.id)).state == "waiting"


async def test_a_form_without_a_choice_keeps_what_was_chosen(cast, browsers):
    browser = await browsers.of(cast.safety)
    await browser.get("/prints")
    answer = await browser.submit(browser.form("/prints"), grid=str(cast.building))
    assert answer.status_code == 422 and "选要印什么" in browser.text
    assert f'value="{cast.building}" selected' in answer.text
    answer = await browser.submit(browser.form("/prints"), grid="", kind="poster")
    assert answer.status_code == 422 and "选一个要印的地方" in browser.text


async def test_a_grid_can_be_brought_along(cast, browsers):
    browser = await browsers.of(cast.safety)
    answer = await browser.get(f"/prints?grid={cast.room}&kind=plates")
    assert f'value="{cast.room}" selected' in answer.text and "化学实验室(东)" in answer.text
    assert (await browser.get(f"/prints?grid={cast.other_room}")).status_code == 404
    assert (await browser.get("/prints?grid=99999999999999999999")).status_code == 200


async def test_strangers_and_the_other_school_see_nothing_of_it(cast, browsers, settings):
    mine = await browsers.of(cast.safety)
    await mine.get("/prints")
    await mine.submit(mine.form("/prints"), grid=str(cast.building), kind="plates")
    job_id = await fetch_value("SELECT id FROM print_job")
    await run_waiting_prints(settings)
    assert (await mine.get(f"/prints/{job_id}/file.pdf")).status_code == 200
    other = await browsers.of(cast.other_safety)
    for path in (f"/prints/{job_id}", f"/prints/{job_id}/file.pdf"):
        hidden, missing = await other.get(path), await other.get(path.replace(str(job_id), "999999"))
        assert hidden.status_code == missing.status_code == 404 and hidden.text == missing.text.replace(
            "999999", str(job_id)
        )
    await other.get("/prints")
    assert "博学楼" not in other.text
    teacher = await browsers.of(cast.teacher)
    assert (await teacher.get("/prints")).status_code == 403
    pdf.shutdown()


async def test_a_portal_that_only_this_machine_reaches_warns_before_printing(cast, browsers):
    browser = await browsers.of(cast.safety)
    await browser.get("/prints")
    assert "二维码别人打不开" not in browser.text
    from dataclasses import replace

    browsers.app.state.settings = replace(browsers.app.state.settings, base_url="http://127.0.0.1:8000")
    await browser.get("/prints")
    assert "二维码别人打不开" in browser.text


async def test_pages_take_a_small_fixed_number_of_statements(cast, browsers, monkeypatch):
    from portal.core import database

    browser = await browsers.of(cast.safety)
    await browser.get("/prints")
    await browser.submit(browser.form("/prints"), grid=str(cast.building), kind="plates")
    await browser.get("/prints")
    seen = []
    monkeypatch.setattr(database, "watchers", [seen.append])
    await browser.get("/prints")
    one = len(seen)
    monkeypatch.setattr(database, "watchers", [])
    for kind in ("poster", "cards"):
        await browser.submit(browser.form("/prints"), grid=str(cast.building), kind=kind)
        await browser.get("/prints")
    seen.clear()
    monkeypatch.setattr(database, "watchers", [seen.append])
    await browser.get("/prints")
    assert len(seen) == one <= 8


async def test_the_page_about_a_board_leads_to_plates_for_whoever_prints(cast, browsers):
    browser = await browsers.of(cast.safety)
    await browser.get(f"/grids/{cast.building}/contact-board")
    await browser.submit(browser.form(f"/grids/{cast.building}/contact-board"))
    assert (f"/grids/{cast.bureau}", "青云县教育局") not in browser.links
    await browser.follow("印二维码牌")
    form = browser.form("/prints")
    assert form.fields["grid"] == [str(cast.building)] and form.fields["kind"] == ["plates"]
    chief = await browsers.of(cast.chief)
    await chief.get(f"/grids/{cast.building}/contact-board")
    assert "看公示板" in chief.text and "印二维码牌" not in chief.text
