"""A letter that the bureau gives to a principal, from the round to a file that anybody can check (R105)."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from portal.core.clock import now, today
from portal.core.database import fetch_column, fetch_value
from portal.core.files import FolderStore
from portal.letters import sealing
from portal.letters.document import from_json
from portal.letters.queries.letters import files_of
from portal.letters.rules import State, state_of
from portal.letters.running import run_waiting_letters
from portal.letters.services.rounds import start_round
from portal.letters.services.seeding import seed_edges, seed_wordings
from portal.letters.verification.checking import check_file
from portal.rendering import pdf
from portal.responsibilities.queries.lists import lists_of
from portal.responsibilities.services import confirm_list, seed_duties
from portal.settings import Settings
from tasks.outbox import drain
from tests.cast import Cast
from tests.letters.letter_stories import whole
from tests.letters.living import own_key, sign


@pytest.fixture(autouse=True)
def ended() -> Iterator[None]:
    """The processes that set and sign end with the test."""
    yield
    pdf.shutdown()
    sealing.shutdown()


async def test_the_bureau_s_letter_is_of_two_organisations_and_proves_it(cast: Cast, settings: Settings) -> None:
    await drain()
    await seed_duties()
    await seed_edges()
    await seed_wordings()
    await start_round(
        cast.bureau, "yearly", "2026", starts_on=today() + timedelta(days=1), ends_on=None, sign_by=None,
        by=await cast.actor(cast.bureau_officer),
    )  # fmt: skip
    assert await run_waiting_letters(settings) == 0  # no school has confirmed what a principal has to do
    for school, safety in ((cast.school, cast.safety), (cast.other_school, cast.other_safety)):
        for one in await lists_of(school):
            if one.asks:
                by = await cast.actor(safety)
                await confirm_list(one.id, org_id=school, version=one.version, by=by)
    await drain()
    assert await run_waiting_letters(settings) == 2
    letter_id = await fetch_value("SELECT id FROM letter WHERE person_id = {}", cast.other_principal)
    found = await whole(letter_id)
    assert found.row.text is not None
    text = from_json(found.row.text)
    units = {one.part: one.unit for one in text.parties}
    names = {
        org: await fetch_value("SELECT name FROM grid WHERE id = {}", org) for org in (cast.bureau, cast.other_school)
    }
    assert units == {"giver": names[cast.bureau], "taker": names[cast.other_school]}
    assert text.school == names[cast.bureau] and text.variant == "school" and text.tables
    for person in (cast.other_principal, cast.bureau_officer):
        by = await cast.actor(person)
        await own_key(by)
        await sign(letter_id, by, settings)
    await drain()
    assert await run_waiting_letters(settings) == 1
    found = await whole(letter_id)
    assert state_of(found.facts, at=now()) is State.PENDING
    assert len(set(await fetch_column("SELECT org_id FROM signing_key"))) == 2
    sealed = next(one for one in await files_of(letter_id) if one.role == "sealed")
    body = await FolderStore(settings.files).open(sealed.digest)
    assert body is not None
    checked = await check_file(body, code="", settings=settings)
    assert checked.is_green, checked
