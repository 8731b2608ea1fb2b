"""The full dose: ten thousand random changes of personnel on each database break no law (E10)."""

import random

import pytest

from tests.changes.random_school import run
from tests.conftest import MovingClock


@pytest.mark.faults
@pytest.mark.timeout(3600)
async def test_ten_thousand_changes_of_personnel_break_no_law(database: str, clock: MovingClock) -> None:
    from portal.app import register_rooms

    register_rooms()
    seed = random.SystemRandom().randrange(10**6)
    told = await run(seed, clock, 10_000)
    print(f"\n{database.partition(':')[0]}, seed {seed}: {dict(told)}")
    assert told["changes"] >= 10_000
