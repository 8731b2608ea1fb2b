"""Letters follow appointments: drafted once, numbered without a gap, ended or void with their cause (F1, R112, F19)."""

import asyncio
from datetime import timedelta

import pytest

from portal.core.actors import SYSTEM
from portal.core.clock import now, start_of_day, today
from portal.core.database import execute, fetch_column, fetch_value, unit_of_work
from portal.letters.queries.letters import letter_whole, letters_of
from portal.letters.rules import State, state_of
from portal.letters.services.drafting import draft_for_appointment
from portal.people.services import restore_appointment
from portal.permissions.rules import Permission
from tasks.outbox import drain
from tests.cast import Cast
from tests.letters.letter_stories import ended, letter_of, taken, with_wording


@pytest.fixture(autouse=True)
async def shared(cast: Cast) -> None:
    """The shared chain and a wording."""
    await with_wording()


async def test_whoever_takes_a_post_has_a_letter_before_the_first_day(cast: Cast) -> None:
    appointment = await taken(cast)
    await drain()
    found = await letter_whole(await letter_of(appointment))
    assert found is not None
    assert found.row.starts_at == start_of_day(today() + timedelta(days=2)) > now()
    parties = [(one.part, one.person_id, one.field) for one in found.parties]
    assert parties[0][0] == "taker" and parties[1:] == [("giver", cast.floor_chief, "party_2")]
    assert state_of(found.facts, at=now()) is State.MAKING
    assert found.row.number.endswith("0001号")


async def test_a_second_telling_and_two_workers_at_once_make_one_letter(cast: Cast) -> None:
    appointment = await taken(cast)
    made = await asyncio.gather(
        *(draft_for_appointment(appointment, by=SYSTEM) for _ in range(6)), return_exceptions=True
    )
    assert len({one for one in made if isinstance(one, int)}) == 1
    await drain()
    await draft_for_appointment(appointment, by=SYSTEM)
    assert await fetch_value("SELECT count(*) FROM letter") == 1
    assert await fetch_value("SELECT count(*) FROM letter_party") == 2


async def test_numbers_have_no_gap_whoever_writes_at_once(cast: Cast) -> None:
    appointments = [await taken(cast, f"甄新{n}") for n in range(8)]
    await execute("UPDATE post SET ended_at = NULL")
    done = await asyncio.gather(
        *(draft_for_appointment(one, by=SYSTEM) for one in appointments), return_exceptions=True
    )
    for one, result in zip(appointments, done, strict=True):
        if isinstance(result, BaseException):
            await draft_for_appointment(one, by=SYSTEM)
    assert sorted(await fetch_column("SELECT seq FROM letter")) == list(range(1, 9))


async def test_a_deputy_a_pupil_and_the_highest_have_none(cast: Cast) -> None:
    deputy = await taken(cast, kind="deputy")
    await drain()
    assert await fetch_value("SELECT count(*) FROM letter WHERE appointment_id = {}", deputy) == 0
    for person in (cast.bureau_officer, cast.monitor):
        held = await fetch_value("SELECT id FROM appointment WHERE person_id = {}", person)
        assert await draft_for_appointment(int(held), by=SYSTEM) is None


async def test_a_letter_ends_with_its_holder_and_goes_on_when_that_is_taken_back(cast: Cast) -> None:
    appointment = await taken(cast)
    await drain()
    letter = await letter_of(appointment)
    leaves = start_of_day(today() + timedelta(days=40))
    await ended(appointment, leaves)
    await drain()
    found = await letter_whole(letter)
    assert found is not None and state_of(found.facts, at=leaves) is State.LEFT
    assert state_of(found.facts, at=leaves - timedelta(seconds=1)) is not State.LEFT
    async with unit_of_work():
        version = await fetch_value("SELECT version FROM appointment WHERE id = {}", appointment)
        await restore_appointment(
            appointment, version=version, ends_at=None, by=SYSTEM, permission=Permission.GRID_EDIT
        )
    await drain()
    found = await letter_whole(letter)
    assert found is not None and state_of(found.facts, at=leaves) is not State.LEFT


async def test_an_appointment_that_never_began_leaves_a_void_letter_with_its_number(cast: Cast) -> None:
    appointment = await taken(cast)
    await drain()
    letter = await letter_of(appointment)
    await ended(appointment, start_of_day(today() + timedelta(days=2)))
    await drain()
    found = await letter_whole(letter)
    assert found is not None and state_of(found.facts, at=now()) is State.VOID
    assert found.row.failure == ("letter.cause_taken_back", {})
    await drain()
    after = await taken(cast, "甄后来")
    await drain()
    assert await fetch_value("SELECT seq FROM letter WHERE appointment_id = {}", after) == 2


async def test_somebody_sees_the_letters_that_they_sign(cast: Cast) -> None:
    appointment = await taken(cast)
    await drain()
    person = int(await fetch_value("SELECT person_id FROM appointment WHERE id = {}", appointment))
    assert [one.row.person_id for one in await letters_of(cast.floor_chief)] == [person]
    assert await letters_of(cast.sibling_keeper) == []
