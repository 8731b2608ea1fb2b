"""Passkeys: added with the passphrase, good for what was seen and once; nothing else opens the key (F7, F8, TP2, TP3)."""

import asyncio
import json
from dataclasses import dataclass

import pytest

from portal.core import crypto
from portal.core.actors import Actor
from portal.core.database import execute, fetch, fetch_value
from portal.core.refusals import NotFound, Refused, TooMany
from portal.letters.passkeys import challenges
from portal.letters.passkeys.ceremonies import Site, check_registration, site_of, to_base64
from portal.letters.passkeys.services import NewPasskey, add_passkey, end_passkey, open_with_passkey, salt_of
from portal.letters.queries.passkeys import passkey_of, passkeys_of
from portal.letters.sealing import Reason, SealingFailed, Secret, unwrap_key
from portal.letters.services.keys import KeyRow, agree, consent_of, end_key, key_of, make_key, usable_key
from portal.letters.services.tries import WRONG_MOST
from portal.settings import load_settings
from tests.cast import Cast
from tests.conftest import MovingClock
from tests.letters.passkey_kit import Authenticator

PASSPHRASE = "四把伞挂在蓝色的门后面呢"
SITE = Site("localhost", "http://localhost")
OF = [(7, "a" * 64), (8, "b" * 64)]


@dataclass
class Owner:
    """Somebody with a key, and a phone that opens it."""

    by: Actor
    phone: Authenticator
    id: int = 0

    async def held(self) -> KeyRow:
        found = await key_of(self.by.person_id or 0)
        assert found is not None
        return found

    async def add(self, phone: Authenticator, *, passphrase: str = PASSPHRASE, site: Site = SITE) -> int:
        challenge = await challenges.give_challenge(challenges.adding(await self.held()), await self.held(), by=self.by)
        made, secret = phone.make(to_base64(challenge)), phone.secret(salt_of(challenge))
        return await add_passkey(NewPasskey(made, secret, passphrase, "手机"), editions=(1,), site=site, by=self.by)

    async def asked(self, of: list[tuple[int, str]] = OF) -> str:
        return to_base64(await challenges.give_challenge(challenges.signing(of), await self.held(), by=self.by))

    async def opened(
        self, answer: str, of: list[tuple[int, str]] = OF, *, phone: Authenticator | None = None, site: Site = SITE
    ) -> bytes:
        held = await usable_key(self.by, editions=(1,))
        salts = [one.prf_salt for one in await passkeys_of(held.id)]
        prf = (phone or self.phone).secret(salts[0] if salts else "A" * 43)
        opens, secret = await open_with_passkey(answer, prf, held, of=of, site=site, by=self.by)
        return unwrap_key(opens.wrapped, secret)

    async def failures(self) -> int:
        return (await self.held()).failures


async def owner(cast: Cast, person: int | None = None) -> Owner:
    by = await cast.actor(person or cast.floor_chief)
    await make_key(PASSPHRASE, edition=1, text_digest="0" * 64, seal_name="章", by=by)
    made = Owner(by, Authenticator())
    made.id = await made.add(made.phone)
    return made


async def test_a_passkey_opens_the_same_key_as_the_passphrase(cast: Cast) -> None:
    me = await owner(cast)
    held = await me.held()
    key = unwrap_key(held.wrapped, Secret.passphrase(PASSPHRASE))
    assert await me.opened(me.phone.answer(await me.asked())) == key
    assert await me.opened(me.phone.answer(await me.asked())) == key
    kept = await passkey_of(held.id, to_base64(me.phone.name))
    assert kept is not None and kept.sign_count == 2 and kept.used_at is not None and held.passkeys == 1
    assert await fetch_value("SELECT count(*) FROM event WHERE kind = 'signing_passkey.made'") == 1
    tablet = Authenticator(steps=0)  # does not count, as those that are kept in a cloud
    await me.add(tablet)
    [first, second] = await passkeys_of(held.id)
    assert first.prf_salt != second.prf_salt and first.wrapped != second.wrapped
    answer = tablet.answer(await me.asked())
    opens, secret = await open_with_passkey(answer, tablet.secret(second.prf_salt), held, of=OF, site=SITE, by=me.by)
    assert unwrap_key(opens.wrapped, secret) == key and opens.passkey_id == second.id


