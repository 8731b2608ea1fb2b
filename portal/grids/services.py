"""Making, renaming, moving and ending parts of the tree, each with its event.

The organisation's row is the lock under which the tree of one school changes: `bump_rights` comes first, so that two
moves cannot together make a circle and nothing is put below a grid that is being moved or ended.
"""

import csv
from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from portal.audit.catalogue import GridChanged, GridEnded, GridMade, GridMoved, OrganisationMade, RegisterExported
from portal.audit.services import record_event, start_chain
from portal.core.actors import Actor
from portal.core.clock import now
from portal.core.database import compare_and_set, execute, fetch_one, fetch_value, insert, unit_of_work
from portal.core.ids import new_token
from portal.core.refusals import Invalid, NotFound, Refused
from portal.grids.queries import GridRow, grid_row, grid_seen, kinds_of
from portal.grids.rules import CARD_FIELDS, check_child, check_end, check_move
from portal.grids.tables import Grid, GridKind, GridScheme, Organisation
from portal.permissions.rules import Permission, scope

DATA = Path(__file__).parent / "data"
Blocker = Callable[[int], Awaitable[int]]
_blockers: dict[str, Blocker] = {}


def register_blocker(code: str, count: Blocker) -> None:
    """Lets a room to the right keep a grid from being ended: `count(grid_id)` things hang on it, and `code` says so."""
    _blockers[code] = count


async def bump_rights(org_id: int) -> None:
    """Says that rights in an organisation may have changed: cached actors are built anew at the next request (TA2)."""
    await execute("UPDATE organisation SET rights_version = rights_version + 1 WHERE grid_id = {}", org_id)


async def grid_to_change(grid_id: int, *, by: Actor) -> GridRow:
    """A grid that the actor may edit, read anew under the lock of its tree; outside the scope it does not exist (TA1).

    An ended grid is refused. Belongs inside a unit of work.
    """
    org_id = await fetch_value("SELECT org_id FROM grid WHERE id = {}", grid_id)
    if org_id is not None:
        await bump_rights(org_id)
    grid = await grid_seen(grid_id, by=by, permission=Permission.GRID_EDIT)
    if grid.ended_at is not None:
        raise Refused("grid.ended")
    return grid


async def make_organisation(
    name: str, *, kind: str, bureau_id: int | None = None, duty_phone: str | None = None, by: Actor
) -> int:
    """A bureau or a school: its root grid, its own audit chain; gives the grid's id. `kind` is bureau or school.

    A school is made below a bureau of the actor's scope; a bureau by the system only.
    """
    async with unit_of_work():
        parent = await grid_row(bureau_id) if bureau_id else None
        _check_may_make(parent, bureau_id, by)
        grid_id = await _insert_grid(name, kind=kind, parent=parent, at=now(), org_id=None)
        await execute("UPDATE grid SET org_id = {} WHERE id = {}", grid_id, grid_id)
        row = {
            "grid_id": grid_id, "kind": kind, "bureau_id": bureau_id, "duty_phone": duty_phone,
            "created_at": now(),
        }  # fmt: skip
        await insert(Organisation, row)
        await start_chain(grid_id)
        await record_event(
            OrganisationMade(org_kind=kind), org_id=grid_id, subject_id=grid_id, by=by, texts={"name": name}
        )
    return grid_id


def _check_may_make(parent: GridRow | None, bureau_id: int | None, by: Actor) -> None:
    if by.is_system and (parent is not None or bureau_id is None):
        return
    if parent is None or not scope(by, Permission.SCHOOL_MAKE).holds(parent.path, parent.org_id or 0):
        raise NotFound()


async def make_grid(name: str, *, kind: str, parent_id: int, by: Actor, **fields: Any) -> int:
    """A new part below `parent_id`; gives its id. `fields` are columns of the grid's card."""
    async with unit_of_work():
        parent = await grid_to_change(parent_id, by=by)
        check_child(parent.place)
        grid_id = await _insert_grid(name, kind=kind, parent=parent, at=now(), org_id=parent.org_id, **fields)
        await record_event(
            GridMade(parent_id=parent_id, grid_kind=kind),
            org_id=parent.org_id, subject_id=grid_id, by=by, texts={"name": name},
        )  # fmt: skip
    return grid_id


