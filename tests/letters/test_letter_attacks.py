"""What a hostile insider and a hasty browser try with signed letters, and what must not come of it."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from portal.core.clock import now
from portal.core.database import execute, fetch_value, insert
from portal.core.files import StoredFile
from portal.core.refusals import Conflict
from portal.letters import sealing
from portal.letters.at_office.forms import parse_count
from portal.letters.lasting.queries import past_letters
from portal.letters.lasting.rules import YEARS
from portal.letters.lasting.services.retention import remove_letters
from portal.letters.lasting.services.upkeep import claim_stamp, finish_stamp, sweep_upkeep
from portal.letters.queries.letters import file_now, files_of
from portal.letters.rules import Method
from portal.letters.sealing import Reason
from portal.letters.services.keys import end_key
from portal.letters.services.signing import Place, note_reading, place_to_sign, record_signature
from portal.letters.services.upkeep_rows import begin_upkeep
from portal.letters.tables import LetterArchive
from portal.rendering import pdf
from portal.settings import Settings
from tests.cast import Cast
from tests.conftest import Browsers, MovingClock
from tests.letters.at_office_kit import waiting
from tests.letters.letter_stories import whole
from tests.letters.living import PASSPHRASE, own_key, ready
from tests.letters.verifying_kit import Made, complete


@pytest.fixture(autouse=True)
def ended() -> Iterator[None]:
    yield
    pdf.shutdown()
    sealing.shutdown()


@pytest.fixture(autouse=True)
async def shared(cast: Cast) -> None:
    await ready()


@pytest.mark.parametrize("text", ["0001209999", "000001" + "0" * 5_000, "121", "0", "-1", "１２"])
def test_no_count_of_pupils_is_larger_than_a_class(text: str) -> None:
    assert parse_count(text) is None


async def test_what_a_browser_loads_ahead_on_the_device_was_read_by_nobody(
    cast: Cast, settings: Settings, browsers: Browsers
) -> None:
    letter = await waiting(cast, settings)
    party, browser = (await whole(letter)).parties[0].id, await browsers.of(cast.safety)
    here = f"/letters/{letter}/at-office/{party}/file"
    for headers in ({"Sec-Purpose": "prefetch"}, {"Purpose": "prefetch"}, {"X-Moz": "prefetch"}):
        assert (await browser.client.get(here, headers=headers)).status_code == 200
    assert await fetch_value("SELECT count(*) FROM letter_reading WHERE letter_id = {}", letter) == 0
    assert (await browser.client.get(here)).status_code == 200
    assert await fetch_value("SELECT count(*) FROM letter_reading WHERE letter_id = {}", letter) == 1


async def test_a_key_that_ended_while_it_signed_is_recorded_nowhere(cast: Cast, settings: Settings) -> None:
    made = await waiting(cast, settings)
    found = await whole(made)
    giver = next(one for one in found.parties if one.part == "giver")
    by = await cast.actor(giver.person_id)
    key = await own_key(by)
    for one in found.parties:
        if one.turn < giver.turn:
            await execute("UPDATE letter_party SET signed_at = {}, method = 'device' WHERE id = {}", now(), one.id)
    place = await _place(made, giver.person_id, cast)
    assert await end_key(Reason.COMPROMISED, by=by)
    file = StoredFile("a" * 64, 10, "application/pdf")
    with pytest.raises(Conflict, match="no_key_yet"):
        await record_signature(place, file, method=Method.KEY, level="B-B", key_id=key, proof={}, by=by)
    assert "a" * 64 not in {one.digest for one in await files_of(made)}


async def _place(letter: int, person: int, cast: Cast) -> Place:
    by, file = await cast.actor(person), await file_now(letter)
    assert file is not None
    await note_reading(letter, file.digest, network="10.0.0.0/24", device="phone", by=by)
    return await place_to_sign(letter, seen=file.digest, by=by)


async def _archived(cast: Cast, made: Made, clock: MovingClock) -> int:
    """An archive of the letter's year, taken out once it had ended and confirmed; the letter's years are over."""
    row = (await made.whole()).row
    assert row.ends_at is not None
    clock.set(row.ends_at.replace(year=row.ends_at.year + YEARS) + timedelta(days=1))
    kept = {"org_id": row.org_id, "year": row.year, "asked_at": now(), "asked_by": cast.safety, "version": 1}
    more = {"finished_at": now(), "letters": 1, "missing": 0, "digest": "b" * 64, "confirmed_at": now()}
    return (await insert(LetterArchive, {**kept, **more}))[0]


async def test_a_letter_that_was_sealed_after_the_archive_is_not_in_it(
    cast: Cast, settings: Settings, clock: MovingClock
) -> None:
    made = await complete(cast, settings)
    archive, by = await _archived(cast, made, clock), await cast.actor(cast.safety)
    [past] = await past_letters(cast.school, YEARS, by=by)
    assert past.archive_id == archive
    await execute("UPDATE letter SET sealed_at = {} WHERE id = {}", now() + timedelta(seconds=1), made.id)
    [past] = await past_letters(cast.school, YEARS, by=by)
    assert past.archive_id is None


async def test_a_removed_letter_is_stamped_by_no_worker_that_was_at_it(
    cast: Cast, settings: Settings, clock: MovingClock
) -> None:
    made = await complete(cast, settings)
    await _archived(cast, made, clock)
    await begin_upkeep(made.id)
    taken, files = await claim_stamp(), await files_of(made.id)
    assert taken is not None
    year = (await made.whole()).row.year
    assert await remove_letters(year, count=1, by=await cast.actor(cast.safety)) == 1
    base, file = files[-2], StoredFile("c" * 64, 10, "application/pdf")
    assert not await finish_stamp(taken, base, file, level="B-LTA", ends_at=None)
    await execute("UPDATE letter_upkeep SET algorithm = 'old' WHERE letter_id = {}", made.id)
    await sweep_upkeep()
    assert await fetch_value("SELECT due_at FROM letter_upkeep WHERE letter_id = {}", made.id) is None


async def test_an_open_session_of_yesterday_makes_no_key(cast: Cast, browsers: Browsers, clock: MovingClock) -> None:
    browser = await browsers.of(cast.keeper)
    await browser.get("/account/signing-key")
    form = browser.form("/account/signing-key")
    clock.forward(minutes=31)
    answer = await browser.submit(form, consent="1", passphrase=PASSPHRASE, again=PASSPHRASE)
    assert answer.status_code == 422 and "先退出，再登录一次" in browser.text
    assert await fetch_value("SELECT count(*) FROM signing_key WHERE person_id = {}", cast.keeper) == 0
    assert not [one for one in browser.forms if one.action == "/account/signing-key"]
