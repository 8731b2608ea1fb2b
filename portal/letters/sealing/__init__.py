"""Signing, sealing and checking letters: bytes in, bytes and verdicts out; no database (F6, F7, F17, F20; TP1-TP8).

`portal.letters.sealing.certificates` makes the school's authority, certificates, the seal and the list of taken-back
ones, in this process: that is light. All that touches a PDF or a person's key happens in a process of its own with
limits on memory and time (`process`), because pyHanko is heavy, uploaded files may be hostile, and a key that was
unwrapped should live nowhere else. A signer's secret goes to it over a pipe and is kept nowhere.

A letter comes here as a PDF with everything in it but signatures: empty fields `party_1`, `party_2`, … (`witness`),
`seal`, and an attached JSON that holds its `number`. Each step only adds to the file.

In the order of a letter's life: `new_key` → `issue_certificate` → `sign` (the first certifies) … → `sign_with_seal`
(locks) → `extend` → `check`.

All that touches a key or a signature goes through a `SignatureService`: our own, or one that an operator brings (F21).
"""

from collections.abc import Sequence
from datetime import datetime

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
from portal.letters.sealing.own import OwnCertificates, or_refused
from portal.letters.sealing.plain import (
    Appearance,
    Expected,
    ExpectedSigner,
    Finding,
    Level,
    NewKey,
    Page,
    Picture,
    Refusal,
    Registered,
    SignatureFacts,
    Signed,
    Signing,
    Stamp,
    Strokes,
    TimeStamping,
    Typed,
    Verdict,
)
from portal.letters.sealing.service import SignatureService
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
    "SignatureService",
    "Signed",
    "Signing",
    "Stamp",
    "Strokes",
    "TimeStamping",
    "Typed",
    "Verdict",
    "certify",
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
    "service",
    "shutdown",
    "sign",
    "sign_many",
    "sign_with_seal",
    "unwrap_key",
    "use_processes",
    "use_service",
    "wrap_key",
]

_service: SignatureService = OwnCertificates()


async def new_key(secret: Secret, *, cost: Cost = COST) -> NewKey:
    """A new key for a person, wrapped by their secret; the bare one has never been in this process (TP3).

    Refused: a passphrase that is too short or too common (`sealing.passphrase_…`).
    """
    return await _service.new_key(secret, cost=cost)


async def change_secret(wrapped: str, old: Secret, new: Secret, *, cost: Cost = COST) -> str:
    """The same key under another secret. Refused: `sealing.wrong_secret`, `sealing.passphrase_…`."""
    return await _service.change_secret(wrapped, old, new, cost=cost)


async def certify(authority: Authority, public: bytes, *, name: str, school: str, at: datetime) -> str:
    """The certificate (PEM) of a person's new key."""
    return await _service.certify(authority, public, name=name, school=school, at=at)


async def sign(signing: Signing, *, wrapped: str, secret: Secret, certificate: str, chain: Sequence[str]) -> Signed:
    """A person's signature in their field: B-T, or B-B when no time stamp could be had (`short_of` says so, F20).

    Refused, nothing being signed: `sealing.wrong_secret`; not this field's turn (`no_such_field`, `already_signed`,
    `not_first`, `first_certifies`, `out_of_turn`, `not_last`, `locked`); a certificate that has run out or belongs to
    another key (`certificate_ended`, `key_of_another`); looks that cannot be drawn (`glyph_missing`, `picture_…`).
    """
    (done,) = await sign_many([signing], wrapped=wrapped, secret=secret, certificate=certificate, chain=chain)
    return or_refused(done)


async def sign_many(
    signings: Sequence[Signing], *, wrapped: str, secret: Secret, certificate: str, chain: Sequence[str]
) -> list[Signed | Refusal]:
    """Several letters by one person with one proof of identity, each its own signature (F5).

    The key is opened once. A wrong secret refuses all; whatever else is wrong refuses that letter only.
    """
    return await _service.sign_many(signings, wrapped=wrapped, secret=secret, certificate=certificate, chain=chain)


async def sign_with_seal(signing: Signing, *, seal: SealKey, chain: Sequence[str]) -> Signed:
    """The school's seal in its field (a seal of the organisation, never a person's signature).

    With `revocations` it brings into the file what a check needs after the certificates have run out: B-LT.
    Refused as `sign` does, and `sealing.no_key` when the key file does not open the seal's key.
    """
    return await _service.sign_with_seal(signing, seal=seal, chain=chain)


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
    return await _service.extend(
        pdf, authorities=authorities, revocations=revocations, time_stamping=time_stamping, at=at or now()
    )


async def check(pdf: bytes, expected: Expected | None = None, *, at: datetime | None = None) -> Verdict:
    """What a file is, whoever brings it: green only if everything is as the register knows it (TP1, F17).

    Green needs all of: the digest registered as final, every signature intact, valid and trusted, the last one over the
    whole file, the expected signers in their order, the letter's number inside. Without `expected` it only reads:
    `number` then says which letter to look up. A file that is too large, too deep, too slow or no PDF is `UNREADABLE`.
    Raises `SealingLate` (`sealing.busy`, `sealing.not_ready`) only, when nothing could be looked at.
    """
    return await _service.check(pdf, expected, at=at or now())


def use_service(service: SignatureService | None) -> None:
    """Puts a service in the place of our own, until None brings ours back."""
    global _service
    _service = service or OwnCertificates()


def service() -> SignatureService:
    """Who signs here now: what a letter says of its signatures follows from it."""
    return _service


def use_processes(count: int) -> None:
    """How many processes of each kind (signing, checking) this one may keep: 1 unless said otherwise."""
    from portal.letters.sealing import room

    room.use_processes(count)


def shutdown() -> None:
    """Ends the processes of this process. What is asked for afterwards starts new ones."""
    from portal.letters.sealing import room

    room.shutdown()
