"""One's own key to sign with: the consent, the passphrase, a new one for a lost one."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency

from portal.core.actors import Actor
from portal.core.clock import now
from portal.core.ids import digest
from portal.core.refusals import Forbidden, Invalid, NotFound, Refused
from portal.letters import labels
from portal.letters.forms import SECRETS, parse_new_key
from portal.letters.passkeys.ceremonies import site_of
from portal.letters.queries.passkeys import passkeys_of
from portal.letters.sealing import Reason
from portal.letters.sealing.wrapping import LONGEST, SHORTEST
from portal.letters.services.keys import FRESH, agree, consent_of, end_key, key_of, make_key
from portal.letters.views.keys import key_view
from portal.permissions.rules import Permission
from portal.rendering.i18n import SOURCE, translator
from portal.web.again import AnyRequest, Typed
from portal.web.errors import sentence
from portal.web.forms import form_of
from portal.web.respond import language_of, page, safe_path, see
from portal.web.state import settings_of, signed

VIEW, SIGN = {"permission": Permission.LETTER_SIGN_VIEW}, {"permission": Permission.LETTER_SIGN}
HERE = "/account/signing-key"


@get(HERE, opt=VIEW)
async def show_key(request: AnyRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """The consent and the form; `next` is the letter that waits."""
    return await _page(request, actor, Typed({"next": request.query_params.get("next", "")}))


@post(HERE, opt=SIGN)
async def save_key(request: AnyRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """A key of one's own, in the place of the one before."""
    form = await form_of(request)
    try:
        if not _is_fresh(request):
            raise Refused("letter.sign_in_again")
        secret, edition = parse_new_key(form.texts), labels.CONSENT_EDITION
        await make_key(
            secret, edition=edition, text_digest=digest("\n".join(labels.CONSENTS[edition])),
            seal_name=translator(SOURCE)(labels.SEAL_NAME), by=actor,
        )  # fmt: skip
    except Refused as refusal:
        return await key_again(request, actor, form.texts, refusal)
    return see(request, _next(form.get("next")), flash="letter.key_made")


def _is_fresh(request: AnyRequest) -> bool:
    """Whether this session has proved itself a short while ago."""
    found = signed(request)
    return found is not None and now() - found.proved_at <= FRESH


def _next(asked: str) -> str:
    """The letter that waits, or this page."""
    wanted = safe_path(asked)
    return wanted if wanted.startswith("/letters/") else HERE


@post(HERE + "/consents", opt=SIGN)
async def create_consent(request: AnyRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """Agrees to the edition of now; the key stays."""
    form = await form_of(request)
    edition = labels.CONSENT_EDITION
    try:
        if not form.get("agreed"):
            raise Invalid({"agreed": "letter.consent_missing"})
        await agree(edition, digest("\n".join(labels.CONSENTS[edition])), by=actor)
    except Refused as refusal:
        return await key_again(request, actor, form.texts, refusal)
    return see(request, _next(form.get("next")), flash="letter.consented")


@post(HERE + "/ends", opt=SIGN)
async def create_key_end(request: AnyRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """Others may know the passphrase: nobody signs with this key any more."""
    ended = await end_key(Reason.COMPROMISED, by=actor)
    return see(request, HERE, flash="letter.key_ended" if ended else None)


async def key_again(
    request: AnyRequest, actor: Actor, texts: dict[str, str], refusal: Refused, *, place: str = "passphrase"
) -> Response[Any]:
    """The page with a refusal in its place and everything that was typed but secrets."""
    if isinstance(refusal, NotFound | Forbidden):
        raise refusal
    language = language_of(request)
    codes = refusal.fields if isinstance(refusal, Invalid) else {place: refusal.code}
    bounds = {"shortest": SHORTEST, "longest": LONGEST, **refusal.params}
    errors = {name: sentence(Refused(code, **bounds), language) for name, code in codes.items()}
    kept = {name: text for name, text in texts.items() if name not in SECRETS}
    headers = {"Retry-After": str(refusal.params["seconds"])} if "seconds" in refusal.params else None
    return await _page(request, actor, Typed(kept, errors), status=refusal.status, headers=headers)


async def _page(
    request: AnyRequest, actor: Actor, typed: Typed, *, status: int = 200, headers: dict[str, str] | None = None
) -> Response[Any]:
    held, consent = await key_of(actor.person_id or 0), await consent_of(actor.person_id or 0)
    kept = await passkeys_of(held.id) if held is not None and held.passkeys else []
    view = key_view(
        held.made_at if held else None, consent, typed, language_of(request), passkeys=kept,
        has_site=site_of(settings_of(request)) is not None, is_fresh=_is_fresh(request),
    )  # fmt: skip
    return await page(
        request, "letters/key.html", fragment="letters/_key.html", status=status, headers=headers, view=view
    )


KEYS = [show_key, save_key, create_consent, create_key_end]
