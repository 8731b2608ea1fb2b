"""What an attack on the matrix, lists of duties, their mapping, coverage and the map tried; each failed or was mended."""

import io
from typing import Any

import openpyxl
import pytest

from portal.core.actors import SYSTEM
from portal.core.database import fetch_column, fetch_value
from portal.grids.services import make_grid
from portal.hazards.services import seed_categories
from portal.people.services import appoint, make_person, make_post
from portal.responsibilities.services import copy_list, seed_duties
from portal.responsibilities.services.lists import school_to_arrange
from tests.browser import Browser
from tests.cast import Cast
from tests.conftest import Browsers

HTML = '<img src=x onerror=alert(1)>"</svg><script>'
WATCHED = ("responsibility", "duty_list", "duty_item", "duty_mapping", "look_alike_confirmed", "post", "appointment")


@pytest.fixture(autouse=True)
async def library(cast: Cast) -> None:
    await seed_categories()
    await seed_duties()


async def token_of(browser: Browser) -> str:
    await browser.get("/account/consents")
    return next(form.fields["_csrf_token"][0] for form in browser.forms if "_csrf_token" in form.fields)


async def counts() -> list[Any]:
    return [await fetch_value(f"SELECT count(*) FROM {table}") for table in WATCHED]


async def test_ids_of_the_other_school_inside_forms_write_nothing(cast: Cast, browsers: Browsers) -> None:
    """List, item, mapping, post, grid and people of the other school in one's own forms, and the other way round."""
    shared = int(await fetch_value("SELECT id FROM duty_list WHERE org_id IS NULL ORDER BY id LIMIT 1"))
    by = await cast.actor(cast.other_safety)
    assert await school_to_arrange(cast.other_school, by)
    theirs = await copy_list(shared, org_id=cast.other_school, by=by)
    item = int(await fetch_value("SELECT id FROM duty_item WHERE list_id = {} ORDER BY id LIMIT 1", theirs))
    their_post = int(await fetch_value("SELECT post_id FROM appointment WHERE person_id = {}", cast.other_principal))
    shared_item = int(await fetch_value("SELECT id FROM duty_item WHERE list_id = {} ORDER BY id LIMIT 1", shared))
    before, org = await counts(), str(cast.school)
    wording = {"number": "1", "text": "x", "domain": "FIRE", "kind": "do", "rhythm": "daily", "level": "room"}
    for who in (cast.safety, cast.principal, cast.keeper):
        browser = await browsers.of(who)
        token = await token_of(browser)
        tries: list[tuple[str, dict[str, Any]]] = [
            (f"/matrix/{cast.room}/all/marks", {"post": str(their_post), "mark": "main"}),
            (f"/matrix/{cast.other_room}/all/marks", {"post": str(cast.keeper_post), "mark": "main"}),
            (f"/matrix-proposals/{cast.other_school}", {"post": str(their_post)}),
            (f"/duties/{theirs}/copies", {"org": org}), (f"/duties/{shared}/copies", {"org": str(cast.other_school)}),
            (f"/duties/{theirs}/confirmations", {"org": org, "version": "1"}),
            (f"/duties/{theirs}/items", {**wording, "version": "1"}),
            (f"/duties/{shared}/items", {**wording, "version": "1"}),
            (f"/duty-items/{item}/editions", {**wording, "version": "1"}),
            (f"/duty-items/{shared_item}/editions", {**wording, "version": "1"}),
            (f"/duty-items/{item}/endings", {"version": "1"}),
            ("/duty-mappings", {"org": org, "title": "负责人", "kind": "room", "list": str(theirs)}),
            ("/duty-mappings", {"org": str(cast.other_school), "title": "负责人", "kind": "room"}),
            (f"/coverage/{cast.school}/look-alikes", {"one": str(cast.other_safety), "other": str(cast.keeper)}),
            (f"/coverage/{cast.other_school}/look-alikes", {"one": str(cast.other_safety), "other": str(cast.other_principal)}),
        ]  # fmt: skip
        for path, fields in tries:
            answer = await browser.post(path, {**fields, "seen": "", "_csrf_token": token})
            assert answer.status_code in (403, 404, 409, 422), (who, path, answer.status_code)
    assert await counts() == before


