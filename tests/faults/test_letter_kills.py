"""Workers killed while they make letters, Redis flushed and killed: each letter is made exactly once (TR1, TR2)."""

import asyncio
import random
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

import pytest

from portal.audit.services import use_bell
from portal.core.bell import Bell
from portal.core.database import fetch_value
from portal.settings import Settings
from tests.faults.letter_parts import (
    School,
    all_told,
    ask_for_all,
    check_letters,
    in_hand,
    left_behind,
    made_count,
    make_school,
    whoever_makes,
)
from tests.faults.parts import Redis, Workers, until

MakeWorkers = Callable[..., Workers]
DRAWING = 0.12  # seconds that one letter takes: a kill falls anywhere within


@dataclass
class Dose:
    """How much of everything; `lease` is the worker's own in the full dose."""

    letters: int
    kills: int
    flushes: int
    redis_kills: int
    lease: float
    landing: float


SMALL = Dose(letters=60, kills=8, flushes=1, redis_kills=1, lease=3.0, landing=0.75)
FULL = Dose(letters=1_000, kills=200, flushes=10, redis_kills=5, lease=20.0, landing=0.75)


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[Redis]:
    data = tmp_path / "r"
    data.mkdir()
    started = Redis(data).start()
    yield started
    started.kill()


@pytest.fixture
def workers(database: str, tmp_path: Path) -> Iterator[MakeWorkers]:
    made: list[Workers] = []

    def make(redis: str = "", **more: object) -> Workers:
        made.append(Workers(database, tmp_path, redis, program="letter_worker.py", **more))  # type: ignore[arg-type]
        return made[-1]

    yield make
    for each in made:
        each.end()


@pytest.fixture
async def ringing(redis: Redis) -> AsyncIterator[Bell]:
    bell = Bell(redis.url)
    use_bell(bell.ring)
    yield bell
    use_bell(None)
    await bell.close()


@dataclass
class Campaign:
    """Kills, one after the other, each while a letter is in the victim's hand; what came of them."""

    dose: Dose
    fleet: Workers
    redis: Redis
    landed: int = 0
    lost: int = 0
    dead: tuple[int, ...] = ()

    async def run(self) -> None:
        """Spread over the whole batch: the last kill falls when little is left to do."""
        chance, dose = random.Random(5), self.dose
        last = dose.letters - 20
        for kill in range(1, dose.kills + 1):
            wanted = last * kill // dose.kills
            await until(lambda wanted=wanted: _made(wanted), seconds=180, every=0.02)  # type: ignore[misc]
            await self._kill(chance)
            if kill % (dose.kills // dose.flushes) == 0:
                self.redis.flush()
            if kill % (dose.kills // dose.redis_kills) == 0:
                self.redis.kill()
                self.redis.start()

    async def _kill(self, chance: random.Random) -> None:
        pid = await until(lambda: whoever_makes(self.fleet), seconds=90, every=0.002)
        await asyncio.sleep(chance.random() * DRAWING)
        self.fleet.kill(pid)
        self.dead = (*self.dead, pid)
        held = (await in_hand()).get(pid, [])  # nobody gives back what a dead process holds
        self.landed += bool(held)
        self.lost += len(held)
        self.fleet.start()


async def _made(wanted: int) -> bool:
    return await made_count() >= wanted


async def kill_again_and_again(database: str, settings: Settings, redis: Redis, make: MakeWorkers, dose: Dose) -> str:
    school: School = await make_school(dose.letters)
    began = monotonic()
    await ask_for_all(school)
    asked = monotonic() - began
    fleet = make(redis.url, lease=dose.lease).start(2)
    campaign = Campaign(dose, fleet, redis)
    await campaign.run()
    last = monotonic()
    await until(all_told, seconds=120, every=0.1)
    rest = monotonic() - last
    pids = (*campaign.dead, *(process.pid for process in fleet.running))
    again = await fetch_value("SELECT count(*) FROM outbox WHERE attempts > 1")
    assert await fleet.stop() == [0, 0]
    await asyncio.sleep(2.5)
    assert left_behind(pids) == []
    said = await check_letters(school, settings, letters=dose.letters)
    assert campaign.landed >= dose.kills * dose.landing, f"only {campaign.landed} kills landed"
    assert rest <= 60
    return (
        f"\nTR1 letters, {database.partition(':')[0]}: {dose.letters} in a round (written in {asked:.1f} s), 2 workers, "
        f"{dose.kills} kills, {campaign.landed} of them with a letter in the dead worker's hand ({campaign.lost} letters), "
        f"{dose.flushes} FLUSHALL, {dose.redis_kills} Redis kills, lease {dose.lease:g} s: {said}; {again} entries of the "
        f"outbox taken again; the last told {rest:.1f} s after the last kill, {monotonic() - began:.0f} s in all"
    )


@pytest.mark.slow
@pytest.mark.timeout(240)
async def test_eight_killed_workers_make_each_letter_once(
    database: str, settings: Settings, redis: Redis, workers: MakeWorkers, ringing: Bell
) -> None:
    print(await kill_again_and_again(database, settings, redis, workers, SMALL))


@pytest.mark.faults
@pytest.mark.timeout(3600)
async def test_two_hundred_killed_workers_make_each_letter_once(
    database: str, settings: Settings, redis: Redis, workers: MakeWorkers, ringing: Bell
) -> None:
    print(await kill_again_and_again(database, settings, redis, workers, FULL))
