"""Text stays text (TW1): whatever is written into a field, the pages that show it have the same elements and attributes."""

from html.parser import HTMLParser

import pytest

from portal.core.actors import SYSTEM
from portal.core.database import fetch_value
from portal.grids.services import change_grid
from portal.hazards.services import Report, note_hazard, report_hazard, seed_categories, set_interim
from portal.people.services import change_person
from tests.browser import Browser
from tests.cast import Cast
from tests.conftest import Browsers

PAYLOADS = [
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "<svg/onload=alert(1)>", "'\"><script>alert(1)</script>",
    "</title><script>alert(1)</script>", "</textarea><script>alert(1)</script>", "<div hx-get='/sign-out' hx-trigger='load'>",
    "<b data-hx-post='/x'>", "<a hx-on:click='alert(1)'>", "<i hx-vals='js:{a:alert(1)}'>", "<meta name=htmx-config content='{}'>",
    "<meta http-equiv=refresh content='0;url=//evil.example'>", "javascript:alert(1)", "{{ 7*7 }}", "{% raw %}", "${7*7}", "#{7*7}",
    "<!--", "-->", "<![CDATA[", "<style>*{display:none}</style>", "<base href=//evil.example>", "<form action=//evil.example>",
    "<iframe srcdoc='<script>alert(1)</script>'>", "<template><script>alert(1)</script></template>", "&lt;script&gt;alert(1)&lt;/script&gt;",
    "\" autofocus onfocus=alert(1) x=\"", "' style='position:fixed'", "<x/y>", "<<script>script>alert(1)<</script>/script>",
    "<math><mtext></form><form><mglyph><svg><mtext><style><path id=</style><img onerror=alert(1) src>", "&#x3C;script&#x3E;", "%3Cscript%3E",
]  # fmt: skip


class Shape(HTMLParser):
    """The elements of a page with the names of their attributes; what stands in the text does not count."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, tuple[str, ...]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, tuple(name for name, _ in attrs)))


async def shapes(browser: Browser, pages: list[str]) -> dict[str, list[tuple[str, tuple[str, ...]]]]:
    found = {}
    for page in pages:
        answer = await browser.get(page)
        assert answer.status_code == 200, page
        shape = Shape()
        shape.feed(answer.text)
        found[page] = shape.found
    return found


async def write_everywhere(cast: Cast, text: str, hazard_id: int) -> None:
    """Puts the text into every field that the pages show."""
    version = await fetch_value("SELECT version FROM hazard WHERE id = {}", hazard_id)
    await set_interim(hazard_id, text, version=version, by=await cast.actor(cast.safety))
    await note_hazard(hazard_id, text, by=await cast.actor(cast.safety))
    grid_version = await fetch_value("SELECT version FROM grid WHERE id = {}", cast.room)
    await change_grid(cast.room, version=grid_version, by=SYSTEM, name=text[:120], range_note=text, key_places=text)
    person_version = await fetch_value("SELECT version FROM person WHERE id = {}", cast.keeper)
    await change_person(cast.keeper, version=person_version, by=SYSTEM, name=text[:60])


async def pages_with(text: str, cast: Cast, browser: Browser) -> set[tuple[str, tuple[str, ...]]]:
    """Every kind of element on the pages that show this text."""
    report = Report(grid_id=cast.second_room, title=text[:100])
    hazard_id = await report_hazard(report, by=await cast.actor(cast.teacher))
    await write_everywhere(cast, text, hazard_id)
    pages = [f"/hazards/{hazard_id}", f"/grids/{cast.room}", f"/people/{cast.keeper}", f"/hazards/new?grid={cast.room}"]
    found = await shapes(browser, [*pages, f"/grids/{cast.school}/board", f"/grids/{cast.school}/ledger", "/"])
    return {element for shape in found.values() for element in shape}


async def test_hostile_text_makes_no_element(cast: Cast, browsers: Browsers, request: pytest.FixtureRequest) -> None:
    if "postgres" in request.node.name:
        pytest.skip("rendering does not depend on the database")
    await seed_categories()
    browser = await browsers.of(cast.safety)
    for _ in range(2):  # the second time every list has its rows already
        plain = await pages_with("word", cast, browser)
    for payload in PAYLOADS:
        made = await pages_with(payload, cast, browser) - plain
        assert not made, f"{payload} became {made}"
