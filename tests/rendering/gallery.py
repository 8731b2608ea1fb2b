"""Every component with sample data on one page: `python -m tests.rendering.gallery FOLDER` pictures it.

For eyes, not for a machine: it shows phone and desk, light, dark and paper, Chinese and English.
"""

import re
import sys
from datetime import datetime
from itertools import product
from pathlib import Path

from jinja2 import ChoiceLoader, FileSystemLoader

from portal.core.clock import SHANGHAI
from portal.rendering.assets import asset_response, bundles
from portal.rendering.environment import environment
from portal.rendering.viewer import Viewer

PICTURE = (
    "data:image/svg+xml;utf8,<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 4 3'>"
    "<path fill='gray' d='M0 0h4v3H0z'/></svg>"
)
CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def gallery(language: str) -> str:
    """The page as HTML."""
    env = environment(language)
    here = env.overlay(loader=ChoiceLoader([env.loader, FileSystemLoader(Path(__file__).parent)]))
    viewer = Viewer(True, "教师005", "政治处主任", "实验中学", language, "token", 3, "教师004", "0000-8800110", True)
    return here.get_template("gallery.html").render(
        viewer=viewer,
        flash=[("ok", "已指派给 教师013")],
        path="/",
        moment=datetime(2026, 11, 20, 18, tzinfo=SHANGHAI),
        photo_src=PICTURE,
    )


def serve(route) -> None:
    """Answer the browser from memory: the page, and the bundles with the policy that the portal sends."""
    path = re.sub(r"^https?://[^/]+", "", route.request.url).partition("?")[0]
    if path.startswith("/static/"):
        found = asset_response(path, "")
        route.fulfill(status=200, body=found.body, headers={"Content-Type": found.media_type})
        return
    policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'"
    html = gallery("en" if path.startswith("/en") else "zh-Hans")
    route.fulfill(
        status=200,
        body=html,
        headers={"Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": policy},
    )


def pictures(folder: Path) -> list[str]:
    """Write the pictures; give back what the browser complained about."""
    from playwright.sync_api import sync_playwright

    complaints: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        for width, scheme, language in product((360, 1280), ("light", "dark"), ("zh", "en")):
            page = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
            listen(page, complaints)
            page.goto(f"http://gallery.test/{language}")
            page.screenshot(path=folder / f"{width}-{scheme}-{language}.png", full_page=True)
            wide = page.evaluate("document.documentElement.scrollWidth")
            if wide > width:
                complaints.append(f"{width} {scheme} {language}: scrolls sideways, {wide} px")
            complaints += page.evaluate(SMALL) if width == 360 and scheme == "light" else []
            page.close()
        page = browser.new_page(viewport={"width": 760, "height": 1000})
        listen(page, complaints)
        page.goto("http://gallery.test/")
        page.emulate_media(media="print")
        page.screenshot(path=folder / "paper.png", full_page=True)
        browser.close()
    return complaints


def listen(page, complaints: list[str]) -> None:
    """Serve the page from memory and write down its complaints."""
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.route("**/*", serve)


# What a finger cannot hit: less than 44 px in one direction, unless it is hidden or inside a larger target.
SMALL = """() => Array.from(document.querySelectorAll('a, button, select, input, textarea, summary'))
  .filter(node => {
    if (node.closest('.vh, [hidden], .skip') || !node.getClientRects().length) return false;
    const box = (node.closest('label, .photo-pick') || node).getBoundingClientRect();
    return box.height < 43.5 || box.width < 43.5;
  })
  .map(node => 'small: ' + node.outerHTML.slice(0, 90))"""


if __name__ == "__main__":
    target = Path(sys.argv[1])
    target.mkdir(parents=True, exist_ok=True)
    (target / "gallery.html").write_text(gallery("zh-Hans"), "utf-8")
    for complaint in pictures(target):
        print(complaint)
    print(", ".join(f"{name} {len(found.packed)} bytes" for name, found in bundles().items()))
