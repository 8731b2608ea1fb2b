"""Every form of this room sent twice, at once and one after the other: one effect (TR6)."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple

import httpx
import pytest
from litestar.routes import HTTPRoute

from portal.core.database import fetch_value
from portal.hazards.services import add_helper, dispute_hazard, list_hazard, name_viewer, plan_hazard
from tests.browser import Browser
from tests.cast import Cast
from tests.conftest import Browsers
from tests.hazards import stories
from tests.hazards.stories import card

UNSAFE = {"POST", "PUT", "PATCH", "DELETE"}


class Form(NamedTuple):
    """Who sends what where; `page` is where its token and key stand."""

    person: int
    path: str
    page: str
    fields: dict[str, Any]


Setup = Callable[[Cast], Awaitable[Form]]


async def _on(cast: Cast, hazard_id: int, person: int, path: str, **fields: Any) -> Form:
    version = str((await card(hazard_id, cast)).version)
    return Form(person, f"/hazards/{hazard_id}/{path}", f"/hazards/{hazard_id}", {"version": version, **fields})


async def report(cast: Cast) -> Form:
    return Form(
        cast.teacher, "/hazards", f"/hazards/new?grid={cast.room}", {"title": "插座松了", "grid_id": str(cast.room)}
    )


async def move(cast: Cast) -> Form:
    return await _on(cast, await stories.assigned(cast), cast.keeper, "moves", to="rectifying")


async def undo(cast: Cast) -> Form:
    return await _on(cast, await stories.rectifying(cast), cast.keeper, "undos")


async def note(cast: Cast) -> Form:
    return await _on(cast, await stories.assigned(cast), cast.keeper, "notes", note="看过了")


async def interim(cast: Cast) -> Form:
    return await _on(cast, await stories.assigned(cast), cast.keeper, "interim", interim_measure="锁门")


async def plan(cast: Cast) -> Form:
    steps = {"step1_title": "断电", "step1_due": "2026-11-25", "step2_title": "换线"}
    return await _on(cast, await stories.assigned(cast), cast.keeper, "plan", plan_measure="换线", **steps)


async def step(cast: Cast) -> Form:
    hazard_id = await stories.assigned(cast)
    version = (await card(hazard_id, cast)).version
    await plan_hazard(
        hazard_id,
        version=version,
        by=await cast.actor(cast.keeper),
        measure="换",
        money="",
        contingency="",
        steps=(("断电", None),),
    )
    step_id = await fetch_value("SELECT id FROM hazard_step WHERE hazard_id = {}", hazard_id)
    return await _on(cast, hazard_id, cast.keeper, f"steps/{step_id}")


async def helper(cast: Cast) -> Form:
    return await _on(cast, await stories.assigned(cast), cast.keeper, "helpers", helper=f"person:{cast.teacher}")


async def take(cast: Cast) -> Form:
    hazard_id = await stories.assigned(cast)
    await add_helper(hazard_id, person_id=cast.floor_chief, by=await cast.actor(cast.chief))
    return await _on(cast, hazard_id, cast.floor_chief, "takers")


async def listing(cast: Cast) -> Form:
    fields = {"supervisor": str(cast.vice_head), "condition": "全换"}
    return await _on(cast, await stories.assigned(cast), cast.principal, "listings", **fields)


async def unlisting(cast: Cast) -> Form:
    hazard_id = await stories.assigned(cast)
    version = (await card(hazard_id, cast)).version
    await list_hazard(
        hazard_id, version=version, supervisor_id=cast.vice_head, condition="全换", by=await cast.actor(cast.safety)
    )
    return await _on(cast, hazard_id, cast.vice_head, "listings/end", reason="换了")


async def check(cast: Cast) -> Form:
    return await _on(cast, await stories.escalated(cast), cast.keeper, "checks", check="警戒线还在")


async def due(cast: Cast) -> Form:
    fields = {"new_due": "2026-12-18", "due_reason": "等配件"}
    return await _on(cast, await stories.assigned(cast), cast.safety, "dues", **fields)


async def urge(cast: Cast) -> Form:
    return await _on(cast, await stories.assigned(cast), cast.chief, "urges")


async def dispute(cast: Cast) -> Form:
    return await _on(cast, await stories.assigned(cast), cast.keeper, "disputes", dispute="线路归楼层")


async def ruling(cast: Cast) -> Form:
    hazard_id = await stories.assigned(cast)
    version = (await card(hazard_id, cast)).version
    await dispute_hazard(hazard_id, version=version, reason="线路归楼层", by=await cast.actor(cast.keeper))
    fields = {"owner": f"post:{cast.floor_post}", "ruling": "线路归楼层负责人", "reach": "here"}
    return await _on(cast, hazard_id, cast.principal, "rulings", **fields)


async def viewer(cast: Cast) -> Form:
    return Form(cast.principal, "/admin/viewers", "/hazards/new", {"person": str(cast.safety)})


async def viewer_end(cast: Cast) -> Form:
    await name_viewer(cast.safety, by=await cast.actor(cast.principal))
    return Form(cast.principal, f"/admin/viewers/{cast.safety}/end", "/hazards/new", {})


async def limits(cast: Cast) -> Form:
    fields = {"most_rectifying": "3", "hard_rectifying": "1"}
    return Form(cast.safety, f"/grids/{cast.floor}/limits", "/hazards/new", fields)


FORMS: dict[str, Setup] = {
    "/hazards": report,
    "/hazards/{hazard_id}/moves": move,
    "/hazards/{hazard_id}/undos": undo,
    "/hazards/{hazard_id}/notes": note,
    "/hazards/{hazard_id}/interim": interim,
    "/hazards/{hazard_id}/plan": plan,
    "/hazards/{hazard_id}/steps/{step_id}": step,
    "/hazards/{hazard_id}/helpers": helper,
    "/hazards/{hazard_id}/takers": take,
    "/hazards/{hazard_id}/listings": listing,
    "/hazards/{hazard_id}/listings/end": unlisting,
    "/hazards/{hazard_id}/checks": check,
    "/hazards/{hazard_id}/dues": due,
    "/hazards/{hazard_id}/urges": urge,
    "/hazards/{hazard_id}/disputes": dispute,
    "/hazards/{hazard_id}/rulings": ruling,
    "/admin/viewers": viewer,
    "/admin/viewers/{person_id}/end": viewer_end,
    "/grids/{grid_id}/limits": limits,
}


TELLS = {"/hazards/{hazard_id}/rulings": 2}
"""A ruling is told twice: of the card, and of the matrix."""


def unsafe_routes(browsers: Browsers) -> set[str]:
    """The address of every handler of this room that changes something."""
    found = set()
    for route in browsers.app.routes:
        if isinstance(route, HTTPRoute):
            for handler in route.route_handlers:
                if handler.http_methods & UNSAFE and handler.fn.__module__.startswith("portal.hazards"):
                    found.add(route.path_format)
    return found


async def test_every_unsafe_route_of_the_room_is_sent_twice_here(browsers: Browsers) -> None:
    assert unsafe_routes(browsers) == set(FORMS)


@pytest.mark.parametrize("how", ["at once", "in sequence"])
@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.strip("/").replace("{", "").replace("}", ""))
async def test_a_form_sent_twice_has_one_effect(cast: Cast, browsers: Browsers, path: str, how: str) -> None:
    form = await FORMS[path](cast)
    browser = await browsers.of(form.person)
    filled = await _filled(browser, form)
    before = await _effects()
    if how == "at once":
        answers = await asyncio.gather(*[_send(browser, form.path, filled) for _ in range(2)])
    else:
        answers = [await _send(browser, form.path, filled) for _ in range(2)]
    assert await _effects() == before + TELLS.get(path, 1)
    statuses = sorted(answer.status_code for answer in answers)
    assert statuses[0] == 303, [answer.text[-500:] for answer in answers]
    assert statuses[1] in (303, 409, 422), statuses
    if path == "/hazards":
        assert len({answer.headers["location"] for answer in answers}) == 1, "the second leads to the first's card"


async def _filled(browser: Browser, form: Form) -> dict[str, Any]:
    await browser.get(form.page)
    page = browser.form(form.path) if form.path in {found.action for found in browser.forms} else browser.forms[0]
    keep = {name: page.fields[name] for name in ("_csrf_token", "key") if name in page.fields}
    return {**keep, **form.fields}


async def _send(browser: Browser, path: str, fields: dict[str, Any]) -> httpx.Response:
    return await browser.client.post(path, data=fields, headers={"Origin": browser.origin})


async def _effects() -> int:
    return int(await fetch_value("SELECT count(*) FROM event"))


async def test_a_restored_draft_that_sends_itself_again_finds_its_card(cast: Cast, browsers: Browsers) -> None:
    """The phone kept the form with its key; the answer was lost; it sends the same again, signed in anew."""
    browser = await browsers.of(cast.teacher)
    form = await report(cast)
    filled = await _filled(browser, form)
    first = await _send(browser, form.path, filled)
    again = await browsers.of(cast.teacher)
    fresh = (await _filled(again, form))["_csrf_token"]
    second = await _send(again, form.path, {**filled, "_csrf_token": fresh, "title": "插座松了 "})
    assert (first.status_code, second.status_code) == (303, 303)
    assert first.headers["location"] == second.headers["location"]
    somebody = await browsers.of(cast.keeper)
    theirs = (await _filled(somebody, form))["_csrf_token"]
    third = await _send(somebody, form.path, {**filled, "_csrf_token": theirs})
    assert third.headers["location"].split("?")[0] != first.headers["location"].split("?")[0], (
        "another person's key is no key"
    )
    assert await fetch_value("SELECT count(*) FROM hazard") == 2
