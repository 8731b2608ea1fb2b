"""The archive: every complete letter of a year with an index, written as it goes out (F24)."""

import hashlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from portal.audit.catalogue import LettersArchived
from portal.audit.services import record_event
from portal.core.actors import Actor
from portal.core.clock import local, now
from portal.core.database import unit_of_work
from portal.core.files import FileStore
from portal.core.refusals import Busy, NotFound, Refused
from portal.letters.lasting.services.retention import begin_archive_row, finish_archive_row
from portal.letters.rules import state_of
from portal.letters.verification.csv_lines import csv_text
from portal.letters.verification.queries import Known, complete_letters, count_complete
from portal.letters.verification.zips import Zip

log = structlog.get_logger(__name__)

COLUMNS = (
    "number", "title", "school", "place", "post", "from", "until", "signed", "state", "file", "sha256", "evidence",
    "evidence_sha256",
)  # fmt: skip
MARK = "\ufeff"  # or spreadsheets read no Chinese
Words = Callable[[str, str], str]
"""Says a kind of letter or a state: ("kind", "fire"), ("state", "in_force"), ("column", "file"), ("missing", "")."""


async def begin_archive(year: int, *, by: Actor) -> int:
    """Notes that somebody takes the letters of a year along, and how many there are (TA11); gives the archive's id."""
    if by.org_id is None:
        raise NotFound()
    letters = await count_complete(year, by=by)
    async with unit_of_work():
        details = LettersArchived(year=year, letters=letters)
        await record_event(details, org_id=by.org_id, subject_id=by.org_id, by=by)
        return await begin_archive_row(year, by=by)


async def archive(
    year: int, *, store: FileStore, words: Words, by: Actor, archive_id: int | None = None
) -> AsyncIterator[bytes]:
    """The zip, piece by piece: a file of it is in memory at a time, and a page of rows.

    `archive_id` is its row: when the last byte has gone out, that is noted with the digest of them all.
    """
    tally, sha = Tally(), hashlib.sha256()
    async for piece in _pieces(year, tally, store=store, words=words, by=by):
        sha.update(piece)
        yield piece
    if archive_id is not None:
        await finish_archive_row(
            archive_id, letters=tally.letters, missing=tally.missing, digest=sha.hexdigest(), by=by
        )


@dataclass
class Tally:
    """What has gone out so far: letters, and files that were lost before."""

    letters: int = 0
    missing: int = 0


async def _pieces(year: int, tally: Tally, *, store: FileStore, words: Words, by: Actor) -> AsyncIterator[bytes]:
    made, after, at = Zip(), (0, 0), now()
    rows = [tuple(words("column", name) for name in COLUMNS)]
    while page := await complete_letters(year, by=by, after=after):
        for letter in page:
            put: list[str] = []
            for role, file in (("", letter.final), ("-evidence", letter.file("evidence"))):
                name = f"{letter.row.org_id}/{year}-{letter.row.seq:04d}{role}.pdf"
                body = await _body(store, file.digest) if file is not None else None
                if body is not None:
                    yield made.add(name, body)
                tally.missing += file is not None and body is None
                put += [name if body is not None else words("missing", "") if file else "", file.digest if file else ""]
            rows.append((*_facts(letter, words, at), *put))
            tally.letters += 1
        after = (page[-1].row.org_id, page[-1].row.seq)
    yield made.add("index.csv", (MARK + csv_text(rows)).encode())
    yield made.end()


async def _body(store: FileStore, digest: str) -> bytes | None:
    """A file; None where it is lost or damaged, for the others must still go out: the index says it."""
    try:
        found = await store.open(digest)
    except Busy:
        raise  # the store is away: half an archive is better broken off than called whole
    except Refused:
        found = None
    if found is None:
        log.warning("letters.archive_without_file", digest=digest)
    return found


def _facts(letter: Known, words: Words, at: datetime) -> tuple[str, ...]:
    row = letter.row
    until = f"{local(row.ends_at - timedelta(microseconds=1)).date()}" if row.ends_at else ""
    signed = f"{local(row.signed_at):%Y-%m-%d %H:%M}" if row.signed_at else ""
    return (
        row.number, words("kind", row.kind), row.school, row.grid, row.post, f"{local(row.starts_at).date()}", until,
        signed, words("state", str(state_of(letter.facts, at=at))),
    )  # fmt: skip
