"""What pages show of how letters last: one letter, a school's counts, what is due for removal."""

import json
from datetime import datetime
from typing import Any, NamedTuple

from portal.core.actors import Actor
from portal.core.clock import now
from portal.core.database import fetch, fetch_one, fetch_value
from portal.letters.lasting.rules import YEARS, years_before
from portal.letters.rules import number_text
from portal.permissions.queries import scope_sql
from portal.permissions.rules import Permission, scope

SHOWN = 300  # letters that are listed as due for removal, of all years
ARCHIVES = 20


class UpkeepRow(NamedTuple):
    """How the file of a letter stands, and when its files were removed (None: they are there)."""

    level: str
    stamped_at: datetime | None
    due_at: datetime | None
    attempts: int
    next_try_at: datetime | None
    reason: str | None
    reason_params: str
    removed_at: datetime | None
    archive: str | None

    @property
    def failure(self) -> tuple[str, dict[str, Any]] | None:
        """Why the last try failed: a code, and what fills its sentence."""
        return (self.reason, json.loads(self.reason_params)) if self.reason else None


async def upkeep_of(letter_id: int) -> UpkeepRow | None:
    """How a letter is kept; None of one that is not complete, or lives on paper and is still there. One statement."""
    return await fetch_one(
        UpkeepRow,
        "SELECT coalesce(u.level, ''), u.stamped_at, u.due_at, coalesce(u.attempts, 0), u.next_try_at, u.reason, "
        "coalesce(u.reason_params, ''), r.removed_at, a.digest FROM letter l "
        "LEFT JOIN letter_upkeep u ON u.letter_id = l.id LEFT JOIN letter_removal r ON r.letter_id = l.id "
        "LEFT JOIN letter_archive a ON a.id = r.archive_id WHERE l.id = {} AND (u.id IS NOT NULL OR r.id IS NOT NULL)",
        letter_id,
    )


class LevelRow(NamedTuple):
    """How many of a school's letters have reached a level, and how many of them wait for a stamp since when."""

    level: str
    letters: int
    waiting: int
    tried: int
    stopped: int


async def levels_of(org_id: int) -> list[LevelRow]:
    """A school's complete letters by level. One statement."""
    return await fetch(
        LevelRow,
        "SELECT level, count(*), sum(CASE WHEN due_at <= {} THEN 1 ELSE 0 END), "
        "sum(CASE WHEN due_at <= {} AND reason IS NOT NULL THEN 1 ELSE 0 END), "
        "sum(CASE WHEN due_at IS NULL THEN 1 ELSE 0 END) FROM letter_upkeep u WHERE org_id = {} "
        "AND NOT EXISTS (SELECT 1 FROM letter_removal r WHERE r.letter_id = u.letter_id) "
        "GROUP BY level ORDER BY level",
        now(), now(), org_id,
    )  # fmt: skip


class WaitingRow(NamedTuple):
    """A letter that has been due for a stamp for longest, with why."""

    letter_id: int
    year: int
    seq: int
    due_at: datetime
    reason: str | None
    reason_params: str

    @property
    def failure(self) -> tuple[str, dict[str, Any]] | None:
        """Why the last try failed."""
        return (self.reason, json.loads(self.reason_params)) if self.reason else None

    @property
    def number(self) -> str:
        """As on paper."""
        return number_text(self.year, self.seq)


async def waiting_longest(org_id: int, *, most: int = 5) -> list[WaitingRow]:
    """The letters of a school that wait for a stamp, the oldest first. One statement."""
    return await fetch(
        WaitingRow,
        "SELECT l.id, l.year, l.seq, u.due_at, u.reason, u.reason_params FROM letter_upkeep u "
        "JOIN letter l ON l.id = u.letter_id WHERE u.org_id = {} AND u.due_at <= {} ORDER BY u.due_at "
        f"LIMIT {most:d}",
        org_id, now(),
    )  # fmt: skip


