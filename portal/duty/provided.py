"""What this room lends to rooms on its right; `app.py` hands it over."""

from portal.core.actors import Actor
from portal.core.clock import now
from portal.core.database import fetch_value
from portal.core.provided import Held


async def duty_of_person(person_id: int, _by: Actor, _language: str) -> list[Held]:
    """Shifts ahead of somebody. One statement."""
    days = await fetch_value(
        "SELECT count(*) FROM duty_shift WHERE person_id = {} AND ends_at > {} "
        "AND published_at IS NOT NULL AND cancelled_at IS NULL",
        person_id, now(),
    )  # fmt: skip
    return [Held("duty.days", int(days), "/duty")]
