"""Short ways to tell a story of a hazard: reported, assigned, worked on."""

from datetime import datetime, timedelta
from typing import NamedTuple

from portal.core.clock import now
from portal.core.database import execute, fetch, fetch_value, insert
from portal.duty.tables import DutyShift
from portal.hazards.rules import Level, Status
from portal.hazards.services import Move, Report, move_hazard, report_hazard, seed_categories
from portal.reminders.services import sweep_organisation
from tasks.outbox import drain
from tests.cast import Cast


class Row(NamedTuple):
    kind: str
    person_id: int
    key: str
    made_at: datetime


async def told(hazard_id: int) -> list[tuple[str, int]]:
    """`(kind, person)` of every reminder about a card, oldest first."""
    rows = await fetch(
        Row, "SELECT kind, person_id, key, made_at FROM reminder WHERE subject_id = {} ORDER BY id", hazard_id
    )
    return [(row.kind, row.person_id) for row in rows]


async def codes() -> tuple[str, str]:
    """A plain category and a sensitive one."""
    await seed_categories()
    sql = "SELECT code FROM hazard_category WHERE parent_code IS NOT NULL AND is_restricted = {} ORDER BY id"
    return await fetch_value(sql, False), await fetch_value(sql, True)


async def reported(cast: Cast, *, by: int, level: Level | None = None, category: str | None = None) -> int:
    report = Report(cast.room, "通风橱漏电", level=level, category=category)
    return await report_hazard(report, by=await cast.actor(by))


async def assigned(
    cast: Cast, *, level: Level = Level.YELLOW, due_at: datetime | None = None, sensitive: bool = False
) -> int:
    """A card reported by the teacher, given by the safety officer to the keeper."""
    plain, secret = await codes()
    hazard_id = await reported(cast, by=cast.teacher)
    await drain()
    if sensitive:
        await name(cast, cast.safety)
    await step(
        cast, hazard_id, Status.ASSIGNED, by=cast.safety, version=1, category=secret if sensitive else plain,
        level=level, responsible_post_id=cast.keeper_post, interim="拉闸", due_at=due_at,
    )  # fmt: skip
    return hazard_id


async def step(cast: Cast, hazard_id: int, to: Status, *, by: int, version: int, **given: object) -> None:
    move = Move(to=to, version=version, **given)  # type: ignore[arg-type]
    await move_hazard(hazard_id, move, by=await cast.actor(by))


async def name(cast: Cast, person: int) -> None:
    """Names somebody for sensitive cards."""
    await execute(
        "INSERT INTO restricted_viewer (org_id, person_id, starts_at) VALUES ({}, {}, {})", cast.school, person, now()
    )


async def leads(cast: Cast, person: int, *, days: int = 30) -> None:
    """Makes somebody lead from yesterday on."""
    at = now() - timedelta(days=1)
    row = {
        "org_id": cast.school, "role": "leader", "person_id": person, "starts_at": at, "published_at": at,
        "ends_at": at + timedelta(days=days), "made_at": at,
    }  # fmt: skip
    await insert(DutyShift, row)


async def swept(cast: Cast) -> int:
    """One round of the clock after everything that events left."""
    await drain()
    return await sweep_organisation(cast.school)


__all__ = ["assigned", "codes", "leads", "name", "reported", "step", "swept", "told"]
