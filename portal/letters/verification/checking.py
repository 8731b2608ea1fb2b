"""A file from anybody against the register: which letter it could be, what the register knows, what the child finds.

The digest is looked up first. It decides nothing alone: green is only what the check of the signatures calls original,
of a letter that still holds (TP1). Nothing of the file is kept.
"""

import asyncio
import ctypes
import hashlib
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime

from portal.core.clock import now
from portal.core.refusals import TooMany
from portal.letters.lasting.services.certificates import trusted_for
from portal.letters.rules import State, state_of
from portal.letters.sealing import Expected, ExpectedSigner, Finding, Kind, Registered, Verdict, check
from portal.letters.services.keys import office_of
from portal.letters.signing_online import time_authorities
from portal.letters.verification.forms import parse_number
from portal.letters.verification.queries import (
    LAST,
    Known,
    Numbered,
    PartyKnown,
    Stage,
    has_authority,
    letter_by_code,
    letter_known,
    letters_numbered,
    schools_of_keys,
    stages_with,
)
from portal.settings import Settings

M_MMAP_THRESHOLD = -3  # of malloc.h
LARGEST = 10 * 1024 * 1024
BESIDE = ("evidence", "scan", "scan_open")
"""Registered files that are not the letter."""
ENDS = 60  # possible ends of an earlier stage that are looked at
MOST_LETTERS = 3
BEST = (Finding.ORIGINAL, Finding.EARLIER, Finding.UNPROVEN, Finding.ALTERED, Finding.NOT_OURS, Finding.UNREADABLE)
SEALED = ExpectedSigner("seal", "")
"""Any seal of the school: its certificate is renewed in time."""
HOLDS = frozenset({State.IN_FORCE, State.PENDING})


@dataclass(frozen=True, slots=True)
class Checked:
    """What a file is. `letter` is the one whose registered file it is, and None of everything else.

    `newest_at` is set where the file was the letter until then: complete, with every signature, but without the time
    stamp that was added at that instant.
    `known_at` is set where a certificate has run out or was taken back since: the register knows these very bytes from
    before, and it is from that instant that the signatures were judged.
    """

    verdict: Verdict
    letter: Known | None = None
    state: State | None = None
    beside: str = ""
    known_at: datetime | None = None
    newest_at: datetime | None = None

    @property
    def is_green(self) -> bool:
        """The one answer that is shown in green: the original of a letter that is, or will be, in force."""
        return self.verdict.is_green and self.state in HOLDS


class Gate:
    """One file at a time in this process, and few that wait: each is ten megabytes (TW6)."""

    def __init__(self, most: int = 4) -> None:
        self.most = most
        self.inside = 0
        _apart()
        self._one = asyncio.Lock()

    @asynccontextmanager
    async def place(self) -> AsyncIterator[None]:
        """Waits for its turn; refused (`TooMany`) where too many wait already."""
        if self.inside >= self.most:
            raise TooMany("letter.checks_full", seconds=30)
        self.inside += 1
        try:
            async with self._one:
                yield
        finally:
            self.inside -= 1


def _apart() -> None:
    """Files of megabytes get memory of their own, which goes back to the machine with them. Left to itself, glibc puts
    the second one among all the rest, and a burst of them stays for good (60 MB were seen)."""
    choose = getattr(ctypes.CDLL(None), "mallopt", None)
    if choose is not None:
        choose(M_MMAP_THRESHOLD, 1_000_000)


async def check_file(pdf: bytes, *, code: str, settings: Settings) -> Checked:
    """What this file is. `code` is that of the letter that it is said to be, or ""."""
    digests = await asyncio.to_thread(lambda: list(_digests(pdf)))
    stages = await stages_with(digests)
    whole = [one for one in stages if one.digest == digests[0]]
    beside = next((one for one in whole if one.role in BESIDE), None)
    if beside is not None:
        return await _beside(pdf, beside, digests[0], settings)
    letters = await _likely([*whole, *stages], code)
    if letters:
        found = await _best(pdf, letters, settings)
        if whole or found[0].finding is not Finding.NOT_OURS:
            return await _then(pdf, _checked(found, whole), settings)
    read = await check(pdf)
    letters = [one for one in await _numbered(read) if one.row.id not in {known.row.id for known in letters}]
    return _checked(await _best(pdf, letters, settings) if letters else (_foreign(read), None), whole)


async def _then(pdf: bytes, found: Checked, settings: Settings) -> Checked:
    """A lost key or a certificate that ran out takes nothing from what was registered before (F7).

    Without a time stamp the file does not show when it was signed. The register does, in a chain of hashes whose head
    is told to the outside every day: so what cannot be confirmed now is judged as of the instant of its registration.
    Who had been taken back by then stays unproven.
    """
    if found.letter is None or found.verdict.finding is not Finding.UNPROVEN:
        return found
    then = next(one.made_at for one in found.letter.files if one.digest == found.verdict.digest)
    verdict = await check(pdf, await expected_of(found.letter, settings), at=then)
    return replace(found, verdict=verdict, known_at=then) if verdict.is_green else found


