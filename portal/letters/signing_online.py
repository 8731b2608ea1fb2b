"""A signature from the form to the file: place, key, signed bytes, row (F8, F10, TP2, TP6).

In this order, and each step may be lost without harm: nothing is written before the signed file stands in the store,
and its row only while the letter still is what was read.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from portal.core.actors import Actor
from portal.core.clock import now
from portal.core.files import FolderStore
from portal.core.ids import digest
from portal.core.refusals import Refused
from portal.letters.rules import Method
from portal.letters.sealing import (
    Appearance,
    SealingFailed,
    Secret,
    Signed,
    Signing,
    Strokes,
    TimeStamping,
    Typed,
    sign,
)
from portal.letters.services.keys import KeyRow, count_right, count_wrong, office_of, usable_key
from portal.letters.services.signing import Place, place_to_sign, record_signature
from portal.settings import Settings

WRONG = "sealing.wrong_secret"


@dataclass(frozen=True, slots=True)
class Words:
    """What is written into the file in the reader's own words: labels of the caller's."""

    reason: str
    caption: str
    seal_name: str


async def sign_letter(
    letter_id: int,
    *,
    seen: str,
    passphrase: str,
    mark: Strokes | Typed,
    words: Words,
    editions: Sequence[int],
    network: str,
    device: str,
    settings: Settings,
    by: Actor,
) -> Signed:
    """Signs a letter in one's own place with one's own key.

    Refused: what `place_to_sign` and `usable_key` refuse; a wrong passphrase (`sealing.wrong_secret`, counted); a mark
    that cannot be drawn. A conflict where the letter changed while the signature was made: it is then nobody's.
    """
    place = await place_to_sign(letter_id, seen=seen, by=by)
    held = await usable_key(by, editions=editions)
    store = FolderStore(settings.files)
    pdf = await store.open(place.file_digest)
    if pdf is None:
        raise Refused("letter.file_missing")
    signed = await _signed(pdf, place, held, Secret.passphrase(passphrase), mark, words, settings)
    stored = await store.put(signed.pdf, media_type="application/pdf")
    proof = {
        "at": now().isoformat(), "network": network, "device": device, "consent": max(editions), "key": held.serial,
        "read": place.file_digest, "mark": type(mark).__name__.lower(), "short_of": signed.short_of,
    }  # fmt: skip
    await record_signature(
        place, stored, method=Method.KEY, level=str(signed.level), key_id=held.id, proof=proof, by=by
    )
    await count_right(held)
    return signed


async def _signed(
    pdf: bytes, place: Place, held: KeyRow, secret: Secret, mark: Strokes | Typed, words: Words, settings: Settings
) -> Signed:
    office = await office_of(held.org_id, seal_name=words.seal_name)
    signing = Signing(
        pdf, place.party.field, now(), certify=place.is_first, reason=words.reason,
        appearance=Appearance(mark, words.caption), time_stamping=time_stamping(settings),
    )  # fmt: skip
    try:
        return await sign(
            signing, wrapped=held.wrapped, secret=secret, certificate=held.certificate,
            chain=[office.authority.certificate],
        )  # fmt: skip
    except SealingFailed as failed:
        if failed.code == WRONG:
            await count_wrong(held)
        raise


def time_stamping(settings: Settings) -> TimeStamping | None:
    """Where time stamps come from, when the operator has named a server."""
    if not settings.time_stamp_url:
        return None
    return TimeStamping(settings.time_stamp_url, time_authorities(settings))


def time_authorities(settings: Settings) -> tuple[str, ...]:
    """The certificates (PEM) that time stamps are believed from: the operator's file beside the data, or none."""
    return certificates_in(settings.data / "time-stamp-authorities.pem")


def certificates_in(path: Path) -> tuple[str, ...]:
    """The certificates of a PEM file, one text each; none where there is no file."""
    end = "-----END CERTIFICATE-----\n"
    try:
        text = path.read_text("ascii")
    except FileNotFoundError:
        return ()
    return tuple(part[part.index("-----BEGIN") :] + end for part in text.split(end) if "-----BEGIN CERT" in part)


def text_digest(text: str) -> str:
    """The digest by which the consent knows its text."""
    return digest(text)
