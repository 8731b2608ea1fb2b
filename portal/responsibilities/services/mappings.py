"""Which post takes which list: a school's own rows before the shared proposal."""

from dataclasses import dataclass
from typing import Any

from portal.audit.catalogue import DutyMappingCleared, DutyMappingSet
from portal.audit.services import record_event
from portal.core.actors import Actor
from portal.core.clock import now
from portal.core.database import compare_and_set, execute, insert, unit_of_work
from portal.core.refusals import Conflict, NotFound, Refused
from portal.permissions.rules import Permission, scope
from portal.responsibilities.queries.lists import list_row, mapping_row, own_mapping
from portal.responsibilities.services.lists import school_to_arrange
from portal.responsibilities.tables import DutyMapping


@dataclass(frozen=True, slots=True)
class Takes:
    """What posts of a title on grids of a kind take: their list and their line of work."""

    title: str
    grid_kind: str
    grid_name: str
    list_id: int | None
    line_of_work: str
    domain: str


async def set_mapping(org_id: int, wants: Takes, *, version: int, by: Actor) -> int | None:
    """Sets the school's own row for a title, kind and part of a name; gives the row, None when it stands so already.
    `version` 0: the form knew of no own row."""
    async with unit_of_work():
        await school_to_arrange(org_id, by)
        if wants.list_id is not None and await list_row(wants.list_id, org_id) is None:
            raise Refused("duty_list.unknown")
        known = await own_mapping(org_id, wants.title, wants.grid_kind, wants.grid_name)
        if (known.version if known else 0) != version:
            raise Conflict()
        values: dict[str, Any] = {
            "list_id": wants.list_id, "line_of_work": wants.line_of_work or None, "domain": wants.domain or None,
        }  # fmt: skip
        if known is None:
            row_id = await _insert(org_id, wants, values, by)
        elif (known.list_id, known.line_of_work, known.domain) == (wants.list_id, wants.line_of_work, wants.domain):
            return None
        else:
            row_id = known.id
            await compare_and_set(DutyMapping, row_id, version=version, **values)
        texts = {"title": wants.title, "line_now": wants.line_of_work}
        await record_event(DutyMappingSet(list_id=wants.list_id), org_id=org_id, subject_id=row_id, by=by, texts=texts)
    return row_id


async def _insert(org_id: int, wants: Takes, values: dict[str, Any], by: Actor) -> int:
    row = {
        **values, "org_id": org_id, "title": wants.title, "grid_kind": wants.grid_kind or None,
        "grid_name": wants.grid_name or None, "created_at": now(), "confirmed_at": now(), "confirmed_by": by.person_id,
    }  # fmt: skip
    [row_id] = await insert(DutyMapping, row)
    return row_id


async def clear_mapping(mapping_id: int, *, version: int, by: Actor) -> None:
    """Takes a school's own row away: the proposal holds again. The event keeps what it said."""
    async with unit_of_work():
        found = await mapping_row(mapping_id)
        if found is None or found.org_id is None or not _may(found.org_id, by):
            raise NotFound()
        await school_to_arrange(found.org_id, by)
        gone = await execute(
            "DELETE FROM duty_mapping WHERE id = {} AND version = {} RETURNING id", mapping_id, version
        )
        if not gone:
            raise Conflict()
        texts = {"title": found.title, "line_was": found.line_of_work}
        await record_event(DutyMappingCleared(), org_id=found.org_id, subject_id=mapping_id, by=by, texts=texts)


def _may(org_id: int, by: Actor) -> bool:
    return by.is_system or scope(by, Permission.DUTY_LIST_EDIT).holds("", org_id)
