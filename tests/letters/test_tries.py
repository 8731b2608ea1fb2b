"""Wrong secrets are counted before they are tried, and whoever can be signed for learns of it (F8, TP3)."""

import asyncio

import pytest

from portal.core.database import fetch_value
from portal.core.refusals import TooMany
from portal.letters.sealing import SealingFailed, SealingLate
from portal.letters.services.keys import make_key, usable_key
from portal.letters.services.tries import LOCKED, WRONG, WRONG_MOST, one_try, take_try
from portal.reminders.views import reminder_text
from tasks.outbox import drain
from tests.cast import Cast
from tests.conftest import MovingClock

PASSPHRASE = "四把伞挂在蓝色的门后面呢"


async def own_key(cast: Cast) -> int:
    by = await cast.actor(cast.floor_chief)
    return await make_key(PASSPHRASE, edition=1, text_digest="0" * 64, seal_name="章", by=by)


async def guess(key_id: int, tried: list[int], ends: Exception | None = None) -> None:
    async with one_try(key_id):
        tried.append(key_id)
        await asyncio.sleep(0.01)
        if ends is not None:
            raise ends


async def failures(key_id: int) -> int:
    return int(await fetch_value("SELECT failures FROM signing_key WHERE id = {}", key_id))


async def test_many_at_once_are_no_more_than_five(cast: Cast, clock: MovingClock) -> None:
    key_id, tried = await own_key(cast), list[int]()
    wrong = [guess(key_id, tried, SealingFailed(WRONG)) for _ in range(20)]
    told = await asyncio.gather(*wrong, return_exceptions=True)
    assert len(tried) == WRONG_MOST
    assert sorted(type(one).__name__ for one in told) == ["SealingFailed"] * 5 + ["TooMany"] * 15
    with pytest.raises(TooMany) as rests:
        await usable_key(await cast.actor(cast.floor_chief), editions=(1,))
    assert 0 < rests.value.params["seconds"] <= LOCKED.total_seconds() + 1
    with pytest.raises(TooMany):
        await take_try(key_id)
    clock.forward(minutes=15, seconds=1)
    await guess(key_id, tried)
    assert await failures(key_id) == 0 and len(tried) == WRONG_MOST + 1


async def test_only_a_wrong_secret_counts_and_a_right_one_forgets(cast: Cast) -> None:
    key_id, tried = await own_key(cast), list[int]()
    for count in range(1, WRONG_MOST):
        with pytest.raises(SealingFailed):
            await guess(key_id, tried, SealingFailed(WRONG))
        assert await failures(key_id) == count
    for _ in range(3):  # a machine that is busy, at the last try
        with pytest.raises(SealingLate):
            await guess(key_id, tried, SealingLate("sealing.busy"))
        assert await failures(key_id) == WRONG_MOST - 1
    await guess(key_id, tried)  # the last one is right: it does not rest
    assert await failures(key_id) == 0
    with pytest.raises(SealingFailed):
        await guess(key_id, tried, SealingFailed("sealing.out_of_turn"))
    assert await failures(key_id) == 0


async def test_the_owner_is_told_of_a_key(cast: Cast) -> None:
    await own_key(cast)
    await drain()
    row = "FROM reminder WHERE kind = 'signing_key_made' AND person_id = {}"
    assert await fetch_value(f"SELECT count(*) {row}", cast.floor_chief) == 1
    params = str(await fetch_value(f"SELECT params {row}", cast.floor_chief))
    assert "签名口令" in reminder_text("signing_key_made", None, params, "zh-Hans")
    assert await fetch_value("SELECT count(*) FROM reminder WHERE kind = 'signing_key_made'") == 1
