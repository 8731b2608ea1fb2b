"""What an attack on personnel changes, handover sheets and school years tried; each failed or was mended."""

import asyncio
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest

from portal.changes.queries.sheets import sheets_on
from portal.changes.rules import Change, Giving, Plan, Then
from portal.changes.services import confirm_sheet, enter_change
from portal.changes.services.returning import end_early
from portal.changes.services.years import apply_year, draft_year, settle_years, undo_year
from portal.core.actors import SYSTEM
from portal.core.clock import now, today
from portal.core.database import execute, fetch_column, fetch_value
from portal.core.refusals import Refused
from portal.grids.services import change_grid, make_grid
from portal.hazards.services import Report, report_hazard
from tests.browser import Browser
from tests.cast import Cast
from tests.conftest import Browsers, MovingClock

SNAPSHOT = (
    "personnel_change", "change_row", "handover_sheet", "appointment", "absence", "person", "school_year", "event",
    "post", "hazard", "responsibility", "duty_list", "duty_item", "duty_mapping", "look_alike_confirmed", "submission",
    "contact_board", "print_job", "public_report", "consent", "board_setting", "reminder",
)  # fmt: skip


async def held_by(person_id: int) -> list[int]:
    return await fetch_column("SELECT id FROM appointment WHERE person_id = {} ORDER BY id", person_id)


async def rows() -> dict[str, tuple[int, int]]:
    """How many rows there are, and how often they were changed."""
    found = {}
    for table in SNAPSHOT:
        try:
            changed = await fetch_value(f"SELECT coalesce(sum(version), 0) FROM {table}")
        except Exception:
            changed = 0
        refused = " WHERE kind NOT LIKE 'access.%'" if table == "event" else ""
        found[table] = (int(await fetch_value(f"SELECT count(*) FROM {table}{refused}")), int(changed))
    return found


async def token_of(browser: Browser) -> str:
    await browser.get("/account/consents")
    return next(form.fields["_csrf_token"][0] for form in browser.forms if "_csrf_token" in form.fields)


async def change_of(cast: Cast, *, to: int | None = None, kind: Change = Change.LEAVING, days: int = 2) -> int:
    then = Then.HOLDER if to else Then.NOBODY
    gives = tuple(Giving(one, then, to) for one in await held_by(cast.keeper))
    plan = Plan(kind, cast.keeper, today(), today() + timedelta(days=days), gives=gives)
    return await enter_change(plan, org_id=cast.school, by=await cast.actor(cast.safety))


async def test_nobody_prolongs_their_own_post_by_a_school_year(cast: Cast) -> None:
    """An office whose term runs out drafts the year and would have renewed itself (R50, own rights)."""
    [own] = await held_by(cast.safety)
    [other] = await held_by(cast.chief)
    ends = now() + timedelta(days=20)
    await execute("UPDATE appointment SET ends_at = {} WHERE id IN ({}, {})", ends, own, other)
    by = await cast.actor(cast.safety)
    year = await draft_year("2027 学年", handover_on=today() + timedelta(days=2), org_id=cast.school, by=by)
    await apply_year(year, version=1, by=by)
    assert await fetch_value("SELECT ends_at FROM appointment WHERE id = {}", own) == ends
    assert await fetch_value("SELECT ends_at FROM appointment WHERE id = {}", other) > ends, "others go on"


async def test_nor_by_a_batch_that_somebody_else_has_drafted(cast: Cast) -> None:
    [own] = await held_by(cast.safety)
    ends = now() + timedelta(days=20)
    await execute("UPDATE appointment SET ends_at = {} WHERE id = {}", ends, own)
    head, by = await cast.actor(cast.principal), await cast.actor(cast.safety)
    year = await draft_year("2027 学年", handover_on=today() + timedelta(days=2), org_id=cast.school, by=head)
    with pytest.raises(Refused, match=r"people\.own_rights"):
        await apply_year(year, version=1, by=by)
    assert await fetch_value("SELECT ends_at FROM appointment WHERE id = {}", own) == ends
    await apply_year(year, version=1, by=head)
    assert await fetch_value("SELECT ends_at FROM appointment WHERE id = {}", own) > ends


