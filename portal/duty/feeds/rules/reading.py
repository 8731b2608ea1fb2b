"""Reads the events of a calendar file that somebody hands in: bounded, and nothing guessed.

What cannot be taken as one plain time away (it recurs, its zone is unknown) is told with its line, never half read.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from portal.core.clock import SHANGHAI, start_of_day
from portal.duty.feeds.rules.leave import Trouble

MOST_BYTES = 500_000
MOST_LINE = 20_000
MOST_EVENTS = 100
MOST_TITLE = 80
YEARS = range(2000, 2100)
RECURRING = frozenset({"RRULE", "RDATE", "EXRULE", "RECURRENCE-ID"})
KNOWN_AS = {"China Standard Time": "Asia/Shanghai", "Beijing": "Asia/Shanghai", "PRC": "Asia/Shanghai"}
_NAME = re.compile(r"[A-Za-z0-9-]{1,60}")
_PARAMETER = re.compile(r';([A-Za-z0-9-]{1,60})=((?:"[^"]*"|[^";:,])*(?:,(?:"[^"]*"|[^";:,])*)*)')
_DATE = re.compile(r"[0-9]{8}")
_MOMENT = re.compile(r"([0-9]{8}T[0-9]{6})(Z?)")
_LENGTH = re.compile(
    r"\+?P(?:([0-9]{1,3})W|(?:([0-9]{1,4})D)?(?:T(?:([0-9]{1,5})H)?(?:([0-9]{1,5})M)?(?:([0-9]{1,6})S)?)?)"
)
_INVISIBLE = re.compile(r"[\x00-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]+")


class Unreadable(Exception):
    """The file as a whole is no calendar that can be taken: the code of a sentence, and the line where it shows."""

    def __init__(self, code: str, line: int = 0) -> None:
        super().__init__(f"{code} {line}")
        self.code = code
        self.line = line


class Found(NamedTuple):
    """An event of the file: its line and title, and from when until when, or what is in the way."""

    line: int
    title: str
    starts_at: datetime | None
    ends_at: datetime | None
    is_all_day: bool = False
    trouble: Trouble | None = None


class _Line(NamedTuple):
    number: int
    name: str
    parameters: dict[str, str]
    value: str


class _NoTime(Exception):
    def __init__(self, trouble: Trouble) -> None:
        super().__init__(trouble)
        self.trouble = trouble


@dataclass(slots=True)
class _Event:
    line: int
    lines: dict[str, _Line] = field(default_factory=dict)


def read_leave(data: bytes) -> list[Found]:
    """Every event of a file, in its order. A file that is too large, or no calendar, is `Unreadable`."""
    if len(data) > MOST_BYTES:
        raise Unreadable("too_large")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unreadable("not_utf8", data[: error.start].count(b"\n") + 1) from None
    return [_found(event) for event in _events(text)]


def _events(text: str) -> Iterator[_Event]:
    open_parts, event, count = list[str](), None, 0
    for line in _lines(text):
        if not open_parts and (line.name, line.value.upper()) != ("BEGIN", "VCALENDAR"):
            raise Unreadable("no_calendar", line.number)
        if line.name == "BEGIN":
            open_parts.append(line.value.upper())
            if open_parts == ["VCALENDAR", "VEVENT"]:
                event, count = _Event(line.number), count + 1
                if count > MOST_EVENTS:
                    raise Unreadable("too_many", line.number)
        elif line.name == "END":
            if open_parts.pop() != line.value.upper():
                raise Unreadable("broken", line.number)
            if open_parts == ["VCALENDAR"] and event is not None:
                yield event
                event = None
        elif event is not None and len(open_parts) == 2:
            event.lines.setdefault(line.name, line)
    if open_parts:
        raise Unreadable("cut_off")
    if not count:
        raise Unreadable("empty")


def _lines(text: str) -> Iterator[_Line]:
    """The content lines, unfolded, with the numbers of the lines on which they begin."""
    number, begun, pieces, size = 0, 0, list[str](), 0
    for raw in [*re.split(r"\r\n|\n|\r", text), ""]:
        number += 1
        if raw[:1] in (" ", "\t") and pieces:
            size += len(raw)
            if size > MOST_LINE:
                raise Unreadable("long_line", begun)
            pieces.append(raw[1:])
            continue
        if pieces:
            yield _parsed("".join(pieces), begun)
        if len(raw) > MOST_LINE:
            raise Unreadable("long_line", number)
        pieces, begun, size = ([raw] if raw else []), number, len(raw)
    if pieces:
        yield _parsed("".join(pieces), begun)


def _parsed(text: str, number: int) -> _Line:
    name = _NAME.match(text)
    if name is None:
        raise Unreadable("broken", number)
    at, parameters = name.end(), dict[str, str]()
    while found := _PARAMETER.match(text, at):
        parameters[found[1].upper()] = found[2].strip('"')
        at = found.end()
    if text[at : at + 1] != ":":
        raise Unreadable("broken", number)
    return _Line(number, name[0].upper(), parameters, text[at + 1 :])


def _found(event: _Event) -> Found:
    title = _title(event.lines.get("SUMMARY"))
    recurs = [event.lines[name].number for name in sorted(RECURRING & event.lines.keys())]
    if recurs:
        return Found(min(recurs), title, None, None, trouble=Trouble.RECURS)
    status = event.lines.get("STATUS")
    if status is not None and status.value.strip().upper() == "CANCELLED":
        return Found(event.line, title, None, None, trouble=Trouble.CANCELLED)
    try:
        start, end, all_day = _span(event)
    except _NoTime as missing:
        return Found(event.line, title, None, None, trouble=missing.trouble)
    if end <= start:
        return Found(event.line, title, None, None, trouble=Trouble.NO_TIME)
    return Found(event.line, title, start, end, all_day)


def _title(line: _Line | None) -> str:
    text = re.sub(r"\\(.)", lambda m: " " if m[1] in "nN" else m[1], line.value) if line else ""
    return " ".join(_INVISIBLE.sub(" ", text).split())[:MOST_TITLE]


def _span(event: _Event) -> tuple[datetime, datetime, bool]:
    """From when until when. The end of whole days is the first that is not in it; without one it is one day."""
    begins, ends, length = (event.lines.get(name) for name in ("DTSTART", "DTEND", "DURATION"))
    if begins is None:
        raise _NoTime(Trouble.NO_TIME)
    first = _value(begins)
    if ends is not None:
        last = _value(ends)
        if isinstance(first, datetime) != isinstance(last, datetime):
            raise _NoTime(Trouble.NO_TIME)
        return _instant(first), _instant(last), not isinstance(first, datetime)
    if length is not None:
        return _instant(first), _later(first, _length(length)), not isinstance(first, datetime)
    if isinstance(first, datetime):
        raise _NoTime(Trouble.NO_TIME)
    return _instant(first), _instant(first + timedelta(days=1)), True


def _later(first: date | datetime, length: timedelta) -> datetime:
    return first + length if isinstance(first, datetime) else _instant(first + length)


def _instant(moment: date | datetime) -> datetime:
    return moment if isinstance(moment, datetime) else start_of_day(moment)


def _value(line: _Line) -> date | datetime:
    """A date, or a moment in UTC. A moment without a zone is Shanghai's."""
    text = line.value.strip()
    try:
        if _DATE.fullmatch(text):
            day = date.fromisoformat(text)
            _check_year(day)
            return day
        found = _MOMENT.fullmatch(text)
        if found is None:
            raise _NoTime(Trouble.NO_TIME)
        wall = datetime.fromisoformat(found[1])
    except ValueError:
        raise _NoTime(Trouble.NO_TIME) from None
    _check_year(wall)
    zone = UTC if found[2] else _zone(line.parameters.get("TZID", ""))
    return wall.replace(tzinfo=zone).astimezone(UTC)


def _check_year(day: date) -> None:
    if day.year not in YEARS:
        raise _NoTime(Trouble.NO_TIME)


def _zone(name: str) -> ZoneInfo:
    if not name:
        return SHANGHAI
    known = KNOWN_AS.get(name, "/".join(name.strip("/").split("/")[-2:]))
    try:
        return ZoneInfo(known)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise _NoTime(Trouble.ZONE) from None


def _length(line: _Line) -> timedelta:
    found = _LENGTH.fullmatch(line.value.strip())
    if found is None:
        raise _NoTime(Trouble.NO_TIME)
    weeks, days, hours, minutes, seconds = (int(part or 0) for part in found.groups())
    return timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)
