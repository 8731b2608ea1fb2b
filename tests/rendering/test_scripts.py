"""The two scripts in a real browser: what they fill in, and what they leave to the server."""

import os
import re
from pathlib import Path

import pytest

from portal.rendering.environment import render
from tests.rendering.gallery import CHROMIUM, FLAGS, gallery, serve

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def browser():
    if not Path(CHROMIUM).exists():
        if os.environ.get("CI"):
            pytest.fail("Chromium is missing")
        pytest.skip("no Chromium here: apt-get install chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium
        chromium.close()


class Portal:
    """Answers like the portal would, and remembers what it was sent."""

    def __init__(self, page):
        self.sent = []
        self.asked = []
        self.board = board(gallery("zh-Hans"))
        self.answer = (200, self.board)
        self.complaints = []
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on(
            "console",
            lambda line: self.complaints.append(line.text) if "Content Security" in line.text else None,
        )
        page.route("**/*", self.route)

    def route(self, route):
        request = route.request
        if request.method == "POST":
            self.sent.append((request.url.partition("gallery.test")[2], request.post_data, request.headers))
            status, body = self.answer
            route.fulfill(status=status, body=body, headers={"Content-Type": "text/html"})
        elif request.url.endswith("/gallery/board"):
            self.asked.append(request.headers)
            if request.headers.get("if-none-match") == '"2"':
                route.fulfill(status=304)
            else:
                route.fulfill(status=200, body=self.board, headers={"Content-Type": "text/html", "ETag": '"2"'})
        elif "/hazards/" in request.url:
            self.asked.append(request.url)
            route.fulfill(status=200, body="<p>card", headers={"Content-Type": "text/html"})
        else:
            serve(route)


def board(html):
    return re.search(r'<div class="board" id="board".*?\n</div>\n(?=<form id="move-form")', html, re.DOTALL)[0]


def moved(html, hazard, column):
    """The board after somebody moved this card."""
    card = re.search(rf'<article class="card" id="hazard-{hazard}".*?</article>\n', html, re.DOTALL)[0]
    rest = html.replace(card, "")
    return re.sub(rf'(data-column="{column}".*?</header>)', lambda found: found[1] + card, rest, flags=re.DOTALL)


@pytest.fixture
def portal(browser):
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.set_default_timeout(5000)
    portal = Portal(page)
    portal.page = page
    page.goto("http://gallery.test/")
    yield portal
    assert not portal.complaints
    page.close()


def focused(page):
    return page.evaluate("document.activeElement.closest('[data-hazard]')?.dataset.hazard")


def test_arrows_walk_between_cards_and_columns(portal):
    page = portal.page
    page.focus("#hazard-0129 .card-title a")
    page.keyboard.press("ArrowDown")
    assert focused(page) == "0133"
    page.keyboard.press("ArrowRight")
    assert focused(page) == "0127"
    page.keyboard.press("ArrowLeft")
    assert focused(page) == "0129"
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    assert focused(page) == "0151"
    page.keyboard.press("ArrowLeft")
    assert focused(page) == "0151"


def test_m_opens_the_moves_and_escape_closes_them(portal):
    page = portal.page
    page.focus("#hazard-0133 .card-title a")
    page.keyboard.press("m")
    assert page.eval_on_selector("#hazard-0133 .moves", "node => node.open")
    page.keyboard.press("Escape")
    assert not page.eval_on_selector("#hazard-0133 .moves", "node => node.open")
    assert page.evaluate("document.activeElement.matches('#hazard-0133 .card-title a')")


def test_a_drag_sends_the_one_form_with_the_cards_version(portal):
    page = portal.page
    portal.answer = (200, moved(portal.board, "0141", "rectifying"))
    page.drag_and_drop("#hazard-0141 .card-facts", "[data-column=rectifying] header")
    page.wait_for_function("() => document.querySelector('#hazard-0141').closest('[data-column=rectifying]')")
    [(path, body, headers)] = portal.sent
    assert path == "/hazards/0141/moves"
    assert "_csrf_token=token" in body or 'name="_csrf_token"' in body
    assert "rectifying" in body
    assert headers["hx-request"] == "true"
    assert focused(page) == "0141"
    page.wait_for_function("() => document.getElementById('live').textContent.includes('整改中')")


def test_a_move_that_asks_opens_the_cards_page(portal):
    page = portal.page
    page.drag_and_drop("#hazard-0141 .card-facts", "[data-column=escalated] header")
    page.wait_for_url("**/hazards/0141?to=escalated")
    assert not portal.sent


def test_a_column_that_the_card_does_not_name_takes_nothing(portal):
    portal.page.drag_and_drop("#hazard-0141 .card-facts", "[data-column=closed] header")
    portal.page.wait_for_timeout(200)
    assert not portal.sent
    assert (
        portal.page.locator("#hazard-0141").evaluate("node => node.closest('[data-column]').dataset.column")
        == "assigned"
    )


def test_a_lost_race_is_told_above_the_board_and_the_board_stays(portal):
    page = portal.page
    portal.answer = (
        409,
        '<div class="notice orange" role="alert" tabindex="-1"><p>教师036 移走了它</p></div>',
    )
    page.drag_and_drop("#hazard-0141 .card-facts", "[data-column=rectifying] header")
    page.wait_for_selector("#board-message:has-text('教师036')")
    assert page.locator("#board [data-hazard]").count() == 5
    assert page.evaluate("document.activeElement.textContent").strip() == "教师036 移走了它"


def test_a_refresh_keeps_the_focus_and_says_what_moved(portal):
    page = portal.page
    page.eval_on_selector_all("#board details", "nodes => nodes.forEach(node => node.open = false)")
    page.focus("#hazard-0133 .card-title a")
    portal.board = moved(portal.board, "0133", "recheck").replace(
        '<details class="moves" open>', '<details class="moves">'
    )
    page.evaluate("anwang.refresh()")
    page.wait_for_function("() => document.querySelector('#hazard-0133').closest('[data-column=recheck]')")
    assert focused(page) == "0133"
    page.wait_for_function("() => document.getElementById('live').textContent.includes('待复查')")
    page.evaluate("anwang.refresh()")
    page.wait_for_timeout(100)
    assert portal.asked[-1]["if-none-match"] == '"2"'


def test_a_refresh_waits_while_moves_are_open(portal):
    portal.page.evaluate("anwang.refresh()")
    portal.page.wait_for_timeout(100)
    assert not portal.asked


def test_a_failure_of_the_other_side_is_said_and_changes_nothing(portal):
    page = portal.page
    portal.answer = (500, "<p>broken")
    page.drag_and_drop("#hazard-0141 .card-facts", "[data-column=rectifying] header")
    page.wait_for_selector("#trouble:not([hidden])")
    assert page.locator("#board [data-hazard]").count() == 5


def test_a_whole_error_page_is_said_and_not_put_into_the_board(portal):
    page = portal.page
    portal.answer = (403, render("errors/403.html", "zh-Hans", reason="这一层不归你管。"))
    page.drag_and_drop("#hazard-0141 .card-facts", "[data-column=rectifying] header")
    page.wait_for_selector("#trouble:has-text('这一层不归你管。')")
    assert page.locator("nav.nav").count() == 1
    assert page.locator("#board [data-hazard]").count() == 5


def test_the_error_summary_has_the_focus_and_leads_to_the_field(portal):
    page = portal.page
    assert page.evaluate("document.activeElement.matches('[aria-labelledby=errors-title]')")
    page.click("[aria-labelledby=errors-title] a[href='#what']")
    assert page.evaluate("document.activeElement.id") == "what"


def test_a_double_press_sends_once(portal):
    page = portal.page
    page.evaluate("""() => {
        const form = document.querySelector('.todo form');
        window.count = 0;
        form.addEventListener('submit', event => { window.count++; event.preventDefault(); });
        form.requestSubmit();
        form.requestSubmit(); }""")
    assert page.evaluate("window.count") == 1


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_every_component_is_accessible(browser, width, scheme):
    from axe_playwright_python.sync_playwright import Axe

    page = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
    page.route("**/*", serve)
    page.goto("http://gallery.test/")
    found = Axe().run(page).response["violations"]
    page.close()
    assert not [(one["id"], one["help"], [node["html"] for node in one["nodes"]][:4]) for one in found]
