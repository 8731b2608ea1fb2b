"""Many people, one card; many writers, one file; a process that dies while it writes (TR5, TR7, TR8).

Each test prints one line of figures. The small dose runs in `make test`, the full one in `make faults`.
"""

import asyncio
import json
import os
import random
import sqlite3
import threading
import time
from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import pytest

from portal.audit.queries import verify_chain
from portal.core import sqlite as portal_sqlite
from portal.core.clock import set_clock
from portal.core.crypto import use_key_file
from portal.core.database import close_database, execute, fetch, fetch_value, open_database, unit_of_work
from portal.core.refusals import Busy
from portal.hazards.labels import STATUS
from portal.serving.keys import make_key
from tests.cast import Cast, make_cast
from tests.faults.web import Answer, Visitor, WebProcess, Wire, next_move, sign_in, signed_in_people, web_processes
from tests.hazards import stories

full = pytest.mark.faults


def own_key(folder: Path) -> None:
    """A random key, shared with the web processes: they refuse the sample key of the other tests."""
    make_key(folder / "secret.key")
    use_key_file(folder / "secret.key")


@pytest.fixture
async def live(database: str, tmp_path: Path) -> Cast:
    """The cast in a database that real processes share; the clock is the machine's."""
    set_clock(None)
    own_key(tmp_path)
    return await make_cast()


@pytest.fixture
async def live_sqlite(migrated_sqlite: Path, tmp_path: Path):  # type: ignore[no-untyped-def]
    """The same on SQLite only."""
    import shutil

    set_clock(None)
    shutil.copy(migrated_sqlite, tmp_path / "anwang.db")
    own_key(tmp_path)
    url = f"sqlite:///{tmp_path / 'anwang.db'}"
    await open_database(url)
    yield url, await make_cast()
    await close_database()


class _Card(NamedTuple):
    status: str
    version: int
    last_moved_by: int | None


async def _card(hazard_id: int) -> _Card:
    return (await fetch(_Card, "SELECT status, version, last_moved_by FROM hazard WHERE id = {}", hazard_id))[0]


class _Moved(NamedTuple):
    id: int
    actor_id: int
    details: str
    at: datetime


async def _moves(hazard_id: int) -> list[_Moved]:
    sql = "SELECT id, actor_id, details, at FROM event WHERE subject_kind = 'hazard' AND subject_id = {} AND kind = 'hazard.moved' ORDER BY id"
    return await fetch(_Moved, sql, hazard_id)


def _is_linear(moves: list[_Moved], start: str) -> bool:
    """Each step begins where the one before ended."""
    here = start
    for move in moves:
        facts = json.loads(move.details)
        if facts["came_from"] != here:
            return False
        here = facts["went_to"]
    return True


# -- TR5


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("rounds", [3, pytest.param(20, marks=full)])
async def test_fifty_people_move_one_card(live: Cast, database: str, tmp_path: Path, rounds: int) -> None:
    hazard_id = await stories.assigned(live)
    people = await signed_in_people(live.school, live.chief_post, 50)
    start = (await _card(hazard_id)).version
    answers: Counter[int] = Counter()
    with web_processes(tmp_path, database) as processes:
        await asyncio.gather(*[process.ready() for process in processes])
        wires = [Wire(processes[n % 2].port, person.cookie) for n, person in enumerate(people)]
        for _ in range(rounds):
            before = await _card(hazard_id)
            fields = next_move(before.status, before.version, live.keeper, live.bureau)
            found = await _all_post(wires, people, f"/hazards/{hazard_id}/moves", fields)
            after = await _card(hazard_id)
            winner = next(person for person in people if person.person_id == after.last_moved_by)
            for answer in found:
                answers[answer.status] += 1
                if answer.status == 409:
                    assert winner.name in answer.text, "the loser hears who"
                    assert f"“{STATUS[after.status]}”" in answer.text, "and where"
            assert [answer.status for answer in found].count(303) == 1
            assert after.version == before.version + 1
        raced = await _races(live, processes, wires, people, rounds)
        for wire in wires:
            await wire.close()
    moves = await _moves(hazard_id)
    end = await _card(hazard_id)
    assert end.version - start == rounds == answers[303]
    assert set(answers) == {303, 409}
    assert len(moves) == rounds + 1, "one line of history for each success, and the assignment"
    assert _is_linear(moves, "reported")
    assert await verify_chain(live.school) is None
    print(f"\nTR5 {database[:6]} rounds={rounds} people=50 processes=2 won={answers[303]} lost={answers[409]} "
          f"5xx={sum(n for code, n in answers.items() if code >= 500)} versions={start}..{end.version} {raced}")  # fmt: skip


