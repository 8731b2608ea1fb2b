"""A school's own lists of duties: taken over from the library, confirmed, worded anew edition by edition."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from portal.audit.catalogue import DutyItemEnded, DutyItemSet, DutyListConfirmed, DutyListCopied, DutyListMade
from portal.audit.services import record_event
from portal.core.actors import Actor
from portal.core.clock import now
from portal.core.database import compare_and_set, execute, fetch_value, insert, unit_of_work
from portal.core.refusals import Conflict, Invalid, NotFound, Refused
from portal.grids.queries import GridRow, grid_seen
from portal.permissions.rules import Permission
from portal.responsibilities.queries.lists import ItemRow, ListRow, copy_of, items_in, list_row, lists_of
from portal.responsibilities.tables import DutyItem, DutyList


@dataclass(frozen=True, slots=True)
class Wording:
    """A duty as a form gives it."""

    number: str
    text: str
    domain: str
    kind: str
    rhythm: str
    level: str


async def copy_list(list_id: int, *, org_id: int, by: Actor) -> int:
    """Takes a shared list over as the school's own; gives the copy. A second time gives the same one (TR6)."""
    async with unit_of_work():
        await school_to_arrange(org_id, by)
        known = await copy_of(list_id, org_id)
        if known is not None:
            return known
        found = await list_row(list_id, org_id)
        if found is None or found.ended_at is not None:
            raise NotFound()
        return list_id if found.org_id is not None else await _copy(found, org_id, by=by)


async def school_to_arrange(org_id: int, by: Actor) -> GridRow:
    """The organisation whose lists the actor may change; its row is the lock."""
    org = await grid_seen(org_id, by=by, permission=Permission.DUTY_LIST_EDIT)
    if org.id != org.org_id:
        raise NotFound()
    await execute("UPDATE grid SET version = version WHERE id = {}", org_id)
    return org


async def _copy(shared: ListRow, org_id: int, *, by: Actor) -> int:
    at = now()
    row = {
        "org_id": org_id, "name": shared.name, "name_en": shared.name_en, "origin": shared.origin,
        "source": shared.source, "copy_of": shared.id, "sort": shared.sort, "created_at": at,
    }  # fmt: skip
    [copy_id] = await insert(DutyList, row)
    # The copy keeps codes, numbers and since when they were in force: the matrix names duties by their codes.
    await insert(DutyItem, *(_copied(item, copy_id, by) for item in await items_in(shared.id, at=at)))
    await record_event(DutyListCopied(copy_of=shared.id), org_id=org_id, subject_id=copy_id, by=by)
    return copy_id


def _copied(item: ItemRow, copy_id: int, by: Actor) -> dict[str, Any]:
    return {
        "list_id": copy_id, "code": item.code, "number": item.number, "text": item.text, "text_en": item.text_en,
        "domain": item.domain, "kind": item.kind, "rhythm": item.rhythm, "level": item.level, "source": item.source,
        "edition": item.edition, "sort": item.sort, "starts_at": item.starts_at, "entered_by": by.person_id,
    }  # fmt: skip


async def make_list(name: str, *, org_id: int, by: Actor) -> int:
    """An empty list of the school's own, for a post that the library does not know; gives it."""
    async with unit_of_work():
        await school_to_arrange(org_id, by)
        if any(row.name == name for row in await lists_of(org_id)):
            raise Invalid({"name": "duty_list.name_taken"})
        sort = await fetch_value("SELECT COALESCE(max(sort), 0) + 1 FROM duty_list")
        row = {"org_id": org_id, "name": name, "name_en": "", "origin": "school", "sort": sort, "created_at": now()}
        [list_id] = await insert(DutyList, row)
        await record_event(DutyListMade(), org_id=org_id, subject_id=list_id, by=by, texts={"name": name})
    return list_id


async def confirm_list(list_id: int, *, org_id: int, version: int, by: Actor) -> int:
    """The school says that a list holds for it; gives the school's own list. Confirming a shared one takes it over:
    what was confirmed does not change when the library does."""
    async with unit_of_work():
        await school_to_arrange(org_id, by)
        found = await list_row(list_id, org_id)
        if found is None or found.ended_at is not None:
            raise NotFound()
        if found.version != version:
            raise Conflict()
        if found.org_id is None:
            if await copy_of(list_id, org_id) is not None:
                raise Conflict()
            own_id, seen = await _copy(found, org_id, by=by), 1
        else:
            own_id, seen = list_id, version
        await compare_and_set(DutyList, own_id, version=seen, confirmed_at=now(), confirmed_by=by.person_id)
        items = await items_in(own_id, at=now())
        await record_event(DutyListConfirmed(items=len(items)), org_id=org_id, subject_id=own_id, by=by)
    return own_id


