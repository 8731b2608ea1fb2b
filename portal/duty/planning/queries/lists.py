"""Lists around the plan: grids to choose, words of the school's own, fallbacks, what hangs on an area."""

from datetime import datetime
from typing import NamedTuple

from portal.core.clock import now, today
from portal.core.database import fetch, fetch_one, fetch_value
from portal.duty.rules import Line

MOST_PLACES = 500


class PlaceChoice(NamedTuple):
    """A grid that an area may be tied to, with the names of what it lies in."""

    id: int
    name: str
    kind: str
    is_place: int
    path: str


class Fallen(NamedTuple):
    """A fallback that holds or will hold."""

    id: int
    area_id: int | None
    role: str
    person_id: int
    name: str
    starts_at: datetime
    ends_at: datetime

    @property
    def line(self) -> Line:
        """The lane that it is for; `area_id` None is any area, or the whole school for its leader."""
        return Line(self.area_id, self.role)


class OwnWord(NamedTuple):
    """A role (`role`) or kind of day (`kind`) of the school's own; `used` says whether anything ever named it."""

    what: str
    id: int
    code: str
    name: str
    name_en: str
    used: int


class Hanging(NamedTuple):
    """What goes with an area when it ends."""

    slots: int
    shifts: int
    fallbacks: int
    feeds: int


async def places_of(org_id: int) -> list[tuple[int, str]]:
    """The places of a school with the way to each, in the order of the tree. One statement."""
    rows = await fetch(
        PlaceChoice,
        "SELECT g.id, g.name, g.kind, CASE WHEN NOT k.is_place THEN 0 ELSE 1 END, g.path FROM grid g "
        "LEFT JOIN grid_kind k ON k.code = g.kind AND (k.org_id IS NULL OR k.org_id = g.org_id) "
        "WHERE g.org_id = {} AND g.ended_at IS NULL ORDER BY g.depth, g.id",
        org_id,
    )
    ways: dict[str, str] = {}
    for row in rows:
        above = ways.get(row.path[: row.path.rstrip("/").rfind("/") + 1], "")
        ways[row.path] = "" if row.id == org_id else f"{above}\u00b7{row.name}" if above else row.name
    found = {row.id: (ways[row.path], row.is_place) for row in rows if row.id != org_id}
    wanted = [(grid_id, way) for grid_id, (way, is_place) in found.items() if is_place]
    return sorted(wanted, key=lambda one: one[1])[:MOST_PLACES]


async def place_name(grid_id: int | None) -> str:
    """What a grid is called; "" for none."""
    return str(await fetch_value("SELECT name FROM grid WHERE id = {}", grid_id)) if grid_id else ""


async def fallbacks_of(org_id: int) -> list[Fallen]:
    """Fallbacks that hold now or later, the soonest to end first. One statement."""
    return await fetch(
        Fallen,
        "SELECT f.id, f.area_id, f.role, f.person_id, p.name, f.starts_at, f.ends_at FROM duty_fallback f "
        "JOIN person p ON p.id = f.person_id WHERE f.org_id = {} AND f.ended_at IS NULL AND f.ends_at > {} "
        "ORDER BY f.ends_at, f.id",
        org_id, now(),
    )  # fmt: skip


async def own_words(org_id: int) -> list[OwnWord]:
    """The roles and kinds of day of the school's own. One statement."""
    return await fetch(
        OwnWord,
        "SELECT 'role', r.id, r.code, r.name, r.name_en, CASE WHEN EXISTS (SELECT 1 FROM duty_slot s WHERE "
        "s.org_id = r.org_id AND s.role = r.code) OR EXISTS (SELECT 1 FROM duty_shift d WHERE d.org_id = r.org_id "
        "AND d.role = r.code) OR EXISTS (SELECT 1 FROM duty_fallback f WHERE f.org_id = r.org_id AND f.role = r.code) "
        "THEN 1 ELSE 0 END FROM duty_role r WHERE r.org_id = {} "
        "UNION ALL SELECT 'kind', k.id, k.code, k.name, k.name_en, CASE WHEN EXISTS (SELECT 1 FROM duty_slot s WHERE "
        "s.org_id = k.org_id AND s.day_kind = k.code) OR EXISTS (SELECT 1 FROM duty_period p WHERE "
        "p.org_id = k.org_id AND p.kind = k.code) OR EXISTS (SELECT 1 FROM duty_day_kind o WHERE "
        "o.org_id = k.org_id AND o.inherits = k.code) THEN 1 ELSE 0 END FROM duty_day_kind k WHERE k.org_id = {} "
        "ORDER BY 1, 2",
        org_id, org_id,
    )  # fmt: skip


async def hanging_on(area_id: int, end: datetime) -> Hanging:
    """What an area takes with it when it ends at this instant. One statement."""
    found = await fetch_one(
        Hanging,
        "SELECT (SELECT count(*) FROM duty_slot WHERE area_id = {} AND (last_day IS NULL OR last_day > {})), "
        "(SELECT count(*) FROM duty_shift WHERE area_id = {} AND published_at IS NOT NULL AND cancelled_at IS NULL "
        "AND starts_at >= {}), "
        "(SELECT count(*) FROM duty_fallback WHERE area_id = {} AND ended_at IS NULL AND ends_at > {}), "
        "(SELECT count(*) FROM duty_feed WHERE area_id = {} AND ended_at IS NULL)",
        area_id, today(), area_id, end, area_id, end, area_id,
    )  # fmt: skip
    assert found is not None
    return found


async def is_manned(org_id: int, line: Line, start: datetime, end: datetime) -> bool:
    """Whether a published shift of this lane lies between two instants. One statement."""
    found = await fetch_value(
        "SELECT count(*) FROM duty_shift WHERE org_id = {} AND role = {} AND COALESCE(area_id, 0) = {} "
        "AND published_at IS NOT NULL AND cancelled_at IS NULL AND ends_at > {} AND starts_at < {}",
        org_id, line.role, line.area_id or 0, start, end,
    )  # fmt: skip
    return bool(found)
