"""Our own service: keys under the school's authority, PDFs signed in a process of their own (F6, F7, F17, F20)."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal

from portal.letters.sealing.certificates import Authority, SealKey, facts_of, issue_certificate
from portal.letters.sealing.plain import (
    Answers,
    Check,
    Expected,
    Extend,
    Finding,
    Key,
    MakeKey,
    NewKey,
    Refusal,
    SignAll,
    Signed,
    Signing,
    TimeStamping,
    Verdict,
)
from portal.letters.sealing.service import Basis
from portal.letters.sealing.wrapping import Cost, SealingFailed, Secret

AGAIN = ("sealing.busy", "sealing.not_ready", "sealing.interrupted")


class OwnCertificates:
    """The school is its own authority; the letter says so."""

    basis: Basis = "own"
    issuer = ""

    async def new_key(self, secret: Secret, *, cost: Cost) -> NewKey:
        made: NewKey = await _ask("signing", MakeKey(secret, cost))
        return made

    async def change_secret(self, wrapped: str, old: Secret, new: Secret, *, cost: Cost) -> str:
        made: NewKey = await _ask("signing", MakeKey(new, cost, Key(wrapped=wrapped, secret=old)))
        return made.wrapped

    async def certify(self, authority: Authority, public: bytes, *, name: str, school: str, at: datetime) -> str:
        return issue_certificate(authority, public, name=name, school=school, at=at)

    async def sign_many(
        self, signings: Sequence[Signing], *, wrapped: str, secret: Secret, certificate: str, chain: Sequence[str]
    ) -> list[Signed | Refusal]:
        return await _sign(signings, Key(wrapped=wrapped, secret=secret), certificate, chain)

    async def sign_with_seal(self, signing: Signing, *, seal: SealKey, chain: Sequence[str]) -> Signed:
        (done,) = await _sign([signing], Key(bare=seal.key()), seal.certificate, chain)
        return or_refused(done)

    async def extend(
        self, pdf: bytes, *, authorities: Sequence[str], revocations: Sequence[bytes], time_stamping: TimeStamping,
        at: datetime,
    ) -> Signed:  # fmt: skip
        _check_address(time_stamping)
        asked = Extend(pdf, tuple(authorities), time_stamping, tuple(revocations), at)
        done: Signed = await _ask("signing", asked)
        return done

    async def check(self, pdf: bytes, expected: Expected | None, *, at: datetime) -> Verdict:
        digest = hashlib.sha256(pdf).hexdigest()
        try:
            found: Verdict = await _ask("checking", Check(pdf, expected, at))
        except SealingFailed as failed:
            if failed.code in AGAIN:
                raise
            why = failed.code.replace("sealing.", "sealing.why_").replace("why_broken", "why_broken_file")
            return Verdict(Finding.UNREADABLE, digest, reasons=(why,))
        return found


def or_refused(done: Signed | Refusal) -> Signed:
    """The signed file, or the refusal raised."""
    if isinstance(done, Refusal):
        raise SealingFailed(done.code, **done.params)
    return done


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
