"""Handover sheets: made with the change, filled by both, confirmed by both and by whoever stands above (R112, E9)."""

import json
from datetime import datetime
from typing import NamedTuple

from portal.audit.catalogue import HandoverConfirmed, HandoverFilled
from portal.audit.services import record_event
from portal.changes.queries.sheets import SheetRow, sheet_content, sheet_part, sheet_seen
from portal.changes.rules import Change, Plan, Worked
from portal.changes.tables import HandoverSheet
from portal.core.actors import Actor
from portal.core.clock import now
from portal.core.database import compare_and_set, execute, fetch_column, insert, unit_of_work
from portal.core.ids import digest
from portal.core.refusals import Refused
from portal.permissions.rules import Permission

TEXTS = ("keys", "papers", "notes")


class _Passed(NamedTuple):
    post_id: int
    giver_id: int
    taker_id: int | None


async def make_sheets(change_id: int, org_id: int, plan: Plan, worked: Worked, person_id: int) -> None:
    """One sheet for each post that passes from one hand to another, or is left vacant. Inside the change's unit."""
    passed = [_Passed(one.post_id, one.person_id, one.gives_to or None) for one in worked.ends]
    passed = [one._replace(taker_id=_taker(one, worked, person_id)) for one in passed]
    if plan.kind is Change.LEAVE:
        passed = [_Passed(one.post_id, person_id, one.person_id) for one in worked.starts]
    rows = [
        {
            "org_id": org_id, "change_id": change_id, "post_id": one.post_id, "giver_id": one.giver_id,
            "taker_id": one.taker_id, "due_at": plan.effective_at, "created_at": now(),
        }
        for one in passed if one.giver_id != one.taker_id
    ]  # fmt: skip
    await insert(HandoverSheet, *rows)


def _taker(passed: _Passed, worked: Worked, person_id: int) -> int | None:
    """Who has the post next; 0 in a plan is the new person."""
    for start in worked.starts:
        if start.post_id == passed.post_id and start.kind != "deputy":
            return start.person_id or person_id
    return passed.taker_id


async def void_sheets(change_id: int) -> None:
    """The sheets of a change that was taken back. Inside its unit."""
    await execute(
        "UPDATE handover_sheet SET void_at = {}, version = version + 1 WHERE change_id = {} AND void_at IS NULL",
        now(), change_id,
    )  # fmt: skip


async def fill_sheet(sheet_id: int, *, version: int, by: Actor, **texts: str) -> tuple[str, ...]:
    """Keys, papers, notes: written by either of the two until the first of them has confirmed; gives what differs."""
    async with unit_of_work():
        sheet = await _sheet_to_change(sheet_id, by=by)
        if sheet.part(by.person_id) not in ("giver", "taker"):
            raise Refused("handover.not_yours")
        if sheet.is_frozen:
            raise Refused("handover.frozen")
        changed = {name: texts.get(name) or None for name in TEXTS if (texts.get(name) or None) != sheet.text(name)}
        if changed:
            await compare_and_set(HandoverSheet, sheet_id, version=version, **changed)
            details = HandoverFilled(sheet_id=sheet_id, fields=tuple(changed))
            told = {name: text or "" for name, text in changed.items()}
            await record_event(details, org_id=sheet.org_id, subject_id=sheet.post_id, by=by, texts=told)
    return tuple(changed)


async def _sheet_to_change(sheet_id: int, *, by: Actor) -> SheetRow:
    sheet = await sheet_seen(sheet_id, by=by, permission=Permission.HANDOVER_SIGN)
    if sheet.void_at is not None:
        raise Refused("handover.void")
    return sheet


async def confirm_sheet(sheet_id: int, *, version: int, by: Actor) -> str:
    """One of the three says "so it is"; gives which. The first confirmation freezes what the system listed."""
    async with unit_of_work():
        sheet = await _sheet_to_change(sheet_id, by=by)
        part = await sheet_part(sheet, by=by)
        at = now()
        _check_turn(sheet, part, at)
        frozen = sheet.frozen or json.dumps(await sheet_content(sheet), ensure_ascii=False)
        values: dict[str, object] = {"frozen": frozen, f"{part}_confirmed_at": at}
        values["file_digest"] = digest(frozen + "".join(f"\n{name}:{sheet.text(name) or ''}" for name in TEXTS))
        if part == "supervisor":
            values["supervisor_id"] = by.person_id
        await compare_and_set(HandoverSheet, sheet_id, version=version, **values)
        details = HandoverConfirmed(sheet_id=sheet_id, part=part, frozen_digest=str(values["file_digest"]))
        await record_event(details, org_id=sheet.org_id, subject_id=sheet.post_id, by=by)
    return part


def _check_turn(sheet: SheetRow, part: str, at: datetime) -> None:
    if not part:
        raise Refused("handover.not_yours")
    if sheet.confirmed(part) is not None:
        raise Refused("handover.confirmed_already")
    if part == "supervisor" and not sheet.both_confirmed(at):
        raise Refused("handover.both_first")


async def sheets_of_change(change_id: int) -> list[int]:
    """The ids of a change's sheets."""
    return await fetch_column("SELECT id FROM handover_sheet WHERE change_id = {} ORDER BY id", change_id)
