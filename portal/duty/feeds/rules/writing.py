"""Writes a calendar as RFC 5545 wants it: lines of at most 75 octets, text escaped, times in the zone of Shanghai.

The file is all there is: whoever reads it again replaces what it had. So a shift that is cancelled, or somebody else's
by now, is simply not in it; STATUS:CANCELLED would leave it struck through in some calendars, and tell of it for ever.
SEQUENCE is the version of the school's book: it grows with every change of who is on duty, also by leave or by a new
holder of a post, of which the row of the shift knows nothing, and it never goes back.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import NamedTuple

from portal.core.clock import local

ZONE = "Asia/Shanghai"
LONGEST = 75
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
# Since the end of its summer time in 1991 Shanghai is eight hours ahead, and no feed reaches back so far.
_VTIMEZONE = (
    "BEGIN:VTIMEZONE", f"TZID:{ZONE}", "BEGIN:STANDARD", "DTSTART:19910915T020000", "TZOFFSETFROM:+0900",
    "TZOFFSETTO:+0800", "TZNAME:CST", "END:STANDARD", "END:VTIMEZONE",
)  # fmt: skip


class Head(NamedTuple):
    """What a calendar says of itself. `stamp` changes once a day, so that what is the same stays the same bytes."""

    name: str
    language: str
    stamp: datetime
    sequence: int


class Event(NamedTuple):
    """One event in words; `remind` is what a calendar says an hour before, or nothing."""

    uid: str
    starts_at: datetime
    ends_at: datetime
    summary: str
    place: str
    remind: str = ""


def calendar_text(head: Head, events: Iterable[Event]) -> bytes:
    """The whole file. The time counts as free, so that being on duty refuses nobody's invitations."""
    lines = [*_head(head), *_VTIMEZONE]
    for event in events:
        lines += _event(event, head)
    lines.append("END:VCALENDAR")
    return b"".join(folded(line) for line in lines)


def _head(head: Head) -> Iterator[str]:
    yield from ("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Anwang//Duty//EN", "CALSCALE:GREGORIAN")
    yield from ("METHOD:PUBLISH", f"NAME:{escaped(head.name)}", f"X-WR-CALNAME:{escaped(head.name)}")
    yield from (f"X-WR-TIMEZONE:{ZONE}", "REFRESH-INTERVAL;VALUE=DURATION:PT1H", "X-PUBLISHED-TTL:PT1H")


def _event(event: Event, head: Head) -> Iterator[str]:
    language = f";LANGUAGE={head.language}"
    yield from ("BEGIN:VEVENT", f"UID:{event.uid}", f"DTSTAMP:{head.stamp.astimezone(UTC):%Y%m%dT%H%M%SZ}")
    yield f"SEQUENCE:{head.sequence}"
    yield from (f"DTSTART;TZID={ZONE}:{_wall(event.starts_at)}", f"DTEND;TZID={ZONE}:{_wall(event.ends_at)}")
    yield from (f"SUMMARY{language}:{escaped(event.summary)}", f"LOCATION{language}:{escaped(event.place)}")
    yield from ("CLASS:PRIVATE", "TRANSP:TRANSPARENT", "STATUS:CONFIRMED")
    if event.remind:
        yield from ("BEGIN:VALARM", "ACTION:DISPLAY", "TRIGGER:-PT1H")
        yield from (f"DESCRIPTION:{escaped(event.remind)}", "END:VALARM")
    yield "END:VEVENT"


def _wall(moment: datetime) -> str:
    return f"{local(moment):%Y%m%dT%H%M%S}"


def escaped(text: str) -> str:
    """A text value: its commas, semicolons, backslashes and line ends are no syntax."""
    plain = _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    return plain.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def folded(line: str) -> bytes:
    """One line with its end, cut into pieces of at most 75 octets, and never within a sign."""
    pieces, rest, room = list[bytes](), line.encode(), LONGEST
    while len(rest) > room:
        cut = room
        while rest[cut] & 0xC0 == 0x80:  # the middle of a sign
            cut -= 1
        pieces.append(rest[:cut])
        rest, room = rest[cut:], LONGEST - 1
    return b"\r\n ".join([*pieces, rest]) + b"\r\n"
