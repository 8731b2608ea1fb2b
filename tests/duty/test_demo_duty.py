"""What the demonstration shows of duty: one of each thing that a school has, and one gap."""

import tomllib
from datetime import date, timedelta
from pathlib import Path

import pytest

from portal.app import register_rooms
from portal.core.clock import now, set_clock, start_of_day, today
from portal.core.database import fetch_column, fetch_value, unit_of_work
from portal.core.files import FolderStore
from portal.demo.loading import DATA, _load
from portal.demo.plan import _periods
from portal.duty.gaps.queries import holes_of
from portal.duty.gaps.services import look_through
from portal.settings import Settings


@pytest.fixture
def plan() -> dict[str, object]:
    return tomllib.loads((DATA / "demo.toml").read_text("utf-8"))


async def test_the_demonstration_has_one_of_each(
    database: str, plan: dict[str, object], settings: Settings, tmp_path: Path
) -> None:
    register_rooms()
    set_clock(None)  # the demonstration is played at moments around the real one
    async with unit_of_work():
        await _load({**plan, "cards": [], "portraits": []}, FolderStore(tmp_path))
    school = int(await fetch_value("SELECT org_id FROM duty_area GROUP BY org_id"))
    assert await fetch_column("SELECT name FROM duty_screen") == ["门卫室"]
    assert await fetch_column("SELECT state FROM duty_leave_file") == ["entered"]
    assert await fetch_value("SELECT count(*) FROM duty_leave_row WHERE absence_id IS NOT NULL") == 1
    [role] = await fetch_column("SELECT code FROM duty_role WHERE org_id = {}", school)
    assert await fetch_value("SELECT count(*) FROM duty_shift WHERE role = {}", role) == 1
    [kind] = await fetch_column("SELECT code FROM duty_day_kind WHERE org_id = {}", school)
    kinds = set(await fetch_column("SELECT kind FROM duty_period WHERE org_id = {}", school))
    assert {"term", "key", kind} <= kinds and len(kinds) == 4
    assert await fetch_value("SELECT count(*) FROM event WHERE kind = 'duty.period_made'") == 4, "through the services"
    assert sorted(await fetch_column("SELECT state FROM duty_swap")) == ["accepted", "approved", "asked"]
    signed = "SELECT count(*) FROM duty_handover WHERE signed_at IS NOT NULL AND note <> ''"
    assert await fetch_value(signed) >= 1
    await look_through(school)
    soon = [one for one in await holes_of(school) if one.starts_at < start_of_day(today() + timedelta(days=40))]
    assert len(soon) == 1 and soon[0].starts_at > now() and soon[0].line.role == "dormitory"


def test_the_plan_can_be_made_on_any_day_of_the_year(plan: dict[str, object]) -> None:
    duty = plan["duty"]
    assert isinstance(duty, dict)
    for step in range(366):
        here = date(2026, 9, 1) + timedelta(days=step)
        found = {one.kind: one for one in _periods(duty, here)}
        assert {"term", "key"} <= set(found), here
        for kind, one in found.items():
            assert one.first_day <= one.last_day, here
            assert kind == "term" or one.first_day >= here, here
