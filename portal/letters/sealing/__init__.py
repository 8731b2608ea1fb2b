"""Signing, sealing and checking letters: bytes in, bytes and verdicts out; no database (F6, F7, F17, F20; TP1-TP8).

`portal.letters.sealing.certificates` makes the school's authority, certificates, the seal and the list of taken-back
ones, in this process: that is light. All that touches a PDF or a person's key happens in a process of its own with
limits on memory and time (`process`), because pyHanko is heavy, uploaded files may be hostile, and a key that was
unwrapped should live nowhere else. A signer's secret goes to it over a pipe and is kept nowhere.

A letter comes here as a PDF with everything in it but signatures: empty fields `party_1`, `party_2`, … (`witness`),
`seal`, and an attached JSON that holds its `number`. Each step only adds to the file.

In the order of a letter's life: `new_key` → `issue_certificate` → `sign` (the first certifies) … → `sign_with_seal`
(locks) → `extend` → `check`.

Behind this front a licensed authority, SM2 or OFD find their place (F21): it takes bytes and gives `Signed`.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal

from portal.core.clock import now
from portal.letters.sealing.certificates import (
    Authority,
    CertificateFacts,
    Kind,
    Reason,
    Revoked,
    SealKey,
    facts_of,
    issue_certificate,
    list_ends_at,
    make_authority,
    make_seal,
    revocation_list,
)
from portal.letters.sealing.plain import (
    Answers,
    Appearance,
    Check,
    Expected,
    ExpectedSigner,
    Extend,
    Finding,
    Key,
    Level,
    MakeKey,
    NewKey,
    Page,
    Picture,
    Refusal,
    Registered,
    SignAll,
    SignatureFacts,
    Signed,
    Signing,
    Stamp,
    Strokes,
    TimeStamping,
    Typed,
    Verdict,
)
from portal.letters.sealing.wrapping import (
    COST,
    Cost,
    SealingFailed,
    SealingLate,
    Secret,
    SecretKind,
    kind_of,
    passphrase_fault,
    unwrap_key,
    wrap_key,
)

__all__ = [
    "COST",
    "Appearance",
    "Authority",
    "CertificateFacts",
    "Cost",
    "Expected",
    "ExpectedSigner",
    "Finding",
    "Kind",
    "Level",
    "NewKey",
    "Page",
    "Picture",
    "Reason",
    "Refusal",
    "Registered",
    "Revoked",
    "SealKey",
    "SealingFailed",
    "SealingLate",
    "Secret",
    "SecretKind",
    "SignatureFacts",
    "Signed",
    "Signing",
    "Stamp",
    "Strokes",
    "TimeStamping",
    "Typed",
    "Verdict",
    "change_secret",
    "check",
    "extend",
    "facts_of",
    "issue_certificate",
    "kind_of",
    "list_ends_at",
    "make_authority",
    "make_seal",
    "new_key",
    "passphrase_fault",
    "revocation_list",
    "shutdown",
    "sign",
    "sign_many",
    "sign_with_seal",
    "unwrap_key",
    "use_processes",
    "wrap_key",
]


async def new_key(secret: Secret, *, cost: Cost = COST) -> NewKey:
    """A new key for a person, wrapped by their secret; the bare one has never been in this process (TP3).

    Refused: a passphrase that is too short or too common (`sealing.passphrase_…`).
    """
    made: NewKey = await _ask("signing", MakeKey(secret, cost))
    return made


async def change_secret(wrapped: str, old: Secret, new: Secret, *, cost: Cost = COST) -> str:
    """The same key under another secret. Refused: `sealing.wrong_secret`, `sealing.passphrase_…`."""
    made: NewKey = await _ask("signing", MakeKey(new, cost, Key(wrapped=wrapped, secret=old)))
    return made.wrapped


async def sign(signing: Signing, *, wrapped: str, secret: Secret, certificate: str, chain: Sequence[str]) -> Signed:
    """A person's signature in their field: B-T, or B-B when no time stamp could be had (`short_of` says so, F20).

    Refused, nothing being signed: `sealing.wrong_secret`; not this field's turn (`no_such_field`, `already_signed`,
    `not_first`, `first_certifies`, `out_of_turn`, `not_last`, `locked`); a certificate that has run out or belongs to
    another key (`certificate_ended`, `key_of_another`); looks that cannot be drawn (`glyph_missing`, `picture_…`).
    """
    (done,) = await sign_many([signing], wrapped=wrapped, secret=secret, certificate=certificate, chain=chain)
    return _or_refused(done)


async def sign_many(
    signings: Sequence[Signing], *, wrapped: str, secret: Secret, certificate: str, chain: Sequence[str]
) -> list[Signed | Refusal]:
    """Several letters by one person with one proof of identity, each its own signature (F5).

    The key is opened once. A wrong secret refuses all; whatever else is wrong refuses that letter only.
    """
    key = Key(wrapped=wrapped, secret=secret)
    return await _sign(signings, key, certificate, chain)


async def sign_with_seal(signing: Signing, *, seal: SealKey, chain: Sequence[str]) -> Signed:
    """The school's seal in its field (a seal of the organisation, never a person's signature).

    With `revocations` it brings into the file what a check needs after the certificates have run out: B-LT.
    Refused as `sign` does, and `sealing.no_key` when the key file does not open the seal's key.
    """
    (done,) = await _sign([signing], Key(bare=seal.key()), seal.certificate, chain)
    return _or_refused(done)


async def extend(
    pdf: bytes,
    *,
    authorities: Sequence[str],
    revocations: Sequence[bytes],
    time_stamping: TimeStamping,
    at: datetime | None = None,
) -> Signed:
    """A document time stamp and validation data over the whole file: B-LTA. Again each year, it renews it (TP5, F6).

    Lifts also what was only B-B for want of a time stamp. `revocations` are the authority's own list and, where it has
    one, that of the time-stamp server's authority.
    Refused: `sealing.nothing_signed`; `sealing.no_time_stamp` (`SealingLate`): try again later, the file is as it was.
    """
    _check_address(time_stamping)
    asked = Extend(pdf, tuple(authorities), time_stamping, tuple(revocations), at or now())
    done: Signed = await _ask("signing", asked)
    return done


async def check(pdf: bytes, expected: Expected | None = None, *, at: datetime | None = None) -> Verdict:
    """What a file is, whoever brings it: green only if everything is as the register knows it (TP1, F17).

    Green needs all of: the digest registered as final, every signature intact, valid and trusted, the last one over the
    whole file, the expected signers in their order, the letter's number inside. Without `expected` it only reads:
    `number` then says which letter to look up. A file that is too large, too deep, too slow or no PDF is `UNREADABLE`.
    Raises `SealingLate` (`sealing.busy`, `sealing.not_ready`) only, when nothing could be looked at.
    """
    import hashlib

    digest = hashlib.sha256(pdf).hexdigest()
    try:
        found: Verdict = await _ask("checking", Check(pdf, expected, at or now()))
    except SealingFailed as failed:
        if failed.code in ("sealing.busy", "sealing.not_ready", "sealing.interrupted"):
            raise
        why = failed.code.replace("sealing.", "sealing.why_").replace("why_broken", "why_broken_file")
        return Verdict(Finding.UNREADABLE, digest, reasons=(why,))
    return found


def use_processes(count: int) -> None:
    """How many processes of each kind (signing, checking) this one may keep: 1 unless said otherwise."""
    from portal.letters.sealing import room

    room.use_processes(count)


def shutdown() -> None:
    """Ends the processes of this process. What is asked for afterwards starts new ones."""
    from portal.letters.sealing import room

    room.shutdown()


async def _sign(
    signings: Sequence[Signing], key: Key, certificate: str, chain: Sequence[str]
) -> list[Signed | Refusal]:
    facts = facts_of(certificate)
    for signing in signings:
        if signing.time_stamping:
            _check_address(signing.time_stamping)
        if not facts.starts_at <= signing.at <= facts.ends_at:
            raise SealingFailed("sealing.certificate_ended")
    asked = SignAll(key, certificate, tuple(chain), tuple(signings))
    done: Answers = await _ask("signing", asked, pieces=max(1, len(signings)))
    return list(done.each)


async def _ask(side: Literal["signing", "checking"], asked: object, pieces: int = 1) -> Any:
    from portal.letters.sealing.room import ask  # a page that signs nothing starts nothing

    return await ask(side, asked, pieces)


def _check_address(where: TimeStamping) -> None:
    if not where.url.startswith(("http://", "https://")):
        raise SealingFailed("sealing.time_stamp_address")


def _or_refused(done: Signed | Refusal) -> Signed:
    if isinstance(done, Refusal):
        raise SealingFailed(done.code, **done.params)
    return done
