"""Letters of the demonstration: lists of duties that the school has confirmed, and a few letters on their way."""

from datetime import timedelta
from typing import Any, NamedTuple

from portal.core.actors import SYSTEM
from portal.core.clock import start_of_day, today
from portal.core.database import fetch_one, fetch_value, unit_of_work
from portal.letters.rules import Part, Seat, school_year_end
from portal.letters.services.drafting import CLASS_LETTER, draft_for_appointment, write_letter
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
    for name in plan["classes"]:
        await _class_letter(school_id, name)


async def _class_letter(school_id: int, name: str) -> None:
    """A class that signs on paper: its teacher prints the list and counts."""
    held = await fetch_one(
        _Held,
        "SELECT a.id, a.post_id, a.person_id, q.grid_id FROM appointment a JOIN post q ON q.id = a.post_id "
        "JOIN grid g ON g.id = q.grid_id WHERE q.org_id = {} AND g.name = {} AND q.role = 'class_teacher' "
        "AND a.ends_at IS NULL ORDER BY a.id",
        school_id, name,
    )  # fmt: skip
    assert held is not None, f"{name} has no teacher"
    starts_at = start_of_day(today() + timedelta(days=1))
    async with unit_of_work():
        await write_letter(
            school_id, CLASS_LETTER, (Seat(Part.GIVER, 1, held.post_id, held.person_id),), key=f"class:{held.id}",
            grid_id=held.grid_id, cause="hand", appointment_id=held.id, starts_at=starts_at,
            ends_at=school_year_end(starts_at), sign_by=today() + timedelta(days=14), by=SYSTEM,
        )  # fmt: skip


class _Held(NamedTuple):
    id: int
    post_id: int
    person_id: int
    grid_id: int