@pytest.mark.parametrize("text", ["²", "9" * 40, "\x00", "-1", "' OR 1=1", "长" * 3000])
async def test_no_text_breaks_a_page(cast: Cast, browsers: Browsers, text: str) -> None:
    browser = await browsers.of(cast.safety)
    token = await token_of(browser)
    names = ("grid", "at", "person", "view", "domain", "org", "post", "part", "page", "q", "day", "time", "duty")
    for path in (
        "/matrix",
        "/matrix.xlsx",
        "/duties",
        "/duty-mappings",
        "/responsible",
        "/coverage",
        "/map",
        "/changes",
    ):
        for name in names:
            answer = await browser.client.get(path, params={"grid": str(cast.room), name: text})
            assert answer.status_code < 500, (path, name)
    posts: list[tuple[str, tuple[str, ...]]] = [
        (f"/matrix/{cast.room}/all/marks", ("post", "mark", "seen", "from_day", "end", "basis", "reason")),
        (f"/matrix-proposals/{cast.school}", ("post",)),
        ("/duty-mappings", ("org", "title", "kind", "list", "version", "was_name", "grid_name", "post", "domain")),
        (f"/coverage/{cast.school}/look-alikes", ("one", "other")),
        ("/duties/1/copies", ("org",)), ("/duties/1/confirmations", ("org", "version")),
    ]  # fmt: skip
    for path, fields in posts:
        for name in fields:
            good = {"post": str(cast.keeper_post), "mark": "main", "title": "负责人", "org": str(cast.school)}
            answer = await browser.post(path, {**good, name: text, "_csrf_token": token})
            assert answer.status_code < 500, (path, name, answer.status_code)


async def test_names_are_words_on_the_map_on_paper_and_in_cells(cast: Cast, browsers: Browsers) -> None:
    person = await make_person(HTML, org_id=cast.school, by=SYSTEM)
    grid = await make_grid(HTML, kind="building", parent_id=cast.school, by=SYSTEM)
    post = await make_post("=HYPERLINK(1)", role="keeper", grid_id=grid, by=SYSTEM)
    await appoint(person, post_id=post, by=SYSTEM)
    browser = await browsers.of(cast.safety)
    for path in ("/map", f"/map?part={grid}", "/coverage", f"/matrix?grid={grid}", f"/matrix/{grid}/all", "/duty-mappings",
                 f"/posts/{post}/duty-sheet", f"/responsible?grid={grid}", "/changes/new?kind=leaving"):  # fmt: skip
        page = await browser.get(path)
        assert page.status_code == 200 and "<img src=x" not in page.text and "</svg><script>" not in page.text, path
    answer = await browser.get(f"/matrix.xlsx?grid={grid}")
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    assert sheet is not None
    assert {cell.data_type for row in sheet.iter_rows() for cell in row if cell.value is not None} == {"s"}


async def test_looking_writes_nothing(cast: Cast, browsers: Browsers) -> None:
    """Every page of these rooms by every role: no row more and none changed, refusals and exports apart."""
    tables = [*WATCHED, "person", "hazard", "grid", "reminder", "contact_board", "print_job", "personnel_change"]

    async def state() -> list[Any]:
        rows = [await fetch_value(f"SELECT count(*) FROM {table}") for table in tables]
        events = await fetch_column(
            "SELECT id FROM event WHERE kind NOT LIKE 'access.%' AND kind <> 'register.exported'"
        )
        return [*rows, len(events), await fetch_value("SELECT sum(version) FROM grid")]

    before = await state()
    for who in (
        cast.bureau_officer,
        cast.principal,
        cast.safety,
        cast.leader,
        cast.keeper,
        cast.monitor,
        cast.other_safety,
    ):
        browser = await browsers.of(who)
        for path in (
            "/matrix", f"/matrix/{cast.room}/all", f"/matrix-proposals/{cast.school}", "/matrix.xlsx", "/duties", "/duties/1",
            "/duty-mappings", f"/duty-mappings/{cast.keeper_post}", "/responsible", f"/responsible?grid={cast.room}",
            "/coverage", f"/coverage/{cast.school}", "/map", f"/map/{cast.school}", "/changes", "/changes/new", "/handovers",
            "/school-years", "/screening", "/prints", f"/grids/{cast.room}/contact-board", "/account/consents", "/inbox",
            f"/people/{cast.keeper}/consents", f"/people/{cast.keeper}/duty-sheet", f"/grids/{cast.room}/duty-sheet",
        ):  # fmt: skip
            assert (await browser.client.get(path)).status_code < 500, path
    assert await state() == before
