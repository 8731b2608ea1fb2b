"""Whoever makes keys, signs, seals and judges: our own certificates, or those of a licensed authority, of SM2 (F21).

Letters are drawn, put in order, kept and shown by the portal; only what touches a key or a signature stands behind
this interface. `use_service` puts another in the place of our own; there is no other in this product, and no letter
says that there is. What such a service must keep:

- a person's key opens by a secret that only they give; the portal keeps `wrapped` (a handle, if the key lives
  elsewhere) and hands the secret through once, never storing it;
- a refusal is `SealingFailed` with a code of `portal.letters.sealing.labels`, `sealing.wrong_secret` for a wrong
  secret, or `SealingLate` where trying again may help;
- a file is only ever added to, and `check` calls nothing green whose digest, signers and number are not the expected.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal, Protocol

from portal.letters.sealing.certificates import Authority, SealKey
from portal.letters.sealing.plain import Expected, NewKey, Refusal, Signed, Signing, TimeStamping, Verdict
from portal.letters.sealing.wrapping import Cost, Secret

Basis = Literal["own", "licensed"]


class SignatureService(Protocol):
    """What `portal.letters.sealing` asks of whoever signs; each verb as the function of its name there says."""

    @property
    def basis(self) -> Basis:
        """What a letter says of its signatures: certificates of the school's own, or of a licensed authority."""

    @property
    def issuer(self) -> str:
        """Who issues the certificates, as the letter names it; "" for the school itself."""

    async def new_key(self, secret: Secret, *, cost: Cost) -> NewKey:
        """See `new_key`."""

    async def change_secret(self, wrapped: str, old: Secret, new: Secret, *, cost: Cost) -> str:
        """See `change_secret`."""

    async def certify(self, authority: Authority, public: bytes, *, name: str, school: str, at: datetime) -> str:
        """See `certify`."""

    async def sign_many(
        self, signings: Sequence[Signing], *, wrapped: str, secret: Secret, certificate: str, chain: Sequence[str]
    ) -> list[Signed | Refusal]:
        """See `sign_many`."""

    async def sign_with_seal(self, signing: Signing, *, seal: SealKey, chain: Sequence[str]) -> Signed:
        """See `sign_with_seal`."""

    async def extend(
        self, pdf: bytes, *, authorities: Sequence[str], revocations: Sequence[bytes], time_stamping: TimeStamping,
        at: datetime,
    ) -> Signed:  # fmt: skip
        """See `extend`."""

    async def check(self, pdf: bytes, expected: Expected | None, *, at: datetime) -> Verdict:
        """See `check`."""
