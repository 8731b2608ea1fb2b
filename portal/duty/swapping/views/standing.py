"""Who stands or stood in for a shift; the forms of an emergency and of a correction."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from portal.duty.swapping import labels
from portal.duty.swapping.queries import OfShift, StandingIn
from portal.duty.swapping.rules import State
from portal.duty.swapping.views.asking import OfferLine
from portal.duty.swapping.views.reader import Reader
from portal.web.again import Typed


class StandInLine(NamedTuple):
    """Somebody who stands or stood in, in words; `small`: who wrote it down, when; `href`: its swap."""

    text: str
    when: str
    small: str
    reason: str
    href: str
    is_undone: bool


@dataclass(frozen=True, slots=True)
class OfShiftView:
    """What a shift's own page says of swaps and stand-ins."""

    shift_id: int
    lines: tuple[StandInLine, ...]
    swaps: tuple[tuple[str, str], ...]


def of_shift(found: OfShift, reader: Reader, *, mine: bool = False) -> OfShiftView:
    """For `duty/swapping/_of_shift.html`. A reason is said of corrections; of the others to whoever keeps the book."""
    lines = tuple(_stand_in(one, reader) for one in found.stand_ins)
    links = tuple(
        (_swap_state(one.state, one.expires_at, reader), f"/duty/swaps/{one.id}")
        for one in found.swaps if mine or reader.is_office or one.from_person_id == reader.person_id
    )  # fmt: skip
    return OfShiftView(found.shift_id, lines, links)


def _swap_state(code: str, expires_at: datetime, reader: Reader) -> str:
    state = State(code)
    if state in (State.ASKED, State.ACCEPTED) and expires_at <= reader.at:
        state = State.EXPIRED
    return reader.words.say(labels.STATES[state])


def _stand_in(one: StandingIn, reader: Reader) -> StandInLine:
    say = reader.words.say
    told_to_all = one.kind == "correction" or reader.is_office
    who = f"{one.entered_by or ''} {reader.moment(one.entered_at)}".strip()
    return StandInLine(
        say(labels.KINDS[one.kind], name=one.name), _when(one, reader), who, one.reason if told_to_all else "",
        f"/duty/swaps/{one.swap_id}" if one.swap_id and reader.is_office else "", one.undone_at is not None,
    )  # fmt: skip


def _when(one: StandingIn, reader: Reader) -> str:
    if one.starts_at is None and one.ends_at is None:
        return reader.words.say(labels.WHOLE)
    return "–".join(reader.moment(edge) if edge else "" for edge in (one.starts_at, one.ends_at))


@dataclass(frozen=True, slots=True)
class TakeOverView:
    """The form of an emergency: who is there now, and who could come, the nearest first."""

    shift_id: int
    what: str
    doing: str
    doing_phone: str
    closed: str
    near: tuple[OfferLine, ...]
    people: tuple[tuple[str, str], ...]
    until: str
    latest: str
    of_shift: OfShiftView
    typed: Typed


@dataclass(frozen=True, slots=True)
class CorrectionView:
    """The form that says who it really was."""

    shift_id: int
    what: str
    doing: str
    closed: str
    people: tuple[tuple[str, str], ...]
    starts: str
    ends: str
    of_shift: OfShiftView
    typed: Typed
