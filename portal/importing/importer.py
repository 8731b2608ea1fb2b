"""Who imports: what the register's own rules for appointments by hand leave to this person."""

from portal.core.actors import Actor
from portal.core.clock import now
from portal.core.database import fetch_value
from portal.importing.plan import Importer
from portal.people.queries import HELD_AT
from portal.people.rules import SCHOOL_ROLES, gives_more
from portal.permissions.rules import Role


async def importer_of(school_id: int, *, by: Actor) -> Importer:
    """Which roles the actor may not give themselves, and whether a principal is the bureau's word; one statement.

    An import writes in bulk and passes the verbs of the register by, so their rule is asked for here.
    """
    if by.is_system:
        return Importer()
    gains = frozenset(str(role) for role in SCHOOL_ROLES if gives_more(by, role))
    return Importer(by.person_id, gains, Role.BUREAU_OFFICER not in by.roles and await _has_principal(school_id))


async def _has_principal(school_id: int) -> bool:
    at = now()
    found = await fetch_value(
        "SELECT COUNT(*) FROM appointment a JOIN post p ON p.id = a.post_id "
        "JOIN organisation o ON o.grid_id = p.org_id "
        f"WHERE p.org_id = {{}} AND p.role = 'principal' AND o.bureau_id IS NOT NULL AND {HELD_AT}",
        school_id, at, at,
    )  # fmt: skip
    return bool(found)
