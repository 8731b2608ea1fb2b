"""Each step of a letter broken once: its page says why, it is tried again, and once mended it is finished (TR17).

And two workers who reach for one letter, a worker that sleeps over its hold, a clock that jumps.
"""

import asyncio
import contextlib
import errno
import os
import signal
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet, MultiFernet

from portal.app import register_rooms
from portal.core import crypto
from portal.core.clock import now, set_clock
from portal.core.database import fetch_column, fetch_value
from portal.core.files import FolderStore
from portal.core.refusals import Busy, Refused
from portal.letters import labels, running, sealing
from portal.letters.queries.letters import file_now, letter_whole
from portal.letters.rules import State, state_of
from portal.letters.sealing import room
from portal.letters.services import keys
from portal.letters.services.holding import LEASE
from portal.letters.services.making import (
    MOST_DEATHS,
    claim_letter,
    fail_letter,
    finish_letter,
    retry_letter,
)
from portal.permissions.queries import actor_for
from portal.rendering import pdf
from portal.rendering.pdf import press as presses
from portal.rendering.pdf.child import Child
from portal.rendering.pdf.limits import Limits
from portal.settings import Settings
from tests.conftest import Browsers, MovingClock
from tests.faults.letter_parts import (
    School,
    all_told,
    ask_for_all,
    check_letters,
    check_store,
    in_hand,
    made_count,
    make_school,
    whoever_makes,
)
from tests.faults.letter_poison import one_sided
from tests.faults.letter_signing import PASSPHRASE, read, sign_as
from tests.faults.parts import Workers, until
from tests.letters.sealing_kit import QUICK

LONGEST = timedelta(minutes=10)


@pytest.fixture
async def school(database: str, clock: MovingClock) -> School:
    """One letter is to be made."""
    register_rooms()
    made = await make_school(1)
    await ask_for_all(made)
    return made


async def the_letter() -> Any:
    found = await letter_whole(int(await fetch_value("SELECT max(id) FROM letter")))
    assert found is not None
    return found


async def state() -> State:
    return state_of((await the_letter()).facts, at=now())


