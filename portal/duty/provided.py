"""What this room lends to rooms on its right; `app.py` hands it over."""

from portal.core.actors import Actor
from portal.core.clock import now
from portal.core.database import fetch_value
from portal.core.provided import Held


async def duty_of_person(person_id: int, _by: Actor, _language: str) -> list[Held]:
    """Times ahead at which somebody is put down to lead. One statement."""
    days = await fetch_value("SELECT count(*) FROM duty_leader WHERE person_id = {} AND ends_at > {}", person_id, now())
    return [Held("duty.days", int(days), "/duty")]
