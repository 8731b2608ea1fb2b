"""`make pictures`: the pictures of the README, taken of the real portal on a fresh data folder, phone and desktop."""

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).parent.parent
OUT = ROOT / "docs" / "pictures"
CHROMIUM = "/usr/bin/chromium"
FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()
PHONE, DESK = {"width": 360, "height": 740}, {"width": 1280, "height": 800}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(address: str) -> None:
    for _ in range(300):
        try:
            urllib.request.urlopen(address, timeout=1)
            return
        except OSError:
            time.sleep(0.1)
    raise SystemExit(f"{address} does not answer")


def signed_in(browser: Browser, base: str, account: dict[str, str], size: dict[str, int], scheme: str) -> Page:
    page = browser.new_context(viewport=size, color_scheme=scheme, locale="zh-CN").new_page()
    page.goto(f"{base}/sign-in")
    page.fill("input[name=login]", account["login"])
    page.fill("input[name=password]", account["password"])
    page.click("main form button:not([type=button])")
    page.wait_for_url(f"{base}/")
    return page


def first_hazard(page: Page, base: str, title: str) -> str:
    page.goto(f"{base}/board")
    return page.locator(".card-title a", has_text=title).first.get_attribute("href") or "/"


def take(page: Page, base: str, path: str, name: str, *, full: bool = False) -> None:
    page.goto(base + path)
    page.wait_for_timeout(200)
    page.screenshot(path=OUT / f"{name}.png", full_page=full)
    print(f"docs/pictures/{name}.png")


def of_hazards(browser: Browser, base: str, accounts: dict[str, dict[str, str]]) -> None:
    """Hazards on their boards, and the first page of each role."""
    teacher = signed_in(browser, base, accounts["teacher"], PHONE, "light")
    take(teacher, base, "/", "today-teacher-phone")
    take(teacher, base, "/hazards/new", "report-phone")
    safety = signed_in(browser, base, accounts["safety"], DESK, "light")
    take(safety, base, "/board", "board-desk")
    card = first_hazard(safety, base, "配电柜")
    take(safety, base, card, "hazard-desk")
    leader = signed_in(browser, base, accounts["leader"], PHONE, "dark")
    take(leader, base, "/board", "board-phone-dark")
    take(leader, base, card, "hazard-phone-dark")
    take(signed_in(browser, base, accounts["principal"], DESK, "light"), base, "/", "today-principal-desk")
    take(signed_in(browser, base, accounts["bureau"], DESK, "light"), base, "/", "today-bureau-desk")


def of_answering(browser: Browser, base: str, accounts: dict[str, dict[str, str]]) -> None:
    """Who answers for what: blind spots, the matrix, a change of person, the page for everybody at the door."""
    take(signed_in(browser, base, accounts["principal"], DESK, "light"), base, "/coverage", "coverage-desk")
    safety = signed_in(browser, base, accounts["safety"], DESK, "light")
    building, room = grid_called(safety, base, "博学楼"), grid_called(safety, base, "配电室")
    take(safety, base, f"/matrix?grid={building}", "matrix-desk")
    take(safety, base, change_to_check(safety, base, "教师018"), "change-desk")
    safety.goto(f"{base}/grids/{room}/contact-board")
    board = safety.locator("main a", has_text="看公示板").first.get_attribute("href") or "/"
    parent = browser.new_context(viewport=PHONE, locale="zh-CN").new_page()
    take(parent, base, board, "public-board-phone")


def grid_called(page: Page, base: str, name: str) -> str:
    """The number of the first grid of this name, as its address has it."""
    page.goto(f"{base}/grids?q={name}")
    link = page.locator("main a[href^='/grids/']", has_text=name).first.get_attribute("href") or ""
    return link.removeprefix("/grids/").partition("/")[0]


def change_to_check(page: Page, base: str, name: str) -> str:
    """The wizard's last step for somebody who leaves: their posts go to a colleague. Nothing is entered."""
    page.goto(f"{base}/people?q={name}")
    person = (page.locator("main a[href^='/people/']", has_text=name).first.get_attribute("href") or "").split("/")[2]
    page.goto(f"{base}/changes/new?kind=leaving&person={person}")
    for choice in page.locator("input[name^='give-'][value=holder]").all():
        choice.check()
    for field in page.locator("input[name^='give_who-']").all():
        field.fill("教师090")
    page.click("main form .btn.main")
    page.wait_for_url("**step=check**")
    return page.url.removeprefix(base)


