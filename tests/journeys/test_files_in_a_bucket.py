"""A photo and a letter on their way through a portal whose files lie in a bucket, and through one that is away."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from portal.core.clock import now
from portal.core.database import fetch_value
from portal.core.files import store_of
from portal.core.refusals import Busy
from portal.hazards.services import seed_categories
from portal.letters.queries.letters import files_of
from portal.letters.running import run_waiting_letters
from portal.letters.verification.archiving import archive
from portal.settings import Settings
from tasks.outbox import drain
from tasks.tidying import tidy
from tests.browser import Browser
from tests.cast import Cast
from tests.conftest import Browsers, MovingClock
from tests.journeys.test_hazard import picture
from tests.letters.letter_stories import letter_of, taken, whole
from tests.letters.living import own_key, sign
from tests.letters.test_letter_life import ended, shared

__all__ = ["ended", "shared"]  # they end the processes, and seed duties and wordings

NOWHERE = "s3://files?endpoint=http://127.0.0.1:1"


@pytest.fixture
def settings(bucket_settings: Settings) -> Settings:
    """Every page and job of these tests keeps its files in the bucket."""
    return bucket_settings


async def night(settings: Settings, clock: MovingClock) -> None:
    """The tidying of a night to come. A bucket dates its files by its own clock, so this night is days after today."""
    before = clock.at
    clock.set(max(before, datetime.now(UTC)) + timedelta(days=3))
    await tidy(settings, now())
    clock.set(before + timedelta(days=3))


async def photo_of(hazard_id: int) -> int:
    return int(await fetch_value("SELECT max(id) FROM hazard_photo WHERE hazard_id = {}", hazard_id))


async def report(browser: Browser, cast: Cast, title: str) -> int:
    await browser.get(f"/hazards/new?grid={cast.room}")
    await browser.submit(browser.form("/hazards"), title=title, files={"photos": ("a.jpg", picture(), "image/jpeg")})
    assert browser.page is not None
    return browser.page.status_code


async def test_a_photo_goes_into_the_bucket_is_shown_from_it_and_stays_while_a_row_names_it(
    cast: Cast, browsers: Browsers, settings: Settings, clock: MovingClock
) -> None:
    await seed_categories()
    teacher, store = await browsers.of(cast.teacher), store_of(settings)
    assert await report(teacher, cast, "插座面板松脱") == 200
    hazard_id = int(await fetch_value("SELECT max(id) FROM hazard"))
    shown = await teacher.get(f"/hazards/{hazard_id}/photos/{await photo_of(hazard_id)}")
    assert shown.status_code == 200 and shown.content.startswith(b"\xff\xd8")
    digest = await fetch_value("SELECT digest FROM hazard_photo")
    assert await store.open(digest) == shown.content and not settings.files.exists()
    left = await store.put(b"an upload that nobody kept", media_type="image/jpeg")
    await night(settings, clock)
    assert await store.exists(digest) and not await store.exists(left.digest)


async def test_a_letter_is_made_signed_sealed_and_taken_along_from_the_bucket(
    cast: Cast, browsers: Browsers, settings: Settings, clock: MovingClock
) -> None:
    appointment = await taken(cast, "甄新人")
    await drain()
    letter_id = await letter_of(appointment)
    assert await run_waiting_letters(settings) == 1
    parties = (await whole(letter_id)).parties
    first = await browsers.of(parties[0].person_id)
    read = await first.get(f"/letters/{letter_id}/file")
    assert read.content.startswith(b"%PDF")
    for one in parties:
        person = await cast.actor(one.person_id)
        await own_key(person)
        await sign(letter_id, person, settings)
    assert await run_waiting_letters(settings) == 1
    files, store = await files_of(letter_id), store_of(settings)
    assert [one.role for one in files] == ["draft", "signed", "signed", "sealed", "evidence"]
    sealed = await store.open(files[3].digest)
    assert sealed is not None
    assert (await first.get(f"/letters/{letter_id}/file")).content == sealed
    pack = await (await browsers.of(cast.safety)).get(f"/letters/{letter_id}/evidence.zip")
    assert pack.content.startswith(b"PK") and "certificates/seal.pem" in pack.content.decode("latin-1")
    by, away = await cast.actor(cast.safety), store_of(replace(settings, files_url=NOWHERE))
    assert len([piece async for piece in archive(now().year, store=store, words=lambda _, what: what, by=by)]) == 4
    with pytest.raises(Busy):  # broken off, never an index that calls letters lost
        _ = [piece async for piece in archive(now().year, store=away, words=lambda _, what: what, by=by)]
    await night(settings, clock)
    assert all([await store.open(one.digest) for one in files]) and not settings.files.exists()


async def test_while_the_bucket_is_away_pages_say_so_and_what_was_typed_stays(
    cast: Cast, browsers: Browsers, settings: Settings
) -> None:
    await seed_categories()
    teacher = await browsers.of(cast.teacher)
    await report(teacher, cast, "插座面板松脱")
    hazard_id = int(await fetch_value("SELECT max(id) FROM hazard"))
    photo = f"/hazards/{hazard_id}/photos/{await photo_of(hazard_id)}"
    browsers.app.state.settings = replace(settings, files_url=NOWHERE)
    shown = await teacher.get(photo)
    assert shown.status_code == 503 and shown.headers["retry-after"] == "30" and "连不上" in teacher.text
    assert await report(teacher, cast, "通风橱的门关不上") == 503
    assert "连不上" in teacher.text and "通风橱的门关不上" in str(teacher.form("/hazards").fields)
    assert await fetch_value("SELECT count(*) FROM hazard") == 1
    assert (await teacher.get(f"/hazards/{hazard_id}")).status_code == 200, "pages without files go on"
    await teacher.get("/admin")
    assert "存取不了" not in teacher.text, "what a teacher cannot mend"
    safety = await browsers.of(cast.safety)
    await safety.get("/admin")
    assert "存取不了" in safety.text
    ready = (await teacher.get("/health/ready")).json()
    assert (ready["status"], ready["files"]) == ("not ready", "files.away")
    browsers.app.state.settings = settings
    assert (await teacher.get(photo)).status_code == 200
    assert (await teacher.get("/health/ready")).json()["files"] == "ok"


async def test_a_letter_waits_while_the_bucket_is_away_and_is_never_void_for_it(
    cast: Cast, settings: Settings, clock: MovingClock
) -> None:
    appointment = await taken(cast, "甄新人")
    await drain()
    letter_id, away = await letter_of(appointment), replace(settings, files_url=NOWHERE)
    for _ in range(5):
        assert await run_waiting_letters(away) == 0
        row = (await whole(letter_id)).row
        assert row.voided_at is None and row.made_at is None
        clock.forward(seconds=31)
    assert await fetch_value("SELECT reason FROM letter WHERE id = {}", letter_id) == "files.away"
    assert await fetch_value("SELECT attempts FROM letter WHERE id = {}", letter_id) == 0
    assert await run_waiting_letters(settings) == 1
    assert await fetch_value("SELECT reason FROM letter WHERE id = {}", letter_id) is None
    for one in (await whole(letter_id)).parties:
        person = await cast.actor(one.person_id)
        await own_key(person)
        await sign(letter_id, person, settings)
    assert await run_waiting_letters(away) == 0, "it is put off, and its page says why"
    assert await fetch_value("SELECT reason FROM letter WHERE id = {}", letter_id) == "files.away"
    clock.forward(minutes=6)
    assert await run_waiting_letters(settings) == 1
    assert (await whole(letter_id)).row.sealed_at is not None
