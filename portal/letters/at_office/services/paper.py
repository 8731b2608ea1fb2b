"""A letter on paper: taken there before anybody signed, brought back as a scan, compared by a second person (R110).

Paper has no key. What stands in its place are four eyes: whoever hands in the scan is not who compares it with the
letter. The letter is complete at that instant, and the digest of the scan is what the register knows.
"""

from datetime import date, datetime

from portal.audit.catalogue import LetterOnPaperDone, LetterScanDiffers, LetterScanned, LetterToPaper
from portal.audit.services import record_event
from portal.core.actors import Actor
from portal.core.clock import local, now, today
from portal.core.database import compare_and_set, execute, fetch_value, insert, unit_of_work
from portal.core.files import StoredFile
from portal.core.refusals import Conflict, Invalid, Refused
from portal.letters.at_office.queries import PaperRow, paper_of
from portal.letters.queries.letters import Whole, letter_seen
from portal.letters.rules import Method, State, state_of
from portal.letters.rules.at_office import check_scan
from portal.letters.services.drafting import CLASS_LETTER
from portal.letters.services.ending import supersede_before
from portal.letters.tables import Letter, LetterFile, LetterPaper
from portal.permissions.rules import Permission

OFFICE = Permission.LETTER_AT_OFFICE


async def take_to_paper(letter_id: int, *, version: int, by: Actor) -> None:
    """Everybody signs this one on paper. Its file is made anew and says so; number and code stay.

    Refused: a letter that somebody has signed, one that is over or not made yet, one that is on paper already.
    """
    async with unit_of_work():
        found = await letter_seen(letter_id, by=by, permission=OFFICE)
        if found.row.paper_since is not None:
            raise Conflict("letter.on_paper_already")
        if any(one.signed_at is not None for one in found.parties):
            raise Refused("letter.paper_too_late")
        if state_of(found.facts, at=now()) not in (State.WAITING, State.REFUSED):
            raise Refused("letter.not_open")
        await compare_and_set(
            Letter, letter_id, version=version, made_at=None, text=None, text_digest=None, attempts=0, next_try_at=None,
            reason=None,
        )  # fmt: skip
        await execute(
            "UPDATE letter_party SET refused_at = NULL, refusal = NULL, version = version + 1 WHERE letter_id = {} "
            "AND refused_at IS NOT NULL",
            letter_id,
        )
        row = {"letter_id": letter_id, "org_id": found.row.org_id, "chosen_at": now(), "chosen_by": by.person_id}
        await insert(LetterPaper, {**row, "version": 1})
        await record_event(LetterToPaper(), org_id=found.row.org_id, subject_id=letter_id, by=by)


async def on_paper(letter_id: int, *, by: Actor, permission: Permission = OFFICE) -> tuple[Whole, PaperRow]:
    """A letter on paper that the actor looks after, with how far it is; a class has a record of its own."""
    found = await letter_seen(letter_id, by=by, permission=permission)
    paper = await paper_of(letter_id)
    if paper is None or found.row.kind == CLASS_LETTER:
        raise Refused("letter.not_on_paper")
    return found, paper