async def signed_by_all(school: School, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Made, and signed by both, so that only the seal is missing."""
    monkeypatch.setattr(keys, "new_key", partial(keys.new_key, cost=QUICK))
    await running.run_waiting_letters(settings)
    letter = (await the_letter()).row.id
    for person in await fetch_column("SELECT person_id FROM letter_party ORDER BY turn"):
        by = await actor_for(person, at=now())
        assert by is not None
        await keys.make_key(PASSPHRASE, edition=max(labels.CONSENTS), text_digest="0" * 64, seal_name="章", by=by)
        await read(letter, by=by)
        await sign_as(letter, by=by, settings=settings)
    assert await state() is State.SEALING


async def page_says(school: School, settings: Settings) -> str:
    """The page of the letter as the principal sees it."""
    browsers = Browsers(settings)
    browser = await browsers.of(school.principal)
    await browser.get(f"/letters/{(await the_letter()).row.id}")
    await browsers.close()
    return browser.text


async def check_visible(school: School, settings: Settings, code: str) -> None:
    """There is a reason in words, and a next try within ten minutes, or a button for one."""
    row = (await the_letter()).row
    assert row.failure is not None and row.failure[0] == code, row.failure
    text = await page_says(school, settings)
    if row.voided_at is not None:
        assert "重试" in text
        return
    assert "会自己再试" in text
    due = await fetch_value("SELECT next_try_at FROM letter WHERE id = {}", row.id)
    assert due is not None
    assert now() < due <= now() + LONGEST


async def mended(school: School, settings: Settings, clock: MovingClock, wanted: State) -> None:
    """What was broken works again: the next try, or the button, finishes it."""
    pdf.shutdown()
    sealing.shutdown()
    row = (await the_letter()).row
    if row.voided_at is not None:
        by = await actor_for(school.principal, at=now())
        assert by is not None
        await retry_letter(row.id, version=row.version, by=by)
    clock.forward(minutes=10)
    await running.run_waiting_letters(settings)
    assert await state() is wanted
    assert (await the_letter()).row.seq == row.seq


# -- making


def no_fonts(patch: pytest.MonkeyPatch, _: Settings) -> None:
    patch.setattr(Child, "program", "tests.faults.broken_press")


def too_slow(patch: pytest.MonkeyPatch, _: Settings) -> None:
    patch.setattr(presses, "Limits", partial(Limits, seconds=0.01))


def no_process(patch: pytest.MonkeyPatch, _: Settings) -> None:
    patch.setattr(Child, "program", "tests.faults.no_such_program")


def disk_full(patch: pytest.MonkeyPatch, _: Settings) -> None:
    def write(*_: object) -> None:
        raise OSError(errno.ENOSPC, "no space left on device")

    patch.setattr(FolderStore, "_write", write)


def store_away(patch: pytest.MonkeyPatch, _: Settings) -> None:
    async def put(*_: object, **__: object) -> None:
        raise Busy("core.busy")

    patch.setattr(FolderStore, "put", put)


def a_mistake(patch: pytest.MonkeyPatch, _: Settings) -> None:
    def wrong(*_: object) -> None:
        raise ZeroDivisionError

    patch.setattr(running, "facts_of", wrong)


MAKING = {
    "the fonts are missing": (no_fonts, "pdf.font_missing"),
    "setting takes too long": (too_slow, "pdf.too_slow"),
    "the process does not start": (no_process, "pdf.not_ready"),
    "the disk is full": (disk_full, "files.no_space"),
    "the store does not answer": (store_away, "core.busy"),
    "a mistake of ours": (a_mistake, "pdf.broken"),
}


@pytest.mark.parametrize("name", MAKING)
async def test_a_broken_step_of_making_is_told_and_made_up_for(
    school: School, settings: Settings, clock: MovingClock, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    broken, code = MAKING[name]
    pdf.shutdown()
    for _ in range(4):
        with monkeypatch.context() as patch:
            broken(patch, settings)
            await running.run_waiting_letters(settings)
        await check_visible(school, settings, code)
        clock.forward(minutes=5)
    await mended(school, settings, clock, State.WAITING)
    assert (await the_letter()).row.failure is None
    await check_store(settings, set(await fetch_column("SELECT digest FROM letter_file")))


# -- sealing


def other_key(patch: pytest.MonkeyPatch, _: Settings) -> None:
    """The key file is not the one that closed the school's keys."""
    patch.setattr(crypto, "_vault", MultiFernet([Fernet(Fernet.generate_key())]))


def no_signing(patch: pytest.MonkeyPatch, _: Settings) -> None:
    patch.setattr(room.Sealer, "program", "tests.faults.no_such_program")


def signing_too_slow(patch: pytest.MonkeyPatch, _: Settings) -> None:
    patch.setitem(room._limits, "signing", room.SIGNING._replace(seconds=0.01))


SEALING = {
    "the key file is another": (other_key, "sealing.no_key"),
    "the signing process does not start": (no_signing, "sealing.not_ready"),
    "signing takes too long": (signing_too_slow, "sealing.too_slow"),
    "the record's pages cannot be set": (no_process, "pdf.not_ready"),
    "the disk is full": (disk_full, "files.no_space"),
    "the store does not answer": (store_away, "core.busy"),
}


@pytest.mark.parametrize("name", SEALING)
async def test_a_broken_step_of_sealing_is_told_and_made_up_for(
    school: School, settings: Settings, clock: MovingClock, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    await signed_by_all(school, settings, monkeypatch)
    broken, code = SEALING[name]
    good = await file_now((await the_letter()).row.id)
    for _ in range(3):
        pdf.shutdown()
        sealing.shutdown()
        with monkeypatch.context() as patch:
            broken(patch, settings)
            await running.run_waiting_letters(settings)
        assert await state() is State.SEALING and await file_now((await the_letter()).row.id) == good
        await check_visible(school, settings, code)
        clock.forward(minutes=10)
    await mended(school, settings, clock, State.PENDING)
    await check_store(settings, set(await fetch_column("SELECT digest FROM letter_file")))


async def test_a_lost_file_is_told_until_it_is_back(
    school: School, settings: Settings, clock: MovingClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    await signed_by_all(school, settings, monkeypatch)
    file = await file_now((await the_letter()).row.id)
    assert file is not None
    path = FolderStore(settings.files).path_of(file.digest)
    body = path.read_bytes()
    path.unlink()
    await running.run_waiting_letters(settings)
    await check_visible(school, settings, "letter.file_missing")
    path.write_bytes(body)
    await mended(school, settings, clock, State.PENDING)


async def test_a_time_stamp_server_that_is_down_holds_up_no_seal(
    school: School, settings: Settings, clock: MovingClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    await signed_by_all(school, settings, monkeypatch)
    await running.run_waiting_letters(replace(settings, time_stamp_url="http://127.0.0.1:9/"))
    assert await state() is State.PENDING
    assert await fetch_value("SELECT level FROM letter_file WHERE role = 'sealed'") == "B-B"


# -- several workers, one letter


async def test_many_who_reach_at_once_each_have_another_letter(database: str, settings: Settings) -> None:
    school = await make_school(40)
    await ask_for_all(school)
    taken = await asyncio.gather(*(claim_letter() for _ in range(40)))
    assert len({one.id for one in taken if one is not None}) == 40, "nobody goes away empty while letters wait"
    assert await claim_letter() is None


async def test_a_worker_that_lost_its_hold_writes_nothing_and_its_file_is_tidied(
    school: School, settings: Settings, clock: MovingClock
) -> None:
    first = await claim_letter()
    clock.forward(seconds=LEASE.total_seconds() + 1)
    second = await claim_letter()
    assert first is not None and second is not None and second.attempts == 1, "a worker's death is no failed try"
    store = FolderStore(settings.files)
    late, kept = [await store.put(body, media_type="application/pdf") for body in (b"%PDF late", b"%PDF kept")]
    assert await finish_letter(second, "{}", "1" * 64, kept)
    assert not await finish_letter(first, "{}", "1" * 64, late)
    await fail_letter(first, Refused("pdf.crashed", kind=1))
    assert await state() is State.WAITING and (await the_letter()).row.failure is None
    clock.set(datetime.now(UTC))  # files know the real time only
    assert await check_store(settings, {kept.digest}) == "1 stray files before the nightly tidying, 0 after"


async def test_slow_work_is_not_begun_a_second_time(
    school: School, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_clock(None)
    begun, draw = list[int](), running.letter_printed

    async def slowly(text: Any) -> Any:
        begun.append(1)
        await asyncio.sleep(2)
        return await draw(text)

    monkeypatch.setattr(running, "letter_printed", slowly)
    lease = timedelta(seconds=0.6)

    async def another() -> None:
        while await state() is State.MAKING:
            await running.run_waiting_letters(settings, lease=lease)
            await asyncio.sleep(0.05)

    await asyncio.gather(another(), another())
    assert begun == [1] and await fetch_value("SELECT count(*) FROM event WHERE kind = 'letter.made'") == 1


async def test_a_letter_that_workers_die_of_is_void_in_the_end_and_can_be_tried_again(
    school: School, settings: Settings, clock: MovingClock
) -> None:
    for _ in range(MOST_DEATHS):
        assert await claim_letter() is not None
        clock.forward(seconds=LEASE.total_seconds() + 1)
    assert await claim_letter() is None
    await check_visible(school, settings, "letter.stopped_often")
    assert await state() is State.VOID
    await mended(school, settings, clock, State.WAITING)


async def test_a_clock_that_was_wrong_holds_up_nobody_for_long(
    school: School, settings: Settings, clock: MovingClock
) -> None:
    right = clock.at
    clock.forward(days=1)
    assert await claim_letter() is not None, "held by somebody whose clock is a day ahead, and who dies"
    clock.set(right)
    taken = await claim_letter()
    assert taken is not None
    clock.forward(days=1)
    await fail_letter(taken, Refused("pdf.busy"))
    clock.set(right)
    assert await claim_letter() is not None, "put off by such a clock"
    clock.forward(hours=-1)
    assert await claim_letter() is not None, "held for an hour and more, as seen from a clock that went back"


async def test_a_letter_with_a_broken_wording_is_made_once_there_is_another(
    school: School, settings: Settings, clock: MovingClock
) -> None:
    await one_sided(school, 0)
    await running.run_waiting_letters(settings)
    await check_visible(school, settings, "letter.one_sided")
    await mended(school, settings, clock, State.WAITING)


@pytest.mark.slow
async def test_a_worker_that_sleeps_over_its_hold_wakes_to_find_the_work_done(
    database: str, settings: Settings, tmp_path: Path
) -> None:
    """Suspended in the middle of its work (a laptop, a machine that is moved), and awake again afterwards."""
    school = await make_school(30)
    await ask_for_all(school)
    fleet = Workers(database, tmp_path, program="letter_worker.py", lease=2.0).start(2)
    try:
        sleeper, held = await put_to_sleep(fleet)

        async def others_are_done() -> bool:
            return await made_count() == 30

        await until(others_are_done, seconds=60, every=0.1)
        os.kill(sleeper, signal.SIGCONT)
        await until(all_told, seconds=30, every=0.1)
        await asyncio.sleep(1)
        assert await fleet.stop() == [0, 0]
    finally:
        fleet.end()
    said = await check_letters(school, settings, letters=30)
    print(f"\nsuspended with {len(held)} letters in hand: {said}")


async def put_to_sleep(fleet: Workers) -> tuple[int, list[int]]:
    """Stops a worker that holds letters and no lock of the database: who sleeps in a transaction holds up everybody."""
    for _ in range(20):
        pid = await until(lambda: whoever_makes(fleet), every=0.002)
        os.kill(pid, signal.SIGSTOP)
        held = (await in_hand()).get(pid, [])
        before = await made_count()

        async def goes_on(before: int = before) -> bool:
            return await made_count() > before + 1

        with contextlib.suppress(AssertionError):
            if held and await until(goes_on, seconds=4, every=0.1):
                return pid, held
        os.kill(pid, signal.SIGCONT)
        await asyncio.sleep(0.05)
    raise AssertionError("never caught it between two transactions")
