"""Nightly tidying: what a row refers to stays, what nobody refers to goes, once it is old enough."""

from datetime import timedelta

import pytest

from portal.core.clock import now
from portal.core.database import fetch_value, insert
from portal.core.files import store_of
from portal.hazards.tables import HazardPhoto
from portal.settings import Settings
from tasks.tidying import tidy
from tests.conftest import MovingClock


async def test_a_photo_of_a_card_stays_and_an_aborted_upload_goes(
    database: str, either_store: Settings, request: pytest.FixtureRequest
) -> None:
    settings, store = either_store, store_of(either_store)
    kept, lost = await store.put(b"kept", media_type="image/jpeg"), await store.put(b"lost", media_type="image/jpeg")
    row = {
        "hazard_id": 1,
        "phase": "before",
        "digest": kept.digest,
        "thumb_digest": kept.digest,
        "width": 1,
        "height": 1,
    }
    await insert(HazardPhoto, {**row, "at": now()})
    await tidy(settings, now())
    assert await store.exists(lost.digest), "it may still be on its way into a card"
    later = now() + timedelta(days=1)
    clock: MovingClock = request.getfixturevalue("clock")  # a bucket knows the machine's time only
    clock.set(later)
    await tidy(settings, now())
    assert (await store.exists(kept.digest), await store.exists(lost.digest)) == (True, False)
    assert await fetch_value("SELECT count(*) FROM hazard_photo") == 1
