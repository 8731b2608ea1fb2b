"""Whose account the school's own office may not take over: the heads' (they strike off major hazards, name viewers)."""

from portal.core.actors import Actor
from portal.core.clock import now
from portal.core.database import fetch_value
from portal.core.refusals import Refused
from portal.permissions.rules import Role


async def check_head(person_id: int, *, by: Actor) -> None:
    """Refuses (`account.head_by_bureau`) to reset or switch the account of a head, unless the bureau does it."""
    if await is_head_to(person_id, by=by):
        raise Refused("account.head_by_bureau")


async def is_head_to(person_id: int, *, by: Actor) -> bool:
    """True when the person is, or is announced as, principal or vice head of a school under a bureau, and the actor is
    not of the bureau. Whoever took the account of tomorrow's head today would be the head tomorrow.

    A school without a bureau has nobody else to ask, and keeps its accounts itself.
    """
    if by.is_system or Role.BUREAU_OFFICER in by.roles or by.person_id == person_id:
        return False
    at = now()
    held = await fetch_value(
        "SELECT count(*) FROM appointment a JOIN post p ON p.id = a.post_id "
        "JOIN organisation o ON o.grid_id = p.org_id WHERE a.person_id = {} "
        "AND p.role IN ('principal', 'vice_head') AND o.bureau_id IS NOT NULL "
        "AND (a.ends_at IS NULL OR (a.ends_at > {} AND a.ends_at > a.starts_at))",
        person_id, at,
    )  # fmt: skip
    return bool(held)
