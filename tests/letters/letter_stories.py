"""Letters for tests: somebody new takes the keeper's post, and the file is there, made of a few bytes."""

from datetime import datetime, timedelta

from portal.core.actors import SYSTEM
from portal.core.clock import now, start_of_day, today
from portal.core.database import fetch_value, insert
from portal.core.files import StoredFile
from portal.core.ids import digest
from portal.letters.queries.letters import Whole, letter_whole
from portal.letters.services.making import claim_letter, finish_letter
from portal.letters.services.seeding import seed_edges
from portal.letters.tables import LetterTemplate
from portal.people.services import appoint, end_appointment, make_person
from tasks.outbox import drain
from tests.cast import Cast


async def with_wording() -> None:
    """The shared chain and a wording; what the cast took before has no letters."""
    await drain()
    await seed_edges()
    if not await fetch_value("SELECT count(*) FROM letter_template"):
        row = {"org_id": None, "kind": "post", "title": "责任书", "body": "{}", "digest": "0" * 64, "made_at": now()}
        await insert(LetterTemplate, row)


async def taken(cast: Cast, name: str = "甄新人", *, kind: str = "holder", days: int = 2) -> int:
    """Somebody new takes the keeper's post of the chemistry room at 00:00 in some days; gives the appointment."""
    person = await make_person(name, org_id=cast.school, by=SYSTEM)
    starts = start_of_day(today() + timedelta(days=days))
    return await appoint(person, post_id=cast.keeper_post, by=SYSTEM, kind=kind, is_primary=False, starts_at=starts)


async def ended(appointment: int, ends_at: datetime) -> None:
    """The appointment ends at an instant to come."""
    version = await fetch_value("SELECT version FROM appointment WHERE id = {}", appointment)
    await end_appointment(appointment, version=version, by=SYSTEM, ends_at=ends_at)


async def letter_of(appointment: int) -> int:
    """The letter of an appointment."""
    return int(await fetch_value("SELECT id FROM letter WHERE appointment_id = {}", appointment))


async def whole(letter_id: int) -> Whole:
    """A letter that is there."""
    found = await letter_whole(letter_id)
    assert found is not None
    return found


def stored(body: str) -> StoredFile:
    """A file that nobody has written: its row is what these tests are about."""
    return StoredFile(digest(body), len(body), "application/pdf")


async def made(cast: Cast, name: str = "甄新人") -> int:
    """A letter with its unsigned file, waiting for the taker."""
    appointment = await taken(cast, name)
    await drain()
    letter_id = await letter_of(appointment)
    held = await claim_letter()
    assert held is not None and held.id == letter_id
    assert await finish_letter(held, "{}", "1" * 64, stored(f"draft {letter_id}"))
    await drain()
    return letter_id
