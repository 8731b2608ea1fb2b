"""Passkeys on the page of one's key, and the challenges that a page's script asks for."""

from collections.abc import Awaitable
from typing import Any

from litestar import Response, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from portal.accounts.labels import BROWSERS, SYSTEMS
from portal.accounts.rules import device_of
from portal.core.actors import Actor
from portal.core.crypto import keyed_digest
from portal.core.refusals import Forbidden, Invalid, NotFound, Refused
from portal.letters.forms import parse_choices
from portal.letters.labels import EDITIONS
from portal.letters.passkeys import challenges, labels
from portal.letters.passkeys.ceremonies import ALGORITHMS, Site, site_of, to_base64
from portal.letters.passkeys.services import NewPasskey, add_passkey, end_passkey, salt_of
from portal.letters.proof import LONGEST_SECRET
from portal.letters.queries.passkeys import passkeys_of
from portal.letters.routes.keys import HERE, key_again
from portal.letters.services.keys import usable_key
from portal.permissions.rules import Permission
from portal.rendering.i18n import translator
from portal.web.again import AnyRequest
from portal.web.errors import sentence
from portal.web.forms import form_of
from portal.web.respond import language_of, see
from portal.web.state import settings_of

SIGN = {"permission": Permission.LETTER_SIGN}


@post(HERE + "/challenges", opt=SIGN)
async def create_challenge(request: AnyRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """What a passkey is to answer for these letters, in the bytes that were seen."""
    return await _told(request, _signing(request, actor))


@post(HERE + "/passkeys/challenges", opt=SIGN)
async def create_passkey_challenge(request: AnyRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """What a new passkey is to be made with."""
    return await _told(request, _adding(request, actor))


@post(HERE + "/passkeys", opt=SIGN)
async def create_passkey(request: AnyRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """Another way to open one's key, let in by the passphrase."""
    texts = (await form_of(request)).texts
    try:
        if not texts.get("passphrase"):
            raise Invalid({"passkey": "letter.passphrase_missing"})
        if not texts.get("attestation"):
            raise Refused("passkey.no_answer")
        label = _device(request)
        new = NewPasskey(texts["attestation"], texts.get("prf", ""), texts["passphrase"][:LONGEST_SECRET], label)
        await add_passkey(new, editions=EDITIONS, site=_site(request), by=actor)
    except Refused as refusal:
        return await key_again(request, actor, {}, refusal, place="passkey")
    return see(request, HERE, flash="passkey.made")


@post(HERE + "/passkeys/{passkey_id:int}/ends", opt=SIGN)
async def create_passkey_end(
    request: AnyRequest, actor: NamedDependency[Actor], passkey_id: FromPath[int]
) -> Response[Any]:
    """A device that signs no more."""
    await end_passkey(passkey_id, by=actor)
    return see(request, HERE, flash="passkey.ended")


async def _signing(request: AnyRequest, actor: Actor) -> dict[str, Any]:
    choices, site = parse_choices((await form_of(request)).all("letters")), _site(request)
    held = await usable_key(actor, editions=EDITIONS)
    kept = await passkeys_of(held.id)
    if not kept:
        raise Refused("passkey.unknown")
    challenge = await challenges.give_challenge(challenges.signing(choices), held, by=actor)
    return {
        "challenge": to_base64(challenge), "rpId": site.rp_id, "origin": site.origin,
        "passkeys": [{"id": one.credential, "salt": one.prf_salt} for one in kept],
    }  # fmt: skip


async def _adding(request: AnyRequest, actor: Actor) -> dict[str, Any]:
    site, held = _site(request), await usable_key(actor, editions=EDITIONS)
    kept = await passkeys_of(held.id)
    challenge = await challenges.give_challenge(challenges.adding(held), held, by=actor)
    return {
        "challenge": to_base64(challenge), "rpId": site.rp_id, "origin": site.origin, "salt": salt_of(challenge),
        "site": translator(language_of(request))(labels.PLATFORM), "name": actor.name, "algorithms": ALGORITHMS,
        "user": to_base64(bytes.fromhex(keyed_digest("passkey-user", str(actor.person_id)))),
        "known": [one.credential for one in kept],
    }  # fmt: skip


def _device(request: AnyRequest) -> str:
    """What the owner will know the device by: its system and its browser, in words."""
    (system, browser), say = device_of(request.headers.get("user-agent", "")), translator(language_of(request))
    name = say(BROWSERS[browser]) if browser in BROWSERS else browser
    return f"{say(SYSTEMS[system])} {name}".strip()


def _site(request: AnyRequest) -> Site:
    site = site_of(settings_of(request))
    if site is None:
        raise Refused("passkey.not_here")
    return site


async def _told(request: AnyRequest, asked: Awaitable[dict[str, Any]]) -> Response[Any]:
    """The answer for a script, or the refusal in words."""
    headers = {"Cache-Control": "no-store"}
    try:
        return Response(await asked, media_type="application/json", headers=headers, status_code=200)
    except (NotFound, Forbidden):
        raise
    except Refused as refusal:
        code = next(iter(refusal.fields.values())) if isinstance(refusal, Invalid) else refusal.code
        says = sentence(Refused(code, **refusal.params), language_of(request))
        return Response({"says": says}, media_type="application/json", headers=headers, status_code=refusal.status)


PASSKEYS = [create_challenge, create_passkey_challenge, create_passkey, create_passkey_end]
