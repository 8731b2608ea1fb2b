"""The office's device: what waits for hands without an account, the page that they read, their signature (R110)."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from portal.core.actors import Actor
from portal.core.clock import local, now
from portal.core.files import store_of
from portal.core.refusals import Forbidden, NotFound, Refused
from portal.letters import labels as letter_labels
from portal.letters.at_office import labels
from portal.letters.at_office.forms import parse_witnessed
from portal.letters.at_office.queries import open_on_paper, signers_of, waiting_without_account
from portal.letters.at_office.routes.parts import shown_again, why_not
from portal.letters.at_office.services.witnessing import (
    Words,
    note_reading_here,
    place_here,
    place_to_witness,
    second_of,
    sign_here,
)
from portal.letters.at_office.views import device_view, office_view
from portal.letters.origin import origin_of
from portal.letters.proof import proof_of
from portal.letters.queries.letters import file_now, last_read, letter_seen
from portal.letters.services.keys import consent_of, key_of, usable_key
from portal.permissions.rules import Permission
from portal.rendering.i18n import SOURCE, translator
from portal.web.again import AnyRequest, Typed
from portal.web.forms import form_of
from portal.web.origin import agent_of, host_of, is_ahead
from portal.web.respond import language_of, page, paper, see
from portal.web.state import settings_of

VIEW, SIGN = {"permission": Permission.LETTER_AT_OFFICE_VIEW}, {"permission": Permission.LETTER_AT_OFFICE}
PLACES = {
    "sealing.wrong_secret": "passphrase", "letter.key_locked": "passphrase", "letter.no_key_yet": "passphrase",
    "letter.no_consent_yet": "passphrase", "letter.second_wrong": "second_passphrase",
    "letter.second_locked": "second_passphrase", "letter.office_same_person": "second_login",
    "letter.office_second_inside": "second_login", "letter.office_read_first": "file",
}  # fmt: skip


@get("/letters/at-office", opt=VIEW)
async def show_office(request: AnyRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """What waits in the office: hands without an account, paper, classes."""
    view = office_view(
        await waiting_without_account(by=actor), await open_on_paper(by=actor), at=now(), language=language_of(request)
    )
    return await page(
        request, "letters/at_office/office.html", fragment="letters/at_office/_office.html", view=view
    )  # fmt: skip


@get("/letters/{letter_id:int}/at-office/{party_id:int}", opt=VIEW)
async def show_device(
    request: AnyRequest, actor: NamedDependency[Actor], letter_id: FromPath[int], party_id: FromPath[int]
) -> Response[Any]:
    """The whole letter, for whoever stands before the device."""
    return await _page(request, actor, letter_id, party_id, Typed())


@get("/letters/{letter_id:int}/at-office/{party_id:int}/file", opt=VIEW)
async def get_device_file(
    request: AnyRequest, actor: NamedDependency[Actor], letter_id: FromPath[int], party_id: FromPath[int]
) -> Response[Any]:
    """The very bytes; that they were put before this person, on this device, is noted (F5, TP2)."""
    here = await place_here(letter_id, party_id, by=actor, permission=Permission.LETTER_AT_OFFICE_VIEW)
    file = await file_now(letter_id)
    if file is None:
        return see(request, f"/letters/{letter_id}/at-office/{party_id}")
    body = await store_of(settings_of(request)).open(file.digest)
    if body is None:
        raise Refused("letter.file_missing")
    if not is_ahead(request):
        network, device = origin_of(host_of(request), agent_of(request))
        told = translator(SOURCE)(labels.DEVICE, device=device)
        await note_reading_here(here, file.digest, network=network, device=told, by=actor)
    name = translator(language_of(request))(letter_labels.FILE, number=here.letter.row.number)
    return paper(body, name, plain=f"letter-{letter_id}")


@post("/letters/{letter_id:int}/at-office/{party_id:int}/signatures", opt=SIGN)
async def create_device_signature(
    request: AnyRequest, actor: NamedDependency[Actor], letter_id: FromPath[int], party_id: FromPath[int]
) -> Response[Any]:
    """The handwriting of somebody without an account, and two who say that it was them."""
    form = await form_of(request)
    await letter_seen(letter_id, by=actor, permission=Permission.LETTER_AT_OFFICE)
    try:
        await _sign(request, actor, letter_id, party_id)
    except (NotFound, Forbidden):
        raise
    except Refused as refusal:
        typed, status, headers = await shown_again(request, form, refusal, letter_id, place="sign", places=PLACES)
        return await _page(request, actor, letter_id, party_id, typed, status=status, headers=headers)
    return see(request, f"/letters/{letter_id}", flash="letter.signed_here")


async def _sign(request: AnyRequest, actor: Actor, letter_id: int, party_id: int) -> None:
    form, settings, editions = await form_of(request), settings_of(request), letter_labels.EDITIONS
    place, signer = await place_to_witness(letter_id, party_id, seen=form.get("seen"), by=actor)
    asked = parse_witnessed(form.texts, name=signer.name)
    held = await usable_key(actor, editions=editions)
    proof = await proof_of(form.texts, held, of=[(letter_id, place.file_digest)], settings=settings, by=actor)
    second = await second_of(place, asked, editions=editions, by=actor)
    network, device = origin_of(host_of(request), agent_of(request))
    await sign_here(
        place, signer, second, asked, proof, words=_words(), network=network, device=device, settings=settings, by=actor
    )


def _words() -> Words:
    """What is written into the file: in the letter's language, not the reader's."""
    say = translator(SOURCE)
    moment = f"{local(now()):%Y-%m-%d %H:%M}"

    def caption(first: str, second: str) -> str:
        lines = say(labels.CAPTION, first=first, second=second), say(labels.CAPTION_TIME, moment=moment, first=first)
        return "\n".join(lines)

    agreed = say(labels.AGREED[labels.AGREE_EDITION])
    return Words(say(labels.SIGN_REASON), caption, say(letter_labels.SEAL_NAME), agreed, labels.AGREE_EDITION)


async def _page(
    request: AnyRequest, actor: Actor, letter_id: int, party_id: int, typed: Typed, *, status: int = 200,
    headers: dict[str, str] | None = None,
) -> Response[Any]:  # fmt: skip
    """The page as it stands now; where nobody may sign here, it says why and asks for nothing."""
    found = await letter_seen(letter_id, by=actor, permission=Permission.LETTER_AT_OFFICE_VIEW)
    signer = next((one for one in await signers_of(letter_id) if one.party_id == party_id), None)
    if signer is None:
        raise NotFound()
    file, trouble, read, me = await file_now(letter_id), "", False, actor.person_id or 0
    try:
        seen = file.digest if file is not None else ""
        read = seen != "" and await last_read(letter_id, signer.person_id) == seen
        await place_to_witness(letter_id, party_id, seen=seen, by=actor)
    except NotFound:
        raise
    except Refused as refusal:
        trouble = await why_not(request, refusal) if refusal.code != "letter.office_read_first" else ""
    held = await key_of(me)
    has_key = held is not None and await consent_of(me) in letter_labels.EDITIONS
    view = device_view(
        found, signer, file, read=read, trouble=trouble, has_key=has_key,
        has_passkey=held is not None and held.passkeys > 0, at=now(), by=actor, language=language_of(request),
        typed=typed,
    )  # fmt: skip
    return await page(
        request, "letters/at_office/device.html", fragment="letters/at_office/_device.html", status=status,
        headers=headers, view=view,
    )  # fmt: skip


DEVICE = [show_office, show_device, get_device_file, create_device_signature]