async def _beside(pdf: bytes, stage: Stage, digest: str, settings: Settings) -> Checked:
    """A registered file that is not the letter. The record of a signing bears the school's seal: what that says."""
    letter, verdict = await letter_known(stage.letter_id), Verdict(Finding.NOT_OURS, digest)
    if letter is not None and stage.role == "evidence":
        expected = evidence_expected(letter, await expected_of(letter, settings))
        verdict = await check(pdf, expected, at=now())
        if verdict.finding is Finding.UNPROVEN:  # as of a letter: the register knows it from before
            then = next(one.made_at for one in letter.files if one.digest == digest)
            verdict = await check(pdf, expected, at=then)
        if not any(one.kind == Kind.SEAL for one in verdict.signatures):
            verdict = replace(verdict, finding=Finding.NOT_OURS, reasons=())  # made before records were sealed
    is_open = letter is None or letter.final is None or letter.final.digest != digest
    return Checked(verdict, letter, beside="scan_open" if stage.role == "scan" and is_open else stage.role)


def _digests(pdf: bytes) -> Iterator[str]:
    """Of the whole file, then of each beginning of it that could be a stage that something was added to."""
    yield hashlib.sha256(pdf).hexdigest()
    sha, done, at = hashlib.sha256(), 0, 0
    for _ in range(ENDS):
        at = pdf.find(b"%%EOF", at) + 5
        if at < 5:
            return
        for end in (at, at + 1, at + 2):
            sha.update(pdf[done:end])
            done = end
            yield sha.copy().hexdigest()


async def _likely(stages: list[Stage], code: str) -> list[Known]:
    ids = list(dict.fromkeys(one.letter_id for one in stages if one.role not in BESIDE))[:MOST_LETTERS]
    found = [one for one in [await letter_known(letter_id) for letter_id in ids] if one is not None]
    if not found and code:
        named = await letter_by_code(code)
        return [named] if named is not None else []
    return found


async def _numbered(read: Verdict) -> list[Known]:
    """The letters that a file could be by the number in it. Numbers repeat from school to school: certificates tell."""
    number = parse_number(read.number)
    if number is None:
        return []
    rows = await letters_numbered(*number)
    orgs = await schools_of_keys([one.serial for one in read.signatures if one.serial])
    names = {one.school for one in read.signatures if one.school}
    nearest = sorted(rows, key=lambda row: (row.org_id not in orgs, row.school not in names, row.id))
    near: list[Numbered] = [row for row in nearest if row.org_id in orgs or row.school in names] or nearest[:1]
    return [one for one in [await letter_known(row.id) for row in near[:MOST_LETTERS]] if one is not None]


async def _best(pdf: bytes, letters: list[Known], settings: Settings) -> tuple[Verdict, Known | None]:
    found: list[tuple[Verdict, Known | None]] = []
    for letter in letters:
        verdict = await check(pdf, await expected_of(letter, settings), at=now())
        found.append((verdict, letter))
        if verdict.finding in (Finding.ORIGINAL, Finding.UNREADABLE):
            break
    return min(found, key=lambda one: BEST.index(one[0].finding))


def _checked(found: tuple[Verdict, Known | None], whole: list[Stage]) -> Checked:
    """Of a file that is not registered as a whole, nothing of the register is told: whoever made it may be guessing."""
    verdict, letter = found
    if letter is None or letter.row.id not in {one.letter_id for one in whole}:
        return Checked(replace(verdict, stage=None))
    final = letter.final
    is_before = final is not None and verdict.stage in LAST and verdict.digest != final.digest
    newest_at = final.made_at if final is not None and is_before else None
    return Checked(verdict, letter, state_of(letter.facts, at=now()), newest_at=newest_at)


def _foreign(read: Verdict) -> Verdict:
    """What was only read, by no register: never more than "not ours"."""
    finding = Finding.UNREADABLE if read.finding is Finding.UNREADABLE else Finding.NOT_OURS
    return replace(read, finding=finding)


async def expected_of(letter: Known, settings: Settings) -> Expected:
    """What the register knows of a letter, as the check takes it: its files, its signers, its school's authorities.

    A file that was the letter before a time stamp was added to it is complete and stays final: whoever took it home
    holds the original. The seal may have a new certificate since, the school a new authority.
    """
    stages = tuple(
        Registered(one.digest, stage_name(one.role, one.stage), one.role in LAST)
        for one in letter.files
        if one.role not in BESIDE
    )
    signed = sorted((one for one in letter.parties if one.signed_at and one.serial), key=_when)
    signers = [ExpectedSigner(one.field, one.serial) for one in signed if one.serial]
    if not await has_authority(letter.row.org_id):
        return Expected(stages, tuple(signers), letter.row.number, ())
    # the authority is there: this renews its list of taken-back certificates if it runs out, and names no seal
    office = await office_of(letter.row.org_id, seal_name="")
    if letter.row.sealed_at is not None and letter.row.paper_since is None:
        signers.append(SEALED)
    times, trusted = await asyncio.to_thread(time_authorities, settings), await trusted_for(office, letter.row.id)
    return Expected(stages, tuple(signers), letter.row.number, trusted.authorities, times, trusted.lists)


def evidence_expected(letter: Known, expected: Expected) -> Expected:
    """The same for the record of how the letter was signed, which bears the seal alone."""
    stages = tuple(Registered(one.digest, "evidence", final=True) for one in letter.files if one.role == "evidence")
    return replace(expected, registered=stages, signers=(SEALED,))


def _when(party: PartyKnown) -> tuple[datetime, int]:
    assert party.signed_at is not None
    return (party.signed_at, party.id)


def stage_name(role: str, stage: int) -> str:
    """What a registered stage is called: draft, signed_1, sealed, extended."""
    return f"{role}_{stage}" if role == "signed" else role