async def _all_post(wires: list[Wire], people: list[Visitor], path: str, fields: dict[str, object]) -> list[Answer]:
    return await asyncio.gather(
        *[wire.post(path, {**fields, "_csrf_token": person.token}) for wire, person in zip(wires, people, strict=True)]
    )


async def _races(live: Cast, processes: list[WebProcess], wires: list[Wire], people: list[Visitor], rounds: int) -> str:
    """A move against a listing, and a move against a take, with the same version: one of the two."""
    safety, keeper = await sign_in(live.safety), await sign_in(live.keeper)
    won: Counter[str] = Counter()
    async with Wire(processes[0].port, safety.cookie) as lister, Wire(processes[1].port, keeper.cookie) as taker:
        for _ in range(rounds):
            for who, wire, path, fields in (
                (safety, lister, "listings", {"supervisor": live.vice_head, "condition": "all"}),
                (keeper, taker, "takers", {}),
            ):
                hazard_id = await stories.assigned(live)
                version = (await _card(hazard_id)).version
                ask = {"to": "rectifying", "version": version, "_csrf_token": people[0].token}
                both = await asyncio.gather(
                    wires[0].post(f"/hazards/{hazard_id}/moves", ask),
                    wire.post(f"/hazards/{hazard_id}/{path}", {**fields, "version": version, "_csrf_token": who.token}),
                )
                assert sorted(answer.status for answer in both) == [303, 409], [answer.text[-800:] for answer in both]
                assert (await _card(hazard_id)).version == version + 1
                won[f"{path}:{'move' if both[0].status == 303 else 'other'}"] += 1
    return f"races={dict(won)}"


# -- TR7


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("writes", [20, pytest.param(200, marks=full)])
async def test_fifty_writers_and_fifty_readers_share_one_file(
    live_sqlite: tuple[str, Cast], tmp_path: Path, writes: int
) -> None:
    url, live = live_sqlite
    people = await signed_in_people(live.school, live.chief_post, 50)
    cards = [await stories.assigned(live) for _ in range(50)]
    errors: Counter[int] = Counter()
    times: list[float] = []
    reads = 0
    with web_processes(tmp_path, url) as processes:
        await asyncio.gather(*[process.ready() for process in processes])

        async def write(n: int) -> None:
            async with Wire(processes[n % 2].port, people[n].cookie) as wire:
                for turn in range(writes):
                    began = time.monotonic()
                    fields = {"note": f"{n} {turn}", "key": f"{n}-{turn}", "_csrf_token": people[n].token}
                    answer = await wire.post(f"/hazards/{cards[n]}/notes", fields)
                    times.append(time.monotonic() - began)
                    errors[answer.status] += answer.status != 303

        async def read(n: int) -> None:
            nonlocal reads
            async with Wire(processes[n % 2].port, people[n].cookie) as wire:
                while not done.is_set():
                    answer = await wire.get(f"/grids/{live.floor}/board", HX_Request="true")
                    errors[answer.status] += answer.status != 200
                    reads += 1
                    await asyncio.sleep(0.5)

        done = asyncio.Event()
        readers = [asyncio.create_task(read(n)) for n in range(50)]
        began = time.monotonic()
        await asyncio.gather(*[write(n) for n in range(50)])
        took = time.monotonic() - began
        done.set()
        await asyncio.gather(*readers)
    wrong = +errors
    assert not wrong, wrong
    assert await fetch_value("SELECT count(*) FROM event WHERE kind = 'hazard.noted'") == 50 * writes
    assert await verify_chain(live.school) is None
    times.sort()
    print(f"\nTR7 writers=50 writes={50 * writes} readers=50 reads={reads} errors=0 {50 * writes / took:.0f}/s "
          f"p50={times[len(times) // 2]:.3f}s p99={times[len(times) * 99 // 100]:.3f}s")  # fmt: skip


