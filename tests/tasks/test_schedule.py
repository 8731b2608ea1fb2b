"""The clock: each slot once, the newest only after an absence, and no tick that keeps another from running."""

import asyncio
from dataclasses import replace
from datetime import datetime, time, timedelta

import pytest

from portal.core.clock import SHANGHAI, now
from portal.core.database import fetch_column, fetch_value
from portal.settings import Settings
from tasks.schedule import SCHEDULE, Tick, daily, every, run_due
from tasks.worker import Worker
from tests.cast import Cast
from tests.conftest import MovingClock
from tests.tasks.test_mail import Postbox, postbox

__all__ = ["postbox"]


def at(day: int, hour: int, minute: int = 0, second: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, second, tzinfo=SHANGHAI)


def test_slots() -> None:
    assert every(5)(at(23, 10, 7, 31)) == at(23, 10, 5)
    assert daily(time(3, 5))(at(23, 3, 5)) == at(23, 3, 5)
    assert daily(time(3, 5))(at(23, 3, 4)) == at(22, 3, 5)


async def test_a_slot_runs_once_and_after_three_days_only_the_newest(
    cast: Cast, settings: Settings, clock: MovingClock
) -> None:
    ran: list[datetime] = []

    async def note(_settings: Settings, slot: datetime) -> None:
        ran.append(slot)

    ticks = (Tick("often", every(5), note), Tick("daily", daily(time(3, 5)), note))
    assert await run_due(settings, ticks=ticks) == ["often", "daily"]
    assert await run_due(settings, ticks=ticks) == []
    clock.forward(hours=72)
    assert await run_due(settings, ticks=ticks) == ["often", "daily"]
    assert await run_due(settings, ticks=ticks) == []
    assert len(ran) == 4 and max(ran) <= now()


async def test_a_tick_that_fails_is_tried_again_and_holds_up_no_other(
    cast: Cast, settings: Settings, clock: MovingClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries: list[str] = []

    async def fails(_settings: Settings, _slot: datetime) -> None:
        tries.append("fails")
        if len(tries) < 3:
            raise ValueError

    async def runs(_settings: Settings, _slot: datetime) -> None:
        tries.append("runs")

    ticks = (Tick("fails", every(1), fails), Tick("runs", every(1), runs))
    assert await run_due(settings, ticks=ticks) == ["runs"]
    assert await run_due(settings, ticks=ticks) == ["fails"]
    assert tries == ["fails", "runs", "fails"]


async def test_the_whole_schedule_runs_on_a_fresh_portal(cast: Cast, settings: Settings, clock: MovingClock) -> None:
    assert await run_due(settings) == [tick.name for tick in SCHEDULE]
    assert settings.anchor_file is not None and settings.anchor_file.read_text().count("\n") == 3
    clock.forward(days=1)
    await run_due(settings)
    assert settings.anchor_file.read_text().count('"org"') == 6
    assert await fetch_value("SELECT count(*) FROM anchor") == 6


async def test_anchors_can_go_out_by_mail(
    cast: Cast, settings: Settings, postbox: tuple[Postbox, str], clock: MovingClock
) -> None:
    from portal.audit.anchors import against_heads, read_heads
    from tasks.anchors import anchor_heads

    by_mail = replace(settings, anchor="office@bureau.example", smtp_url=postbox[1])
    assert await anchor_heads(by_mail, clock.at) == 3
    [text] = postbox[0].texts()
    assert len(read_heads(text)) == 3 and await against_heads(read_heads(text)) == []
    assert await fetch_column("SELECT DISTINCT told_to FROM anchor") == ["office@bureau.example"]
    assert await anchor_heads(replace(by_mail, smtp_url=None), clock.at + timedelta(days=1)) == 0


async def test_the_heartbeat_stops_when_a_loop_is_stuck(cast: Cast, settings: Settings, clock: MovingClock) -> None:
    worker = Worker(settings)
    await worker._beat()
    first = await fetch_value("SELECT at FROM worker_beat WHERE name = 'worker'")
    clock.forward(seconds=10)
    await worker._beat()
    assert await fetch_value("SELECT at FROM worker_beat WHERE name = 'worker'") > first
    worker.moved["drain"] -= 400
    clock.forward(seconds=10)
    await worker._beat()
    assert await fetch_value("SELECT at FROM worker_beat WHERE name = 'worker'") == now() - timedelta(seconds=10)


async def test_a_worker_without_redis_runs_its_loops_and_stops(cast: Cast, settings: Settings) -> None:
    worker = Worker(settings)
    running = asyncio.create_task(worker.run())
    for _ in range(200):
        await asyncio.sleep(0.02)
        if await fetch_value("SELECT count(*) FROM outbox WHERE done_at IS NULL") == 0:
            break
    worker.stop()
    await asyncio.wait_for(running, 10)
    assert worker.done > 0 and await fetch_value("SELECT count(*) FROM worker_beat WHERE name = 'worker'") == 1
