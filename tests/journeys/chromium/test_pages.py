"""Every page for everybody: axe, reflow, targets, policy, weight; in light and dark, on a phone and on a desk."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.journeys.chromium.judge import Judge
from tests.journeys.chromium.pages import addresses
from tests.journeys.chromium.parts import People, Rows, assign, report


@pytest.fixture
def judge(people: People) -> Callable[[str], Judge]:
    return lambda login: Judge(people, login)


@pytest.mark.timeout(300)
@pytest.mark.parametrize("login", ["safety", "bureau", "teacher"])
def test_every_page_of(judge: Callable[[str], Judge], rows: Rows, login: str) -> None:
    at = judge(login)
    seen = [path for path in addresses(login, rows) if at.open(path)]
    assert len(seen) > 10
    at.verdict()


def test_pages_of_strangers(judge: Callable[[str], Judge]) -> None:
    at = judge("")
    for path in ("/sign-in", "/join", "/join/ABCD-EFGH-JKLM"):
        at.open(path, expect=(200, 404, 410, 422))
    at.page.goto("/sign-in")
    at.page.fill("#login", "nobody")
    at.page.fill("#password", "wrong")
    at.page.click("main form .btn.main")
    at.page.wait_for_selector("[role=alert]")
    at.judge("/sign-in refused")
    at.page.goto("/join")
    at.page.locator("main form .btn.main").click()
    at.page.wait_for_load_state()
    at.judge("/join refused")
    at.verdict()


def test_pages_of_trouble(judge: Callable[[str], Judge], people: People, rows: Rows) -> None:
    at = judge("safety")
    at.open("/hazards/999999", expect=(404,))
    at.open("/nothing/here", expect=(404,))
    page = at.page
    page.goto("/hazards/new")
    page.evaluate("document.querySelectorAll('#report form').forEach(form => { form.noValidate = true; })")
    page.click("#report form .btn.main")
    page.wait_for_selector(".notice.red")
    at.judge("/hazards 422")
    hazard = report(page, "争着移的一条", rows.room())
    page.goto(f"/hazards/{hazard}")
    page.evaluate("document.querySelectorAll('form').forEach(form => { form.noValidate = true; })")
    page.click("form[data-move=assigned] .btn.main")
    page.wait_for_selector(".notice.red")
    at.judge("a move refused (422)")
    assign(people.of("leader"), hazard, "教师018")
    page.fill("form[data-move=assigned] [name=interim_measure]", "围起来")
    page.locator("form[data-move=assigned] [name=category]").select_option(index=1)
    page.locator("form[data-move=assigned] [name=responsible]").select_option(index=1)
    page.locator("form[data-move=assigned] [name=level][value=blue]").check(force=True)
    page.click("form[data-move=assigned] .btn.main")
    page.wait_for_selector("#card .notice.orange[role=alert]")
    at.judge("a race that was lost (409)")
    at.verdict()


def test_an_import_from_file_to_preview(judge: Callable[[str], Judge], rows: Rows) -> None:
    from portal.demo.loading import DATA

    at = judge("safety")
    at.page.goto("/imports")
    at.page.set_input_files("main input[type=file]", DATA / "school_grids.csv")
    at.page.locator("main form:has(input[type=file]) .btn.main").click()
    at.page.wait_for_url("**/imports/*")
    at.judge("the preview of an import")
    at.page.wait_for_function("() => !document.querySelector('[hx-trigger*=every]')", timeout=60_000)
    at.judge("the preview of an import")
    at.verdict()


def test_slips_of_invitations(judge: Callable[[str], Judge]) -> None:
    at = judge("safety")
    at.page.goto("/admin/accounts")
    box: Any = at.page.locator("main input[type=checkbox]:visible")
    if box.count():
        box.first.check()
    at.page.locator("main form[action='/admin/accounts'] .btn, main form .btn.main").first.click()
    at.page.wait_for_load_state()
    at.judge("slips")
    at.verdict()


def test_moves_that_are_open_inside_a_card(judge: Callable[[str], Judge], rows: Rows) -> None:
    at = judge("safety")
    room = rows.room()
    report(at.page, "表单开在卡片里", room)
    at.page.goto(f"/grids/{room}/board")
    at.page.click(".card-foot")
    at.page.wait_for_selector("#card-moves form")
    at.judge("moves inside a card")
    at.verdict()


def test_the_judge_finds_what_is_wrong(judge: Callable[[str], Judge]) -> None:
    """In each dress, in rows that stand often, and what is no colour at all."""
    at = judge("")
    row = '<tr><td><span class="faint">淡的字</span></td></tr>'
    at.page.goto("/sign-in")
    at.page.evaluate(
        """row => {
            document.head.insertAdjacentHTML('beforeend', '<title>x</title>');
            document.querySelector('main').innerHTML = '<h1>表</h1><table>' + row.repeat(9) + '</table>'
                + '<input type="text" class="alone"><a class="low" href="/join">低</a>';
            const sheet = new CSSStyleSheet();
            sheet.replaceSync('.faint { color: #ccc; background: #fff } .low { display: block; height: 20px }'
                + '@media (prefers-color-scheme: dark) { .alone { color: #222; background: #111 } }');
            document.adoptedStyleSheets.push(sheet);
        }""",
        row,
    )
    at.judge("a bad page")
    found = "\n".join(at.faults)
    for fault in ("color-contrast", "at 360, dark", "at 1280, light", "label", "20 px"):
        assert fault in found, f"{fault} in {found}"
