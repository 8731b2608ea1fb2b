"""Who hands over to whom, and how far that has come."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from portal.core.clock import local
from portal.core.refusals import Refused
from portal.duty.lent import Told
from portal.duty.queries import SeenShift
from portal.duty.rules import Shift
from portal.duty.views.words import Words, span_text
from portal.duty.watching import labels
from portal.duty.watching.queries import HandoverRow, Watched
from portal.duty.watching.rules import (
    SIGN_AFTER,
    SIGN_BEFORE,
    TAKE_BEFORE,
    TELL_AFTER,
    after,
    before,
    check_sign,
    check_take,
    incoming,
    is_taken,
    outgoing,
)
from portal.rendering.moments import moment_text
from portal.web.again import Typed


class Side(NamedTuple):
    """A shift before or after: who, when, how far; its page."""

    name: str
    hours: str
    state: str
    href: str


class Given(NamedTuple):
    """Three lines that were handed over, by whom and when."""

    keys: str
    visitors: str
    note: str
    who: str
    at: datetime


@dataclass(frozen=True, slots=True)
class HandoverView:
    """Both ends of one shift. `why_not`: the reader does this shift, and it is not the time for anything."""

    shift_id: int
    lane: str
    day: str
    hours: str
    who: str
    state: str
    is_late: bool
    came_from: tuple[Side, ...]
    goes_to: tuple[Side, ...]
    given: Given | None
    open: tuple[Told, ...]
    may_take: bool
    may_sign: bool
    why_not: str
    signed: Given | None
    sign_state: str
    lines: Mapping[str, str]
    log_href: str
    other: str
    typed: Typed


class HandoverCard(NamedTuple):
    """A shift as a line of the list."""

    shift_id: int
    lane: str
    hours: str
    who: str
    states: tuple[str, ...]
    urgent: str
    button: str


@dataclass(frozen=True, slots=True)
class HandoversView:
    """The day's handovers: what asks something of the reader first."""

    mine: tuple[HandoverCard, ...]
    late: tuple[HandoverCard, ...]
    others: tuple[HandoverCard, ...]
    later: tuple[HandoverCard, ...]
    other: str


@dataclass(frozen=True, slots=True)
class Telling:
    """Tells of shifts what their handovers say, at an instant, in a language."""

    watched: Watched
    rows: Mapping[int, HandoverRow]
    words: Words
    at: datetime

    def moment(self, at: datetime) -> str:
        """今天 08:02."""
        return moment_text(at, at=self.at, language=self.words.language)

    def name(self, shift: Shift) -> str:
        """Who does it: whoever took it, else whoever will or does."""
        book = self.watched.opened.book
        who = incoming(book, shift, at=min(self.at, shift.starts_at) if self.at >= shift.ends_at else self.at)
        return self.watched.opened.name(who) or self.words.say(labels.NOBODY)

    def taken(self, shift: Shift) -> tuple[str, bool]:
        """How far the take-over has come, and whether the leader has to know."""
        row, say = self.rows.get(shift.id), self.words.say
        if row and row.taken_at and self._stands(shift, row):
            return say(labels.TAKEN, moment=self.moment(row.taken_at)), False
        if self.at < shift.starts_at - TAKE_BEFORE:
            return say(labels.NOT_YET), False
        if row and not row.has_account and row.owner_id == incoming(self.watched.opened.book, shift, at=self.at):
            return say(labels.ON_PAPER), False
        if self.at < shift.starts_at + TELL_AFTER:
            return say(labels.TO_TAKE), False
        return say(labels.UNTAKEN), self.at < shift.ends_at and self.watched.is_asked(shift.line)

    def _stands(self, shift: Shift, row: HandoverRow) -> bool:
        return is_taken(self.watched.opened.book, shift, person_id=row.person_id, taken_at=row.taken_at)

    def signed(self, shift: Shift) -> str:
        """How far the signature has come; "" before its time."""
        row, say = self.rows.get(shift.id), self.words.say
        if row and row.signed_at:
            late = row.signed_at > shift.ends_at
            return say(labels.SIGNED_LATE if late else labels.SIGNED, moment=self.moment(row.signed_at))
        if self.at < shift.ends_at - SIGN_BEFORE or (row and not row.has_account and not row.taken_at):
            return ""  # whoever has no account signs on paper
        return say(labels.TO_SIGN if self.at <= shift.ends_at + SIGN_AFTER else labels.UNSIGNED)

    def side(self, shift: Shift, *, leaves: bool) -> Side:
        """A shift before or after another."""
        state = self.signed(shift) if leaves else self.taken(shift)[0]
        return Side(self.name(shift), span_text(shift.starts_at, shift.ends_at), state, f"/duty/handovers/{shift.id}")

    def given(self, row: HandoverRow | None) -> Given | None:
        """The three lines of a shift that was signed off."""
        return Given(row.keys, row.visitors, row.note, row.out_name, row.signed_at) if row and row.signed_at else None


