"""People without an account, colleagues who confirm, and a letter that waits for hands in the office."""

from portal.accounts.services import make_account
from portal.core.actors import SYSTEM
from portal.people.services import make_person
from portal.settings import Settings
from tests.cast import Cast
from tests.letters import living

SECOND = "西边操场主席台后面那棵树"
PASSWORD = "three old maps hang askew"


async def waiting(cast: Cast, settings: Settings, name: str = "甄门卫") -> int:
    """A letter of somebody new without an account; its file is there."""
    return await living.waiting(cast, settings, name)


async def colleague(cast: Cast, login: str = "second", name: str = "甄同事", org_id: int | None = None) -> int:
    """One of the staff with an account, who stands in no letter."""
    person = await make_person(name, org_id=org_id or cast.school, by=SYSTEM)
    await make_account(person, login, password=PASSWORD, by=SYSTEM)
    return person
