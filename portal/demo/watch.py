"""The demonstration's posts of the last hours: taken over, signed off, with rounds and a report after lights-out."""

from collections.abc import Awaitable, Callable, Iterator
from datetime import datetime, timedelta

from portal.core.actors import Actor
from portal.core.clock import now, set_clock
from portal.core.refusals import Refused
from portal.duty.rules import Line, Shift
from portal.duty.watching.queries import Watched, watched_between, zeros_between
from portal.duty.watching.rules import Kind, outgoing
from portal.duty.watching.services import Lines, NewLine, sign_off, take_duty, write_line
from portal.permissions.queries import actor_for

BACK = timedelta(hours=10)
COMES, GOES = timedelta(minutes=4), timedelta(minutes=6)
FIRST, ROUND = timedelta(minutes=10), timedelta(minutes=100)
LEFT = Lines("钥匙一串，在抽屉里", "无", "配电室门口放了警示牌，看住不让进")
Step = tuple[datetime, int, Callable[[Actor], Awaitable[object]]]


async def make_watch(school_id: int) -> None:
    """Plays the last hours in their order, as the people on duty would have done it."""
    real = now()
    watched = await watched_between(school_id, real - BACK - timedelta(hours=24), real + timedelta(minutes=1))
    steps = [step for shift in _posts(watched) for step in _steps(school_id, watched, shift, real)]
    steps += _reports(school_id, watched, real)
    for moment, person, act in sorted(steps, key=lambda step: step[0]):
        set_clock(lambda moment=moment: moment)  # type: ignore[misc]
        actor = await actor_for(person, at=moment)
        try:
            assert actor is not None
            await act(actor)
        except Refused:
            continue  # somebody of the story is away that day
    set_clock(None)


def _posts(watched: Watched) -> Iterator[Shift]:
    for line, shifts in watched.opened.book.shifts.items():
        if watched.is_asked(line):
            yield from shifts


def _steps(school_id: int, watched: Watched, shift: Shift, real: datetime) -> Iterator[Step]:
    who = outgoing(watched.opened.book, shift, at=real)
    if who is None or shift.ends_at < real - BACK:
        return
    if shift.starts_at - COMES < real:
        yield shift.starts_at - COMES, who, lambda by: take_duty(shift.id, by=by)
    at = shift.starts_at + FIRST
    while at < min(shift.ends_at, real):
        if at > real - BACK:
            yield at, who, _round(school_id, shift.line, at)
        at += ROUND
    if shift.ends_at - GOES < real:
        yield shift.ends_at - GOES, who, lambda by: sign_off(shift.id, LEFT, by=by)


def _round(school_id: int, line: Line, at: datetime) -> Callable[[Actor], Awaitable[object]]:
    new = NewLine(line, Kind.ROUND, f"demo-{line.area_id}-{line.role}-{at:%d%H%M}")
    return lambda by: write_line(school_id, new, by=by)


def _reports(school_id: int, watched: Watched, real: datetime) -> Iterator[Step]:
    """Heads counted a while before the slot's end, by whoever has it."""
    for zero in zeros_between(watched.plan, real - BACK, real):
        line, at = Line(zero.area_id, zero.role), zero.ends_at - GOES
        shift = next(
            (one for one in watched.opened.book.shifts.get(line, ()) if one.starts_at <= at < one.ends_at), None
        )
        who = outgoing(watched.opened.book, shift, at=at) if shift else None
        if who is not None:
            new = NewLine(line, Kind.ZERO, f"demo-zero-{at:%d}", "", None, 412, 0)
            yield at, who, lambda by, new=new: write_line(school_id, new, by=by)  # type: ignore[misc]
