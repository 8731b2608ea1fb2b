"""From the forms of swaps, take-overs and corrections to what the services take."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from portal.core.clock import SHANGHAI
from portal.core.refusals import Invalid
from portal.duty.swapping.rules import Act
from portal.duty.swapping.services import Ask, Correction, TakeOver

LONGEST_REASON = 500
FORMAT = "%Y-%m-%dT%H:%M"
Text = Callable[[str], str]
BY_HAND = frozenset({Act.ACCEPT, Act.DECLINE, Act.UNTAKE, Act.WITHDRAW, Act.APPROVE, Act.REFUSE, Act.UNDO})


@dataclass(frozen=True, slots=True)
class Move:
    """What somebody does with a swap, at which version of it, for whom, and why."""

    act: Act
    version: int
    person_id: int | None = None
    reason: str = ""


def parse_move(get: Text) -> Move:
    """The act that a button stands for; anything else is not found among them."""
    code = get("act")
    if code not in BY_HAND:
        raise Invalid({"act": "duty.swap_not_now"})
    return Move(Act(code), parse_number(get("version")) or 0, parse_number(get("person")), _reason(get))


def parse_ask(get: Text, people: list[str]) -> Ask:
    """Whom to ask, or everybody who fits; or one shift in exchange, whose person the service knows."""
    if get("way") == "exchange":
        back = parse_number(get("back"))
        if back is None:
            raise Invalid({"back": "duty.swap_back_missing"})
        return Ask((), back, _reason(get))
    if get("everyone"):
        return Ask((), None, _reason(get), everyone=True)
    found = tuple(one for text in people if (one := parse_number(text)) is not None)
    if not found:
        raise Invalid({"people": "duty.swap_nobody_chosen"})
    return Ask(found, None, _reason(get))


def parse_takeover(get: Text) -> TakeOver:
    """Who takes over, until when, why."""
    until, person = get("until"), parse_number(get("person"))
    errors = {} if person is not None else {"person": "duty.person_missing"}
    moment = parse_moment(until)
    if until and moment is None:
        errors["until"] = "duty.takeover_until"
    if errors or person is None:
        raise Invalid(errors)
    return TakeOver(person, _reason(get), moment)


def parse_correction(get: Text) -> Correction:
    """Who it really was, over which part, and why; an hour left as it was means the whole shift."""
    person, errors = parse_number(get("person")), dict[str, str]()
    if person is None:
        errors["person"] = "duty.person_missing"
    if not _reason(get):
        errors["reason"] = "duty.swap_need_reason"
    times = {name: parse_moment(get(name)) for name in ("from", "to")}
    errors |= {name: "duty.correction_outside" for name in times if get(name) and times[name] is None}
    if errors or person is None:
        raise Invalid(errors)
    return Correction(person, _reason(get), times["from"], times["to"])


def parse_number(text: str) -> int | None:
    """An id or a version as a form sends it, or None for anything else."""
    return int(text) if text.isascii() and text.isdigit() and 0 < len(text) < 10 else None


def parse_moment(text: str) -> datetime | None:
    """A time as browsers send it (2026-11-25T18:00), meant in Shanghai."""
    try:
        found = datetime.strptime(text, FORMAT).replace(tzinfo=SHANGHAI)
    except ValueError:
        return None
    return found.astimezone(UTC) if 2000 <= found.year < 2100 else None


def _reason(get: Text) -> str:
    if len(get("reason")) > LONGEST_REASON:
        raise Invalid({"reason": "duty.swap_reason_long"})
    return get("reason")