async def hand_in_scan(
    letter_id: int, file: StoredFile, pages: int, signed_on: date, *, version: int, by: Actor
) -> None:
    """The signed paper, with the day that stands on it as it is told. The real instant stands beside it.

    Refused: a letter that is not waiting; a day that is to come, or from before the paper was there; a file that the
    register knows already.
    """
    async with unit_of_work():
        found, paper = await on_paper(letter_id, by=by)
        if state_of(found.facts, at=now()) is not State.WAITING:
            raise Refused("letter.not_open")
        if paper.checked_at is not None:
            raise Conflict("letter.scan_checked")
        made_at = found.row.made_at
        if made_at is None or not local(made_at).date() <= signed_on <= today():
            raise Invalid({"signed_on": "letter.signed_on_wrong"})
        if await fetch_value("SELECT count(*) FROM letter_file WHERE digest = {}", file.digest):
            raise Invalid({"scan": "letter.scan_known"})
        await _set(letter_id, version, signed_on=signed_on, scanned_at=now(), scanned_by=by.person_id, differs=None)
        stage = await fetch_value("SELECT count(*) FROM letter_file WHERE letter_id = {} AND role = 'scan'", letter_id)
        row = {"letter_id": letter_id, "stage": int(stage) + 1, "role": "scan", "digest": file.digest}
        await insert(LetterFile, {**row, "size": file.size, "level": None, "made_at": now()})
        details = LetterScanned(file=file.digest, pages=pages, signed_on=signed_on.isoformat())
        await record_event(details, org_id=found.row.org_id, subject_id=letter_id, by=by)


async def _set(letter_id: int, version: int, **values: object) -> None:
    row_id = await fetch_value("SELECT id FROM letter_paper WHERE letter_id = {}", letter_id)
    await compare_and_set(LetterPaper, int(row_id), version=version, **values)


async def refuse_scan(letter_id: int, said: str, *, version: int, by: Actor) -> None:
    """Paper and letter are not the same, or something is missing: said to whoever handed it in, who does it again."""
    async with unit_of_work():
        found, paper = await _to_check(letter_id, by)
        await _set(letter_id, version, differs=said, scanned_at=None)
        details = LetterScanDiffers(file=paper.scan or "")
        await record_event(details, org_id=found.row.org_id, subject_id=letter_id, by=by, texts={"reason": said})


async def confirm_scan(letter_id: int, *, seen: str, kept_where: str, version: int, by: Actor) -> None:
    """Somebody else has compared the scan with the letter: it is complete, from this instant.

    `seen` is the digest of the scan that was compared: another one meanwhile is a conflict.
    """
    async with unit_of_work():
        found, paper = await _to_check(letter_id, by)
        if paper.scan is None or seen != paper.scan or paper.signed_on is None:
            raise Conflict("letter.scan_changed")
        if not kept_where or len(kept_where) > 120:
            raise Invalid({"kept_where": "letter.kept_where_missing"})
        at = now()
        await _set(letter_id, version, checked_at=at, checked_by=by.person_id, kept_where=kept_where)
        await complete_on_paper(found, at, proof=paper.scan, by=by)
        details = LetterOnPaperDone(file=paper.scan, signed_on=paper.signed_on.isoformat())
        await record_event(details, org_id=found.row.org_id, subject_id=letter_id, by=by)


async def _to_check(letter_id: int, by: Actor) -> tuple[Whole, PaperRow]:
    found, paper = await on_paper(letter_id, by=by)
    if paper.checked_at is not None:
        raise Conflict("letter.scan_checked")
    if paper.scanned_at is None:
        raise Refused("letter.scan_missing")
    if state_of(found.facts, at=now()) is not State.WAITING:
        raise Refused("letter.not_open")
    rules = [one.rule for one in found.parties]
    check_scan(rules, by=by.person_id, handed_in_by=paper.scanned_by, taker=found.row.person_id)
    return found, paper


async def complete_on_paper(found: Whole, at: datetime, *, proof: str | None, by: Actor) -> None:
    """Every place is signed and the letter closed, at the instant at which that is known here: nothing is back-dated.

    What `sealed_at` says of a file is said of paper by whoever closed it; there is no seal. Belongs inside a unit of
    work.
    """
    row = found.row
    await compare_and_set(Letter, row.id, version=row.version, signed_at=at, sealed_at=at)
    await execute(
        "UPDATE letter_party SET signed_at = {}, method = {}, file_digest = {}, version = version + 1 "
        "WHERE letter_id = {} AND signed_at IS NULL",
        at, str(Method.PAPER), proof, row.id,
    )  # fmt: skip
    await supersede_before(row.id, by=by)
