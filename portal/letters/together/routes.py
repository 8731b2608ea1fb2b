"""Signing several letters together: the page, and the act."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency

from portal.core.actors import Actor
from portal.core.clock import now
from portal.core.files import store_of
from portal.core.refusals import Forbidden, Invalid, NotFound, Refused
from portal.letters import labels as letter_labels
from portal.letters.forms import SECRETS, Signature, parse_choices, parse_signature
from portal.letters.origin import origin_of
from portal.letters.proof import proof_of
from portal.letters.queries.letters import awaiting
from portal.letters.routes.parts import why_in, words_now
from portal.letters.rules.together import Choice
from portal.letters.services.keys import consent_of, key_of, usable_key
from portal.letters.signing_online import pen_of
from portal.letters.together import labels
from portal.letters.together.queries import waiting_together
from portal.letters.together.services import Outcome, sign_together
from portal.letters.together.views import Unsigned, together_view
from portal.letters.views.lists import LineBuilder
from portal.permissions.rules import Permission
from portal.rendering.i18n import translator
from portal.web.again import AnyRequest, Typed
from portal.web.errors import sentence
from portal.web.forms import Form, form_of
from portal.web.origin import agent_of, host_of
from portal.web.respond import language_of, page, see
from portal.web.state import settings_of

HERE = "/letters/together"
VIEW, SIGN = {"permission": Permission.LETTER_SIGN_VIEW}, {"permission": Permission.LETTER_SIGN}
PLACES = {"sealing.wrong_secret": "passphrase", "letter.key_locked": "passphrase"}
"""The part of the page that a refusal belongs to, other than the head of the form."""


@get(HERE, opt=VIEW)
async def show_together(request: AnyRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """Every letter that waits for the reader now: exceptions first, then what says the same."""
    return await _page(request, actor, Typed())


@post(HERE + "/signatures", opt=SIGN)
async def create_signatures(request: AnyRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """Signs the letters that were ticked, each by itself, with one proof of identity."""
    form = await form_of(request)
    try:
        outcome = await _signed(request, actor, form, *_asked(form, actor))
    except (NotFound, Forbidden):
        raise
    except Refused as refusal:
        return await _again(request, actor, form, refusal)
    if outcome.unsigned:
        return await _page(request, actor, _typed(form, {}), ticks=_ticks(form), outcome=outcome, status=409)
    waits = await awaiting(actor.person_id or 0) > 1
    return see(request, HERE if waits else "/letters", flash="letter.signed_together", count=len(outcome.signed))


def _asked(form: Form, actor: Actor) -> tuple[tuple[Choice, ...], Signature]:
    """What the form says, with all that is wrong with it at once."""
    errors: dict[str, str] = {}
    params: dict[str, Any] = {}
    choices, signature = None, None
    try:
        choices = parse_choices(form.all("letters"))
    except Invalid as wrong:
        errors, params = errors | wrong.fields, params | wrong.params
    try:
        signature = parse_signature(form.texts, name=actor.name)
    except Invalid as wrong:
        errors, params = errors | wrong.fields, params | wrong.params
    if errors or choices is None or signature is None:
        raise Invalid(errors, **params)
    return choices, signature


async def _signed(
    request: AnyRequest, actor: Actor, form: Form, choices: tuple[Choice, ...], signature: Signature
) -> Outcome:
    editions, settings = letter_labels.EDITIONS, settings_of(request)
    network, device = origin_of(host_of(request), agent_of(request))
    held = await usable_key(actor, editions=editions)
    proof = await proof_of(form.texts, held, of=choices, settings=settings, by=actor)
    pen = await pen_of(
        proof.held, signature.mark, words_now(), editions=editions, network=network, device=device, settings=settings
    )
    return await sign_together(
        choices, held=proof.held, secret=proof.secret, pen=pen, store=store_of(settings), by=actor
    )


async def _again(request: AnyRequest, actor: Actor, form: Form, refusal: Refused) -> Response[Any]:
    """The page as it is now, with the refusal in its place and all that was typed and ticked but the secret."""
    language = language_of(request)
    codes = refusal.fields if isinstance(refusal, Invalid) else {PLACES.get(refusal.code, "sign"): refusal.code}
    said = {name: sentence(Refused(code, **refusal.params), language) for name, code in codes.items()}
    headers = {"Retry-After": str(refusal.params["seconds"])} if "seconds" in refusal.params else None
    return await _page(request, actor, _typed(form, said), ticks=_ticks(form), status=refusal.status, headers=headers)


def _typed(form: Form, errors: dict[str, str]) -> Typed:
    return Typed({name: text for name, text in form.texts.items() if name not in (*SECRETS, "letters")}, errors)


def _ticks(form: Form) -> frozenset[str]:
    """What was ticked, to be ticked again where the bytes are still the same."""
    return frozenset(form.all("letters"))


async def _page(
    request: AnyRequest, actor: Actor, typed: Typed, *, ticks: frozenset[str] | None = None,
    outcome: Outcome | None = None, status: int = 200, headers: dict[str, str] | None = None,
) -> Response[Any]:  # fmt: skip
    language, me = language_of(request), actor.person_id or 0
    build = LineBuilder(actor, now(), language, why_in(language))
    held = await key_of(me)
    has_key = held is not None and await consent_of(me) in letter_labels.EDITIONS
    view = together_view(
        await waiting_together(me), build, total=await awaiting(me), has_key=has_key,
        has_passkey=held is not None and held.passkeys > 0, typed=typed, ticks=ticks,
        signed=len(outcome.signed) if outcome else 0, unsigned=_unsigned(outcome, build) if outcome else (),
    )  # fmt: skip
    return await page(
        request, "letters/together/together.html", fragment="letters/together/_together.html", status=status,
        headers=headers, view=view,
    )  # fmt: skip


def _unsigned(outcome: Outcome, build: LineBuilder) -> tuple[Unsigned, ...]:
    """What was not signed, and why, in words."""
    say = translator(build.language)
    return tuple(
        Unsigned(
            build.title(one.letter.row) if one.letter else say(labels.UNKNOWN),
            one.letter.row.number if one.letter else "", f"/letters/{one.letter_id}" if one.letter else "",
            sentence(one.refusal, build.language),
        )
        for one in outcome.unsigned
    )  # fmt: skip


ROUTES = [show_together, create_signatures]
