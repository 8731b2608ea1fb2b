"""Ten letters that cannot be made among many that can: ten reasons, and everything else goes on (TR4)."""

import asyncio
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import pytest

from portal.app import register_rooms
from portal.core.clock import now
from portal.core.database import fetch, fetch_value
from portal.core.refusals import Refused
from portal.settings import Settings
from portal.web.errors import sentence
from portal.web.labels import REFUSALS
from tests.bench.processes import family
from tests.faults.letter_parts import School, all_told, ask_for_all, check_letters, left_behind, make_school
from tests.faults.letter_poison import POISONS, UNGUARDED, Poison, hostile
from tests.faults.parts import Workers, until

MOST_MB = 600  # a worker with all its processes
MOST_AT_LIMITS = 1_200  # while two processes run into their limits at once: 448 MB more than they begin with
MOST_AGE = 15.0  # seconds of the heartbeat


@dataclass
class Watch:
    """The most that a worker took, with everything that it started, and how old its heartbeat ever was."""

    pid: int
    alone: float = 0.0
    all: float = 0.0
    oldest: float = 0.0
    threads: list[int] = field(default_factory=list)

    async def look(self) -> None:
        while True:
            own, *others = (_resident(pid) for pid in family(self.pid))
            self.alone, self.all = max(self.alone, own), max(self.all, own + sum(others))
            self.threads.append(len(list(Path(f"/proc/{self.pid}/task").iterdir())))
            beat = await fetch_value("SELECT at FROM worker_beat WHERE name = 'worker'")
            if beat is not None:
                self.oldest = max(self.oldest, (now() - _moment(beat)).total_seconds())
            await asyncio.sleep(0.1)


def _moment(found: datetime | str) -> datetime:
    return datetime.fromisoformat(found) if isinstance(found, str) else found


def _resident(pid: int) -> float:
    with suppress(OSError, IndexError):
        return int(Path(f"/proc/{pid}/status").read_text().split("VmRSS:")[1].split()[0]) / 1024
    return 0.0


@pytest.fixture
def worker(database: str, tmp_path: Path) -> Iterator[Callable[..., Workers]]:
    made: list[Workers] = []

    def make(**environ: str) -> Workers:
        made.append(Workers(database, tmp_path, program="letter_worker.py", lease=20.0, **environ).start())
        return made[-1]

    yield make
    for each in made:
        each.end()


class _Failed(NamedTuple):
    grid_id: int
    reason: str
    reason_params: str
    attempts: int


async def poisoned(
    settings: Settings, make: Callable[..., Workers], letters: int, poisons: Sequence[Poison], *, seconds: float = 120,
    most: float = MOST_MB, **environ: str,
) -> str:  # fmt: skip
    register_rooms()
    school = await make_school(letters)
    await ask_for_all(school)
    places = [(n + 1) * letters // (len(poisons) + 1) for n in range(len(poisons))]
    for poison, place in zip(poisons, places, strict=True):
        await poison.spoil(school, place)
    await hostile(school, 0)
    fleet = make(**environ)
    watch = Watch(fleet.running[0].pid)
    looking = asyncio.create_task(watch.look())
    await until(all_told, seconds=seconds, every=0.1)
    looking.cancel()
    assert await fleet.stop() == [0]
    await asyncio.sleep(1.5)
    assert left_behind([watch.pid]) == []
    reasons = await _reasons(school, poisons, places)
    said = await check_letters(school, settings, letters=letters, failed=len(poisons))
    assert watch.all <= most, f"{watch.all:.0f} MB"
    assert watch.alone <= 200, f"{watch.alone:.0f} MB"
    assert watch.oldest <= MOST_AGE, f"the heartbeat was {watch.oldest:.1f} s old"
    assert watch.threads[-1] <= 12, watch.threads[-1]
    return (
        f"{said}; the worker took {watch.alone:.0f} MB, {watch.all:.0f} MB with its processes (RSS, most ever), ended with "
        f"{watch.threads[-1]} threads and no process left; oldest heartbeat {watch.oldest:.1f} s; reasons: {reasons}"
    )


async def _reasons(school: School, poisons: Sequence[Poison], places: Sequence[int]) -> str:
    """Each poisoned letter, and no other, is void with its own reason, which a page says in plain Chinese."""
    rows = await fetch(
        _Failed, "SELECT grid_id, reason, reason_params, attempts FROM letter WHERE voided_at IS NOT NULL"
    )
    found = {row.grid_id: row for row in rows}
    assert set(found) == {school.rooms[place] for place in places}
    told = []
    for poison, place in zip(poisons, places, strict=True):
        row = found[school.rooms[place]]
        assert row.reason in poison.codes, (poison.name, row)
        assert 1 <= row.attempts <= 3, (poison.name, row)
        assert row.reason in REFUSALS
        words = sentence(Refused(row.reason, **json.loads(row.reason_params)), "zh-Hans")
        assert any("\u4e00" <= one <= "\u9fff" for one in words) and "{" not in words, words
        told.append(f"{poison.name}: {row.reason} after {row.attempts}")
    return "; ".join(told)


@pytest.mark.slow
@pytest.mark.timeout(200)
async def test_ten_poisoned_letters_of_thirty_fail_alone(
    database: str, settings: Settings, worker: Callable[..., Workers]
) -> None:
    print(f"\nTR4 letters, {database.partition(':')[0]}: {await poisoned(settings, worker, 30, POISONS)}")


@pytest.mark.faults
@pytest.mark.timeout(1800)
async def test_ten_poisoned_letters_of_a_thousand_fail_alone(
    database: str, settings: Settings, worker: Callable[..., Workers]
) -> None:
    said = await poisoned(settings, worker, 1_000, POISONS, seconds=900)
    print(f"\nTR4 letters, {database.partition(':')[0]}: {said}")


@pytest.mark.faults
@pytest.mark.timeout(1800)
async def test_what_the_limit_of_pieces_would_let_through_is_stopped_by_the_process(
    database: str, settings: Settings, worker: Callable[..., Workers]
) -> None:
    """A limit is taken away: the process that sets pages is all that stands between."""
    said = await poisoned(settings, worker, 40, UNGUARDED, seconds=1200, most=MOST_AT_LIMITS, UNGUARDED="1")
    print(f"\nTR4 letters of any number of pieces, {database.partition(':')[0]}: {said}")
