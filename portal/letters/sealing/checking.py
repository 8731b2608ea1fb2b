"""What a file is. Imported by the sealing process only; the file may be anybody's, and hostile (TP1, F17).

pyHanko's own bottom line stays positive for bytes after the end, a changed Info, an extra signature of a stranger, a
rollback and another letter of the same signer. So it is one witness of several: see `decide`.
"""

import hashlib
import io
from collections.abc import Iterator, Sequence

from pyhanko.pdf_utils.reader import PdfFileReader

from portal.letters.sealing.certificates import Kind
from portal.letters.sealing.inside import has_active_parts, number_inside
from portal.letters.sealing.plain import (
    Check,
    Expected,
    Finding,
    Level,
    Registered,
    SignatureFacts,
    Verdict,
)
from portal.letters.sealing.weighing import BROKEN, CHANGED, LAPSED, NOT_WHOLE, TIME_STAMP, TROUBLE, signatures_of

NOTHING = Expected((), (), "", ())


async def check(asked: Check) -> Verdict:
    """The verdict. Whatever the bytes are, it is a verdict, not an error (except for want of memory or time)."""
    expected = asked.expected or NOTHING
    digest = hashlib.sha256(asked.pdf).hexdigest()
    reader, strange = opened(asked.pdf)
    known = next((one for one in expected.registered if one.digest == digest), None)
    if reader is None:
        return _without_reading(asked.pdf, digest, expected, known, "sealing.why_no_pdf")
    signatures: list[SignatureFacts] = []
    try:
        number, active = number_inside(reader), has_active_parts(reader)
        try:
            signatures = await signatures_of(reader, asked.pdf, expected, asked.at)
        except TROUBLE:  # one that cannot even be opened: what the file says of itself still tells whose it was
            strange.append(BROKEN)
    except RecursionError:
        return _without_reading(asked.pdf, digest, expected, known, "sealing.why_too_deep")
    except TROUBLE:
        return _without_reading(asked.pdf, digest, expected, known, "sealing.why_odd_build")
    reasons: list[str] = [*strange, *(["sealing.why_active"] if active else []), *against(signatures, number, expected)]
    finding, more = decide(asked.pdf, signatures, number, reasons, known, expected)
    levels = [one.level for one in signatures if one.level]
    return Verdict(
        finding,
        digest,
        stage=known.stage if known else None,
        number=number,
        level=min(levels, key=list(Level).index, default=None),
        signatures=tuple(signatures),
        reasons=tuple(dict.fromkeys(more if finding is Finding.EARLIER else (*more, *reasons))),
    )


def opened(pdf: bytes) -> tuple[PdfFileReader | None, list[str]]:
    """A reader, and what is odd about the file's build. One that only a forgiving reader opens is never green."""
    for strict in (True, False):
        try:
            reader = PdfFileReader(io.BytesIO(pdf), strict=strict)
            if reader.encrypted:
                return None, []
            assert reader.root is not None
            return reader, [] if strict else ["sealing.why_odd_build"]
        except RecursionError:
            return None, []
        except TROUBLE:
            continue
    return None, []


def decide(
    pdf: bytes,
    signatures: Sequence[SignatureFacts],
    number: str | None,
    reasons: Sequence[str],
    known: Registered | None,
    expected: Expected,
) -> tuple[Finding, tuple[str, ...]]:
    """The rule of green, and of the other answers. The register comes first, what the file says of itself second."""
    hard = [reason for reason in reasons if reason not in LAPSED]
    if known and known.final and not hard:
        return (Finding.UNPROVEN if reasons else Finding.ORIGINAL), ()
    if known and not known.final and not any(BROKEN in one.reasons or CHANGED in one.reasons for one in signatures):
        return Finding.EARLIER, ("sealing.why_earlier",)
    if known:
        return Finding.ALTERED, ()
    by_us = any(one.kind in set(Kind) for one in signatures)
    grown = begins_with_one_of(pdf, expected.registered)
    ours = number == expected.number and bool(expected.number)
    other = number is not None and bool(expected.number) and not ours
    altered = grown or (not other and (by_us or (ours and not signatures)))
    return (Finding.ALTERED if altered else Finding.NOT_OURS), ("sealing.why_not_registered",)


def against(signatures: Sequence[SignatureFacts], number: str | None, expected: Expected) -> Iterator[str]:
    """What speaks against a file, as codes."""
    for one in signatures:
        yield from one.reasons
    people = [one for one in signatures if one.kind != TIME_STAMP]
    if not signatures:
        yield "sealing.why_unsigned"
    elif not signatures[-1].whole_file:
        yield NOT_WHOLE
    if expected.signers:
        wanted = [(one.field, one.serial) for one in expected.signers]
        any_seal = {one.field for one in expected.signers if not one.serial}
        found = [(one.field, "" if one.field in any_seal and one.kind == Kind.SEAL else one.serial) for one in people]
        if sorted(found) != sorted(wanted):
            yield from _signers_differ(found, wanted)
        elif found != wanted:
            yield "sealing.why_order"
    if expected.number and number != expected.number:
        yield "sealing.why_no_number" if number is None else "sealing.why_other_letter"


def _signers_differ(found: list[tuple[str, str]], wanted: list[tuple[str, str]]) -> Iterator[str]:
    if set(wanted) - set(found):
        yield "sealing.why_signer_missing"
    if set(found) - set(wanted) or len(found) > len(wanted):
        yield "sealing.why_signer_extra"


def begins_with_one_of(pdf: bytes, registered: Sequence[Registered]) -> bool:
    """Whether the file is a registered stage with something added: each possible end of a stage is tried."""
    digests = {one.digest for one in registered}
    sha, done, at = hashlib.sha256(), 0, 0
    for _ in range(200):
        at = pdf.find(b"%%EOF", at) + 5
        if at < 5:
            return False
        for end in (at, at + 1, at + 2):
            sha.update(pdf[done:end])
            done = max(done, end)
            if sha.copy().hexdigest() in digests:
                return True
    return False


def _without_reading(pdf: bytes, digest: str, expected: Expected, known: Registered | None, reason: str) -> Verdict:
    """A file whose inside cannot be followed: ours with something done to it, or nothing that we can read."""
    grown = known or begins_with_one_of(pdf, expected.registered)
    return Verdict(Finding.ALTERED if grown else Finding.UNREADABLE, digest, reasons=(reason,))
