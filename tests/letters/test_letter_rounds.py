"""The letters of a whole school at once: for everybody who is due, once, in one chain of numbers (F4, R104, R108)."""

import asyncio
from datetime import timedelta

import pytest

from portal.core.clock import today
from portal.core.database import fetch_column, fetch_value
from portal.core.refusals import Invalid, NotFound, Refused
from portal.letters.queries.letters import letters_of
from portal.letters.services.rounds import progress_of, start_round
from tasks.outbox import drain
from tests.cast import Cast
from tests.letters.letter_stories import taken, with_wording


@pytest.fixture(autouse=True)
async def shared(cast: Cast) -> None:
    """The shared chain and a wording."""
    await with_wording()


async def started(cast: Cast, **more: object) -> int:
    how = {"starts_on": today() + timedelta(days=1), "ends_on": None, "sign_by": None, **more}
    return await start_round(cast.school, "post", "2026 秋季", by=await cast.actor(cast.safety), **how)  # type: ignore[arg-type]


async def test_everybody_on_a_post_has_one_letter_and_a_second_round_finds_nobody(cast: Cast) -> None:
    round_id = await started(cast)
    people = set(await fetch_column("SELECT person_id FROM letter WHERE round_id = {}", round_id))
    assert {cast.keeper, cast.teacher, cast.chief, cast.vice_head, cast.safety, cast.principal} <= people
    assert cast.monitor not in people and cast.nobody not in people and cast.other_safety not in people
    numbers = await fetch_column("SELECT seq FROM letter ORDER BY id")
    assert numbers == list(range(1, len(numbers) + 1))
    assert (await progress_of(round_id)).letters == len(numbers)
    with pytest.raises(Refused, match="nobody_due"):
        await started(cast)


async def test_the_chain_says_who_gives(cast: Cast) -> None:
    await started(cast)

    async def giver(person: int) -> set[int]:
        sql = "SELECT y.person_id FROM letter_party y JOIN letter l ON l.id = y.letter_id WHERE l.person_id = {} AND y.part = 'giver'"
        return set(await fetch_column(sql, person))

    assert await giver(cast.keeper) == {cast.floor_chief}
    assert await giver(cast.floor_chief) == {cast.vice_head}
    assert await giver(cast.vice_head) == {cast.principal}
    assert await giver(cast.principal) == {cast.bureau_officer}
    assert {one.row.person_id for one in await letters_of(cast.principal)} >= {cast.principal, cast.vice_head}


async def test_two_who_press_at_once_make_one_round(cast: Cast) -> None:
    done = await asyncio.gather(started(cast), started(cast), return_exceptions=True)
    assert len([one for one in done if isinstance(one, int)]) == 1
    assert await fetch_value("SELECT count(*) FROM letter_round") == 1


async def test_somebody_new_keeps_the_letter_of_their_own_appointment(cast: Cast) -> None:
    appointment = await taken(cast)
    await drain()
    await started(cast, starts_on=today() + timedelta(days=5))
    assert await fetch_value("SELECT count(*) FROM letter WHERE appointment_id = {}", appointment) == 1


async def test_no_back_dating_no_strangers(cast: Cast) -> None:
    with pytest.raises(Invalid) as refused:
        await started(cast, starts_on=today() - timedelta(days=1), ends_on=today() - timedelta(days=2))
    assert refused.value.fields == {"starts_on": "letter.no_back_dating", "ends_on": "letter.ends_before_it_starts"}
    for person in (cast.keeper, cast.other_safety, cast.vice_head):
        with pytest.raises(NotFound):
            how = {"starts_on": today() + timedelta(days=1), "ends_on": None, "sign_by": None}
            await start_round(cast.school, "post", "x", by=await cast.actor(person), **how)  # type: ignore[arg-type]
    assert await fetch_value("SELECT count(*) FROM letter") == 0
