"""What this room lends to rooms on its right; `app.py` hands it over."""

from typing import NamedTuple

from portal.core.actors import Actor
from portal.core.clock import now
from portal.core.database import fetch_one
from portal.core.provided import Held


class _Counts(NamedTuple):
    accounts: int
    sessions: int
    invitations: int


async def accounts_of_person(person_id: int, _by: Actor, _language: str) -> list[Held]:
    """Somebody's account, the devices signed in with it, invitations that can be used. One statement."""
    at = now()
    found = await fetch_one(
        _Counts,
        "SELECT (SELECT count(*) FROM account a WHERE a.person_id = {} AND a.disabled_at IS NULL), "
        "(SELECT count(*) FROM session s JOIN account a ON a.id = s.account_id WHERE a.person_id = {} "
        "AND s.revoked_at IS NULL AND s.expires_at > {} AND s.idle_until > {}), "
        "(SELECT count(*) FROM invitation i WHERE i.person_id = {} AND i.used_at IS NULL AND i.revoked_at IS NULL "
        "AND i.expires_at > {})",
        person_id, person_id, at, at, person_id, at,
    )  # fmt: skip
    assert found is not None
    return [
        Held("accounts.account", found.accounts),
        Held("accounts.sessions", found.sessions),
        Held("accounts.invitations", found.invitations),
    ]