async def _insert_grid(
    name: str, *, kind: str, parent: GridRow | None, at: datetime, org_id: int | None, **fields: Any
) -> int:
    row = {
        "name": name, "kind": kind, "parent_id": parent.id if parent else None, "org_id": org_id,
        "depth": parent.depth + 1 if parent else 0, "created_at": at, **fields,
    }  # fmt: skip
    [grid_id] = await insert(Grid, row)
    path = f"{parent.path if parent else '/'}{grid_id}/"
    await execute("UPDATE grid SET path = {} WHERE id = {}", path, grid_id)
    return grid_id


class _Card(NamedTuple):
    name: str
    kind: str
    scheme: str
    level_label: str | None
    code: str | None
    area_m2: float | None
    location: str | None
    main_buildings: str | None
    key_places: str | None
    range_note: str | None
    duty_note: str | None
    assessment_note: str | None
    is_key_spot: bool
    is_heading: bool
    sort: int


async def change_grid(grid_id: int, *, version: int, by: Actor, **fields: Any) -> tuple[str, ...]:
    """Changes columns of a grid's card (`CARD_FIELDS`); gives the names of those that differ.

    What is the same changes nothing and leaves no event. An old `version` is a `Conflict`.
    """
    async with unit_of_work():
        grid = await grid_to_change(grid_id, by=by)
        card = await fetch_one(_Card, f"SELECT {', '.join(CARD_FIELDS)} FROM grid WHERE id = {{}}", grid_id)
        assert card is not None
        was = card._asdict()
        changed = {name: value for name, value in fields.items() if was[name] != value}
        if changed:
            await compare_and_set(Grid, grid_id, version=version, **changed)
            texts = was_and_now({name: was[name] for name in changed}, changed)
            details = GridChanged(fields=tuple(changed))
            await record_event(details, org_id=grid.org_id, subject_id=grid_id, by=by, texts=texts)
    return tuple(changed)


def was_and_now(was: dict[str, Any], becomes: dict[str, Any]) -> dict[str, str]:
    """The old and the new words of changed columns, as an event keeps them: `name_was`, `name_now`."""
    texts = {f"{name}_was": _plain(value) for name, value in was.items()}
    return texts | {f"{name}_now": _plain(value) for name, value in becomes.items()}


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "1" if value else "0"
    return "" if value is None else f"{value:g}" if isinstance(value, float) else str(value)


async def move_grid(grid_id: int, *, to: int, version: int, by: Actor) -> None:
    """Puts a grid with all below it under another parent of the same organisation; paths follow in the same unit.

    Open cards hang on grids, so they follow by themselves; so do posts, and the rights that they give.
    """
    async with unit_of_work():
        grid = await grid_to_change(grid_id, by=by)
        parent = await grid_seen(to, by=by, permission=Permission.GRID_EDIT)
        deepest = await fetch_value("SELECT MAX(depth) FROM grid WHERE path LIKE {}", grid.path + "%")
        check_move(grid.place, parent.place, deepest=deepest)
        if parent.id == grid.parent_id:
            return
        former = await grid_row(grid.parent_id) if grid.parent_id else None
        assert former is not None
        await compare_and_set(Grid, grid_id, version=version, parent_id=parent.id)
        await _rewrite_paths(grid, parent)
        await record_event(
            GridMoved(from_parent=former.id, to_parent=parent.id), org_id=grid.org_id, subject_id=grid_id, by=by,
            texts={"parent_was": former.name, "parent_now": parent.name},
        )  # fmt: skip


async def _rewrite_paths(grid: GridRow, parent: GridRow) -> None:
    await execute(
        "UPDATE grid SET path = CAST({} AS TEXT) || substr(path, CAST({} AS INTEGER)), "
        "depth = depth + CAST({} AS INTEGER) WHERE path LIKE {}",
        f"{parent.path}{grid.id}/", len(grid.path) + 1, parent.depth + 1 - grid.depth, grid.path + "%",
    )  # fmt: skip


async def end_grid(grid_id: int, *, version: int, by: Actor) -> None:
    """Ends a grid from now on; its history stays. Refused while anything still hangs on it."""
    async with unit_of_work():
        grid = await grid_to_change(grid_id, by=by)
        check_end(grid.place, blockers=await blockers_of(grid_id))
        await compare_and_set(Grid, grid_id, version=version, ended_at=now())
        await record_event(GridEnded(), org_id=grid.org_id, subject_id=grid_id, by=by)


