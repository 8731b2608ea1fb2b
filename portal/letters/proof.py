"""Proving who one is at the moment of signing, once for one letter or for many (F8).

What the form gave opens the key: the answer of a passkey with its secret, else the signing passphrase. Either is kept
nowhere and never given back to a form. The fields stand in `templates/letters/_proof.html`.
"""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from portal.core.actors import Actor
from portal.core.refusals import Invalid, Refused
from portal.letters.passkeys.ceremonies import site_of
from portal.letters.passkeys.services import open_with_passkey
from portal.letters.sealing import Secret
from portal.letters.services.keys import KeyRow
from portal.settings import Settings

FIELDS = ("passphrase", "assertion", "prf")
"""What a form never gives back, and no log shows."""
LONGEST_SECRET = 1_000


class Proof(NamedTuple):
    """A key with the wrapping that this secret opens: always use the two together."""

    held: KeyRow
    secret: Secret


def gives_proof(texts: Mapping[str, str]) -> bool:
    """Whether a form says anything at all that could prove who it is; what it says is looked at later."""
    return bool(texts.get("passphrase") or texts.get("assertion"))


async def proof_of(
    texts: Mapping[str, str], held: KeyRow, *, of: Iterable[tuple[int, str]], settings: Settings, by: Actor
) -> Proof:
    """The secret that a form gave, with the key that it opens. Whether it does is found when the key is opened.

    `of`: what is signed with it, each letter with the digest of the file that was seen. A passkey's answer is good for
    exactly these, once. Refused: nothing given; what `open_with_passkey` refuses.
    """
    if texts.get("assertion"):
        site = site_of(settings)
        if site is None:
            raise Refused("passkey.not_here")
        assertion, prf = texts["assertion"], texts.get("prf", "")
        return Proof(*await open_with_passkey(assertion, prf, held, of=of, site=site, by=by))
    passphrase = texts.get("passphrase", "")[:LONGEST_SECRET]
    if not passphrase:
        raise Invalid({"passphrase": "letter.passphrase_missing"})
    return Proof(held, Secret.passphrase(passphrase))
