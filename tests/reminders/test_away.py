"""Whoever is on leave is told nothing meanwhile: whoever answers then is, else the next above, never nobody (E8)."""

from datetime import timedelta
from typing import Any

from portal.changes.queries.sheets import sheets_on
from portal.changes.services import confirm_sheet, enter_change
from portal.contact_boards.services import board_of
from portal.core.actors import SYSTEM
from portal.core.clock import now
from portal.core.database import execute, fetch_column, fetch_value
from portal.hazards.rules import Level
from portal.people.services import appoint
from tasks.changes import sweep_changes
from tasks.outbox import drain
from tasks.public_reports import sweep_screening
from tests.cast import Cast
from tests.changes.test_changes_services import leaving
from tests.conftest import Browsers, MovingClock
from tests.reminders.stories import assigned, swept, told
from tests.responsibilities.test_offices import away


async def told_of(kind: str) -> set[int]:
    return set(await fetch_column("SELECT person_id FROM reminder WHERE kind LIKE {} ORDER BY id", kind))


async def test_a_public_report_waits_for_whoever_stands_in_for_the_safety_office(
    cast: Cast, browsers: Browsers, clock: MovingClock, settings: Any
) -> None:
    await away(cast, cast.safety)
    key = (await board_of(cast.room, by=await cast.actor(cast.principal))).key
    parent = browsers.stranger()
    await parent.get(f"/b/{key}/report")
    await parent.submit(parent.form("/reports"), title="通风橱的门关不上")
    await drain()
    assert await told_of("public_waiting") == {cast.vice_head}
    await away(cast, cast.principal)
    clock.forward(hours=4, minutes=1)
    await sweep_screening(settings, clock())
    assert await told_of("public_overdue") == {cast.vice_head, cast.bureau_officer}


async def test_a_sheet_is_told_to_those_who_are_there(cast: Cast, clock: MovingClock, settings: Any) -> None:
    by = await cast.actor(cast.principal)
    plan = await leaving(cast.keeper, cast.nobody, days=0)
    change = await enter_change(plan, org_id=cast.school, by=by)
    await away(cast, cast.nobody, days=60)
    clock.set(plan.effective_at + timedelta(minutes=1))
    await sweep_changes(settings, now())
    assert await told_of("handover%") == {cast.floor_chief}, "the taker is away: whoever countersigns sees to it"
    await away(cast, cast.floor_chief, days=60)
    await appoint(cast.teacher, post_id=cast.floor_post, by=SYSTEM, kind="deputy", is_primary=False)
    await execute("DELETE FROM reminder")
    await sweep_changes(settings, now())
    assert await told_of("handover%") == {cast.teacher}
    await away(cast, cast.teacher, days=60)
    await execute("DELETE FROM reminder")
    await sweep_changes(settings, now())
    assert await told_of("handover%") == {cast.chief}, "with the whole floor away it is the building's"
    await execute("UPDATE handover_sheet SET taker_confirmed_at = {}", now())
    sheet = (await sheets_on(change))[0]
    assert await confirm_sheet(sheet.id, version=sheet.version, by=await cast.actor(cast.chief)) == "supervisor"


async def test_the_ladder_of_a_sheet_climbs_past_whoever_is_away(cast: Cast, clock: MovingClock, settings: Any) -> None:
    plan = await leaving(cast.keeper, cast.nobody, days=0)
    await enter_change(plan, org_id=cast.school, by=await cast.actor(cast.principal))
    await away(cast, cast.safety, days=60)
    clock.set(plan.effective_at + timedelta(days=7, minutes=1))
    await sweep_changes(settings, now())
    assert await told_of("handover_5") == {cast.nobody, cast.vice_head}


async def test_the_ladder_of_a_card_climbs_past_heads_who_are_away(cast: Cast, clock: MovingClock) -> None:
    hazard = await assigned(cast, level=Level.YELLOW, due_at=now() + timedelta(hours=2))
    for head in (cast.principal, cast.vice_head, cast.safety):
        await away(cast, head, days=30)
    clock.forward(days=1, hours=3)
    await swept(cast)
    assert ("overdue_1", cast.bureau_officer) in await told(hazard)
    assert not {cast.principal, cast.vice_head, cast.safety} & {
        one for kind, one in await told(hazard) if kind != "reported"
    }


async def test_a_watcher_on_leave_is_stood_in_for_by_the_nearest(cast: Cast, clock: MovingClock) -> None:
    hazard = await assigned(cast, level=Level.YELLOW)
    await execute(
        "UPDATE hazard SET watcher_id = {}, interim_measure = 'x', next_check_at = {} WHERE id = {}",
        cast.teacher, now() + timedelta(hours=1), hazard,
    )  # fmt: skip
    await away(cast, cast.teacher, days=30)
    clock.forward(hours=2)
    await swept(cast)
    checks = [person for kind, person in await told(hazard) if kind == "check_due"]
    assert checks == [cast.floor_chief]
    assert (
        await fetch_value("SELECT count(*) FROM reminder WHERE person_id = {} AND kind = 'check_due'", cast.teacher)
        == 0
    )
