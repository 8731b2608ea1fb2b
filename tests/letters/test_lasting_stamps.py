"""A letter's file is stamped again in time, by the worker's own path, whatever happens on the way (F6, F20, TP5, TP6)."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from portal.core.clock import now
from portal.core.database import execute, fetch_column, fetch_value, unit_of_work
from portal.core.files import FolderStore
from portal.letters import extending, sealing
from portal.letters.lasting.rules import ALGORITHM, FIRST_PAUSE, LONGEST_PAUSE, SOONEST, next_stamp, pause
from portal.letters.lasting.services.upkeep import claim_stamp, finish_stamp, sweep_upkeep
from portal.letters.queries.letters import file_now, files_of
from portal.letters.running import run_waiting_letters
from portal.letters.sealing import Finding, Reason
from portal.letters.services.keys import end_key
from portal.letters.services.upkeep_rows import begin_upkeep
from portal.letters.signing_online import nothing_due
from portal.letters.verification.checking import check_file
from portal.rendering import pdf
from portal.settings import Settings
from tests.cast import Cast
from tests.conftest import START, MovingClock
from tests.letters.letter_stories import with_wording
from tests.letters.sealing_kit import TimeServer, serving
from tests.letters.verifying_kit import Made, drafted, sealed, signed_by

YEAR = timedelta(days=365)


@pytest.fixture(autouse=True)
def ended() -> Iterator[None]:
    """The processes that sign and set end with the test."""
    yield
    pdf.shutdown()
    sealing.shutdown()


@pytest.fixture(autouse=True)
async def shared(cast: Cast) -> None:
    await with_wording()


@pytest.fixture
def server() -> Iterator[TimeServer]:
    with serving(TimeServer(at=START, lives=11 * YEAR)) as running:
        yield running


@pytest.fixture
def stamped(settings: Settings, server: TimeServer) -> Settings:
    """The settings of a portal whose operator has named a time-stamp server, and whom to believe."""
    return with_server(settings, server)


def with_server(settings: Settings, server: TimeServer) -> Settings:
    from dataclasses import replace

    (settings.data / "time-stamp-authorities.pem").write_text(server.root)
    return replace(settings, time_stamp_url=server.url)


async def complete(cast: Cast, settings: Settings, server: TimeServer | None = None) -> Made:
    return await sealed(await signed_by(await drafted(cast, settings), cast, server=server), server=server)


async def upkeep(made: Made, column: str) -> Any:
    return await fetch_value(f"SELECT {column} FROM letter_upkeep WHERE letter_id = {{}}", made.id)


async def roles(made: Made) -> list[str]:
    return [f"{one.role} {one.stage}" for one in await files_of(made.id)]


async def body_of(made: Made, role: str = "extended") -> bytes:
    digest = [one.digest for one in await files_of(made.id) if one.role == role][-1]
    found = await made.store.open(digest)
    assert found is not None
    return found


# The rule


def test_the_next_stamp_comes_within_a_year_and_before_the_last_one_ends() -> None:
    assert next_stamp(START, None) == START + YEAR
    assert next_stamp(START, START + 11 * YEAR) == START + YEAR
    assert next_stamp(START, START + timedelta(days=300)) == START + timedelta(days=240)
    assert next_stamp(START, START + timedelta(days=10)) == START + timedelta(days=5)
    assert next_stamp(START, START + timedelta(minutes=1)) == START + SOONEST
    assert next_stamp(START, START - YEAR) == START + SOONEST
    assert [pause(n) for n in (0, 1, 2, 99)] == [FIRST_PAUSE, FIRST_PAUSE, 2 * FIRST_PAUSE, LONGEST_PAUSE]


def test_the_algorithm_is_that_of_the_stamps() -> None:
    from portal.letters.sealing.signing import DIGEST

    assert ALGORITHM == DIGEST


# Stamping


async def test_a_sealed_letter_is_stamped_and_the_files_before_stay(
    cast: Cast, stamped: Settings, server: TimeServer, clock: MovingClock
) -> None:
    made = await complete(cast, stamped, server)
    before = await file_now(made.id)
    assert await run_waiting_letters(stamped) == 1
    assert await roles(made) == ["draft 0", "signed 1", "signed 2", "sealed 0", "evidence 0", "extended 1"]
    file = await file_now(made.id)
    assert file is not None and before is not None and (file.role, file.level) == ("extended", "B-LTA")
    longer = await body_of(made)
    assert longer.startswith(made.final), "it is only added to"
    assert (await check_file(longer, code="", settings=stamped)).is_green
    older = await check_file(made.final, code="", settings=stamped)
    assert older.is_green and older.newest_at == now(), "whoever took it home before holds the original"
    assert await run_waiting_letters(stamped) == 0, "once"
    assert await upkeep(made, "due_at") == START + YEAR
    assert await fetch_column("SELECT kind FROM event WHERE kind LIKE 'letter.ext%'") == ["letter.extended"]


async def test_without_a_server_nothing_is_due(cast: Cast, settings: Settings, server: TimeServer) -> None:
    made = await complete(cast, settings)
    assert nothing_due(settings) == "letter.no_time_server"
    assert await run_waiting_letters(settings) == 0
    named = with_server(settings, server)
    (settings.data / "time-stamp-authorities.pem").unlink()
    assert nothing_due(named) == "letter.no_time_authorities"
    assert await run_waiting_letters(named) == 0 and await upkeep(made, "attempts") == 0


async def test_what_was_signed_while_the_server_was_down_is_lifted_when_it_is_back(
    cast: Cast, stamped: Settings, server: TimeServer, clock: MovingClock
) -> None:
    server.is_down = True
    made = await complete(cast, stamped, server)
    assert await upkeep(made, "level") == "B-B"
    assert await run_waiting_letters(stamped) == 0
    assert await upkeep(made, "reason") == "sealing.no_time_stamp"
    assert await upkeep(made, "next_try_at") == START + FIRST_PAUSE
    assert await run_waiting_letters(stamped) == 0 and await upkeep(made, "attempts") == 1, "not before its time"
    for _ in range(8):
        clock.forward(minutes=6)
        assert await run_waiting_letters(stamped) == 0
    waits = await fetch_value("SELECT next_try_at FROM letter_upkeep WHERE letter_id = {}", made.id) - now()
    assert waits == LONGEST_PAUSE, "never more than ten minutes without a try"
    assert await roles(made) == ["draft 0", "signed 1", "signed 2", "sealed 0", "evidence 0"]
    server.is_down, server.at = False, now() + timedelta(minutes=6)
    clock.forward(minutes=6)
    sealing.shutdown()  # the process that asked remembers for half a minute that it was down
    assert await run_waiting_letters(stamped) == 1
    assert (await upkeep(made, "level"), await upkeep(made, "reason")) == ("B-LTA", None)
    assert (await check_file(await body_of(made), code="", settings=stamped)).is_green


async def test_a_row_that_is_missing_is_made_however_old_the_letter_is(
    cast: Cast, stamped: Settings, server: TimeServer, clock: MovingClock
) -> None:
    made = await complete(cast, stamped, server)
    await execute("DELETE FROM letter_upkeep")
    clock.forward(days=300)
    assert await sweep_upkeep() == 1 and await sweep_upkeep() == 0
    server.at = now()
    assert await run_waiting_letters(stamped) == 1
    await execute("UPDATE letter_upkeep SET algorithm = 'sha1'")
    assert await sweep_upkeep() == 1
    server.at = now()
    assert await run_waiting_letters(stamped) == 1 and (await roles(made))[-1] == "extended 2"
    async with unit_of_work():
        assert await begin_upkeep(made.id) == 0


async def test_a_worker_that_dies_leaves_it_to_the_next_and_two_make_one(
    cast: Cast, stamped: Settings, server: TimeServer, clock: MovingClock
) -> None:
    made = await complete(cast, stamped, server)
    dead = await claim_stamp()
    assert dead is not None and await claim_stamp() is None
    assert await run_waiting_letters(stamped) == 0
    clock.forward(seconds=21)
    server.at = now()
    assert await run_waiting_letters(stamped) == 1
    base = next(one for one in await files_of(made.id) if one.role == "sealed")
    stored = await made.store.put(b"late", media_type="application/pdf")
    assert not await finish_stamp(dead, base, stored, level="B-LTA", ends_at=None), "what comes late is nobody's"
    assert (await roles(made)).count("extended 1") == 1


@pytest.mark.parametrize("step", ["open", "put", "finish"])
async def test_a_crash_at_any_step_leaves_the_good_file_and_a_reason(
    cast: Cast, stamped: Settings, server: TimeServer, clock: MovingClock, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    made = await complete(cast, stamped, server)

    async def breaks(*_: object, **__: object) -> None:
        raise OSError("no disk")

    with monkeypatch.context() as broken:
        if step == "finish":
            broken.setattr(extending, "finish_stamp", breaks)
        else:
            broken.setattr(FolderStore, step, breaks)
        assert await run_waiting_letters(stamped) == 0
    assert await upkeep(made, "reason") == "pdf.broken"
    file = await file_now(made.id)
    assert file is not None and file.role == "sealed"
    clock.forward(minutes=1)
    server.at = now()
    assert await run_waiting_letters(stamped) == 1 and (await roles(made))[-1] == "extended 1"


async def test_a_server_that_nobody_believes_adds_nothing(cast: Cast, settings: Settings, clock: MovingClock) -> None:
    with serving(TimeServer(at=START)) as stranger:
        named = with_server(settings, stranger)
        made = await complete(cast, named)
        (settings.data / "time-stamp-authorities.pem").write_text(made.school.authority.certificate)
        assert await run_waiting_letters(named) == 0
    assert await upkeep(made, "reason") == "sealing.no_time_stamp" and "extended 1" not in await roles(made)


async def test_what_no_stamp_can_heal_is_left_as_it_is_and_said(
    cast: Cast, stamped: Settings, server: TimeServer, clock: MovingClock
) -> None:
    """Signed and sealed without a stamp; then a key was lost. The register still knows the file as it was."""
    made = await complete(cast, stamped)
    clock.forward(days=1)
    assert await end_key(Reason.LOST, by=await cast.actor((await made.whole()).parties[1].person_id))
    clock.forward(hours=1)
    server.at = now()
    assert await run_waiting_letters(stamped) == 0
    assert (await upkeep(made, "reason"), await upkeep(made, "due_at")) == ("letter.stamp_useless", None)
    found = await check_file(made.final, code="", settings=stamped)
    assert found.is_green and found.known_at is not None and "extended 1" not in await roles(made)
    assert await fetch_column("SELECT kind FROM event WHERE kind LIKE 'letter.stamp%'") == ["letter.stamp_stopped"]


# Years later


async def test_two_years_on_b_lt_holds_and_b_b_by_the_register_alone(
    cast: Cast, stamped: Settings, server: TimeServer, clock: MovingClock
) -> None:
    made = await complete(cast, stamped, server)
    clock.forward(days=2 * 365)
    await execute("UPDATE letter SET ends_at = {} WHERE id = {}", now() + YEAR, made.id)
    found = await check_file(made.final, code="", settings=stamped)
    assert found.is_green and found.known_at is None and str(found.verdict.level) == "B-LT"


@pytest.mark.slow
async def test_ten_years_on_it_holds_because_the_worker_stamped_it_every_year(
    cast: Cast, stamped: Settings, clock: MovingClock
) -> None:
    """Each stamp from another server with a certificate of 400 days; people's keys end after three years."""
    made: Made | None = None
    for year in range(11):
        with serving(TimeServer(at=now(), lives=timedelta(days=400))) as server:
            named = with_server(stamped, server)
            if made is None:
                made = await complete(cast, named, server)
                await execute("UPDATE letter SET ends_at = {} WHERE id = {}", now() + 12 * YEAR, made.id)
            assert await sweep_upkeep() == 0
            server.at = now()
            assert await run_waiting_letters(named) == 1, year
            if year % 5 == 0:  # the worker itself checks what it has stamped, each time
                found = await check_file(await body_of(made), code="", settings=named)
                assert found.is_green and str(found.verdict.level) == "B-LTA", (year, found.verdict)
            assert await run_waiting_letters(named) == 0
            due = await upkeep(made, "due_at")
            assert now() + timedelta(days=300) < due <= now() + YEAR
        clock.set(due)
    assert now() - START > 9 * YEAR
    assert made is not None and (await roles(made))[-1] == "extended 11"
    assert found.known_at is None, "proven by the file itself"
    assert len(await body_of(made)) < 400_000
    older = await check_file(made.final, code="", settings=named)
    assert older.verdict.finding is Finding.ORIGINAL and older.known_at is not None and older.newest_at is not None
