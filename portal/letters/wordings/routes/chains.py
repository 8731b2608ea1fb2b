"""The page of chains: who gives the letters of a kind to whom, in plain words and step by step (R104)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency

from portal.core.actors import Actor
from portal.core.refusals import Forbidden, Invalid, NotFound, Refused
from portal.letters import labels as letter_labels
from portal.letters.rules import Reach
from portal.letters.rules.links import NEVER_GIVES, NEVER_TAKES, Link, link_of, moved, ways_of, with_link, without
from portal.letters.wordings import labels
from portal.letters.wordings.queries import home_of, links_of
from portal.letters.wordings.services import change_chain, mark_of, restore_chain
from portal.people.labels import ROLES
from portal.permissions.rules import Permission, scope
from portal.rendering.i18n import Translate, translator
from portal.web.again import AnyRequest, Typed, typed_again
from portal.web.forms import Form, form_of
from portal.web.respond import language_of, page, see

HERE = "/letters/chains"
VIEW, EDIT = {"permission": Permission.LETTER_WORDING_VIEW}, {"permission": Permission.LETTER_WORDING_EDIT}
Options = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class LinkView:
    """A step: who gives to whom."""

    step: int
    giver: str
    taker: str
    taker_role: str
    reach: str
    is_on_paper: bool


@dataclass(frozen=True, slots=True)
class ChainView:
    """The chain of one kind; `mark` says which one the forms have seen."""

    kind: str
    name: str
    kinds: tuple[tuple[str, str, str, bool], ...]
    ways: tuple[str, ...]
    links: tuple[LinkView, ...]
    mark: str
    is_own: bool
    may_edit: bool
    givers: Options
    takers: Options
    reaches: Options
    typed: Typed


@get(HERE, opt=VIEW)
async def show_chains(request: AnyRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """The chain of one kind, chosen by `kind`."""
    return await _page(request, actor, request.query_params.get("kind", ""), Typed())


@post(HERE + "/steps", opt=EDIT)
async def create_step(request: AnyRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """One more step, at the end or where it says."""
    form = await form_of(request)

    def add(links: Sequence[Link]) -> Sequence[Link]:
        return with_link(links, _link(form, links))

    return await _change(request, actor, form, add, what="added", place="giver")


@post(HERE + "/ends", opt=EDIT)
async def create_step_end(request: AnyRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """Ends a step."""
    form = await form_of(request)
    taker = form.get("taker")
    return await _change(request, actor, form, lambda links: without(links, taker), what="ended", place="steps")


@post(HERE + "/moves", opt=EDIT)
async def create_step_move(request: AnyRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """A step earlier or later."""
    form = await form_of(request)
    taker, by = form.get("taker"), 1 if form.get("way") == "later" else -1
    return await _change(request, actor, form, lambda links: moved(links, taker, by), what="moved", place="steps")


@post(HERE + "/restorations", opt=EDIT)
async def create_restoration(request: AnyRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """The shared chain again."""
    form = await form_of(request)
    try:
        await restore_chain(form.get("kind"), form.get("seen"), by=actor)
    except Refused as refusal:
        return await _again(request, actor, form, refusal, place="steps")
    return see(request, f"{HERE}?kind={form.get('kind')}", flash="letter.chain_restored")


def _link(form: Form, links: Sequence[Link]) -> Link:
    """What the form adds. Refused: a role or a way of looking that is none."""
    giver, taker, reach = form.get("giver"), form.get("taker"), form.get("reach")
    wrong = {}
    if giver not in ROLES or giver in NEVER_GIVES:
        wrong["giver"] = "letter.chain_role"
    if taker not in ROLES or taker in NEVER_TAKES:
        wrong["taker"] = "letter.chain_role"
    if reach not in labels.REACHES:
        wrong["reach"] = "letter.chain_role"
    if wrong:
        raise Invalid(wrong)
    above = next((one.step for one in links if one.taker == giver), 0)  # right below whoever gives it their own
    return Link(above + 1, giver, taker, Reach(reach), bool(form.get("is_on_paper")))


async def _change(
    request: AnyRequest, actor: Actor, form: Form, change: Callable[[Sequence[Link]], Sequence[Link]], *, what: str,
    place: str,
) -> Response[Any]:  # fmt: skip
    try:
        await change_chain(form.get("kind"), form.get("seen"), change, what=what, by=actor)
    except Refused as refusal:
        return await _again(request, actor, form, refusal, place=place)
    return see(request, f"{HERE}?kind={form.get('kind')}", flash="letter.chain_changed")


async def _again(request: AnyRequest, actor: Actor, form: Form, refusal: Refused, *, place: str) -> Response[Any]:
    if isinstance(refusal, NotFound | Forbidden):
        raise refusal
    typed, status = await typed_again(request, form, refusal, about=("letter_chain", actor.org_id or 0), place=place)
    return await _page(request, actor, form.get("kind"), typed, status=status)


async def _page(request: AnyRequest, actor: Actor, kind: str, typed: Typed, *, status: int = 200) -> Response[Any]:
    home, say = home_of(actor), translator(language_of(request))
    rows = await links_of(home)
    there = [one for one in letter_labels.KINDS if any(row.kind == one for row in rows)]
    kind = kind if kind in there else next(iter(there), "")
    mine = [row for row in rows if row.kind == kind]
    links = [link_of(row.edge) for row in mine]
    view = ChainView(
        kind, say(letter_labels.KINDS[kind]) if kind else "",
        tuple((say(letter_labels.KINDS[one]), f"{HERE}?kind={one}", "", one == kind) for one in there),
        tuple(say(labels.ARROW).join(say(ROLES[role]) for role in way) for way in ways_of(links)),
        tuple(_line(one, say) for one in links), mark_of(mine), any(row.org_id is not None for row in mine),
        home in scope(actor, Permission.LETTER_WORDING_EDIT).orgs, _roles(NEVER_GIVES, say), _roles(NEVER_TAKES, say),
        tuple((code, say(text)) for code, text in labels.REACHES.items()), typed,
    )  # fmt: skip
    return await page(
        request, "letters/wordings/chains.html", fragment="letters/wordings/_chains.html", status=status, view=view
    )


def _roles(never: frozenset[str], say: Translate) -> Options:
    return tuple((role, say(text)) for role, text in ROLES.items() if role not in never)


def _line(one: Link, say: Translate) -> LinkView:
    return LinkView(
        one.step, say(ROLES.get(one.giver, one.giver)), say(ROLES.get(one.taker, one.taker)), one.taker,
        say(labels.REACHES[str(one.reach)]), one.is_on_paper,
    )  # fmt: skip


CHAINS = [show_chains, create_step, create_step_end, create_step_move, create_restoration]
