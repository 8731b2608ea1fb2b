"""What the browser tests share: signing in through the real form, reporting, and watching for complaints."""

import re
import sqlite3
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Response, ViewportSize

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()
PHONE: ViewportSize = {"width": 360, "height": 740}
DESK: ViewportSize = {"width": 1280, "height": 900}
PATIENCE = 10_000  # ms; two shared cores
EXPECTED = re.compile(r"Failed to load resource: .*(40[1349]|422|ERR_INTERNET_DISCONNECTED)|Failed to fetch")


def phone(**more: Any) -> dict[str, Any]:
    """A phone of 360 × 740 that is touched."""
    return {"viewport": PHONE, "has_touch": True, "is_mobile": True, "device_scale_factor": 2, **more}


def desk(**more: Any) -> dict[str, Any]:
    return {"viewport": DESK, **more}


class People:
    """Browsers of the demonstration accounts. Each account signs in once through the form; later browsers of the
    same person take over its cookies. Everything that a page complains about is kept in `complaints`."""

    def __init__(self, browser: Browser, base: str, passwords: dict[str, str]) -> None:
        self.browser, self.base, self.passwords = browser, base, passwords
        self.states: dict[str, Any] = {}
        self.open: list[BrowserContext] = []
        self.complaints: list[str] = []

    def stranger(self, **context: Any) -> Page:
        made = self.browser.new_context(base_url=self.base, locale="zh-CN", timezone_id="Asia/Shanghai", **context)
        made.set_default_timeout(PATIENCE)
        self.open.append(made)
        page = made.new_page()
        page.on("pageerror", lambda error: self.complaints.append(f"{page.url}: {error}"))
        page.on("console", lambda line: self._heard(page, line))
        page.on("response", lambda answer: self._answered(answer))
        return page

    def of(self, login: str, *, form: bool = False, **context: Any) -> Page:
        """A page of somebody who is signed in; `form` walks through the sign-in even if an earlier one could serve."""
        if login in self.states and not form:
            return self.stranger(storage_state=self.states[login], **context)
        page = self.stranger(**context)
        page.goto("/sign-in")
        page.fill("#login", login)
        page.fill("#password", self.passwords[login])
        page.click("main form .btn.main")
        page.wait_for_url(f"{self.base}/")
        if not form:
            self.states[login] = page.context.storage_state()
        return page

    def close(self) -> None:
        for context in self.open:
            context.close()
        self.open.clear()

    def _heard(self, page: Page, line: ConsoleMessage) -> None:
        if line.type in ("error", "warning") and not EXPECTED.search(line.text):
            self.complaints.append(f"{page.url}: {line.text}")

    def _answered(self, answer: Response) -> None:
        if answer.status >= 500:
            self.complaints.append(f"{answer.status} {answer.request.method} {answer.url}")


class Rows:
    """Looks into the portal's database, read only: ids that addresses need."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.used = 0

    def value(self, sql: str, *params: Any) -> Any:
        connection = sqlite3.connect(f"file:{self.path}?mode=ro", uri=True)
        try:
            row = connection.execute(sql, params).fetchone()
        finally:
            connection.close()
        return row[0] if row else None

    def column(self, sql: str) -> list[Any]:
        connection = sqlite3.connect(f"file:{self.path}?mode=ro", uri=True)
        try:
            return [row[0] for row in connection.execute(sql)]
        finally:
            connection.close()

    def room(self) -> int:
        """A room of the school that no test has used yet, so that its board is short."""
        self.used += 1
        found = self.value(
            "SELECT id FROM grid WHERE kind = 'room' AND org_id = ? AND ended_at IS NULL AND id NOT IN "
            "(SELECT grid_id FROM hazard) ORDER BY id LIMIT 1 OFFSET ?", self.grid("青云一中"), self.used,
        )  # fmt: skip
        return int(found)

    def grid(self, name: str) -> int:
        found = self.value("SELECT id FROM grid WHERE name = ? ORDER BY id LIMIT 1", name)
        assert found is not None, f"no grid is called {name}"
        return int(found)


def path_of(page: Page) -> str:
    return urlsplit(page.url).path


def hazard_of(page: Page) -> int:
    """The id of the card whose page is open."""
    found = re.match(r"/hazards/(\d+)$", path_of(page))
    assert found, f"{page.url} is no card: {page.inner_text('main')[:300]}"
    return int(found[1])


def report(page: Page, title: str, grid: int) -> int:
    """Reports a hazard and gives its id."""
    page.goto(f"/hazards/new?grid={grid}")
    page.fill("#title", title)
    page.click("#report form .btn.main")
    page.wait_for_url("**/hazards/*reported=*")
    return hazard_of(page)


def assign(page: Page, hazard: int, to: str, *, level: str = "yellow") -> None:
    """Assigns a card to somebody of the school, by name."""
    page.goto(f"/hazards/{hazard}")
    form = page.locator("form[data-move=assigned]")
    form.locator("[name=category]").select_option(index=1)
    form.locator(f"[name=level][value={level}]").check(force=True)
    choose(form.locator("[name=responsible]"), to)
    form.locator("[name=interim_measure]").fill("断电，贴条")
    form.locator("button").last.click()
    page.wait_for_selector("#card[data-status=assigned]")


def choose(select: Any, words: str) -> None:
    """Chooses the first option that holds these words."""
    select.select_option(select.locator("option", has_text=words).first.get_attribute("value"))


def card(page: Page, hazard: int) -> Any:
    return page.locator(f"#board [data-hazard='{hazard}']")


def column_of(page: Page, hazard: int) -> str:
    return str(card(page, hazard).evaluate("node => node.closest('[data-column]').dataset.column"))


def stands(page: Page, hazard: int, column: str) -> None:
    """Waits until a card stands in a column of the board that is open."""
    page.wait_for_function(
        "([id, column]) => document.querySelector(`[data-column=${column}] [data-hazard='${id}']`)",
        arg=[hazard, column],
    )


def focused(page: Page) -> str:
    """The hazard whose card has the focus, or nothing."""
    return str(page.evaluate("document.activeElement.closest('[data-hazard]')?.dataset.hazard || ''"))
