"""Short ways to bring a card to where a test begins. Each step is the real verb by somebody who may do it."""

from typing import Any

from portal.audit.catalogue import HazardMoved
from portal.core.database import fetch_value
from portal.hazards.queries.cards import HazardRow, hazard_row
from portal.hazards.rules import Level, Status
from portal.hazards.services import Move, NewPhoto, Report, move_hazard, report_hazard, seed_categories
from tests.cast import Cast

PHOTO = NewPhoto("a" * 64, "b" * 64, 4, 3)
CATEGORY = "fire-door"
SENSITIVE = "bully-phys"


async def category(group: str = "fire") -> str:
    """The first check point of a group of categories."""
    await seed_categories()
    sql = "SELECT code FROM hazard_category WHERE parent_code = {} ORDER BY sort LIMIT 1"
    return str(await fetch_value(sql, group))


async def card(hazard_id: int, cast: Cast) -> HazardRow:
    """The card as the safety officer's statement reads it, sight left aside."""
    found = await hazard_row(hazard_id, by=await cast.actor(cast.safety))
    assert found is not None
    return found


async def go(cast: Cast, hazard_id: int, to: str, person: int, **fields: Any) -> int:
    """One move with the card's present version; gives the new one."""
    version = (await card(hazard_id, cast)).version
    return await move_hazard(hazard_id, Move(to=Status(to), version=version, **fields), by=await cast.actor(person))


async def reported(cast: Cast, *, by: int | None = None, grid: int | None = None, **fields: Any) -> int:
    report = Report(grid_id=grid or cast.room, title=fields.pop("title", "插座面板松脱"), **fields)
    return await report_hazard(report, by=await cast.actor(by or cast.teacher))


async def assigned(cast: Cast, *, level: str = "yellow", group: str = "fire", **fields: Any) -> int:
    hazard_id = await reported(cast, **{name: fields.pop(name) for name in ("by", "grid", "title") if name in fields})
    given = {"responsible_post_id": cast.keeper_post, "interim": "断电，贴条", **fields}
    if given.get("responsible_person_id"):
        given["responsible_post_id"] = None
    await go(cast, hazard_id, "assigned", cast.safety, category=await category(group), level=Level(level), **given)
    return hazard_id


async def rectifying(cast: Cast, **fields: Any) -> int:
    hazard_id = await assigned(cast, **fields)
    await go(cast, hazard_id, "rectifying", cast.keeper)
    return hazard_id


async def rechecking(cast: Cast, **fields: Any) -> int:
    hazard_id = await rectifying(cast, **fields)
    await go(cast, hazard_id, "recheck", cast.keeper, measure="换了面板", photos=(PHOTO,))
    return hazard_id


async def escalated(cast: Cast, **fields: Any) -> int:
    hazard_id = await assigned(cast, **fields)
    await escalate(cast, hazard_id)
    return hazard_id


async def escalate(cast: Cast, hazard_id: int, *, by: int | None = None, receivers: tuple[int, ...] = ()) -> int:
    return await go(
        cast, hazard_id, "escalated", by or cast.floor_chief, reason="要换整条线路", interim="断电", watcher_id=cast.keeper,
        receivers=receivers or (cast.bureau,),
    )  # fmt: skip


async def closed(cast: Cast, **fields: Any) -> int:
    hazard_id = await rechecking(cast, **fields)
    await go(cast, hazard_id, "closed", cast.floor_chief, conclusion="已换好")
    return hazard_id


KIND = HazardMoved.kind
