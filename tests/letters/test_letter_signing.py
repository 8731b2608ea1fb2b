"""Signing: in turn, the very bytes that were read, once; refusals and their way back; reminders that never stop (F8-F13)."""

import asyncio
from datetime import timedelta

import pytest

from portal.core.actors import Actor
from portal.core.clock import now
from portal.core.database import execute, fetch_value
from portal.core.refusals import Conflict, NotFound, Refused
from portal.letters.queries.letters import awaiting, file_now
from portal.letters.rules import Method, State, state_of
from portal.letters.services.holding import LEASE
from portal.letters.services.making import TRIES, claim_letter, fail_letter, finish_letter, retry_letter
from portal.letters.services.signing import (
    Place,
    note_reading,
    place_to_sign,
    record_signature,
    refuse_letter,
    reopen_letter,
)
from tasks.letters import sweep_letters
from tasks.outbox import drain
from tests.cast import Cast
from tests.conftest import MovingClock
from tests.letters.letter_stories import letter_of, made, stored, taken, whole, with_wording


@pytest.fixture(autouse=True)
async def shared(cast: Cast) -> None:
    """The shared chain and a wording."""
    await with_wording()


async def taker(cast: Cast, letter_id: int) -> Actor:
    return await cast.actor((await whole(letter_id)).row.person_id)


async def opened(letter_id: int, by: Actor) -> str:
    file = await file_now(letter_id)
    assert file is not None
    await note_reading(letter_id, file.digest, network="0.0.0.0", device="phone", by=by)
    return file.digest


async def placed(letter_id: int, by: Actor) -> Place:
    return await place_to_sign(letter_id, seen=await opened(letter_id, by), by=by)


async def signed(place: Place, by: Actor, body: str) -> None:
    await record_signature(
        place, stored(body), method=Method.KEY, level="B-B", key_id=None, proof={"by": "test"}, by=by
    )


async def test_each_signs_in_turn_what_they_have_read(cast: Cast) -> None:
    letter = await made(cast)
    first, second = await taker(cast, letter), await cast.actor(cast.floor_chief)
    assert (await awaiting(first.person_id or 0), await awaiting(second.person_id or 0)) == (1, 0)
    with pytest.raises(Refused, match="not_your_turn"):
        await place_to_sign(letter, seen=await opened(letter, second), by=second)
    place = await placed(letter, first)
    assert (place.is_first, place.is_last) == (True, False)
    await signed(place, first, "one")
    assert (await awaiting(first.person_id or 0), await awaiting(second.person_id or 0)) == (0, 1)
    place = await placed(letter, second)
    assert (place.is_first, place.is_last) == (False, True)
    await signed(place, second, "two")
    found = await whole(letter)
    assert state_of(found.facts, at=now()) is State.SEALING and found.row.signed_at is not None
    assert [one.file_digest for one in found.parties] == [stored(f"draft {letter}").digest, stored("one").digest]


async def test_unread_or_changed_bytes_are_not_signed(cast: Cast) -> None:
    letter = await made(cast)
    by = await taker(cast, letter)
    file = await file_now(letter)
    assert file is not None
    with pytest.raises(Refused, match="read_first"):
        await place_to_sign(letter, seen=file.digest, by=by)
    place = await placed(letter, by)
    with pytest.raises(Conflict, match="changed_since"):
        await place_to_sign(letter, seen="0" * 64, by=by)
    await execute("UPDATE letter SET version = version + 1 WHERE id = {}", letter)
    with pytest.raises(Conflict):
        await signed(place, by, "late")
    assert await fetch_value("SELECT count(*) FROM letter_file WHERE letter_id = {}", letter) == 1


async def test_fifty_signatures_at_once_are_one(cast: Cast) -> None:
    letter = await made(cast)
    by = await taker(cast, letter)
    place = await placed(letter, by)
    done = await asyncio.gather(*(signed(place, by, f"n{n}") for n in range(50)), return_exceptions=True)
    assert [one for one in done if one is None] == [None]
    assert all(isinstance(one, Conflict) for one in done if one is not None)
    assert await fetch_value("SELECT count(*) FROM letter_file WHERE role = 'signed'") == 1