class Period(NamedTuple):
    """For how long a school keeps files; `version` is 0 where it has never said so."""

    years: int
    version: int


async def period_of(org_id: int) -> Period:
    """The school's years, or the usual ones. One statement."""
    found = await fetch_one(Period, "SELECT years, version FROM letter_retention WHERE org_id = {}", org_id)
    return found or Period(YEARS, 0)


class ArchiveRow(NamedTuple):
    """An archive that somebody took out."""

    id: int
    year: int
    asked_at: datetime
    asked_by: str | None
    finished_at: datetime | None
    letters: int
    missing: int
    digest: str | None
    confirmed_at: datetime | None
    confirmed_by: str | None
    kept_where: str | None
    version: int


async def archives_of(org_id: int, *, archive_id: int | None = None) -> list[ArchiveRow]:
    """The last archives of a school, the newest first; or one of them. One statement."""
    more, given = (" AND a.id = {}", [archive_id]) if archive_id is not None else ("", list[Any]())
    return await fetch(
        ArchiveRow,
        "SELECT a.id, a.year, a.asked_at, p.name, a.finished_at, a.letters, a.missing, a.digest, a.confirmed_at, "
        "c.name, a.kept_where, a.version FROM letter_archive a LEFT JOIN person p ON p.id = a.asked_by "
        f"LEFT JOIN person c ON c.id = a.confirmed_by WHERE a.org_id = {{}}{more} ORDER BY a.id DESC LIMIT {ARCHIVES}",
        org_id,
        *given,
    )


class PastRow(NamedTuple):
    """A letter whose years are over; `archive_id` is the confirmed archive that holds it, None where there is none."""

    id: int
    year: int
    seq: int
    post: str
    ended_at: datetime
    archive_id: int | None

    @property
    def number(self) -> str:
        """As on paper."""
        return number_text(self.year, self.seq)


_PAST = (
    "SELECT d.id, d.year, d.seq, q.title, d.ended, (SELECT max(a.id) FROM letter_archive a WHERE a.org_id = d.org_id "
    "AND a.year = d.year AND a.confirmed_at IS NOT NULL AND a.asked_at >= d.ended "
    "AND a.asked_at >= d.sealed_at) FROM (SELECT l.id, l.year, l.seq, l.sealed_at, "
    "l.org_id, l.grid_id, l.post_id, CASE WHEN e.ends_at IS NOT NULL AND (l.ends_at IS NULL OR e.ends_at < l.ends_at) "
    "THEN e.ends_at ELSE l.ends_at END AS ended FROM letter l LEFT JOIN letter_end e ON e.id = (SELECT o.id "
    "FROM letter_end o WHERE o.letter_id = l.id AND o.undone_at IS NULL ORDER BY o.ends_at, o.id LIMIT 1) "
    "WHERE l.org_id = {} AND l.sealed_at IS NOT NULL AND l.voided_at IS NULL "
    "AND NOT EXISTS (SELECT 1 FROM letter_removal r WHERE r.letter_id = l.id)) d "
    "JOIN post q ON q.id = d.post_id JOIN grid g ON g.id = d.grid_id WHERE d.ended <= {}"
)


async def past_letters(org_id: int, years: int, *, by: Actor, year: int | None = None) -> list[PastRow]:
    """Complete letters of a school that ended so many years ago and are still kept. One statement."""
    where, args = scope_sql(scope(by, Permission.LETTER_END_VIEW), path="g.path", org="d.org_id")
    more, given = (" AND d.year = {}", [year]) if year is not None else ("", list[Any]())
    return await fetch(
        PastRow,
        f"{_PAST} AND {where}{more} ORDER BY d.year, d.seq LIMIT {SHOWN}",
        org_id, years_before(now(), years), *args, *given,
    )  # fmt: skip


async def removed_count(org_id: int) -> int:
    """How many letters' files a school has removed."""
    return int(await fetch_value("SELECT count(*) FROM letter_removal WHERE org_id = {}", org_id))
