"""People without an account, colleagues who confirm, and a letter that waits for hands in the office."""

from portal.accounts.services import make_account
from portal.core.actors import SYSTEM, Actor
from portal.core.database import execute
from portal.letters.running import run_waiting_letters
from portal.letters.services.keys import make_key
from portal.letters.services.seeding import seed_edges, seed_wordings
from portal.people.services import make_person
from portal.responsibilities.services import seed_duties
from portal.settings import Settings
from tasks.outbox import drain
from tests.cast import Cast
from tests.letters.letter_stories import letter_of, taken

PASSPHRASE = "东边化学实验室靠窗第三排"
SECOND = "西边操场主席台后面那棵树"
PASSWORD = "three old maps hang askew"


async def seeded(cast: Cast) -> None:
    """Duties that the school has confirmed, the chain, the wordings; what the cast took before has no letters."""
    await drain()
    await seed_duties()
    await execute("UPDATE duty_list SET origin = 'seed'")
    await seed_edges()
    await seed_wordings()


async def waiting(cast: Cast, settings: Settings, name: str = "甄门卫") -> int:
    """A letter of somebody new without an account; its file is there."""
    appointment = await taken(cast, name)
    await drain()
    assert await run_waiting_letters(settings) == 1
    await drain()
    return await letter_of(appointment)


async def key_for(by: Actor, passphrase: str) -> int:
    """A signing key of one's own."""
    return await make_key(passphrase, edition=1, text_digest="0" * 64, seal_name="安全责任书专用章", by=by)


async def colleague(cast: Cast, login: str = "second", name: str = "甄同事", org_id: int | None = None) -> int:
    """One of the staff with an account, who stands in no letter."""
    person = await make_person(name, org_id=org_id or cast.school, by=SYSTEM)
    await make_account(person, login, password=PASSWORD, by=SYSTEM)
    return person
