"""The letters of a whole school at once: the form, and the round that it starts (F4)."""

from datetime import date
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency

from portal.core.actors import Actor
from portal.core.clock import local, now, today
from portal.core.refusals import Forbidden, Invalid, NotFound, Refused
from portal.letters import labels
from portal.letters.forms import parse_round
from portal.letters.rules import school_year_end
from portal.letters.services.rounds import KINDS, due_in, start_round
from portal.letters.views.rounds import RoundView
from portal.permissions.rules import Permission, scope
from portal.rendering.i18n import translator
from portal.web.again import AnyRequest, Typed, typed_again
from portal.web.forms import form_of
from portal.web.respond import language_of, page, see


@get("/letters/rounds/new", opt={"permission": Permission.LETTER_MAKE_VIEW})
async def show_new_round(request: AnyRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """How many would get a letter, and the form."""
    return await _page(request, actor, Typed(_proposed()))


def _proposed() -> dict[str, str]:
    last = local(school_year_end(now())).date()
    return {
        "kind": "post",
        "starts_on": today().isoformat(),
        "ends_on": date.fromordinal(last.toordinal() - 1).isoformat(),
    }


@post("/letters/rounds", opt={"permission": Permission.LETTER_MAKE})
async def create_round(request: AnyRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """Writes the letters of everybody who is due; the worker makes them."""
    form = await form_of(request)
    try:
        asked = parse_round(form.texts)
        await start_round(
            actor.org_id or 0, asked.kind, asked.label, starts_on=asked.starts_on, ends_on=asked.ends_on,
            sign_by=asked.sign_by, by=actor,
        )  # fmt: skip
    except (NotFound, Forbidden):
        raise
    except (Invalid, Refused) as refusal:
        typed, status = await typed_again(request, form, refusal, about=("grid", actor.org_id or 0), place="kind")
        return await _page(request, actor, typed, status=status)
    return see(request, "/letters?show=school", flash="letter.round_started")


async def _page(request: AnyRequest, actor: Actor, typed: Typed, *, status: int = 200) -> Response[Any]:
    if actor.org_id not in scope(actor, Permission.LETTER_MAKE_VIEW).orgs:
        raise NotFound()
    say = translator(language_of(request))
    kind = typed.get("kind") if typed.get("kind") in KINDS else "post"
    due = len(await due_in(actor.org_id, kind, at=now())) if kind == "post" else None
    view = RoundView(typed, tuple((code, say(labels.KINDS[code])) for code in KINDS), due)
    return await page(request, "letters/round.html", fragment="letters/_round.html", status=status, view=view)


ROUNDS = [show_new_round, create_round]
