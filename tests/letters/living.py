"""The life of a letter on real rows and real files: ready to be made, made by the worker, signed with people's keys."""

from portal.core.actors import Actor
from portal.core.database import execute
from portal.letters.queries.letters import file_now
from portal.letters.running import run_waiting_letters
from portal.letters.sealing import Secret, Typed
from portal.letters.services.keys import make_key, usable_key
from portal.letters.services.seeding import seed_edges, seed_wordings
from portal.letters.services.signing import note_reading
from portal.letters.signing_online import Words, sign_letter
from portal.responsibilities.services import seed_duties
from portal.settings import Settings
from tasks.outbox import drain
from tests.cast import Cast
from tests.letters.letter_stories import letter_of, taken, whole

PASSPHRASE = "东边化学实验室靠窗第三排"
WORDS = Words("签署安全责任书", "2026年11月23日 10:00", "安全责任书专用章")


async def ready() -> None:
    """Duties that the school has confirmed, the chain, the wordings; what the cast took before has no letters."""
    await drain()
    await seed_duties()
    await execute("UPDATE duty_list SET origin = 'seed'")
    await seed_edges()
    await seed_wordings()


async def waiting(cast: Cast, settings: Settings, name: str = "甄新人") -> int:
    """A letter of somebody new; its file is there."""
    appointment = await taken(cast, name)
    await drain()
    assert await run_waiting_letters(settings) == 1
    await drain()
    return await letter_of(appointment)


async def own_key(by: Actor, passphrase: str = PASSPHRASE) -> int:
    """A signing key of one's own."""
    return await make_key(passphrase, edition=1, text_digest="0" * 64, seal_name=WORDS.seal_name, by=by)


async def sign(letter_id: int, by: Actor, settings: Settings, passphrase: str = PASSPHRASE) -> None:
    """Reads the file and signs it, on one's own device."""
    file = await file_now(letter_id)
    assert file is not None
    await note_reading(letter_id, file.digest, network="10.0.0.0", device="phone", by=by)
    await sign_letter(
        letter_id, seen=file.digest, held=await usable_key(by, editions=(1,)), secret=Secret.passphrase(passphrase),
        mark=Typed(by.name), words=WORDS, editions=(1,), network="10.0.0.0", device="phone", settings=settings, by=by,
    )  # fmt: skip


async def complete(cast: Cast, settings: Settings) -> int:
    """A letter as it really comes about: the worker makes it, both sign, the worker seals it."""
    letter_id = await waiting(cast, settings)
    for party in (await whole(letter_id)).parties:
        by = await cast.actor(party.person_id)
        await own_key(by)
        await sign(letter_id, by, settings)
    await drain()
    await run_waiting_letters(settings)
    return letter_id
