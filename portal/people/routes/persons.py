"""The list of people, the page of one, making, changing, leaving."""

import json
from typing import Any
from urllib.parse import urlencode

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from portal.audit.queries import StoryLine, history_of
from portal.core.actors import Actor
from portal.core.clock import now
from portal.core.refusals import NotFound, Refused
from portal.grids.queries import GridRow, Told, grid_row
from portal.grids.rules import parse_id, parse_version
from portal.grids.stories import StoryView, story_views
from portal.people import labels
from portal.people.forms import parse_person
from portal.people.queries import (
    PAGE_ROWS,
    PeopleWanted,
    PersonRow,
    absences_ahead,
    find_people,
    person_seen,
    tenures_of,
)
from portal.people.services import change_person, make_person, mark_left
from portal.people.views import LeaveView, PeopleView, PersonForm, PersonView, opened, person_view
from portal.permissions.rules import Permission, scope
from portal.rendering.i18n import translator
from portal.web.again import AnyRequest, Typed, typed_again
from portal.web.forms import form_of
from portal.web.respond import language_of, page, see

VIEW = {"permission": Permission.PERSON_VIEW}
FORM, EDIT = {"permission": Permission.PERSON_EDIT_VIEW}, {"permission": Permission.PERSON_EDIT}
WHO = ("staff", "without_post", "pupil", "left")


async def organisation(wanted: str, actor: Actor, permission: Permission) -> GridRow | None:
    """The organisation that is asked for; None where none is, and the actor sees several."""
    if not wanted and permission is Permission.PERSON_VIEW and "bureau_officer" in actor.roles:
        return None
    org_id = parse_id(wanted) if wanted else actor.org_id
    org = await grid_row(org_id) if org_id is not None else None
    if org is None or org.id != org.org_id or not scope(actor, permission).holds(org.path, org.id):
        raise NotFound()
    return org


