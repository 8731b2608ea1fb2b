"""A handover sheet as its page and its paper show it."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from portal.changes import labels
from portal.changes.queries.sheets import SheetRow, Supervisor
from portal.core.ids import digest
from portal.rendering.i18n import translator
from portal.web.again import Typed


@dataclass(frozen=True, slots=True)
class CardLine:
    """An open hazard on the sheet; `title` is empty for a sensitive one."""

    href: str
    number: str
    title: str
    place: str
    level: str
    due_at: datetime | None


@dataclass(frozen=True, slots=True)
class PartView:
    """One of the three: who, when confirmed, or whether it is this reader's turn."""

    words: str
    name: str
    confirmed_at: datetime | None
    has_left: bool


@dataclass(frozen=True, slots=True)
class HandoverView:
    """The sheet. `turn` is the part that this reader may confirm now; `own` the part that they have at all."""

    id: int
    version: int
    school: str
    title: str
    grid: str
    post: str
    change_href: str
    announced_on: date
    handover_on: date
    due_at: datetime
    hazards: tuple[CardLine, ...]
    keys: str
    papers: str
    notes: str
    parts: tuple[PartView, ...]
    own: str
    turn: str
    may_fill: bool
    is_frozen: bool
    is_void: bool
    digest: str
    typed: Typed


def handover_view(
    sheet: SheetRow, content: dict[str, Any], supervisors: list[Supervisor], own: str, language: str, *,
    at: datetime, typed: Typed, sensitive: Collection[int] = (),
) -> HandoverView:  # fmt: skip
    """A sheet for one reader; once frozen it shows what was frozen, but of what is `sensitive` by now the number."""
    say = translator(language)
    shown = json.loads(sheet.frozen) if sheet.frozen else content
    open_to = sheet.void_at is None
    names = {
        "giver": sheet.giver, "taker": sheet.taker or say(labels.NOBODY),
        "supervisor": sheet.supervisor or say(labels.OR).join(one.name for one in supervisors) or say(labels.NOBODY),
    }  # fmt: skip
    gone = sheet.giver_left_at is not None and sheet.giver_left_at <= at
    parts = tuple(
        PartView(say(labels.PARTS[part]), names[part], sheet.confirmed(part), part == "giver" and gone)
        for part in labels.PARTS
    )
    turn = own if own and sheet.confirmed(own) is None and (own != "supervisor" or sheet.both_confirmed(at)) else ""
    return HandoverView(
        id=sheet.id, version=sheet.version, school=sheet.school, post=sheet.title, grid=sheet.grid,
        title=say(labels.PLACE_POST, grid=sheet.grid, post=sheet.title), change_href=f"/changes/{sheet.change_id}",
        announced_on=sheet.announced_on, handover_on=sheet.handover_on, due_at=sheet.due_at,
        hazards=tuple(_card(one, one["id"] in sensitive) for one in shown["hazards"]),
        keys=sheet.keys or "", papers=sheet.papers or "", notes=sheet.notes or "", parts=parts, own=own,
        turn=turn if open_to else "",
        may_fill=own in ("giver", "taker") and not sheet.is_frozen and open_to, is_frozen=sheet.is_frozen,
        is_void=not open_to, digest=sheet.file_digest or digest(json.dumps(shown, ensure_ascii=False)), typed=typed,
    )  # fmt: skip


def _card(one: dict[str, Any], is_sensitive: bool) -> CardLine:
    due = datetime.fromisoformat(one["due_at"]) if one["due_at"] else None
    title, place = ("", "") if is_sensitive else (one["title"], one["place"])
    return CardLine(f"/hazards/{one['id']}", one["number"], title, place, one["level"], due)
