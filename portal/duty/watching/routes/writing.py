"""What the reader of a day's log may write now; the services decide again."""

from datetime import timedelta

from portal.core.actors import Actor
from portal.core.clock import local, today
from portal.duty.routes.parts import Room
from portal.duty.rules import Line
from portal.duty.views.words import MINUTE_FORMAT
from portal.duty.watching import labels
from portal.duty.watching.queries import reported, zeros_between
from portal.duty.watching.rules import ZERO_WITHIN, Kind, Zero, on_in
from portal.duty.watching.views.log import LogDay, Option, Writing, ZeroForm, line_value
from portal.permissions.rules import Permission, Role, scope

MINUTE = timedelta(minutes=1)


def writing_of(shown: LogDay, room: Room, actor: Actor) -> Writing:
    """Nothing on a day that is not today, and for whoever is neither on duty, nor leads, nor keeps the book."""
    if shown.day != today() or not scope(actor, Permission.DUTY_LOG).holds(room.org.path, room.org.id):
        return Writing()
    book, words = shown.watched.opened.book, shown.words
    lines = words.plan.in_order(book.lines)
    own = on_in(book, lines, actor.person_id, at=shown.at)
    wide = _leads_or_keeps(room, actor)
    options = [Option(line_value(line), words.line(line)) for line in (lines if wide else own)]
    kinds = tuple(Option(str(kind), words.say(labels.KINDS[kind])) for kind in (Kind.EVENT, Kind.CALL, Kind.ROUND))
    grids = {line_value(line): area.grid_id for line in own
             if (area := words.plan.areas.get(line.area_id or 0)) and area.grid_id}  # fmt: skip
    return Writing(
        tuple(Option(line_value(line), words.line(line)) for line in own), tuple(options), kinds if options else (),
        tuple(_zero_forms(shown, own, wide, actor)), wide and bool(options), grids,
    )  # fmt: skip


def _leads_or_keeps(room: Room, actor: Actor) -> bool:
    leads = any(grant.role == Role.DUTY_LEADER and grant.org_id == room.org.id for grant in actor.grants)
    return leads or room.may_edit


def _zero_forms(shown: LogDay, own: list[Line], wide: bool, actor: Actor) -> list[ZeroForm]:
    """The reports that are asked for by now, not there yet, and the reader's to write."""
    at, words, found = shown.at, shown.words, list[ZeroForm]()
    for zero in zeros_between(shown.watched.plan, at - ZERO_WITHIN, at + timedelta(days=1)):
        if not zero.holds(at) or reported(zero, shown.rows) is not None:
            continue
        lane = _zero_lane(zero, shown, own, wide, actor)
        if lane is not None:
            found.append(
                ZeroForm(words.area(zero.area_id), words.chosen(zero.name, zero.name_en), line_value(lane[0]), lane[1])
            )
    return found


def _zero_lane(zero: Zero, shown: LogDay, own: list[Line], wide: bool, actor: Actor) -> tuple[Line, str] | None:
    """In which lane, and of which minute, the reader reports: the slot's own as long as they had it, else theirs in
    the area now, else as the leader or the office."""
    line, at = Line(zero.area_id, zero.role), min(shown.at, zero.ends_at - MINUTE)
    if on_in(shown.watched.opened.book, (line,), actor.person_id, at=at):
        return line, "" if shown.at < zero.ends_at else f"{local(at):{MINUTE_FORMAT}}"
    mine = next((one for one in own if one.area_id == zero.area_id), None)
    if mine is not None:
        return mine, ""
    return (line, "") if wide else None


def may_correct(shown: LogDay, room: Room, actor: Actor) -> dict[int, bool]:
    """Which lines offer to be corrected: one's own, those of a lane one is in now; to the leader and the office every
    line but plain rounds, which would be a page of links."""
    if not scope(actor, Permission.DUTY_LOG).holds(room.org.path, room.org.id):
        return {}
    wide, book = _leads_or_keeps(room, actor), shown.watched.opened.book
    own = set(on_in(book, book.lines, actor.person_id, at=shown.at)) if shown.day == today() else set[Line]()
    return {
        row.id: row.entered_by == actor.person_id or row.line in own or (wide and row.kind != Kind.ROUND)
        for row in shown.rows
    }
