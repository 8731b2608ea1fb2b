"""Every page for everybody: axe, reflow, targets, policy, weight; in light and dark, on a phone and on a desk."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.journeys.chromium.pages import addresses
from tests.journeys.chromium.parts import DESK, PHONE, People, Rows, assign, report

SMALL = Path(__file__).with_name("measure.js").read_text("utf-8")
MOST_REQUESTS, MOST_BYTES, MOST_NODES = 6, 60_000, 5_000


def axe_source() -> str:
    from axe_playwright_python.sync_playwright import Axe

    return str(Axe().axe_script)


class Judge:
    """Looks at the page that is open, in all its dresses, and notes what is wrong with it."""

    def __init__(self, people: People, login: str) -> None:
        context: dict[str, Any] = {"viewport": PHONE, "color_scheme": "light", "reduced_motion": "reduce"}
        self.page = people.of(login, **context) if login else people.stranger(**context)
        self.page.add_init_script(axe_source())
        self.faults: list[str] = []
        self.judged = 0
        self.figures: list[tuple[int, int, int, str]] = []
        self.wire = self.page.context.new_cdp_session(self.page)
        self.wire.send("Network.enable")
        self.wire.send("Network.setCacheDisabled", {"cacheDisabled": True})
        self.loaded: list[float] = []
        self.wire.on("Network.loadingFinished", lambda event: self.loaded.append(event["encodedDataLength"]))

    def open(self, path: str, *, expect: tuple[int, ...] = (200,)) -> bool:
        """Opens a page cold and judges it; False when it is not this person's (403, 404)."""
        self.page.set_viewport_size(PHONE)
        self.loaded.clear()
        answer = self.page.goto(path)
        assert answer is not None
        if answer.status in (403, 404) and answer.status not in expect:
            return False
        if answer.status not in expect:
            self.faults.append(f"{path}: {answer.status}")
        requests, size = len(self.loaded), int(sum(self.loaded))
        if requests > MOST_REQUESTS:
            self.faults.append(f"{path}: {requests} requests")
        if size > MOST_BYTES:
            self.faults.append(f"{path}: {size} bytes on the wire")
        self.judge(path)
        self.figures.append((requests, size, self.nodes, path))
        return True

    def judge(self, name: str) -> None:
        page = self.page
        self.nodes = page.evaluate("document.querySelectorAll('*').length")
        if self.nodes > MOST_NODES:
            self.faults.append(f"{name}: {self.nodes} elements")
        page.evaluate("document.querySelectorAll('details').forEach(node => { node.open = true; })")
        found = page.evaluate(SMALL)
        self.faults += [f"{name} at 360: {fault}" for fault in found]
        for size, width in ((PHONE, 360), (DESK, 1280)):
            page.set_viewport_size(size)
            for dress in ("light", "dark"):
                page.emulate_media(color_scheme=dress)
                self._axe(f"{name} at {width}, {dress}")
        self._wide(name)
        page.emulate_media(color_scheme="light")
        page.set_viewport_size(PHONE)

    def _wide(self, name: str) -> None:
        wide = self.page.evaluate("document.documentElement.scrollWidth")
        if wide > DESK["width"]:
            self.faults.append(f"{name} at 1280: {wide} px wide")

    def _axe(self, name: str) -> None:
        self.judged += 1
        found = self.page.evaluate(
            """async () => {
                const said = await axe.run(document, {resultTypes: ['violations'], elementRef: false});
                return said.violations.map(one => one.id + ': ' + one.nodes.slice(0, 3).map(
                    node => node.html.slice(0, 160) + ' ' + (node.any[0] ? node.any[0].message : '')).join(' | '));
            }"""
        )
        self.faults += [f"{name}: {fault}" for fault in found]

    def verdict(self) -> None:
        if self.figures:
            requests, size = max(row[0] for row in self.figures), max(self.figures, key=lambda row: row[1])
            nodes = max(self.figures, key=lambda row: row[2])
            print(
                f"{len(self.figures)} pages, at most {requests} requests, {size[1]} bytes ({size[3]}), "
                f"{nodes[2]} elements ({nodes[3]}); axe ran {self.judged} times, each page in four dresses"
            )
        assert not self.faults, "\n".join(self.faults)


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