async def test_a_year_that_cannot_be_settled_keeps_no_other_school_waiting(
    cast: Cast, clock: MovingClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    theirs = await make_grid("一年级1班", kind="class", parent_id=cast.other_school, by=SYSTEM)
    day = today() + timedelta(days=1)
    by, other = await cast.actor(cast.safety), await cast.actor(cast.other_safety)
    for org_id, actor in ((cast.school, by), (cast.other_school, other)):
        year = await draft_year("2027 学年", handover_on=day, org_id=org_id, by=actor)
        await apply_year(year, version=1, by=actor)

    async def broken(grid_id: int, **more: Any) -> Any:
        if grid_id == cast.school_class:
            raise Refused("grid.ended")
        return await change_grid(grid_id, **more)

    monkeypatch.setattr("portal.changes.services.years.change_grid", broken)
    clock.forward(days=3)
    await settle_years()
    assert await fetch_value("SELECT name FROM grid WHERE id = {}", theirs) == "二年级1班"


async def test_the_office_does_not_call_a_principal_back(cast: Cast, clock: MovingClock) -> None:
    """Who is principal, also for a time, is the bureau's: a leave that it has entered only it shortens."""
    [own] = await held_by(cast.principal)
    last = today() + timedelta(days=20)
    gives = (Giving(own, Then.NOBODY),)
    plan = Plan(Change.LEAVE, cast.principal, today(), today(), last_day=last, gives=gives)
    officer = await cast.actor(cast.bureau_officer)
    made = await enter_change(plan, org_id=cast.school, by=officer)
    clock.forward(days=2)
    for person in (cast.safety, cast.vice_head):
        with pytest.raises(Refused):
            await end_early(made, version=1, by=await cast.actor(person))
    assert await fetch_value("SELECT version FROM absence ORDER BY id DESC LIMIT 1") == 1
    await end_early(made, version=1, by=await cast.actor(cast.bureau_officer))


async def test_a_card_that_became_sensitive_is_hidden_on_sheets_that_were_frozen_before(
    cast: Cast, browsers: Browsers
) -> None:
    hazard_id = await report_hazard(Report(grid_id=cast.room, title="甲打了乙"), by=SYSTEM)
    await execute("UPDATE hazard SET responsible_post_id = {} WHERE id = {}", cast.keeper_post, hazard_id)
    made = await change_of(cast, to=cast.nobody)
    sheet = next(one for one in await sheets_on(made) if one.post_id == cast.keeper_post)
    await confirm_sheet(sheet.id, version=1, by=await cast.actor(cast.keeper))
    chief, page = await browsers.of(cast.floor_chief), f"/handovers/{sheet.id}"
    before = await chief.get(page)
    assert "甲打了乙" in before.text
    await execute("UPDATE hazard SET is_restricted = TRUE WHERE id = {}", hazard_id)
    after = await chief.get(page)
    assert after.status_code == 200 and "甲打了乙" not in after.text
    frozen = await fetch_value("SELECT frozen FROM handover_sheet WHERE id = {}", sheet.id)
    assert "甲打了乙" in frozen, "what was confirmed stays what was confirmed"


async def test_a_stranger_of_the_other_school_writes_nothing(cast: Cast, browsers: Browsers) -> None:
    """Every form of this room with ids of this school, from the other school's office: missing, and no row more."""
    made = await change_of(cast, to=cast.nobody)
    year = await draft_year(
        "2027 学年", handover_on=today() + timedelta(days=2), org_id=cast.school, by=await cast.actor(cast.safety)
    )
    sheet = (await sheets_on(made))[0].id
    for who in (cast.other_safety, cast.other_principal, cast.keeper, cast.teacher, cast.monitor):
        browser = await browsers.of(who)
        token = await token_of(browser)
        before = await rows()
        own_org = cast.other_school if who in (cast.other_safety, cast.other_principal) else cast.school
        tries: list[tuple[str, dict[str, Any]]] = [
            (f"/changes/{made}/undo", {"version": "1"}),
            (f"/changes/{made}/endings", {"version": "1"}),
            (f"/changes/{made}/reports", {"version": "1", "told_on": today().isoformat()}),
            (f"/school-years/{year}/reviews", {"version": "1", "fresh": "某班"}),
            (f"/school-years/{year}/applications", {"version": "1"}),
            (f"/school-years/{year}/undo", {"version": "1"}),
            ("/school-years", {"org": str(cast.school), "name": "x", "handover_on": today().isoformat()}),
            *(("/changes", plan) for plan in _plans(cast, own_org)),
        ]
        if who not in (cast.keeper,):
            tries += [(f"/handovers/{sheet}/lines", {"version": "1", "keys": "x"})]
            tries += [(f"/handovers/{sheet}/confirmations", {"version": "1"})]
        for path, fields in tries:
            answer = await browser.post(path, {**fields, "_csrf_token": token})
            assert answer.status_code in (403, 404, 422), (path, fields, answer.status_code)
        assert await rows() == before, who


def _plans(cast: Cast, own_org: int) -> list[dict[str, str]]:
    day = (today() + timedelta(days=2)).isoformat()
    base = {"handover_on": day, "last_day": (today() + timedelta(days=9)).isoformat(), "key": "k" * 40}
    post, other = str(cast.keeper_post), str(cast.sibling_keeper)
    return [
        base | {"kind": "acting", "person": other, "take-0": post},
        base | {"kind": "joining", "name": "新来的", "org": str(cast.school), "take-0": post},
        base | {"kind": "joining", "name": "新来的", "org": str(own_org), "take-0": post, "org_id": str(cast.school)},
        base | {"kind": "moving", "person": str(cast.monitor), "take-0": post},
        base | {"kind": "leaving", "person": str(cast.chief)},
    ]


async def test_the_wizard_gives_nobody_more_than_they_hold(cast: Cast, browsers: Browsers) -> None:
    """Own rights by every line of the wizard: taken, given, acting, as deputy, by hand-made fields."""
    browser = await browsers.of(cast.safety)
    token, day = await token_of(browser), (today() + timedelta(days=1)).isoformat()
    last = (today() + timedelta(days=9)).isoformat()
    head_post = int(await fetch_value("SELECT post_id FROM appointment WHERE person_id = {}", cast.principal))
    vice_post = int(await fetch_value("SELECT post_id FROM appointment WHERE person_id = {}", cast.vice_head))
    [vice], [head] = await held_by(cast.vice_head), await held_by(cast.principal)
    me, before = str(cast.safety), await held_by(cast.safety)
    base = {"handover_on": day, "last_day": last, "_csrf_token": token}
    tries = [
        base | {"kind": "acting", "person": me, "take-0": str(vice_post)},
        base | {"kind": "moving", "person": me, "take-0": str(vice_post), "take_as-0": "beside"},
        base | {"kind": "leaving", "person": str(cast.vice_head), f"give-{vice}": "holder", f"give_to-{vice}": me},
        base | {"kind": "leave", "person": str(cast.vice_head), f"give-{vice}": "acting", f"give_to-{vice}": me},
        base | {"kind": "leave", "person": str(cast.principal), f"give-{head}": "acting", f"give_to-{head}": me},
        base | {"kind": "joining", "name": "替身", "take-0": str(head_post)},
        base | {"kind": "acting", "person": str(cast.nobody), "take-0": str(head_post)},
        base | {"kind": "moving", "person": str(cast.nobody), "take-0": str(head_post), "take_as-0": "deputy"},
        base | {"kind": "leaving", "person": str(cast.teacher), f"give-{head}": "holder", f"give_to-{head}": me},
    ]
    for number, fields in enumerate(tries):
        answer = await browser.post("/changes", {**fields, "key": f"key-{number}"})
        assert answer.status_code in (403, 404, 422), (number, answer.status_code)
    assert await held_by(cast.safety) == before and await fetch_value("SELECT count(*) FROM personnel_change") == 0


NONSENSE = (
    "²",
    "9" * 40,
    "-1",
    "\x00",
    "2026-13-45",
    "9999-12-31",
    "0001-01-01",
    "2026-W53-7",
    "' OR 1=1",
    "长" * 3000,
)


@pytest.mark.parametrize("text", NONSENSE)
async def test_no_text_breaks_the_wizard(cast: Cast, browsers: Browsers, text: str) -> None:
    browser = await browsers.of(cast.safety)
    token = await token_of(browser)
    [own] = await held_by(cast.chief)
    names = (
        "org", "person", "name", "staff_no", "announced_on", "handover_on", "last_day", "note", "take-0", "take_as-0",
        f"give-{own}", f"give_to-{own}", f"give_who-{own}", f"give_until-{own}", "key", "step", "q",
    )  # fmt: skip
    good = {
        "kind": "leaving", "person": str(cast.chief), "handover_on": (today() + timedelta(days=1)).isoformat(),
        f"give-{own}": "acting", f"give_to-{own}": str(cast.nobody), "step": "check",
    }  # fmt: skip
    for name in names:
        for kind in ("leaving", "joining", "leave"):
            wants = good | {"kind": kind, name: text}
            answer = await browser.client.get("/changes/new", params=wants)
            assert answer.status_code < 500, (name, kind)
            if len(text) < 100:
                answer = await browser.post("/changes", {**wants, "_csrf_token": token})
                assert answer.status_code < 500, (name, kind)


async def test_the_preview_names_nobody_of_elsewhere(cast: Cast, browsers: Browsers) -> None:
    """An id of the other school, of a pupil or of somebody gone as successor: missing, in the preview already (TA1)."""
    one, two = await held_by(cast.keeper)
    day = (today() + timedelta(days=1)).isoformat()
    last = (today() + timedelta(days=9)).isoformat()
    browser = await browsers.of(cast.safety)
    for wrong in (cast.other_safety, cast.other_principal, cast.bureau_officer, cast.monitor, 999_999):
        for kind, then in (("leaving", "holder"), ("leave", "acting"), ("moving", "acting")):
            query = {
                "kind": kind, "person": str(cast.keeper), "handover_on": day, "last_day": last, "step": "check",
                f"give-{one}": then, f"give_to-{one}": str(wrong), f"give-{two}": "nobody", f"give_until-{one}": last,
            }  # fmt: skip
            page = await browser.get("/changes/new?" + urlencode(query))
            assert page.status_code in (404, 422), (kind, wrong, page.status_code)
            assert not any(name in page.text for name in ("贾安全", "贾校长", "甄局安", "甄小班")), (kind, wrong)
    for wrong in (cast.other_safety, cast.monitor):
        page = await browser.get(f"/changes/new?kind=moving&person={wrong}&handover_on={day}&step=check")
        assert page.status_code == 404
    their_post = await fetch_value("SELECT post_id FROM appointment WHERE person_id = {}", cast.other_principal)
    for how in ("replace", "beside", "deputy"):
        query = {
            "kind": "moving",
            "person": str(cast.nobody),
            "handover_on": day,
            "take-0": their_post,
            "take_as-0": how,
        }
        page = await browser.get("/changes/new?" + urlencode({**query, "step": "check"}))
        assert page.status_code == 404 and "贾校长" not in page.text


async def test_of_many_at_once_one_wins_and_nobody_sees_a_fault(cast: Cast, clock: MovingClock) -> None:
    """The same version by six at once: one effect, the others refused in words (TR5, TR6)."""
    by = await cast.actor(cast.safety)
    day = today() + timedelta(days=2)

    async def race(*works: Any) -> int:
        answers = await asyncio.gather(*works, return_exceptions=True)
        assert all(not isinstance(one, BaseException) or isinstance(one, Refused) for one in answers), answers
        return sum(not isinstance(one, BaseException) for one in answers)

    assert await race(*[draft_year("2027 学年", handover_on=day, org_id=cast.school, by=by) for _ in range(6)]) == 1
    year = int(await fetch_value("SELECT id FROM school_year"))
    assert await race(*[apply_year(year, version=1, by=by) for _ in range(6)]) == 1
    assert await race(*[undo_year(year, version=2, by=by) for _ in range(6)]) == 1
    plan = Plan(Change.LEAVE, cast.keeper, today(), today(), last_day=today() + timedelta(days=9), gives=tuple(
        Giving(one, Then.ACTING, cast.nobody) for one in await held_by(cast.keeper)
    ))  # fmt: skip
    assert await race(*[enter_change(plan, org_id=cast.school, by=by) for _ in range(4)]) == 1
    made = int(await fetch_value("SELECT max(id) FROM personnel_change"))
    sheet = (await sheets_on(made))[0]
    giver = await cast.actor(cast.keeper)
    assert await race(*[confirm_sheet(sheet.id, version=1, by=giver) for _ in range(6)]) == 1
    clock.forward(days=2)
    assert await race(*[end_early(made, version=1, by=by) for _ in range(6)]) == 1
    key = "k" * 40
    plan = Plan(Change.MOVING, cast.chief, today(), today() + timedelta(days=3), gives=tuple(
        Giving(one, Then.NOBODY) for one in await held_by(cast.chief)
    ))  # fmt: skip
    works = [enter_change(plan, org_id=cast.school, by=by, key=key) for _ in range(6)]
    assert len({one for one in await asyncio.gather(*works, return_exceptions=True) if isinstance(one, int)}) == 1
    assert await fetch_value("SELECT count(*) FROM personnel_change WHERE person_id = {}", cast.chief) == 1
