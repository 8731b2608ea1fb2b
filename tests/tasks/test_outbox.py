"""The queue in the database: one worker at a time, done exactly once, errors counted and crashes not."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta

import pytest

from portal.audit import outbox
from portal.audit.catalogue import KINDS
from portal.audit.services import enqueue, use_bell
from portal.core.database import execute, fetch_value, unit_of_work
from tasks import reactions
from tasks.outbox import drain
from tests.cast import Cast
from tests.conftest import MovingClock


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """Entries of the kind `test` note themselves here."""
    found: list[int] = []

    async def note(entry: outbox.Claimed) -> None:
        found.append(entry.id)

    monkeypatch.setitem(reactions.REACTIONS, "test", (note,))
    yield found


async def leave(count: int = 1) -> list[int]:
    await execute("UPDATE outbox SET done_at = created_at WHERE done_at IS NULL")
    async with unit_of_work():
        return [await enqueue("test", org_id=1) for _ in range(count)]


def test_every_queued_event_has_a_reaction_and_every_reaction_an_event() -> None:
    queued = {kind for kind, details in KINDS.items() if details.queued}
    assert queued == set(reactions.REACTIONS) & set(KINDS)
    assert queued, "there is something to compare"


async def test_what_is_left_is_done_once_and_stays_as_a_row(cast: Cast, ran: list[int]) -> None:
    ids = await leave(5)
    assert await drain() == 5
    assert await drain() == 0
    assert ran == ids
    assert await fetch_value("SELECT count(*) FROM outbox WHERE id >= {} AND done_at IS NOT NULL", ids[0]) == 5


async def test_ten_workers_at_once_do_each_entry_once(cast: Cast, ran: list[int]) -> None:
    ids = await leave(40)
    await asyncio.gather(*(drain() for _ in range(10)))
    await drain()
    assert sorted(ran) == ids


async def test_a_claimed_entry_is_nobody_elses_until_its_lease_runs_out(cast: Cast, clock: MovingClock) -> None:
    await leave()
    first = await outbox.claim()
    assert first is not None and await outbox.claim() is None
    clock.forward(seconds=46)
    second = await outbox.claim()
    assert second is not None and second.id == first.id and second.lease != first.lease
    with pytest.raises(outbox.LeaseLost):
        async with unit_of_work():
            await outbox.finish(first)  # it came back too late
    async with unit_of_work():
        await outbox.finish(second)


async def test_a_renewed_lease_holds_longer(cast: Cast, clock: MovingClock) -> None:
    await leave()
    entry = await outbox.claim()
    assert entry is not None
    clock.forward(seconds=40)
    assert await outbox.renew(entry)
    clock.forward(seconds=40)
    assert await outbox.claim() is None


async def test_whoever_lost_the_lease_leaves_nothing_behind(
    cast: Cast, clock: MovingClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def slow(entry: outbox.Claimed) -> None:
        await execute("UPDATE organisation SET duty_phone = {} WHERE grid_id = {}", "stray", cast.school)
        await execute("UPDATE outbox SET lease = 'somebody-else' WHERE id = {}", entry.id)

    monkeypatch.setitem(reactions.REACTIONS, "test", (slow,))
    [entry_id] = await leave()
    assert await drain(stopping=iter([False, True]).__next__) == 0
    assert await fetch_value("SELECT duty_phone FROM organisation WHERE grid_id = {}", cast.school) != "stray"
    assert await fetch_value("SELECT errors FROM outbox WHERE id = {}", entry_id) == 0


async def test_errors_wait_longer_each_time_and_after_eight_it_is_given_up_and_seen(
    cast: Cast, clock: MovingClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(entry: outbox.Claimed) -> None:
        await execute("UPDATE organisation SET duty_phone = 'half' WHERE grid_id = {}", entry.org_id)
        raise ValueError("no")

    monkeypatch.setitem(reactions.REACTIONS, "test", (broken,))
    [entry_id] = await leave()
    for error in range(1, 9):
        assert await drain() == 0
        assert await fetch_value("SELECT errors FROM outbox WHERE id = {}", entry_id) == error
        assert await outbox.claim() is None  # not before its pause is over
        clock.forward(seconds=outbox.pause_after(error).total_seconds())
    assert (await outbox.outbox_state()).failed == 1
    [failed] = await outbox.failed_entries()
    assert failed.last_error == "ValueError: no" and failed.errors == 8
    assert await fetch_value("SELECT count(*) FROM organisation WHERE duty_phone = 'half'") == 0
    assert await outbox.try_again(entry_id) and (await outbox.outbox_state()).pending == 1


async def test_a_crash_is_no_error(cast: Cast, clock: MovingClock, ran: list[int]) -> None:
    [entry_id] = await leave()
    for _ in range(12):
        assert await outbox.claim() is not None  # and the worker dies
        clock.forward(minutes=1)
    assert await drain() == 1
    assert await fetch_value("SELECT attempts FROM outbox WHERE id = {}", entry_id) == 13
    assert await fetch_value("SELECT errors FROM outbox WHERE id = {}", entry_id) == 0


async def test_an_unknown_kind_is_an_error_and_does_not_hold_up_the_others(cast: Cast, ran: list[int]) -> None:
    await leave()
    async with unit_of_work():
        await enqueue("from.the.future", org_id=1)
        await enqueue("test", org_id=1)
    assert await drain() == 2
    assert "NoReaction" in await fetch_value("SELECT last_error FROM outbox WHERE kind = 'from.the.future'")


async def test_done_rows_are_swept_after_a_month(cast: Cast, clock: MovingClock, ran: list[int]) -> None:
    await leave(3)
    await drain()
    assert await outbox.sweep_done() == 0
    clock.forward(days=31)
    assert await outbox.sweep_done() >= 3
    assert await fetch_value("SELECT count(*) FROM outbox WHERE done_at IS NOT NULL") == 0


async def test_a_stop_finishes_the_entry_at_hand_and_no_other(cast: Cast, ran: list[int]) -> None:
    await leave(3)
    assert await drain(stopping=iter([False, True]).__next__) == 1
    assert len(ran) == 1 and (await outbox.outbox_state()).leased == 0


async def test_the_bell_rings_after_the_commit_and_only_then(cast: Cast) -> None:
    rung: list[int] = []

    async def ring() -> None:
        rung.append(await fetch_value("SELECT count(*) FROM outbox WHERE kind = 'test'"))

    use_bell(ring)
    try:
        await leave(2)
        assert rung == [2]  # once per unit, and what it rings for is there
        with pytest.raises(ZeroDivisionError):
            async with unit_of_work():
                await enqueue("test", org_id=1)
                raise ZeroDivisionError
        assert rung == [2]
    finally:
        use_bell(None)


async def test_a_cancelled_worker_gives_its_entry_back(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    async def long(entry: outbox.Claimed) -> None:
        await asyncio.sleep(60)

    monkeypatch.setitem(reactions.REACTIONS, "test", (long,))
    await leave()
    work = asyncio.create_task(drain())
    await asyncio.sleep(0.3)
    work.cancel()
    await asyncio.gather(work, return_exceptions=True)
    assert await outbox.claim(lease=timedelta(seconds=1)) is not None


async def test_a_large_import_is_handed_to_the_importer_after_the_commit(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    from portal.importing import queueing

    ran: list[tuple[int, bool]] = []

    async def run(batch_id: int) -> None:
        ran.append((batch_id, await fetch_value("SELECT done_at FROM outbox WHERE kind = 'import.queued'") is not None))

    monkeypatch.setattr(queueing, "run_queued_import", run)
    await drain()
    async with unit_of_work():
        await enqueue(queueing.QUEUED, org_id=cast.school, payload='{"batch": 7}')
    await drain()
    assert ran == [(7, True)]
