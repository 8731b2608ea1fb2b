"""What is done on the page of a letter: sign, refuse with a reason, open again, try again."""

from collections.abc import Mapping
from typing import Any

from litestar import Response, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from portal.core.actors import Actor
from portal.core.refusals import Conflict, Forbidden, Invalid, NotFound, Refused
from portal.grids.rules import parse_version
from portal.letters.forms import SECRETS, parse_refusal, parse_signature
from portal.letters.labels import EDITIONS
from portal.letters.origin import origin_of
from portal.letters.proof import proof_of
from portal.letters.queries.letters import letter_seen
from portal.letters.routes.parts import letter_page, words_now
from portal.letters.services.keys import usable_key
from portal.letters.services.making import retry_letter
from portal.letters.services.signing import refuse_letter, reopen_letter
from portal.letters.signing_online import sign_letter
from portal.permissions.rules import Permission
from portal.web.again import AnyRequest, Typed, beaten
from portal.web.errors import sentence
from portal.web.forms import form_of
from portal.web.origin import agent_of, host_of
from portal.web.respond import language_of, see
from portal.web.state import settings_of

SIGN, MAKE = {"permission": Permission.LETTER_SIGN}, {"permission": Permission.LETTER_MAKE}
PLACES = {"letter.read_first": "file", "sealing.wrong_secret": "passphrase", "letter.no_key_yet": "sign"}
"""The part of the page that a refusal belongs to."""


@post("/letters/{letter_id:int}/signatures", opt=SIGN)
async def create_signature(
    request: AnyRequest, actor: NamedDependency[Actor], letter_id: FromPath[int]
) -> Response[Any]:
    """Signs in one's own place the bytes that one has read."""
    form = await form_of(request)
    await letter_seen(letter_id, by=actor, permission=Permission.LETTER_SIGN)
    network, device = origin_of(host_of(request), agent_of(request))
    try:
        asked, settings = parse_signature(form.texts, name=actor.name), settings_of(request)
        held = await usable_key(actor, editions=EDITIONS)
        proof = await proof_of(form.texts, held, of=[(letter_id, asked.seen)], settings=settings, by=actor)
        await sign_letter(
            letter_id, seen=asked.seen, held=proof.held, secret=proof.secret, mark=asked.mark, words=words_now(),
            editions=EDITIONS, network=network, device=device, settings=settings, by=actor,
        )  # fmt: skip
    except Refused as refusal:
        return await _again(request, actor, letter_id, form.texts, refusal)
    return see(request, f"/letters/{letter_id}", flash="letter.signed")


@post("/letters/{letter_id:int}/refusals", opt=SIGN)
async def create_refusal(request: AnyRequest, actor: NamedDependency[Actor], letter_id: FromPath[int]) -> Response[Any]:
    """Says why one does not sign."""
    form = await form_of(request)
    await letter_seen(letter_id, by=actor, permission=Permission.LETTER_SIGN)
    try:
        reason = parse_refusal(form.texts)
        await refuse_letter(letter_id, reason, version=parse_version(form.get("version")), by=actor)
    except Refused as refusal:
        return await _again(request, actor, letter_id, form.texts, refusal, place="reason")
    return see(request, f"/letters/{letter_id}", flash="letter.refused")


@post("/letters/{letter_id:int}/reopenings", opt=MAKE)
async def create_reopening(
    request: AnyRequest, actor: NamedDependency[Actor], letter_id: FromPath[int]
) -> Response[Any]:
    """Asks the one who refused once more."""
    form = await form_of(request)
    try:
        await reopen_letter(letter_id, version=parse_version(form.get("version")), by=actor)
    except Refused as refusal:
        return await _again(request, actor, letter_id, form.texts, refusal, place="state")
    return see(request, f"/letters/{letter_id}", flash="letter.reopened")


@post("/letters/{letter_id:int}/retries", opt=MAKE)
async def create_retry(request: AnyRequest, actor: NamedDependency[Actor], letter_id: FromPath[int]) -> Response[Any]:
    """Another try for a letter that could not be made."""
    form = await form_of(request)
    try:
        await retry_letter(letter_id, version=parse_version(form.get("version")), by=actor)
    except Refused as refusal:
        return await _again(request, actor, letter_id, form.texts, refusal, place="state")
    return see(request, f"/letters/{letter_id}", flash="letter.retried")


async def _again(
    request: AnyRequest, actor: Actor, letter_id: int, texts: Mapping[str, str], refusal: Refused, *,
    place: str = "sign",
) -> Response[Any]:  # fmt: skip
    """The page as it is now, with the refusal in its place and everything that was typed but the passphrase."""
    if isinstance(refusal, NotFound | Forbidden):
        raise refusal
    language = language_of(request)
    kept = {name: text for name, text in texts.items() if name not in SECRETS}
    headers = {"Retry-After": str(refusal.params["seconds"])} if "seconds" in refusal.params else None
    if isinstance(refusal, Conflict):
        typed = Typed(kept, {}, await _first(refusal, letter_id, language))
    elif isinstance(refusal, Invalid):
        said = {name: sentence(Refused(code, **refusal.params), language) for name, code in refusal.fields.items()}
        typed = Typed(kept, said)
    else:
        typed = Typed(kept, {PLACES.get(refusal.code, place): sentence(refusal, language)})
    return await letter_page(request, actor, letter_id, typed, status=refusal.status, headers=headers)


async def _first(refusal: Conflict, letter_id: int, language: str) -> str:
    """Who was first: in the refusal's own words, or who and when."""
    if refusal.code != "core.conflict":
        return sentence(refusal, language)
    return await beaten("letter", letter_id, language)


ACTS = [create_signature, create_refusal, create_reopening, create_retry]
