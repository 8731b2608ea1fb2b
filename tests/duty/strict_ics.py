"""A calendar read as strictly as RFC 5545 writes it, to check our own: by its own means, sharing nothing with ours.

Lines end with CRLF and have 75 octets at most; names, parameters and values follow the grammar; components close in
order; what must stand once stands once; times with a zone are counted by the zone that the file itself describes.
"""

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

LINE = re.compile(
    r'(?P<name>[A-Z0-9-]+)(?P<more>(?:;[A-Z0-9-]+=(?:"[^"\x00-\x08\x0a-\x1f\x7f]*"|[^";:,\x00-\x08\x0a-\x1f\x7f]*))*)'
    r":(?P<value>[^\x00-\x08\x0a-\x1f\x7f]*)"
)
MOMENT = re.compile(r"\d{8}T\d{6}")
UTC_MOMENT = re.compile(r"\d{8}T\d{6}Z")
OFFSET = re.compile(r"([+-])(\d\d)(\d\d)")
TEXT = re.compile(r"(?:[^\\;,\x00-\x08\x0a-\x1f\x7f]|\\[\\;,Nn])*")
TEXTS = {"SUMMARY", "LOCATION", "NAME", "DESCRIPTION", "X-WR-CALNAME"}
ONCE = {
    "VCALENDAR": {"VERSION", "PRODID", "METHOD", "CALSCALE"},
    "VEVENT": {"UID", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY", "SEQUENCE", "TRANSP", "STATUS", "LOCATION", "CLASS"},
    "VTIMEZONE": {"TZID"},
    "STANDARD": {"DTSTART", "TZOFFSETFROM", "TZOFFSETTO"},
    "VALARM": {"ACTION", "TRIGGER", "DESCRIPTION"},
}
MUST = {
    "VCALENDAR": {"VERSION", "PRODID"}, "VEVENT": {"UID", "DTSTAMP", "DTSTART"}, "VTIMEZONE": {"TZID"},
    "STANDARD": {"DTSTART", "TZOFFSETFROM", "TZOFFSETTO"}, "VALARM": {"ACTION", "TRIGGER", "DESCRIPTION"},
}  # fmt: skip


@dataclass
class Part:
    """A component: its properties as (name, parameters, value), and what lies in it."""

    name: str
    lines: list[tuple[str, dict[str, str], str]] = field(default_factory=list)
    parts: list["Part"] = field(default_factory=list)

    def value(self, name: str) -> str:
        """The value of a property that stands once."""
        [found] = [value for own, _, value in self.lines if own == name]
        return found

    def text(self, name: str) -> str:
        """A text value as it was meant."""
        return re.sub(r"\\(.)", lambda m: "\n" if m[1] in "nN" else m[1], self.value(name))

    def parameters(self, name: str) -> dict[str, str]:
        """The parameters of a property that stands once."""
        [found] = [parameters for own, parameters, _ in self.lines if own == name]
        return found

    def inside(self, name: str) -> list["Part"]:
        """The components of one kind."""
        return [part for part in self.parts if part.name == name]


@dataclass
class ReadEvent:
    """An event with its times in UTC."""

    uid: str
    sequence: int
    starts_at: datetime
    ends_at: datetime
    summary: str
    place: str
    part: Part


def read_strictly(data: bytes) -> tuple[Part, list[ReadEvent]]:
    """The calendar and its events; fails where anything is not as the standard wants it."""
    calendar = _calendar(_unfolded(data))
    zones = {zone.value("TZID"): zone for zone in calendar.inside("VTIMEZONE")}
    events = [_event(part, zones) for part in calendar.inside("VEVENT")]
    uids = [event.uid for event in events]
    assert len(set(uids)) == len(uids), "two events are one"
    return calendar, events


def _unfolded(data: bytes) -> list[str]:
    assert data.endswith(b"\r\n") and b"\r\n\r\n" not in data
    raw = data[:-2].split(b"\r\n")
    for line in raw:
        assert len(line) <= 75 and b"\r" not in line and b"\n" not in line, line
        line.decode()  # never cut within a sign
    whole: list[bytes] = []
    for line in raw:
        if line[:1] in (b" ", b"\t"):
            whole[-1] += line[1:]
        else:
            whole.append(line)
    return [line.decode() for line in whole]


def _calendar(lines: list[str]) -> Part:
    open_parts: list[Part] = []
    done: list[Part] = []
    for line in lines:
        found = LINE.fullmatch(line)
        assert found, f"no content line: {line}"
        name, value = found["name"], found["value"]
        parameters = dict(pair.split("=", 1) for pair in found["more"].split(";")[1:])
        if name == "BEGIN":
            open_parts.append(Part(value))
        elif name == "END":
            part = open_parts.pop()
            assert part.name == value
            _check(part)
            (open_parts[-1].parts if open_parts else done).append(part)
        else:
            assert name not in TEXTS or TEXT.fullmatch(value), line
            open_parts[-1].lines.append((name, parameters, value))
    assert not open_parts and len(done) == 1 and done[0].name == "VCALENDAR"
    return done[0]


def _check(part: Part) -> None:
    names = [name for name, _, _ in part.lines]
    assert MUST[part.name] <= set(names), (part.name, names)
    for name in ONCE[part.name]:
        assert names.count(name) <= 1, (part.name, name)
    if part.name == "VCALENDAR":
        assert part.value("VERSION") == "2.0"


def _event(part: Part, zones: dict[str, Part]) -> ReadEvent:
    assert UTC_MOMENT.fullmatch(part.value("DTSTAMP"))
    starts, ends = _moment(part, "DTSTART", zones), _moment(part, "DTEND", zones)
    assert starts < ends
    return ReadEvent(
        part.value("UID"), int(part.value("SEQUENCE")), starts, ends, part.text("SUMMARY"), part.text("LOCATION"), part
    )


def _moment(part: Part, name: str, zones: dict[str, Part]) -> datetime:
    """A wall time, by the zone that the file describes."""
    value = part.value(name)
    assert MOMENT.fullmatch(value), value
    zone = zones[part.parameters(name)["TZID"]]
    wall = datetime.strptime(value, "%Y%m%dT%H%M%S")  # noqa: DTZ007
    begun = [one for one in zone.parts if datetime.strptime(one.value("DTSTART"), "%Y%m%dT%H%M%S") <= wall]  # noqa: DTZ007
    found = OFFSET.fullmatch(max(begun, key=lambda one: one.value("DTSTART")).value("TZOFFSETTO"))
    assert found
    ahead = timedelta(hours=int(found[2]), minutes=int(found[3]))
    return (wall - (ahead if found[1] == "+" else -ahead)).replace(tzinfo=UTC)
