"""The wizard: plain steps by links and forms that GET, and one POST at the end. It works without a script."""

from typing import Any
from urllib.parse import urlencode

from litestar import Response, get, post
from litestar.di import NamedDependency

from portal.changes import labels
from portal.changes.forms import kept, name_people, parse_plan
from portal.changes.hanging import hanging_on
from portal.changes.queries.changes import people_names, post_names
from portal.changes.queries.offers import posts_held, posts_of, staff_of
from portal.changes.rules import Change, Plan
from portal.changes.services import check_plan, enter_change
from portal.changes.views.wizard import WhoView, check_view, form_view
from portal.core.actors import Actor
from portal.core.clock import now, today
from portal.core.ids import new_token
from portal.core.refusals import Invalid, NotFound, Refused
from portal.grids.queries import GridRow, grid_row
from portal.grids.rules import parse_id
from portal.people.queries import PeopleWanted, PersonRow, find_people, person_row
from portal.permissions.rules import Permission, scope
from portal.rendering.i18n import translator
from portal.web.again import AnyRequest, Typed, typed_again
from portal.web.forms import Form, clean, form_of
from portal.web.respond import language_of, page, see

VIEW, MAKE = {"permission": Permission.CHANGE_MAKE_VIEW}, {"permission": Permission.CHANGE_MAKE}
SHOWN = 20
Hidden = tuple[tuple[str, str], ...]


async def _whose(texts: dict[str, str], actor: Actor) -> tuple[GridRow, PersonRow | None]:
    """The organisation, and the person where one is chosen; both in the actor's scope, or nothing is there."""
    wanted, person = parse_id(texts.get("person", "")), None
    if wanted is not None:
        person = await person_row(wanted)
        if person is None or person.kind != "staff":
            raise NotFound()
    org_id = person.org_id if person else parse_id(texts.get("org", "")) or actor.org_id
    org = await grid_row(org_id) if org_id is not None else None
    if org is None or org.id != org.org_id or not scope(actor, Permission.CHANGE_MAKE).holds(org.path, org.id):
        raise NotFound()
    return org, person


