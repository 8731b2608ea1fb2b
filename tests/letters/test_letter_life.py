"""The life of a letter on real rows: somebody takes a post, the worker makes it, both sign, the seal closes it (F1-F15)."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from portal.core import crypto
from portal.core.clock import now
from portal.core.database import execute, fetch_value
from portal.core.files import FolderStore
from portal.core.refusals import Refused, TooMany
from portal.letters import sealing
from portal.letters.document import from_json
from portal.letters.queries.letters import files_of
from portal.letters.rules import State, state_of
from portal.letters.running import run_waiting_letters
from portal.letters.sealing import Expected, ExpectedSigner, Finding, Registered, check
from portal.letters.services.keys import office_of
from portal.letters.services.tries import WRONG_MOST
from portal.rendering import pdf
from portal.settings import Settings
from tasks.outbox import drain
from tasks.tidying import tidy
from tests.cast import Cast
from tests.conftest import MovingClock
from tests.letters.letter_stories import letter_of, taken, whole
from tests.letters.living import PASSPHRASE, WORDS, own_key, ready, sign


@pytest.fixture(autouse=True)
def ended() -> Iterator[None]:
    """The processes that set and sign end with the test."""
    yield
    pdf.shutdown()
    sealing.shutdown()


@pytest.fixture(autouse=True)
async def shared(cast: Cast) -> None:
    """Duties that the school has confirmed, the chain, the wordings; what the cast took before has no letters."""
    await ready()


async def test_from_the_appointment_to_a_file_that_anybody_can_check(
    cast: Cast, settings: Settings, clock: MovingClock
) -> None:
    appointment = await taken(cast, "甄新人")
    await drain()
    letter_id = await letter_of(appointment)
    assert await run_waiting_letters(settings) == 1
    found = await whole(letter_id)
    assert state_of(found.facts, at=now()) is State.WAITING and found.row.text is not None
    text = from_json(found.row.text)
    assert (text.number, text.grid) == (found.row.number, "化学实验室(东)") and text.duties and text.provisions
    people = [await cast.actor(one.person_id) for one in found.parties]
    for person in people:
        await own_key(person)
        await sign(letter_id, person, settings)
    await drain()
    assert await run_waiting_letters(settings) == 1
    found = await whole(letter_id)
    assert state_of(found.facts, at=now()) is State.PENDING
    files = await files_of(letter_id)
    assert [one.role for one in files] == ["draft", "signed", "signed", "sealed", "evidence"]
    store = FolderStore(settings.files)
    body = await store.open(files[3].digest)
    assert body is not None and len(body) <= 150_000
    office = await office_of(cast.school, seal_name=WORDS.seal_name)
    serials = [
        await fetch_value("SELECT serial FROM signing_key WHERE person_id = {}", one.person_id) for one in people
    ]
    signers = [ExpectedSigner(f"party_{n}", serial) for n, serial in enumerate(serials, 1)]
    expected = Expected(
        registered=tuple(Registered(one.digest, one.role, one.role == "sealed") for one in files[:4]),
        signers=(*signers, ExpectedSigner("seal", "")), number=found.row.number,
        authorities=(office.authority.certificate,), revocations=(office.revocations,),
    )  # fmt: skip
    verdict = await check(body, expected)
    assert verdict.is_green, verdict
    clock.forward(days=3)
    await tidy(settings, now())
    assert all([await store.exists(one.digest) for one in files]), "what a letter refers to is no orphan"
    earlier = await store.open(files[2].digest)
    assert earlier is not None and (await check(earlier, expected)).finding is not Finding.ORIGINAL
    assert not (await check(body[:-20] + b"x" * 20, expected)).is_green


async def test_a_wrong_passphrase_signs_nothing_and_is_counted(cast: Cast, settings: Settings) -> None:
    appointment = await taken(cast, "甄新人")
    await drain()
    await run_waiting_letters(settings)
    letter_id = await letter_of(appointment)
    by = await cast.actor((await whole(letter_id)).row.person_id)
    with pytest.raises(Refused, match="no_key_yet"):
        await sign(letter_id, by, settings)
    await own_key(by)
    for _ in range(WRONG_MOST):
        with pytest.raises(Refused, match="wrong_secret"):
            await sign(letter_id, by, settings, "西边化学实验室靠门第一排")
    with pytest.raises(TooMany):
        await sign(letter_id, by, settings)
    assert await fetch_value("SELECT count(*) FROM letter_file WHERE role = 'signed'") == 0


async def test_a_list_that_nobody_has_confirmed_goes_into_no_letter(cast: Cast, settings: Settings) -> None:
    await execute("UPDATE duty_list SET origin = 'ours', confirmed_at = NULL")
    appointment = await taken(cast, "甄新人")
    await drain()
    assert await run_waiting_letters(settings) == 0
    found = await whole(await letter_of(appointment))
    assert state_of(found.facts, at=now()) is State.VOID
    assert found.row.failure is not None and found.row.failure[0] == "letter.list_unconfirmed"


async def test_a_key_is_of_no_use_without_its_passphrase(cast: Cast, settings: Settings, tmp_path: Path) -> None:
    by = await cast.actor(cast.keeper)
    key_id = await own_key(by)
    wrapped = await fetch_value("SELECT wrapped FROM signing_key WHERE id = {}", key_id)
    assert "PRIVATE" not in wrapped and crypto.unseal(wrapped) is None
    for guess in ("", PASSPHRASE[:-1], "anwang", by.name):
        with pytest.raises(Refused):
            sealing.unwrap_key(wrapped, sealing.Secret.passphrase(guess))
    assert sealing.unwrap_key(wrapped, sealing.Secret.passphrase(PASSPHRASE))


async def test_a_new_key_ends_the_old_one_and_what_it_signed_stays(cast: Cast) -> None:
    by = await cast.actor(cast.keeper)
    first = await own_key(by)
    second = await own_key(by)
    assert first != second
    assert await fetch_value("SELECT end_reason FROM signing_key WHERE id = {}", first) == "lost"
    office = await office_of(cast.school, seal_name=WORDS.seal_name)
    assert office.revocations, "the list names it from now on"
