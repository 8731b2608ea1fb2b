"""After somebody has left: what is already so is written down (accounts closed, cards on their posts). Rights, sessions
and responsibility never wait for this: they are asked with the instant."""

from portal.accounts.services import close_account_of
from portal.changes.services.years import settle_years
from portal.core.actors import SYSTEM
from portal.core.clock import now
from portal.core.database import fetch_column
from portal.hazards.services.following import settle_cards


async def settle_leavers() -> int:
    """Closes the accounts of everybody who has left, and lets their cards follow; twice changes nothing."""
    people = await fetch_column(
        "SELECT p.id FROM person p JOIN account a ON a.person_id = p.id WHERE p.left_at <= {} "
        "AND a.disabled_at IS NULL ORDER BY p.id",
        now(),
    )
    for person_id in people:
        await close_account_of(person_id, SYSTEM)
    return len(people) + await settle_cards()


async def settle_changes() -> int:
    """Everything of this room that the clock writes down after the fact."""
    return await settle_leavers() + await settle_years()


LEFT_BEHIND = (
    "SELECT count(*) FROM person p JOIN appointment a ON a.person_id = p.id "
    "WHERE p.left_at IS NOT NULL AND (a.ends_at IS NULL OR (a.ends_at > p.left_at AND a.ends_at > a.starts_at))",
    "SELECT count(*) FROM person p JOIN hazard h ON h.responsible_person_id = p.id AND h.closed_at IS NULL "
    "WHERE p.left_at IS NOT NULL AND h.responsible_post_id IS NULL AND EXISTS (SELECT 1 FROM post x "
    "JOIN grid g ON g.id = x.scope_grid_id JOIN grid hg ON hg.id = h.grid_id WHERE x.is_accountable "
    "AND x.ended_at IS NULL AND x.role <> 'pupil' AND hg.path LIKE g.path || '%')",
)
"""Each counts rows that are left with a leaver, gone or going: both are always 0 (E8)."""
