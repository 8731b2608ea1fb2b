"""From the forms of handovers and of the log to what the services take."""

import unicodedata
from collections.abc import Callable, Mapping

from portal.core.refusals import Invalid
from portal.duty.forms import parse_minute
from portal.duty.rules import Line
from portal.duty.watching.rules import Kind
from portal.duty.watching.services import Lines, NewLine

LONGEST = 500
MOST_PEOPLE = 100_000
Text = Callable[[str], str]


def parse_lines(get: Text) -> Lines:
    """The three lines of whoever goes; each has to say something, if only that there is nothing."""
    found = Lines(get("keys"), get("visitors"), get("note"))
    errors = {name: "duty.line_missing" for name, text in found._asdict().items() if not text}
    errors |= {name: "duty.line_too_long" for name, text in found._asdict().items() if len(text) > LONGEST}
    if errors:
        raise Invalid(errors)
    return found


def parse_new_line(get: Text) -> NewLine:
    """A line of the log: of which lane, what, when (empty is now), and what belongs to its kind."""
    errors: dict[str, str] = {}
    line, kind = parse_lane(get("lane")), _kind(get("kind"))
    at = parse_minute(get("at")) if get("at") else None
    if line is None:
        errors["lane"] = "duty.log_lane_missing"
    if kind is None:
        errors["kind"] = "duty.log_kind_missing"
    if get("at") and at is None:
        errors["at"] = "duty.log_time"
    errors |= _text_errors(get("text"), must=kind in (Kind.EVENT, Kind.CALL))
    counts = _counts(get) if kind is Kind.ZERO else {}
    errors |= {name: "duty.log_count" for name, value in counts.items() if value is None}
    answered = {"yes": True, "no": False}.get(get("answered")) if kind is Kind.CHECK else None
    if kind is Kind.CHECK and answered is None:
        errors["answered"] = "duty.log_answered"
    if errors or line is None or kind is None:
        raise Invalid(errors)
    return NewLine(
        line, kind, get("key")[:40], get("text"), at, counts.get("present"), counts.get("absent"), answered,
        parse_card(get),
    )  # fmt: skip


def parse_card(get: Text) -> str:
    """The number of a hazard as people write it: 2026-0042, full-width too, with or without No. before it."""
    text = unicodedata.normalize("NFKC", get("card")).strip().lstrip("#").strip()
    return text[:20]


def parse_correction(get: Text, *, counts: bool) -> tuple[str, Mapping[str, int | None]]:
    """What is right, and the heads where a report is corrected."""
    found = _counts(get) if counts else {}
    errors = _text_errors(get("text"), must=True)
    errors |= {name: "duty.log_count" for name, value in found.items() if value is None}
    if errors:
        raise Invalid(errors)
    return get("text"), found


def parse_lane(text: str) -> Line | None:
    """A lane as a form sends it, `3:guard`; 0 is the whole school."""
    area, _, role = text.partition(":")
    if not (area.isascii() and area.isdigit() and len(area) < 10 and 0 < len(role) <= 30):
        return None
    return Line(int(area) or None, role)


def _kind(text: str) -> Kind | None:
    return Kind(text) if text in (Kind.ROUND, Kind.EVENT, Kind.CALL, Kind.CHECK, Kind.ZERO) else None


def _text_errors(text: str, *, must: bool) -> dict[str, str]:
    if len(text) > LONGEST:
        return {"text": "duty.line_too_long"}
    return {"text": "duty.log_text_missing"} if must and not text else {}


def _counts(get: Text) -> dict[str, int | None]:
    return {name: _count(get(name)) for name in ("present", "absent")}


def _count(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 6 and int(text) <= MOST_PEOPLE else None