@pytest.mark.parametrize("times", [40, pytest.param(1000, marks=full)])
async def test_lock_timeouts_leave_no_thread_and_no_file_open(
    live_sqlite: tuple[str, Cast], monkeypatch: pytest.MonkeyPatch, times: int
) -> None:
    url, _ = live_sqlite
    await close_database()
    monkeypatch.setattr(portal_sqlite, "BUSY_SECONDS", 0.002)
    await open_database(url)
    with sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None) as holder:
        holder.execute("BEGIN IMMEDIATE")
        await _refused()
        threads, files = threading.active_count(), len(os.listdir("/proc/self/fd"))
        for _ in range(times // 4):
            await asyncio.gather(*[_refused() for _ in range(4)])
        grown = threading.active_count() - threads, len(os.listdir("/proc/self/fd")) - files
        holder.execute("ROLLBACK")
    assert max(grown) <= 0, grown
    async with unit_of_work():
        await execute("UPDATE organisation SET version = version + 1")
    print(f"\nTR7 timeouts={times} threads+{grown[0]} files+{grown[1]}")


async def _refused() -> None:
    with pytest.raises(Busy):
        async with unit_of_work():
            await execute("UPDATE organisation SET version = version + 1")


# -- TR8


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("kills", [8, pytest.param(200, marks=full)])
async def test_a_web_process_killed_while_it_writes_loses_nothing_it_acknowledged(
    live_sqlite: tuple[str, Cast], tmp_path: Path, kills: int
) -> None:
    url, live = live_sqlite
    people = await signed_in_people(live.school, live.chief_post, 10)
    cards = [await stories.assigned(live) for _ in people]
    acknowledged = {hazard_id: (await _card(hazard_id)).version for hazard_id in cards}
    base = dict(acknowledged)
    dice, process, total = random.Random(8), WebProcess(tmp_path, url), 0
    try:
        for _ in range(kills):
            await process.start().ready()
            first = asyncio.Event()
            load = [
                asyncio.create_task(_keep_moving(process.port, *pair, live, acknowledged, first))
                for pair in zip(people, cards, strict=True)
            ]
            await asyncio.wait_for(first.wait(), 60)
            await asyncio.sleep(dice.uniform(0.02, 0.4))
            process.kill()
            total += sum(await asyncio.gather(*load))
            await _check_file(url)
            for hazard_id, version in acknowledged.items():
                assert (await _card(hazard_id)).version in (version, version + 1), (
                    "acknowledged is present, at most one more"
                )
            assert await verify_chain(live.school) is None
    finally:
        process.stop()
    for hazard_id in cards:
        moves = await _moves(hazard_id)
        assert len(moves) - 1 == (await _card(hazard_id)).version - base[hazard_id], "card and history: both or none"
        assert _is_linear(moves, "reported")
    more = sum([(await _card(hazard_id)).version - base[hazard_id] for hazard_id in cards]) - total
    print(
        f"\nTR8 kills={kills} acknowledged={total} missing=0 committed-but-unheard={more} integrity=ok {kills}/{kills}"
    )


async def _keep_moving(
    port: int, person: Visitor, hazard_id: int, live: Cast, acknowledged: dict[int, int], first: asyncio.Event
) -> int:
    """Moves a card round and round until the process is gone; gives how many moves it was told had happened."""
    card, done = await _card(hazard_id), 0
    status, version = card.status, card.version
    acknowledged[hazard_id] = version
    async with Wire(port, person.cookie) as wire:
        while True:
            fields = next_move(status, version, live.keeper, live.bureau)
            try:
                answer = await wire.post(f"/hazards/{hazard_id}/moves", {**fields, "_csrf_token": person.token})
            except (OSError, asyncio.IncompleteReadError):
                return done
            assert answer.status == 303, answer.text[-800:]
            status, version, done = str(fields["to"]), version + 1, done + 1
            acknowledged[hazard_id] = version
            first.set()


async def _check_file(url: str) -> None:
    with sqlite3.connect(url.removeprefix("sqlite:///")) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