@get("/changes/new", opt=VIEW)
async def new_change(request: AnyRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """Who; then days and posts; then, with `step=check`, everything that follows. Nothing is written."""
    form = Form({name: clean(text) for name, text in request.query_params.items()})
    texts = kept(form.texts)
    org, person = await _whose(texts, actor)
    kind = texts.get("kind", "")
    if kind not in list(Change) or (person is None and not texts.get("name")):
        return await _who_page(request, actor, org, texts, form.get("q")[:60])
    if form.get("step") != "check":
        return await _form_page(request, org, person, Typed(_begun(texts)))
    try:
        plan, texts = await _planned(org, texts)
        return await _check_page(request, actor, org, plan, texts)
    except Refused as refusal:
        typed, status = await _again(request, Form(texts), await _named(refusal))
        return await _form_page(request, org, person, typed, status)


@post("/changes", opt=MAKE)
async def create_change(request: AnyRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """Announces the change; refused, it is the form again with everything that was typed."""
    form = await form_of(request)
    texts = kept(form.texts)
    org, person = await _whose(texts, actor)
    try:
        plan, texts = await _planned(org, texts)
        made = await enter_change(plan, org_id=org.id, by=actor, key=form.get("key")[:40])
    except Refused as refusal:
        if texts.get("kind") not in list(Change):
            raise
        typed, status = await _again(request, Form(texts), await _named(refusal))
        return await _form_page(request, org, person, typed, status)
    return see(request, f"/changes/{made}", flash="changes.entered")


async def _planned(org: GridRow, texts: dict[str, str]) -> tuple[Plan, dict[str, str]]:
    """The plan, and the form with the people whom its names mean."""
    typed = any(name.startswith("give_who-") and text for name, text in texts.items())
    named, errors = name_people(texts, await staff_of(org.id, at=now())) if typed else (texts, {})
    try:
        plan = parse_plan(named, today=today())
    except Invalid as refusal:
        raise Invalid(errors | dict(refusal.fields)) from None
    if errors:
        raise Invalid(errors)
    return plan, named


async def _again(request: AnyRequest, form: Form, refusal: Refused) -> tuple[Typed, int]:
    places = {"changes.in_the_past": "handover_on", "changes.leave_needs_end": "last_day"}
    return await typed_again(
        request, form, refusal, about=("person", parse_id(form.get("person")) or 0),
        place=places.get(refusal.code, "posts"),
    )  # fmt: skip


async def _named(refusal: Refused) -> Refused:
    """A refusal about a post tells its name, not its number."""
    post_id = refusal.params.get("post_id")
    if post_id is None:
        return refusal
    names = await post_names([int(post_id)])
    name = " · ".join((names[post_id].grid, names[post_id].title)) if post_id in names else ""
    return Refused(refusal.code, post=name)


def _begun(texts: dict[str, str]) -> dict[str, str]:
    """Today as the day of the announcement and of the handover, until something else is typed."""
    day = today().isoformat()
    return {"announced_on": day, "handover_on": day} | texts


def _hidden(texts: dict[str, str], *names: str) -> Hidden:
    return tuple((name, texts[name]) for name in names if texts.get(name))


async def _who_page(
    request: AnyRequest, actor: Actor, org: GridRow, texts: dict[str, str], query: str
) -> Response[Any]:
    say, kind = translator(language_of(request)), texts.get("kind", "")
    going = {name: text for name, text in texts.items() if name not in ("kind", "name")}
    kinds = tuple(
        ("/changes/new?" + urlencode({**going, "kind": key}), say(text), say(help_), "1" if key == kind else "")
        for key, (text, help_) in labels.KINDS.items()
    )
    people = []
    if kind in list(Change):
        wanted = PeopleWanted(query, "without_post" if kind == Change.JOINING else "staff", org.id)
        for one in (await find_people(wanted, by=actor, at=now(), most=SHOWN))[0]:
            if one.id != actor.person_id and one.left_at is None:
                address = "/changes/new?" + urlencode({**going, "kind": kind, "person": one.id})
                people.append((address, one.name, one.staff_no or ""))
    view = WhoView(
        kind=kind, kinds=kinds, query=query, people=tuple(people), school=org.name, org_id=org.id,
        hidden=_hidden(texts | {"org": str(org.id)}, "org", "kind", "take-0"), may_be_new=kind == Change.JOINING,
        typed=Typed(texts),
    )  # fmt: skip
    return await page(request, "changes/who.html", fragment="changes/_who.html", view=view)


async def _form_page(
    request: AnyRequest, org: GridRow, person: PersonRow | None, typed: Typed, status: int = 200
) -> Response[Any]:
    kind, at = Change(typed.get("kind")), now()
    texts = dict(typed.texts) | {"org": str(org.id)}
    back = "/changes/new?" + urlencode(_hidden(texts, "org", "kind"))
    staff = [one for one in await staff_of(org.id, at=at) if person is None or one.id != person.id]
    view = form_view(
        kind, person.name if person else typed.get("name"),
        await posts_held(person.id, at=at) if person else [], staff,
        await posts_of(org.id, at=at), typed, _hidden(texts, "org", "kind", "person"), language_of(request),
        back=back, today=today(),
    )  # fmt: skip
    return await page(request, "changes/form.html", fragment="changes/_form.html", status=status, view=view)


async def _check_page(
    request: AnyRequest, actor: Actor, org: GridRow, plan: Plan, texts: dict[str, str]
) -> Response[Any]:
    checked, language = await check_plan(plan, org_id=org.id, by=actor), language_of(request)
    people = checked.worked.people(plan.person_id or 0) | set(checked.answers.values())
    held = await hanging_on(plan.person_id, by=actor, language=language) if plan.person_id else []
    view = check_view(
        plan, checked, await people_names(people), await post_names(checked.worked.posts), held, texts, language,
        edit="/changes/new?" + urlencode(texts), key=new_token()[:40],
    )  # fmt: skip
    return await page(request, "changes/check.html", fragment="changes/_check.html", view=view)


WIZARD = [new_change, create_change]
