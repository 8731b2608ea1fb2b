"""Signing as the page does it, without the page."""

from portal.core.actors import Actor
from portal.letters import labels
from portal.letters.queries.letters import file_now
from portal.letters.sealing import Secret, Signed, Typed
from portal.letters.services.keys import usable_key
from portal.letters.services.signing import note_reading
from portal.letters.signing_online import Words, sign_letter
from portal.settings import Settings

PASSPHRASE = "四把伞挂在蓝色的门后面呢"
EDITIONS = tuple(labels.CONSENTS)
WORDS = Words("签署安全责任书", "2026年11月23日 签", "安全责任书专用章")


async def read(letter_id: int, *, by: Actor) -> str:
    """Opens the file that is to be signed; gives its digest."""
    file = await file_now(letter_id)
    assert file is not None
    await note_reading(letter_id, file.digest, network="0.0.0.0/24", device="phone", by=by)
    return file.digest


async def sign_as(letter_id: int, *, by: Actor, settings: Settings) -> Signed:
    """Signs what was read before, with one's own key."""
    file = await file_now(letter_id)
    assert file is not None
    return await sign_letter(
        letter_id, seen=file.digest, held=await usable_key(by, editions=EDITIONS),
        secret=Secret.passphrase(PASSPHRASE), mark=Typed("甄某"), words=WORDS, editions=EDITIONS, network="0.0.0.0/24",
        device="phone", settings=settings, by=by,
    )  # fmt: skip
