"""Random changes of personnel through the services: at every instant one who answers or a gap that was announced."""

from tests.changes.random_school import run
from tests.conftest import MovingClock


async def test_whatever_happens_one_answers_or_the_gap_was_announced(database: str, clock: MovingClock) -> None:
    told = await run(7, clock, 150)
    assert told["changes"] >= 150 and told["undone"] > 3
