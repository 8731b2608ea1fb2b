"""Letters of the demonstration: lists of duties that the school has confirmed, and a few letters on their way."""

from typing import Any

from portal.core.actors import SYSTEM
from portal.core.database import fetch_value
from portal.letters.services.drafting import draft_for_appointment
from portal.responsibilities.queries.lists import lists_of
from portal.responsibilities.services import confirm_list


async def make_letters(plan: dict[str, Any], school_id: int) -> None:
    """The worker sets them when it starts; whose turn it is finds them on their first page."""
    wanted = set(plan["lists"])
    for one in await lists_of(school_id):
        if one.name in wanted and one.asks:
            await confirm_list(one.id, org_id=school_id, version=one.version, by=SYSTEM)
    for name in plan["takers"]:
        appointment = await fetch_value(
            "SELECT min(a.id) FROM appointment a JOIN person p ON p.id = a.person_id JOIN post q ON q.id = a.post_id "
            "WHERE p.org_id = {} AND p.name = {} AND a.kind = 'holder' AND a.ends_at IS NULL AND q.is_accountable",
            school_id, name,
        )  # fmt: skip
        if appointment is not None:
            await draft_for_appointment(int(appointment), by=SYSTEM)