async def test_nobody_adds_one_without_the_passphrase(cast: Cast) -> None:
    me = await owner(cast)
    with pytest.raises(SealingFailed, match="wrong_secret"):
        await me.add(Authenticator(), passphrase="不是这一句不是这一句呢")
    assert await me.failures() == 1 and (await me.held()).passkeys == 1
    for phone, code in (
        (Authenticator(origin="http://localhost.evil.example"), "not_valid"),
        (Authenticator(rp_id="evil.example"), "not_valid"),
        (Authenticator(shows=False), "not_valid"),
        (Authenticator(name=me.phone.name), "known"),
    ):
        with pytest.raises(Refused, match=code):
            await me.add(phone)
    for _ in range(9):
        await me.add(Authenticator())
    with pytest.raises(Refused, match="too_many"):
        await me.add(Authenticator())


async def test_an_answer_is_good_once_and_for_what_was_seen(cast: Cast, clock: MovingClock) -> None:
    me, other = await owner(cast), await owner(cast, cast.safety)
    answer = me.phone.answer(await me.asked())
    assert await me.opened(answer)
    for of in (OF, OF[:1], [(7, "a" * 64), (8, "c" * 64)], [*OF, (9, "d" * 64)], []):
        with pytest.raises(Refused, match="stale"):
            await me.opened(answer, of)
        with pytest.raises(Refused, match="stale"):  # asked for these, sent with others
            await me.opened(me.phone.answer(await me.asked()), [(7, "e" * 64), *of])
    with pytest.raises(Refused, match="stale"):  # asked by one, answered by another
        await other.opened(other.phone.answer(await me.asked()))
    with pytest.raises(Refused, match="stale"):  # asked to add, used to sign
        adding = await challenges.give_challenge(challenges.adding(await me.held()), await me.held(), by=me.by)
        await me.opened(me.phone.answer(to_base64(adding)))
    late = me.phone.answer(await me.asked())
    clock.forward(minutes=6)
    with pytest.raises(Refused, match="stale"):
        await me.opened(late)
    assert await me.failures() == 0
    assert await me.opened(me.phone.answer(await me.asked([*reversed(OF), OF[0]])))


async def test_one_answer_sent_twenty_times_opens_once(cast: Cast) -> None:
    me = await owner(cast)
    answer = me.phone.answer(await me.asked())
    done = await asyncio.gather(*(me.opened(answer) for _ in range(20)), return_exceptions=True)
    assert sum(isinstance(one, bytes) for one in done) == 1
    assert all(isinstance(one, bytes | Refused) for one in done)


@pytest.mark.parametrize("wrong", ["origin", "site", "unshown", "unsigned", "other", "count", "secret", "broken"])
async def test_what_no_honest_browser_sends_opens_nothing_and_is_counted(cast: Cast, wrong: str) -> None:
    me, challenge = await owner(cast), ""
    challenge, phone = await me.asked(), me.phone
    if wrong == "origin":
        phone.origin = "https://localhost"
    elif wrong == "site":
        phone.rp_id = "example.org"
    elif wrong == "unshown":
        phone.shows = False
    elif wrong == "other":
        phone = Authenticator()
    elif wrong == "count":
        await execute("UPDATE signing_passkey SET sign_count = 9")
    answer = phone.answer(challenge, spoil=wrong == "unsigned")
    if wrong == "broken":
        answer = json.dumps(json.loads(answer) | {"response": {"clientDataJSON": "!"}})
    with pytest.raises((Refused, SealingFailed)) as refused:
        await me.opened(answer, phone=Authenticator() if wrong == "secret" else None)
    codes = {"other": "passkey.unknown", "secret": "sealing.wrong_secret"}
    assert refused.value.code == codes.get(wrong, "passkey.not_valid")
    assert await me.failures() == (
        0 if wrong in ("secret", "broken") else 1
    )  # a wrong secret is counted at the signing


async def test_five_wrong_answers_rest_the_key_for_a_quarter_of_an_hour(cast: Cast) -> None:
    me = await owner(cast)
    for _ in range(WRONG_MOST):
        with pytest.raises(Refused, match="not_valid"):
            await me.opened(me.phone.answer(await me.asked(), spoil=True))
    with pytest.raises(TooMany):
        await me.opened(me.phone.answer(await me.asked()))