async def test_strangers_and_the_office_sign_for_nobody(cast: Cast) -> None:
    letter = await made(cast)
    for person in (cast.safety, cast.principal, cast.sibling_keeper, cast.other_principal, cast.bureau_officer):
        by = await cast.actor(person)
        with pytest.raises(NotFound):
            await place_to_sign(letter, seen=stored(f"draft {letter}").digest, by=by)
        with pytest.raises(NotFound):
            await refuse_letter(letter, "不", version=1, by=by)


async def test_a_refusal_tells_those_before_and_can_always_be_reopened(cast: Cast) -> None:
    letter = await made(cast)
    first, second = await taker(cast, letter), await cast.actor(cast.floor_chief)
    await signed(await placed(letter, first), first, "one")
    await refuse_letter(letter, "范围不对", version=(await whole(letter)).row.version, by=second)
    await drain()
    found = await whole(letter)
    assert state_of(found.facts, at=now()) is State.REFUSED
    assert (
        await fetch_value(
            "SELECT count(*) FROM reminder WHERE kind = 'letter_refused' AND person_id = {}", first.person_id
        )
        == 1
    )
    with pytest.raises(Conflict, match="refused_by_somebody"):
        await place_to_sign(letter, seen=stored("one").digest, by=second)
    office = await cast.actor(cast.safety)
    await reopen_letter(letter, version=found.row.version, by=office)
    await signed(await placed(letter, second), second, "two")
    assert state_of((await whole(letter)).facts, at=now()) is State.SEALING


async def test_nobody_signs_a_letter_that_is_over(cast: Cast) -> None:
    letter = await made(cast)
    by = await taker(cast, letter)
    seen = await opened(letter, by)
    await execute("UPDATE letter SET voided_at = {} WHERE id = {}", now(), letter)
    with pytest.raises(Refused, match="not_open"):
        await place_to_sign(letter, seen=seen, by=by)


async def test_signers_are_reminded_on_working_days_then_their_head(cast: Cast, clock: MovingClock) -> None:
    letter = await made(cast)
    by = await taker(cast, letter)

    async def told(kind: str, person: int | None) -> int:
        sql = "SELECT count(*) FROM reminder WHERE kind = {} AND person_id = {} AND subject_id = {}"
        return int(await fetch_value(sql, kind, person, letter))

    assert await told("letter_to_sign", by.person_id) == 1
    start = now()
    seen = []
    for day in range(40):
        clock.set(start + timedelta(days=day, minutes=5))
        for _ in range(2):
            await sweep_letters(None, now())  # type: ignore[arg-type]
        seen.append((await told("letter_late", by.person_id), await told("letter_late_head", cast.principal)))
    assert seen[0] == (0, 0)
    assert seen[-1][0] >= 5, "it never falls silent"
    first_late = next(n for n, one in enumerate(seen) if one[0])
    first_head = next(n for n, one in enumerate(seen) if one[1])
    assert 2 <= first_late < first_head


async def test_a_letter_that_cannot_be_made_is_void_with_its_number_and_can_be_tried_again(
    cast: Cast, clock: MovingClock
) -> None:
    appointment = await taken(cast)
    await drain()
    letter = await letter_of(appointment)
    for turn in range(TRIES):
        held = await claim_letter()
        assert held is not None and held.attempts == turn + 1
        assert await claim_letter() is None, "nobody else takes it meanwhile"
        await fail_letter(held, Refused("pdf.too_slow", seconds=20))
        clock.forward(minutes=5)
    found = await whole(letter)
    assert state_of(found.facts, at=now()) is State.VOID and found.row.failure == ("pdf.too_slow", {"seconds": 20})
    assert await claim_letter() is None
    await retry_letter(letter, version=found.row.version, by=await cast.actor(cast.safety))
    held = await claim_letter()
    assert held is not None and await finish_letter(held, "{}", "1" * 64, stored("again"))
    assert (await whole(letter)).row.number == found.row.number


async def test_a_killed_worker_loses_its_letter_to_the_next_and_writes_nothing(cast: Cast, clock: MovingClock) -> None:
    await taken(cast)
    await drain()
    dead = await claim_letter()
    assert dead is not None and await claim_letter() is None
    clock.forward(seconds=LEASE.total_seconds() + 1)
    held = await claim_letter()
    assert held is not None and held.id == dead.id
    assert not await finish_letter(dead, "{}", "1" * 64, stored("dead"))
    assert await finish_letter(held, "{}", "1" * 64, stored("alive"))
    assert await fetch_value("SELECT digest FROM letter_file") == stored("alive").digest
