"""How letters last, as the page of one letter and the page of a school show it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any

from portal.core.clock import local
from portal.letters.lasting import labels
from portal.letters.lasting.queries import ArchiveRow, LevelRow, PastRow, Period, UpkeepRow, WaitingRow
from portal.letters.lasting.services.retention import AT_ONCE
from portal.rendering.i18n import translator
from portal.web.again import Typed

NUMBERS = 60  # of letters that are named beside their count
Why = Callable[[str, dict[str, Any]], str]


@dataclass(frozen=True, slots=True)
class LastingView:
    """One letter: what its file can prove, why it has no stamp over all of it, when the next try or stamp comes."""

    level: str
    is_lasting: bool
    off: str
    failure: str
    next_try_at: datetime | None
    is_waiting: bool
    is_stopped: bool
    stamped_at: datetime | None
    next_day: date | None
    may_retry: bool
    removed_at: datetime | None
    archive: str


def lasting_view(
    row: UpkeepRow | None, off: str | None, *, may_make: bool, at: datetime, language: str, why: Why
) -> LastingView | None:
    """None of a letter that is not complete."""
    if row is None:
        return None
    say, is_due = translator(language), row.due_at is not None and row.due_at <= at
    stopped = row.due_at is None and row.reason is not None
    return LastingView(
        level=say(labels.LEVELS.get(row.level, row.level)), is_lasting=row.level == "B-LTA",
        off=say(labels.OFF[off]) if off else "", failure=why(*row.failure) if row.failure else "",
        next_try_at=row.next_try_at, is_waiting=is_due and not off, is_stopped=stopped, stamped_at=row.stamped_at,
        next_day=local(row.due_at).date() if row.due_at is not None and not is_due and not off else None,
        may_retry=may_make and not off and (stopped or (is_due and row.reason is not None)),
        removed_at=row.removed_at, archive=(row.archive or "")[:16],
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class PastYear:
    """Letters of a year whose time is over: how many, which may go now, which still want an archive."""

    year: int
    count: int
    ready: int
    at_once: int
    numbers: tuple[str, ...]
    more: int


@dataclass(frozen=True, slots=True)
class WaitingLine:
    """A letter that waits for a stamp."""

    href: str
    number: str
    since: datetime
    why: str


@dataclass(frozen=True, slots=True)
class KeepingView:
    """The page of a school: how long its letters can be checked, how long they are kept, what may go."""

    off: str
    levels: tuple[tuple[str, int], ...]
    waiting: int
    stopped: int
    longest: tuple[WaitingLine, ...]
    years: int
    version: int
    archives: tuple[ArchiveRow, ...]
    past: tuple[PastYear, ...]
    removed: int
    archive_year: int
    may_change: bool
    typed: Typed

    @property
    def levels_told(self) -> list[tuple[str, str]]:
        """As a list of facts."""
        return [(level, str(count)) for level, count in self.levels]


def keeping_view(
    off: str | None, levels: Sequence[LevelRow], longest: Sequence[WaitingRow], period: Period,
    archives: Sequence[ArchiveRow], past: Sequence[PastRow], *, removed: int, this_year: int, may_change: bool,
    language: str, why: Why, typed: Typed,
) -> KeepingView:  # fmt: skip
    """Puts the page together."""
    say = translator(language)
    return KeepingView(
        off=say(labels.OFF[off]) if off else "",
        levels=tuple((say(labels.LEVELS.get(one.level, one.level)), one.letters) for one in levels),
        waiting=0 if off else sum(one.waiting for one in levels), stopped=sum(one.stopped for one in levels),
        longest=() if off else tuple(_waiting(one, why) for one in longest), years=period.years,
        version=period.version, archives=tuple(archives), past=tuple(_past(past)), removed=removed,
        archive_year=this_year, may_change=may_change, typed=typed,
    )  # fmt: skip


def _waiting(one: WaitingRow, why: Why) -> WaitingLine:
    return WaitingLine(f"/letters/{one.letter_id}", one.number, one.due_at, why(*one.failure) if one.failure else "")


def _past(rows: Sequence[PastRow]) -> list[PastYear]:
    found = []
    for year, group in groupby(rows, key=lambda row: row.year):
        letters = list(group)
        ready = sum(one.archive_id is not None for one in letters)
        numbers = tuple(one.number for one in letters[:NUMBERS])
        found.append(PastYear(year, len(letters), ready, min(ready, AT_ONCE), numbers, max(0, len(letters) - NUMBERS)))
    return found