@pytest.mark.parametrize("end", ["key", "new key", "passkey"])
async def test_a_passkey_ends_with_its_key_or_by_itself(cast: Cast, end: str) -> None:
    me, other = await owner(cast), await owner(cast, cast.safety)
    answer, before = me.phone.answer(await me.asked()), await me.held()
    with pytest.raises(NotFound):
        await end_passkey(me.id, by=other.by)
    if end == "key":
        await end_key(Reason.COMPROMISED, by=me.by)
    elif end == "new key":
        await make_key(PASSPHRASE + "新", edition=1, text_digest="0" * 64, seal_name="章", by=me.by)
    else:
        await end_passkey(me.id, by=me.by)
    assert await fetch_value("SELECT wrapped FROM signing_passkey WHERE id = {}", me.id) == ""
    assert await passkeys_of(before.id) == []
    with pytest.raises(Refused, match="unknown"):
        await open_with_passkey(answer, me.phone.secret("A" * 43), before, of=OF, site=SITE, by=me.by)
    if end != "key":
        with pytest.raises(Refused, match="unknown"):
            await me.opened(me.phone.answer(await me.asked()))
    with pytest.raises(NotFound):
        await end_passkey(me.id, by=me.by)
    assert len(await passkeys_of((await other.held()).id)) == 1


class Column(tuple):
    """A row, whatever it holds."""

    def __new__(cls, *values: object) -> "Column":
        return super().__new__(cls, values)


async def test_a_dump_with_key_file_and_code_opens_nobodys_key(cast: Cast) -> None:
    """TP3, with passkeys: all that the portal keeps, tried as a secret of either kind, opens none of three keys."""
    people = [await owner(cast, one) for one in (cast.floor_chief, cast.safety, cast.principal)]
    for me in people:
        assert await me.opened(me.phone.answer(await me.asked()))
    rows = [*await fetch(Column, "SELECT credential, public_key, prf_salt, wrapped, aaguid FROM signing_passkey")]
    rows += await fetch(Column, "SELECT wrapped, certificate, serial FROM signing_key")
    rows += await fetch(Column, "SELECT digest, purpose FROM signing_challenge")
    kept = [str(value) for row in rows for value in row]
    kept += [str(json.loads(text)[name]) for text in kept if text.startswith("{") for name in ("salt", "nonce")]
    wrapped = [text for text in kept if text.startswith("{")]
    assert len(wrapped) == 6 and not any("PRIVATE" in one or crypto.unseal(one) for one in wrapped)
    guesses = {Secret.prf((text.encode() * 32)[:32]) for text in kept}
    guesses |= {Secret.prf(crypto._derive(crypto._root or b"", text.encode())) for text in kept}
    guesses |= {Secret.prf(bytes.fromhex(text)) for text in kept if len(text) == 64}
    for one in wrapped:
        for guess in guesses:
            with pytest.raises(SealingFailed):
                unwrap_key(one, guess)


async def test_challenges_are_few_and_swept(cast: Cast, clock: MovingClock) -> None:
    me = await owner(cast)
    given = [await me.asked() for _ in range(challenges.MOST + 3)]
    assert await fetch_value("SELECT count(*) FROM signing_challenge") == challenges.MOST
    with pytest.raises(Refused, match="stale"):
        await me.opened(me.phone.answer(given[0]))
    assert await me.opened(me.phone.answer(given[-1]))
    clock.forward(minutes=6)
    await me.asked()
    assert await fetch_value("SELECT count(*) FROM signing_challenge") == 1


async def test_a_new_edition_is_agreed_to_with_the_same_key(cast: Cast) -> None:
    me = await owner(cast)
    serial = (await me.held()).serial
    with pytest.raises(Refused, match="no_consent_yet"):
        await usable_key(me.by, editions=(2,))
    await agree(2, "1" * 64, by=me.by)
    await agree(2, "1" * 64, by=me.by)
    assert (await usable_key(me.by, editions=(2,))).serial == serial and await consent_of(me.by.person_id or 0) == 2
    assert await fetch_value("SELECT count(*) FROM signing_consent WHERE edition = 2") == 1


def test_passkeys_are_of_one_site_with_https() -> None:
    def of(address: str) -> Site | None:
        return site_of(load_settings({"ANWANG_DATA": "/tmp/none", "ANWANG_BASE_URL": address}))

    assert of("https://anwang.example.org") == ("anwang.example.org", "https://anwang.example.org")
    assert of("https://anwang.example.org:8443") == ("anwang.example.org", "https://anwang.example.org:8443")
    assert of("http://localhost:8080") == ("localhost", "http://localhost:8080")
    assert of("http://anwang.example.org") is of("https://192.0.2.7") is of("http://127.0.0.1:8080") is None
    with pytest.raises(Refused, match="not_valid"):
        check_registration("[" * 9000, challenge=b"", site=SITE)