async def blockers_of(grid_id: int) -> list[tuple[str, int]]:
    """What keeps a grid from being ended: (code of the sentence, how many), in the order in which to clear them."""
    children = await fetch_value("SELECT count(*) FROM grid WHERE parent_id = {} AND ended_at IS NULL", grid_id)
    return [("grid.has_children", children), *[(code, await count(grid_id)) for code, count in _blockers.items()]]


async def link_place(grid_id: int, *, place_id: int | None, version: int, by: Actor) -> None:
    """Says in which room (or other place) of the organisation a class or a fire grid stands; None takes it back."""
    async with unit_of_work():
        grid = await grid_to_change(grid_id, by=by)
        place = await _place(grid, place_id, by=by) if place_id is not None else None
        former_id = await fetch_value("SELECT place_id FROM grid WHERE id = {}", grid_id)
        if former_id == place_id:
            return
        former = await grid_row(former_id) if former_id else None
        await compare_and_set(Grid, grid_id, version=version, place_id=place_id)
        names = ({"place": former.name if former else None}, {"place": place.name if place else None})
        details = GridChanged(fields=("place",))
        await record_event(details, org_id=grid.org_id, subject_id=grid_id, by=by, texts=was_and_now(*names))


async def _place(grid: GridRow, place_id: int, *, by: Actor) -> GridRow:
    place = await grid_seen(place_id, by=by)
    if place.id == grid.id or place.org_id != grid.org_id or place.id == place.org_id or place.ended_at is not None:
        raise Refused("grid.place_wrong")
    return place


async def change_duty_phone(org_id: int, phone: str | None, *, by: Actor) -> tuple[str, ...]:
    """Sets the line that public pages and the top bar give for a school; the number stands in no event.

    Gives the names of what differs, as `change_grid` does.
    """
    async with unit_of_work():
        grid = await grid_to_change(org_id, by=by)
        was = await fetch_value("SELECT duty_phone FROM organisation WHERE grid_id = {}", grid.id)
        if was == phone:
            return ()
        await execute(
            "UPDATE organisation SET duty_phone = {}, version = version + 1 WHERE grid_id = {}", phone, grid.id
        )
        await record_event(GridChanged(fields=("duty_phone",)), org_id=grid.org_id, subject_id=grid.id, by=by)
    return ("duty_phone",)


# -- kinds and schemes


async def seed_kinds() -> None:
    """Puts the shared kinds and schemes into the database; what is there stays. Run it as often as you like."""
    async with unit_of_work():
        known = {kind.code for kind in await kinds_of(0)}
        kinds = [
            {**row, "is_place": row["is_place"] == "1", "sort": int(row["sort"])}
            for row in _data("kinds.csv") if row["code"] not in known
        ]  # fmt: skip
        await insert(GridKind, *kinds)
        for row in _data("schemes.csv"):
            there = await fetch_value("SELECT id FROM grid_scheme WHERE org_id IS NULL AND code = {}", row["code"])
            if there is None:
                await insert(GridScheme, row)


def _data(name: str) -> list[dict[str, Any]]:
    with (DATA / name).open(encoding="utf-8", newline="") as opened:
        return list(csv.DictReader(opened))


async def make_kind(
    org_id: int, name: str, *, by: Actor, name_en: str = "", keeper_title: str | None = None, is_place: bool = True
) -> str:
    """A kind of a school's own; gives its code. The same name twice is refused."""
    async with unit_of_work():
        grid = await grid_to_change(org_id, by=by)
        if grid.id != grid.org_id:
            raise NotFound()
        if any(kind.name == name for kind in await kinds_of(org_id)):
            raise Invalid({"name": "grid.kind_exists"})
        code = f"own-{new_token()[:10]}"  # never equal to a shared code, so that a join finds one kind only
        row = {
            "org_id": org_id, "code": code, "name": name, "name_en": name_en or name, "keeper_title": keeper_title,
            "is_place": is_place, "sort": 100,
        }  # fmt: skip
        await insert(GridKind, row)
        details, texts = GridChanged(fields=("kinds",)), {"kinds_now": name}
        await record_event(details, org_id=org_id, subject_id=org_id, by=by, texts=texts)
    return code


async def record_export(grid: GridRow, *, rows: int, by: Actor) -> None:
    """Notes that somebody took the register out (TA11)."""
    async with unit_of_work():
        details = RegisterExported(register="grids", rows=rows)
        await record_event(details, org_id=grid.org_id, subject_id=grid.id, by=by)
