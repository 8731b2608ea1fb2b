"""What a letter says apart from what must differ from one to the next, so that letters can be held side by side. Pure.

A line is compared with the line of the wording that it was filled from: names, numbers, places and days are let go,
whatever else was filled in counts. A line that its wording does not say is strange: somebody must read it.
"""

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from portal.core.ids import digest
from portal.core.refusals import Refused
from portal.letters.document.wording import PLACE, Wording, wording_from

OWN = frozenset(
    "number school year grid grid_code role boundary key_places grounds superior starts ends starts_on ends_on code "
    "address digest".split()
)
"""Facts of one letter. Of these, `BOUND` are compared with the letter before it."""
BOUND = ("grid", "grid_code", "role", "boundary", "key_places", "grounds")


@dataclass(frozen=True, slots=True)
class Said:
    """The lines of a letter without its own facts; its duties; what it is bound to; whether it can be trusted to say
    what its wording says."""

    lines: tuple[str, ...]
    duties: tuple[str, ...]
    bound: tuple[str, ...]
    is_strange: bool

    @property
    def wording(self) -> str:
        """The same for two letters whose lines are the same."""
        return digest("\n".join(self.lines))

    @property
    def tasks(self) -> str:
        """The same for two letters with the same duties."""
        return digest("\n".join(self.duties))


def said(text: str | None, body: str | None) -> Said | None:
    """What a letter's text (JSON) says, held against the body (JSON) of its wording; None where there is no text."""
    try:
        found = json.loads(text or "")
        wording = _wording(body or "")
        pairs = [_line(actual, wanted, wording) for actual, wanted in _pairs(found, wording)]
        duties = tuple(f"{one['text']}\t{one.get('rhythm', '')}" for one in found["duties"])
        bound = tuple(_words(found.get(name)) for name in BOUND)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
    return Said(tuple(line for line, _ in pairs), duties, bound, any(strange for _, strange in pairs))


def changes_between(now_says: Said, before: Said) -> int:
    """How many lines, duties and places differ from the letter before; days and numbers are no change."""
    found = sum(one != other for one, other in zip(now_says.bound, before.bound, strict=True))
    for one, other in ((now_says.lines, before.lines), (now_says.duties, before.duties)):
        new, old = Counter(one), Counter(other)
        found += max((new - old).total(), (old - new).total())
    return found


@lru_cache(maxsize=16)
def _wording(body: str) -> Wording | None:
    try:
        return wording_from(body)
    except Refused:
        return None


def _pairs(text: Mapping[str, Any], wording: Wording | None) -> Iterator[tuple[str, str | None]]:
    """Each line of a letter with the line that it was filled from."""
    if wording is None:
        yield from ((line, None) for line in _lines(text))
        return
    wording = wording.as_for(str(text.get("variant") or ""))
    clauses = {one.key: one for one in wording.clauses}
    signing = wording.signing.get(str(text.get("signature_kind")), "")
    yield from ((str(text.get(name, "")), getattr(wording, name)) for name in ("title", "opening", "note"))
    for one in text["clauses"]:
        clause = clauses.get(one["key"])
        yield one["title"], clause.title if clause else None
        is_open = one["key"] == "period" and not text.get("ends_on")
        filled = wording.open_period if is_open else clause.text if clause else None
        yield one["text"], filled.replace("{signing}", signing) if filled is not None else None
    yield from _beside((one["text"] for one in text["provisions"]), (one.text for one in wording.provisions))
    yield from _beside(text["standing"], wording.standing)
    for table in text["tables"]:  # a year's targets are the school's own words
        yield from ((str(cell), "{cell}") for row in table["rows"] for cell in row)


def _beside(lines: Iterable[str], wanted: Iterable[str]) -> Iterator[tuple[str, str | None]]:
    """Lines with those of the wording in the same place; what goes beyond it has none."""
    rest = iter(wanted)
    return ((line, next(rest, None)) for line in lines)


def _lines(text: Mapping[str, Any]) -> Iterator[str]:
    """The lines of a letter whose wording cannot be read."""
    yield from (str(text.get(name, "")) for name in ("opening", "note"))
    for one in text["clauses"]:
        yield from (one["title"], one["text"])
    yield from (one["text"] for one in text["provisions"])
    yield from text["standing"]
    yield from (cell for table in text["tables"] for row in table["rows"] for cell in row)


def _line(actual: str, wanted: str | None, wording: Wording | None) -> tuple[str, bool]:
    """A line without the letter's own facts, and whether it is strange to its wording."""
    if wording is None:
        return actual, False
    found = _pattern(wanted).fullmatch(actual) if wanted is not None else None
    if found is None or wanted is None:
        return actual, True
    values = iter(found.groups())
    return PLACE.sub(lambda place: _kept(place[1], next(values)), wanted), False


def _kept(name: str, value: str) -> str:
    return f"{{{name}}}" if name in OWN else value


@lru_cache(maxsize=512)
def _pattern(wanted: str) -> re.Pattern[str]:
    pieces, at = [], 0
    for place in PLACE.finditer(wanted):
        pieces += [re.escape(wanted[at : place.start()]), "(.*?)"]
        at = place.end()
    return re.compile("".join([*pieces, re.escape(wanted[at:])]), re.DOTALL)


def _words(value: object) -> str:
    return (
        "\t".join(str(one) for one in value)
        if isinstance(value, Iterable) and not isinstance(value, str)
        else str(value or "")
    )
