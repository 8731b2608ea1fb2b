"""The letters of a whole school at once: the form, the round that it starts, how far it is, who has signed (F4)."""

from datetime import date, timedelta
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from portal.core.actors import Actor
from portal.core.clock import local, now, today
from portal.core.refusals import Forbidden, Invalid, NotFound, Refused
from portal.letters import labels
from portal.letters.forms import parse_round
from portal.letters.queries.letters import letters_in_round
from portal.letters.queries.rounds import round_seen, rounds_seen
from portal.letters.routes.parts import why_in
from portal.letters.rules import school_year_end
from portal.letters.services.making import retry_round
from portal.letters.services.rounds import KINDS, start_round, takers_in
from portal.letters.views.lists import LineBuilder
from portal.letters.views.rounds import RoundView, one_round, pulse_of, round_line
from portal.permissions.rules import Permission, scope
from portal.rendering.i18n import translator
from portal.web.again import AnyRequest, Typed, typed_again
from portal.web.errors import sentence
from portal.web.forms import form_of
from portal.web.respond import language_of, page, see

VIEW, MAKE = {"permission": Permission.LETTER_VIEW}, {"permission": Permission.LETTER_MAKE}
HERE = "/letters/rounds"


@get(HERE, opt=VIEW)
async def show_rounds(request: AnyRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """Every round, the newest first."""
    build = _build(request, actor)
    lines = [round_line(one, build) for one in await rounds_seen(by=actor)]
    may_make = bool(scope(actor, Permission.LETTER_MAKE).orgs)
    return await page(
        request, "letters/rounds.html", fragment="letters/_rounds.html", lines=lines, may_make=may_make
    )  # fmt: skip


@get(HERE + "/new", opt={"permission": Permission.LETTER_MAKE_VIEW})
async def show_new_round(request: AnyRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """How many would get a letter, and the form; `kind` chooses beforehand."""
    return await _page(request, actor, Typed(_proposed(request.query_params.get("kind", ""))))


def _proposed(kind: str) -> dict[str, str]:
    first = today() + timedelta(days=1)  # a letter says the day, from 00:00 on
    last = local(school_year_end(now())).date()
    return {
        "kind": kind if kind in KINDS else "post",
        "starts_on": first.isoformat(),
        "ends_on": date.fromordinal(last.toordinal() - 1).isoformat(),
    }


@post(HERE, opt=MAKE)
async def create_round(request: AnyRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """Writes the letters of everybody who is due; the worker makes them."""
    form = await form_of(request)
    try:
        asked = parse_round(form.texts)
        made = await start_round(
            actor.org_id or 0, asked.kind, asked.label, starts_on=asked.starts_on, ends_on=asked.ends_on,
            sign_by=asked.sign_by, by=actor,
        )  # fmt: skip
    except (NotFound, Forbidden):
        raise
    except (Invalid, Refused) as refusal:
        typed, status = await typed_again(request, form, refusal, about=("grid", actor.org_id or 0), place="kind")
        return await _page(request, actor, typed, status=status)
    return see(request, f"{HERE}/{made}", flash="letter.round_started")


async def _page(request: AnyRequest, actor: Actor, typed: Typed, *, status: int = 200) -> Response[Any]:
    if actor.org_id not in scope(actor, Permission.LETTER_MAKE_VIEW).orgs:
        raise NotFound()
    say = translator(language_of(request))
    kind = typed.get("kind") if typed.get("kind") in KINDS else "post"
    due = len(await takers_in(actor.org_id, kind, at=now()))
    view = RoundView(typed, tuple((code, say(labels.KINDS[code])) for code in KINDS), say(labels.KINDS[kind]), due)
    return await page(request, "letters/round.html", fragment="letters/_round.html", status=status, view=view)


@get(HERE + "/{round_id:int}", opt=VIEW)
async def show_round(request: AnyRequest, actor: NamedDependency[Actor], round_id: FromPath[int]) -> Response[Any]:
    """How far it is, what needs somebody, and the tree."""
    return await _one(request, actor, round_id)


@get(HERE + "/{round_id:int}/progress", opt=VIEW)
async def show_progress(request: AnyRequest, actor: NamedDependency[Actor], round_id: FromPath[int]) -> Response[Any]:
    """How far the worker is, for a page that looks again; without script it is the page itself."""
    found = await round_seen(round_id, by=actor)
    if request.headers.get("hx-request") != "true":
        return see(request, f"{HERE}/{round_id}")
    step, seen = (_number(request.query_params.get(name, "")) for name in ("step", "seen"))
    pulse = pulse_of(round_id, found.done, found.letters, step=step, seen=seen)
    headers = {} if pulse.goes_on else {"HX-Refresh": "true"}  # made: the whole page says something else now
    part = "letters/_round_progress.html"
    return await page(request, part, fragment=part, headers=headers, pulse=pulse)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 7 else 0


@post(HERE + "/{round_id:int}/retries", opt=MAKE)
async def retry_whole_round(
    request: AnyRequest, actor: NamedDependency[Actor], round_id: FromPath[int]
) -> Response[Any]:
    """Another try for all that could not be made."""
    try:
        count = await retry_round(round_id, by=actor)
    except (NotFound, Forbidden):
        raise
    except Refused as refusal:
        return await _one(request, actor, round_id, refusal)
    return see(request, f"{HERE}/{round_id}", flash="letter.round_retried", count=count)


async def _one(request: AnyRequest, actor: Actor, round_id: int, refusal: Refused | None = None) -> Response[Any]:
    found, build = await round_seen(round_id, by=actor), _build(request, actor)
    view = one_round(
        found, await letters_in_round(round_id), build,
        may_retry=scope(actor, Permission.LETTER_MAKE).holds(found.path, found.org_id),
        error=sentence(refusal, build.language) if refusal is not None else "",
    )  # fmt: skip
    status = refusal.status if refusal is not None else 200
    return await page(request, "letters/one_round.html", fragment="letters/_one_round.html", status=status, view=view)


def _build(request: AnyRequest, actor: Actor) -> LineBuilder:
    language = language_of(request)
    return LineBuilder(actor, now(), language, why_in(language))


ROUNDS = [show_rounds, show_new_round, create_round, show_round, show_progress, retry_whole_round]
