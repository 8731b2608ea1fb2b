"""For how long letters are kept, archives that were taken out, and the removal of what is over: by decision (F24).

Nothing is removed by itself. A letter may go when its years are over, an archive that was taken out after its end lies
with the office, confirmed, and somebody decides. Then its files and personal details go; its row stays, with number,
dates and digests, so that a paper that turns up later can still be told for what it was.
"""

from typing import NamedTuple

from portal.audit.catalogue import (
    LetterRemoved,
    LetterRetentionSet,
    LettersArchiveConfirmed,
    LettersArchiveFinished,
)
from portal.audit.services import record_event
from portal.core.actors import Actor
from portal.core.clock import now
from portal.core.database import compare_and_set, execute, fetch_one, fetch_value, insert, unit_of_work
from portal.core.refusals import Conflict, NotFound, Refused
from portal.letters.lasting.queries import ArchiveRow, PastRow, archives_of, past_letters, period_of
from portal.letters.tables import LetterArchive, LetterRemoval, LetterRetention
from portal.permissions.rules import Permission, scope

AT_ONCE = 200
"""Letters that one decision removes: each has its own event, and a page waits for it."""


def school_of(by: Actor, permission: Permission) -> int:
    """The organisation whose letters the actor looks after as a whole; anything else does not exist."""
    if by.org_id is None or by.org_id not in scope(by, permission).orgs:
        raise NotFound()
    return by.org_id


async def set_period(years: int, *, version: int, by: Actor) -> None:
    """Says for how many years files are kept. A conflict where somebody else has just said so."""
    org_id = school_of(by, Permission.LETTER_END)
    async with unit_of_work():
        known = await period_of(org_id)
        if known.version != version:
            raise Conflict()
        if version:
            row = await fetch_value("SELECT id FROM letter_retention WHERE org_id = {}", org_id)
            await compare_and_set(
                LetterRetention, int(row), version=version, years=years, set_at=now(), set_by=by.person_id
            )
        else:
            made = {"org_id": org_id, "years": years, "set_at": now(), "set_by": by.person_id, "version": 1}
            await insert(LetterRetention, made)
        await record_event(LetterRetentionSet(years=years), org_id=org_id, subject_id=org_id, by=by)


async def begin_archive_row(year: int, *, by: Actor) -> int:
    """Somebody takes the letters of a year out; whether all of it went out, `finish_archive_row` says."""
    row = {"org_id": by.org_id, "year": year, "asked_at": now(), "asked_by": by.person_id, "version": 1}
    return (await insert(LetterArchive, row))[0]


async def finish_archive_row(archive_id: int, *, letters: int, missing: int, digest: str, by: Actor) -> None:
    """The last byte has gone out."""
    async with unit_of_work():
        held = await fetch_one(
            _Year,
            "UPDATE letter_archive SET finished_at = {}, letters = {}, missing = {}, digest = {} "
            "WHERE id = {} AND finished_at IS NULL RETURNING org_id, year",
            now(), letters, missing, digest, archive_id,
        )  # fmt: skip
        if held is not None:
            details = LettersArchiveFinished(year=held.year, letters=letters, missing=missing, digest=digest)
            await record_event(details, org_id=held.org_id, subject_id=held.org_id, by=by)


class _Year(NamedTuple):
    org_id: int
    year: int


async def confirm_archive(archive_id: int, where: str, *, version: int, by: Actor) -> None:
    """The office has the archive and says where it lies.

    Refused: one that did not go out whole, one that lacks a file, one that is confirmed.
    """
    org_id = school_of(by, Permission.LETTER_END)
    async with unit_of_work():
        row = await archive_seen(archive_id, by=by)
        if row.confirmed_at is not None:
            raise Refused("letter.archive_confirmed_already")
        if row.finished_at is None or row.digest is None:
            raise Refused("letter.archive_not_whole")
        if row.missing:  # what is not in it would be gone for good
            raise Refused("letter.archive_lacks_files", count=row.missing)
        await compare_and_set(
            LetterArchive, archive_id, version=version, confirmed_at=now(), confirmed_by=by.person_id, kept_where=where
        )
        details = LettersArchiveConfirmed(year=row.year, digest=row.digest)
        await record_event(details, org_id=org_id, subject_id=org_id, by=by, texts={"where": where})


async def archive_seen(archive_id: int, *, by: Actor) -> ArchiveRow:
    """An archive of the actor's school; any other does not exist."""
    found = await archives_of(school_of(by, Permission.LETTER_END), archive_id=archive_id)
    if not found:
        raise NotFound()
    return found[0]


async def remove_letters(year: int, *, count: int, by: Actor) -> int:
    """Removes what is over and archived of a year, at most `AT_ONCE`; gives how many.

    `count` is what the page told: where it is another number by now, nothing is removed.
    Refused: `letter.nothing_to_remove`. A conflict: `letter.removal_changed`.
    """
    org_id = school_of(by, Permission.LETTER_END)
    async with unit_of_work():
        # the organisation's row is the lock: of two who decide at once, the second finds it done
        await execute("UPDATE grid SET version = version WHERE id = {} RETURNING id", org_id)
        period = await period_of(org_id)
        past = [one for one in await past_letters(org_id, period.years, by=by, year=year) if one.archive_id]
        if not past:
            raise Refused("letter.nothing_to_remove")
        if len(past) != count:
            raise Conflict("letter.removal_changed")
        for one in past[:AT_ONCE]:
            await _remove(one, org_id, by)
    return len(past[:AT_ONCE])


async def _remove(one: PastRow, org_id: int, by: Actor) -> None:
    row = {"letter_id": one.id, "org_id": org_id, "archive_id": one.archive_id}
    await insert(LetterRemoval, {**row, "removed_at": now(), "removed_by": by.person_id})
    for statement in (
        "UPDATE letter SET text = NULL, reason = NULL WHERE id = {}",
        "UPDATE letter_party SET proof = NULL, refusal = NULL WHERE letter_id = {}",
        "UPDATE letter_reading SET network = '', device = '' WHERE letter_id = {}",
        "UPDATE letter_end SET reason = NULL WHERE letter_id = {}",
        "UPDATE letter_paper SET differs = NULL, kept_where = NULL WHERE letter_id = {}",
        "UPDATE letter_class SET note = NULL WHERE letter_id = {}",
        "UPDATE letter_upkeep SET due_at = NULL, reason = NULL, lease = NULL, leased_until = NULL WHERE letter_id = {}",
        "DELETE FROM event_text WHERE event_id IN (SELECT id FROM event WHERE subject_kind = 'letter' "
        "AND subject_id = {})",
    ):
        await execute(statement, one.id)
    files = await fetch_value("SELECT count(*) FROM letter_file WHERE letter_id = {}", one.id)
    digest = await fetch_value("SELECT digest FROM letter_archive WHERE id = {}", one.archive_id)
    details = LetterRemoved(archive=str(digest), files=int(files))
    await record_event(details, org_id=org_id, subject_id=one.id, by=by)