async def add_item(list_id: int, wants: Wording, *, version: int, by: Actor) -> int:
    """Another duty in a school's own list."""
    async with unit_of_work():
        found = await _own_list(list_id, by)
        at = now()
        await _check_number(list_id, wants.number, at)
        await _touch(found, version)
        number = int(await fetch_value("SELECT count(*) FROM duty_item WHERE list_id = {}", list_id)) + 1
        sort = await fetch_value("SELECT COALESCE(max(sort), 0) + 1 FROM duty_item WHERE list_id = {}", list_id)
        row = {**_columns(wants), "list_id": list_id, "code": f"s{list_id}-{number}", "sort": sort}
        [item_id] = await insert(DutyItem, {**row, "starts_at": at, "entered_by": by.person_id})
        await _told(found, row["code"], 1, {"text_now": wants.text}, by)
    return item_id


async def change_item(item_id: int, wants: Wording, *, version: int, by: Actor) -> int | None:
    """Words a duty anew: the row ends and the next edition begins at the same instant, with the same code. Gives the
    new row, or None when it reads as before. `version` is the list's: whoever saw another list came second."""
    async with unit_of_work():
        found, item = await _own_item(item_id, by)
        at = now()
        if all(getattr(item, name) == value for name, value in _columns(wants).items()):
            return None
        await _check_number(found.id, wants.number, at, besides=item.code)
        await _touch(found, version)
        await _end_row(item, at)
        row = {
            **_columns(wants), "list_id": found.id, "code": item.code, "edition": item.edition + 1,
            "sort": item.sort, "source": item.source, "starts_at": max(at, item.starts_at),
            "entered_by": by.person_id, "text_en": item.text_en if wants.text == item.text else None,
        }  # fmt: skip
        [new_id] = await insert(DutyItem, row)
        await _told(found, item.code, item.edition + 1, {"text_was": item.text, "text_now": wants.text}, by)
    return new_id


async def end_item(item_id: int, *, version: int, by: Actor) -> None:
    """Strikes a duty off the list from now on; letters that were signed for it still find its words."""
    async with unit_of_work():
        found, item = await _own_item(item_id, by)
        await _touch(found, version)
        await _end_row(item, now())
        texts = {"text_was": item.text}
        details = DutyItemEnded(code=item.code)
        await record_event(details, org_id=_org(found), subject_id=found.id, by=by, texts=texts)


async def _own_list(list_id: int, by: Actor) -> ListRow:
    org_id = await fetch_value("SELECT org_id FROM duty_list WHERE id = {}", list_id)
    if org_id is None:
        raise NotFound()
    await school_to_arrange(int(org_id), by)
    found = await list_row(list_id, int(org_id))
    if found is None or found.ended_at is not None:
        raise NotFound()
    return found


async def _own_item(item_id: int, by: Actor) -> tuple[ListRow, ItemRow]:
    list_id = await fetch_value("SELECT list_id FROM duty_item WHERE id = {}", item_id)
    if list_id is None:
        raise NotFound()
    found = await _own_list(int(list_id), by)
    item = next((one for one in await items_in(found.id, at=now()) if one.id == item_id), None)
    if item is None:
        raise Conflict()  # somebody has worded it anew, or struck it off
    return found, item


async def _touch(found: ListRow, version: int) -> None:
    """Another state of the list; what was confirmed before has to be confirmed anew."""
    await compare_and_set(DutyList, found.id, version=version, confirmed_at=None, confirmed_by=None)


async def _end_row(item: ItemRow, at: datetime) -> None:
    await execute("UPDATE duty_item SET ends_at = {} WHERE id = {}", max(at, item.starts_at), item.id)


async def _check_number(list_id: int, number: str, at: datetime, *, besides: str = "") -> None:
    if any(one.number == number and one.code != besides for one in await items_in(list_id, at=at)):
        raise Refused("duty_list.number_taken")


def _columns(wants: Wording) -> dict[str, Any]:
    return {name: getattr(wants, name) for name in Wording.__slots__}


async def _told(found: ListRow, code: str, edition: int, texts: dict[str, str], by: Actor) -> None:
    details = DutyItemSet(code=code, edition=edition)
    await record_event(details, org_id=_org(found), subject_id=found.id, by=by, texts=texts)


def _org(found: ListRow) -> int:
    assert found.org_id is not None
    return found.org_id