@get("/people", opt=VIEW)
async def show_people(request: AnyRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """The people of a school (of all schools, for a bureau): `q` finds, `who` narrows."""
    asked = request.query_params
    org = await organisation(asked.get("org", ""), actor, Permission.PERSON_VIEW)
    who = asked.get("who", "staff")
    wanted = PeopleWanted(asked.get("q", "").strip()[:60], who if who in WHO else "staff", org.id if org else None)
    first = max((parse_id(asked.get("page", "1")) or 1) - 1, 0) * PAGE_ROWS
    rows, found = await find_people(wanted, by=actor, at=now(), first=first)
    say = translator(language_of(request))
    filters = tuple(
        (say(labels.WHO[key]), _address(wanted._replace(who=key)), "", key == wanted.who)
        for key in WHO if key != "pupil" or actor.org_id == (org.id if org else None)
    )  # fmt: skip
    before = _address(wanted, first - PAGE_ROWS) if first else ""
    after = _address(wanted, first + PAGE_ROWS) if first + PAGE_ROWS < found else ""
    may_edit = org is not None and scope(actor, Permission.PERSON_EDIT).holds(org.path, org.id)
    view = PeopleView(
        school=org.name if org else "", org_id=wanted.org_id, wanted=wanted, filters=filters, people=tuple(rows),
        found=found, first=first, more=(before, after), many_schools=org is None, may_edit=may_edit,
    )  # fmt: skip
    return await page(request, "people/people.html", fragment="people/_people.html", view=view)


def _address(wanted: PeopleWanted, first: int = 0) -> str:
    asked = {
        "org": wanted.org_id or "",
        "q": wanted.text,
        "who": wanted.who,
        "page": first // PAGE_ROWS + 1 if first else "",
    }
    return "/people?" + urlencode({name: value for name, value in asked.items() if value})


@get("/people/{person_id:int}", opt=VIEW)
async def show_person(request: AnyRequest, actor: NamedDependency[Actor], person_id: FromPath[int]) -> Response[Any]:
    """A person: how to reach them, their posts now and before, what happened."""
    person = await person_seen(person_id, by=actor)
    view = await person_page(person, actor, language_of(request))
    return await page(request, "people/person.html", fragment="people/_person.html", view=view)


async def person_page(person: PersonRow, actor: Actor, language: str) -> PersonView:
    """The view of a person."""
    at = now()
    return person_view(
        person, await tenures_of(person.id), await _story(person, language), language, at=at,
        away=await absences_ahead(person.id, at=at),
        may_edit=scope(actor, Permission.PERSON_EDIT).holds(person.path, person.org_id),
        may_change=scope(actor, Permission.CHANGE_MAKE_VIEW).holds(person.path, person.org_id),
        may_see_duties=scope(actor, Permission.MATRIX_VIEW).holds(person.path, person.org_id),
        may_edit_posts=scope(actor, Permission.GRID_EDIT).holds(person.path, person.org_id),
        may_see_account=scope(actor, Permission.ACCOUNT_VIEW).holds(person.path, person.org_id),
    )  # fmt: skip


async def _story(person: PersonRow, language: str) -> tuple[StoryView, ...]:
    told = [row for line in await history_of("person", person.id) for row in _told(line)]
    return story_views(told, {}, language, knows_pupils=True)


def _told(line: StoryLine) -> list[Told]:
    """A line of the trail as the rows that the grid's story is made of: one for each text."""
    texts: dict[str | None, str] = json.loads(line.texts) if line.texts else {None: ""}
    plain = (line.id, line.kind, line.at, line.actor_id, line.actor, line.via, line.details, None)
    return [Told(*plain, name, text) for name, text in texts.items()]


@get("/people/new", opt=FORM)
async def new_person(request: AnyRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """The form of somebody new."""
    org = await organisation(request.query_params.get("org", ""), actor, Permission.PERSON_EDIT)
    assert org is not None
    return await _form_page(request, _new_form(org, Typed({"kind": "staff"})))


def _new_form(org: GridRow, typed: Typed) -> PersonForm:
    return PersonForm(None, org.id, org.name, 0, "/people", f"/people?org={org.id}", typed)


async def _form_page(request: AnyRequest, view: PersonForm, status: int = 200) -> Response[Any]:
    return await page(request, "people/person_form.html", fragment="people/_person_form.html", status=status, view=view)


@post("/people", opt=EDIT)
async def create_person(request: AnyRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """Somebody new."""
    form = await form_of(request)
    org = await organisation(form.get("org"), actor, Permission.PERSON_EDIT)
    assert org is not None
    try:
        person = parse_person(form.texts)
        made = await make_person(
            person.name, org_id=org.id, by=actor, kind=person.kind, staff_no=person.staff_no, phone=person.phone,
            email=person.email,
        )  # fmt: skip
    except Refused as refusal:
        typed, status = await typed_again(request, form, refusal, about=("grid", org.id))
        return await _form_page(request, _new_form(org, typed), status)
    return see(request, f"/people/{made}", flash="people.person_made", name=person.name)


@get("/people/{person_id:int}/edit", opt=FORM)
async def edit_person(request: AnyRequest, actor: NamedDependency[Actor], person_id: FromPath[int]) -> Response[Any]:
    """The form of somebody known."""
    person = await person_to_edit(person_id, actor)
    texts = {
        "name": person.name, "staff_no": person.staff_no or "", "phone": opened(person.phone_sealed),
        "email": opened(person.email_sealed), "kind": person.kind,
    }  # fmt: skip
    return await _form_page(request, _known_form(person, Typed(texts)))


async def person_to_edit(person_id: int, actor: Actor) -> PersonRow:
    """Somebody whom the actor may edit and who has not left; there is no form for anybody else."""
    person = await person_seen(person_id, by=actor, permission=Permission.PERSON_EDIT)
    if person.has_left(now()):
        raise NotFound()
    return person


def _known_form(person: PersonRow, typed: Typed) -> PersonForm:
    here = f"/people/{person.id}"
    return PersonForm(person.id, person.org_id, person.school, person.version, f"{here}/changes", here, typed)


@post("/people/{person_id:int}/changes", opt=EDIT)
async def create_person_change(
    request: AnyRequest, actor: NamedDependency[Actor], person_id: FromPath[int]
) -> Response[Any]:
    """New words about a person."""
    form, person = await form_of(request), await person_to_edit(person_id, actor)
    try:
        wants = parse_person({**form.texts, "kind": person.kind})
        changed = await change_person(
            person_id, version=parse_version(form.get("version")), by=actor, name=wants.name,
            staff_no=wants.staff_no, phone=wants.phone, email=wants.email,
        )  # fmt: skip
    except Refused as refusal:
        typed, status = await typed_again(request, form, refusal, about=("person", person_id))
        return await _form_page(request, _known_form(await person_to_edit(person_id, actor), typed), status)
    return see(request, f"/people/{person_id}", flash="people.person_changed" if changed else "people.unchanged")


@get("/people/{person_id:int}/leave", opt=FORM)
async def confirm_leaving(
    request: AnyRequest, actor: NamedDependency[Actor], person_id: FromPath[int]
) -> Response[Any]:
    """What falls vacant when somebody leaves, and the button."""
    return await _leave_page(request, actor, await person_to_edit(person_id, actor))


@post("/people/{person_id:int}/departures", opt=EDIT)
async def create_departure(
    request: AnyRequest, actor: NamedDependency[Actor], person_id: FromPath[int]
) -> Response[Any]:
    """Marks somebody as left, now."""
    form, person = await form_of(request), await person_to_edit(person_id, actor)
    try:
        await mark_left(person_id, version=parse_version(form.get("version")), by=actor)
    except Refused as refusal:
        typed, status = await typed_again(request, form, refusal, about=("person", person_id), place="leave")
        return await _leave_page(request, actor, await person_to_edit(person_id, actor), typed, status)
    return see(request, f"/people/{person_id}", flash="people.person_left", name=person.name)


async def _leave_page(
    request: AnyRequest, actor: Actor, person: PersonRow, typed: Typed | None = None, status: int = 200
) -> Response[Any]:
    shown = await person_page(person, actor, language_of(request))
    view = LeaveView(person.id, person.name, person.version, shown.held, typed or Typed())
    return await page(request, "people/leave.html", fragment="people/_leave.html", status=status, view=view)


PERSONS = [
    show_people, new_person, show_person, create_person, edit_person, create_person_change, confirm_leaving,
    create_departure,
]  # fmt: skip
