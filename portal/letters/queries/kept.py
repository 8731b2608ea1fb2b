"""What somebody did since their letter began: the record beside the duties that it lists (R111)."""

from datetime import datetime
from typing import NamedTuple

from portal.core.database import fetch_one


class Kept(NamedTuple):
    """Counts since a day: hazards that they found, that they answered for and are closed, that are still open, and
    shifts that they stood. Hazards that few may see are in none of them."""

    reported: int
    closed: int
    open: int
    shifts: int


async def kept_since(person_id: int, org_id: int, start: datetime, end: datetime) -> Kept:
    """What is on record from `start` to `end` (instants, the end excluded). One statement."""
    found = await fetch_one(
        Kept,
        "SELECT (SELECT count(*) FROM hazard WHERE org_id = {} AND is_restricted = FALSE AND reported_by = {} "
        "AND reported_at >= {} AND reported_at < {}), "
        "(SELECT count(*) FROM hazard WHERE org_id = {} AND is_restricted = FALSE AND responsible_person_id = {} "
        "AND closed_at >= {} AND closed_at < {}), "
        "(SELECT count(*) FROM hazard WHERE org_id = {} AND is_restricted = FALSE AND responsible_person_id = {} "
        "AND closed_at IS NULL), "
        "(SELECT count(*) FROM duty_shift WHERE org_id = {} AND person_id = {} AND published_at IS NOT NULL "
        "AND cancelled_at IS NULL AND starts_at >= {} AND ends_at <= {})",
        org_id, person_id, start, end, org_id, person_id, start, end, org_id, person_id, org_id, person_id, start, end,
    )  # fmt: skip
    assert found is not None  # an aggregate always gives a row
    return found
