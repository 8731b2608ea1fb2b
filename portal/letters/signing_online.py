"""A signature from the form to the file: place, key, signed bytes, row (F8, F10, TP2, TP6).

In this order, and each step may be lost without harm: nothing is written before the signed file stands in the store,
and its row only while the letter still is what was read.
"""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from portal.core.actors import Actor
from portal.core.clock import now
from portal.core.files import FileStore, store_of
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
    service,
    sign,
)
from portal.letters.services.keys import KeyRow, office_of
from portal.letters.services.signing import Place, place_to_sign, record_signature
from portal.letters.services.tries import WRONG, one_try
from portal.settings import Settings

METHODS = {"own": Method.KEY, "licensed": Method.LICENSED}


@dataclass(frozen=True, slots=True)
class Words:
    """What is written into the file in the reader's own words: labels of the caller's.

    `instead` words the line of who signs for another: the holder, the signer, the post, their standing (a code).
    """

    reason: str
    caption: str
    seal_name: str
    instead: Callable[[str, str, str, str], str] | None = None


@dataclass(frozen=True, slots=True)
class Pen:
    """What somebody signs with, one letter or many: the mark, the words, the school's certificate, what is noted."""

    mark: Strokes | Typed
    words: Words
    chain: tuple[str, ...]
    edition: int
    network: str
    device: str
    time_stamping: TimeStamping | None


async def pen_of(
    held: KeyRow, mark: Strokes | Typed, words: Words, *, editions: Sequence[int], network: str, device: str,
    settings: Settings,
) -> Pen:  # fmt: skip
    """The pen of whoever holds this key; their school's authority is made where it is not there yet."""
    office = await office_of(held.org_id, seal_name=words.seal_name)
    chain = (office.authority.certificate,)
    return Pen(mark, words, chain, max(editions), network, device, time_stamping(settings))


async def sign_letter(
    letter_id: int,
    *,
    seen: str,
    held: KeyRow,
    secret: Secret,
    mark: Strokes | Typed,
    words: Words,
    editions: Sequence[int],
    network: str,
    device: str,
    settings: Settings,
    by: Actor,
) -> Signed:
    """Signs a letter in one's own place, or in that of whom one stands in for, with one's own key.

    `held` and `secret` belong together: what `usable_key` and `proof_of` gave. Refused: what `place_to_sign` refuses; a
    wrong secret (`sealing.wrong_secret`, counted); a mark that cannot be drawn. A conflict where the letter changed
    while the signature was made: it is then nobody's.
    """
    place = await place_to_sign(letter_id, seen=seen, by=by)
    store = store_of(settings)
    pdf = await store.open(place.file_digest)
    if pdf is None:
        raise Refused("letter.file_missing")
    pen = await pen_of(held, mark, words, editions=editions, network=network, device=device, settings=settings)
    signing = signing_with(pen, place, pdf, by=by)
    signed = await _signed(signing, held, secret, pen)
    await keep(place, signed, held, pen, store=store, by=by)
    return signed


def signing_with(pen: Pen, place: Place, pdf: bytes, *, by: Actor) -> Signing:
    """One signature, to be made now."""
    return Signing(
        pdf, place.party.field, now(), certify=place.is_first, reason=pen.words.reason,
        appearance=Appearance(pen.mark, _caption(pen.words, place, by)), time_stamping=pen.time_stamping,
    )  # fmt: skip


def _caption(words: Words, place: Place, by: Actor) -> str:
    """The line below the mark; above it another, where somebody signs for another (F14)."""
    other = place.instead_of
    if other is None or words.instead is None:
        return words.caption
    line = words.instead(other.person, by.name, other.post or "", other.stand_in_as or "")
    return f"{line}\n{words.caption}"


async def keep(place: Place, signed: Signed, held: KeyRow, pen: Pen, *, store: FileStore, by: Actor) -> None:
    """Keeps a signature that was made: its file, then its row with what proves it."""
    stored = await store.put(signed.pdf, media_type="application/pdf")
    proof = {
        "at": now().isoformat(), "network": pen.network, "device": pen.device, "consent": pen.edition,
        "key": held.serial, "read": place.file_digest, "mark": type(pen.mark).__name__.lower(),
        "proved": "passkey" if held.passkey_id else "passphrase", "short_of": signed.short_of,
    }  # fmt: skip
    await record_signature(
        place, stored, method=METHODS[service().basis], level=str(signed.level), key_id=held.id, proof=proof, by=by
    )


async def _signed(signing: Signing, held: KeyRow, secret: Secret, pen: Pen) -> Signed:
    async with opening(held):
        return await sign(signing, wrapped=held.wrapped, secret=secret, certificate=held.certificate, chain=pen.chain)


@asynccontextmanager
async def opening(held: KeyRow) -> AsyncIterator[None]:
    """One counted try at a key; a wrong secret is told by what was given, a passphrase or a passkey."""
    try:
        async with one_try(held.id):
            yield
    except SealingFailed as failed:
        if failed.code == WRONG and held.passkey_id:
            raise Refused("passkey.unknown") from None
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


def nothing_due(settings: Settings) -> str | None:
    """Why no letter is ever due here: no server is named, or nobody whose stamps are believed. None where some are."""
    if not settings.time_stamp_url:
        return "letter.no_time_server"
    return None if time_authorities(settings) else "letter.no_time_authorities"