def _may(check: object, telling: Telling, shift: Shift, mover: int | None) -> str:
    """The code of the refusal, or nothing where it may be done."""
    try:
        check(telling.watched.opened.book, shift, mover=mover, at=telling.at)  # type: ignore[operator]
    except Refused as refusal:
        return refusal.code
    return ""


def handover_view(
    seen: SeenShift, shift: Shift, telling: Telling, *, reader: int | None, may_act: bool, open_here: Sequence[Told],
    other: str, typed: Typed,
) -> HandoverView:  # fmt: skip
    """One shift, as its reader may act on it."""
    book, row = telling.watched.opened.book, telling.rows.get(shift.id)
    take, sign = (_may(check, telling, shift, reader) if may_act else "" for check in (check_take, check_sign))
    is_mine = may_act and reader in (incoming(book, shift, at=telling.at), outgoing(book, shift, at=telling.at))
    stands = row is not None and is_taken(book, shift, person_id=row.person_id, taken_at=row.taken_at)
    has_taken = stands and row is not None and row.person_id == reader
    has_signed = row is not None and row.signed_at is not None
    signed_before = [one for one in telling.rows.values() if one.signed_at and one.starts_at < shift.starts_at]
    last = max(signed_before, key=lambda one: (one.ends_at, one.shift_id), default=None)
    state, late = telling.taken(shift)
    may_take = may_act and not take and not has_taken
    may_sign = may_act and not sign and not has_signed
    why = take if not has_taken else "" if has_signed else sign
    kept = {name: typed.get(name) if typed.texts else getattr(last, name, "") for name in ("keys", "visitors", "note")}
    return HandoverView(
        shift.id, telling.words.line(shift.line), telling.words.on(local(shift.starts_at).date()),
        span_text(shift.starts_at, shift.ends_at), telling.name(shift), state, late,
        tuple(telling.side(one, leaves=True) for one in before(book, shift)),
        tuple(telling.side(one, leaves=False) for one in after(book, shift)), telling.given(last), tuple(open_here),
        may_take, may_sign, telling.words.say(labels.REFUSALS[why]) if is_mine and why and not may_sign else "",
        telling.given(row), telling.signed(shift), kept,
        f"/duty/log?day={local(shift.starts_at).date()}&area={seen.area_id or 0}{other}", other, typed,
    )  # fmt: skip


def handovers_view(telling: Telling, *, start: datetime, reader: int | None, other: str) -> HandoversView:
    """The shifts from `start` on that are handed over, and older ones that the reader has still to sign."""
    mine, late, others, later = (list[HandoverCard]() for _ in range(4))
    for line in telling.words.plan.in_order(telling.watched.opened.book.shifts):
        if not telling.watched.hands_over(line):
            continue
        for shift in telling.watched.opened.book.shifts[line]:
            asks = _asks(shift, telling, reader)
            if not asks and shift.ends_at <= start:
                continue
            card, is_late = _card(shift, telling, asks)
            ahead = telling.at < shift.starts_at - TAKE_BEFORE
            (mine if asks else late if is_late else later if ahead else others).append(card)
    return HandoversView(tuple(mine), tuple(late), tuple(others), tuple(later), other)


def _asks(shift: Shift, telling: Telling, reader: int | None) -> str:
    """What the shift asks of the reader now: a word for the button, or nothing."""
    row, book = telling.rows.get(shift.id), telling.watched.opened.book
    if reader is None:
        return ""
    stands = row is not None and is_taken(book, shift, person_id=row.person_id, taken_at=row.taken_at)
    if not (stands and row is not None and row.person_id == reader) and not _may(check_take, telling, shift, reader):
        return telling.words.say(labels.DO_TAKE)
    if not (row and row.signed_at) and not _may(check_sign, telling, shift, reader):
        return telling.words.say(labels.DO_SIGN)
    return ""


def _card(shift: Shift, telling: Telling, asks: str) -> tuple[HandoverCard, bool]:
    state, late = telling.taken(shift)
    states = tuple(one for one in ("" if late else state, telling.signed(shift)) if one)
    hours = span_text(shift.starts_at, shift.ends_at)
    if local(shift.starts_at).date() != local(telling.at).date():
        hours = f"{telling.words.on(local(shift.starts_at).date())} {hours}"
    lane = telling.words.line(shift.line)
    return HandoverCard(shift.id, lane, hours, telling.name(shift), states, state if late else "", asks), late