def of_duty(browser: Browser, base: str, accounts: dict[str, dict[str, str]]) -> None:
    """Who is on duty, hour by hour and day by day."""
    take(signed_in(browser, base, accounts["leader"], PHONE, "light"), base, "/duty", "duty-phone")
    take(signed_in(browser, base, accounts["safety"], DESK, "light"), base, "/duty/week", "duty-week-desk")


def of_letters(browser: Browser, base: str, accounts: dict[str, dict[str, str]]) -> None:
    """A letter is read and signed by both, sealed, and held against the register by a parent."""
    teacher = signed_in(browser, base, accounts["teacher"], PHONE, "light")
    make_key(teacher, base)
    letter = letter_to_sign(teacher, base)
    sign(teacher, base, letter, picture="letter-sign-phone")
    principal = signed_in(browser, base, accounts["principal"], DESK, "light")
    make_key(principal, base)
    sign(principal, base, letter)
    for _ in range(60):
        principal.goto(base + letter)
        if principal.locator("a[href^='/v/']").count():
            break
        principal.wait_for_timeout(500)
    take(principal, base, letter, "letter-desk")
    code = principal.locator("a[href^='/v/']").first.get_attribute("href") or ""
    parent = browser.new_context(viewport=PHONE, locale="zh-CN").new_page()
    take(parent, base, code, "letter-public-phone")
    page = principal.request.get(f"{base}{letter}/pages/1")
    (OUT / "letter-page.webp").write_bytes(page.body())


PASSPHRASE = "四只白鹭停在那座旧石桥边上"
STROKES = [
    (60, 50, 120, 46),
    (90, 30, 88, 110),
    (58, 80, 122, 78),
    (160, 34, 150, 108),
    (140, 60, 200, 54),
    (196, 30, 210, 104),
]


def make_key(page: Page, base: str) -> None:
    """A signing key of one's own, under a passphrase."""
    page.goto(f"{base}/account/signing-key")
    page.check("input[name=consent]")
    page.fill("input[name=passphrase]", PASSPHRASE)
    page.fill("input[name=again]", PASSPHRASE)
    page.click("main form:has(input[name=again]) .btn.main")
    page.wait_for_selector("form[action$='/signing-key/ends']", state="attached")


def letter_to_sign(page: Page, base: str) -> str:
    """The address of the first letter that this person can sign now."""
    page.goto(f"{base}/letters")
    links = [link.get_attribute("href") or "" for link in page.locator("main a[href^='/letters/']").all()]
    for href in dict.fromkeys(links):
        if href.removeprefix("/letters/").isdigit():
            page.goto(base + href)
            if page.locator("form[data-signature]").count():
                return href
    raise SystemExit("no letter waits to be signed")


def sign(page: Page, base: str, letter: str, *, picture: str = "") -> None:
    """Reads the file, writes a name with the mouse and signs."""
    page.request.get(f"{base}{letter}/file")
    page.goto(base + letter)
    page.check("form[data-signature] input[name=read]")
    page.locator("canvas").scroll_into_view_if_needed()
    box = page.locator("canvas").bounding_box()
    assert box is not None
    for x, y, to_x, to_y in STROKES:
        page.mouse.move(box["x"] + x, box["y"] + y)
        page.mouse.down()
        page.mouse.move(box["x"] + (x + to_x) / 2 + 4, box["y"] + (y + to_y) / 2 + 3, steps=4)
        page.mouse.move(box["x"] + to_x, box["y"] + to_y, steps=4)
        page.mouse.up()
    if picture:
        page.locator("#sign").scroll_into_view_if_needed()
        page.evaluate("window.scrollTo(0, document.getElementById('sign').getBoundingClientRect().top + scrollY - 70)")
        page.screenshot(path=OUT / f"{picture}.png")
        print(f"docs/pictures/{picture}.png")
    page.fill("form[data-signature] input[name=passphrase]", PASSPHRASE)
    page.click("form[data-signature] .btn.main")
    page.wait_for_load_state()


def main() -> None:
    OUT.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        port = free_port()
        environ = {**os.environ, "ANWANG_DATA": folder, "ANWANG_PORT": str(port)}
        portal = subprocess.Popen(
            [sys.executable, "-m", "portal", "serve"], cwd=ROOT, env=environ, stdout=subprocess.DEVNULL
        )
        base = f"http://127.0.0.1:{port}"
        try:
            wait_for(f"{base}/health/ready")
            accounts = {row["login"]: row for row in json.loads((Path(folder) / "demo-accounts.json").read_text())}
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
            of_hazards(browser, base, accounts)
            of_answering(browser, base, accounts)
            of_duty(browser, base, accounts)
            of_letters(browser, base, accounts)
            browser.close()
        finally:
            portal.terminate()
            portal.wait(timeout=60)


if __name__ == "__main__":
    main()
