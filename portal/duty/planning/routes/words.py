"""Roles and kinds of day: what all schools share, and the school's own."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from portal.core.actors import Actor
from portal.core.refusals import Refused
from portal.duty.planning import labels
from portal.duty.planning.forms import parse_name
from portal.duty.planning.queries import KindRow, OwnWord, RoleRow, kind_row, own_words, role_row
from portal.duty.planning.routes.common import EDIT, SEE, AnyRequest, frame_of, plan_room, refused
from portal.duty.planning.services import (
    ROLE_KINDS,
    make_day_kind,
    make_role,
    remove_day_kind,
    remove_role,
    rename_day_kind,
    rename_role,
)
from portal.duty.planning.views import Word, WordForm, WordsPage, address, day_kind_name, kinds_in_order
from portal.duty.routes.parts import Room
from portal.web.again import Typed
from portal.web.forms import form_of
from portal.web.respond import page, see


@get("/duty/plan/words", opt=SEE)
async def show_words(request: AnyRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """The roles and kinds of day of a school."""
    room = await plan_room(request, actor, request.query_params.get("org", ""))
    return await _words_page(request, room, Typed(), 200)


async def _words_page(request: AnyRequest, room: Room, typed: Typed, status: int) -> Response[Any]:
    own = {(one.what, one.code): one for one in await own_words(room.org.id)}
    words, plan = room.words, room.plan
    roles = [
        _word(room, own.get(("role", role.code)), words.role(role.code), "")
        for role in sorted(plan.roles.values(), key=lambda role: (role.code.startswith("own"), role.sort))
    ]
    kinds = [
        _word(room, own.get(("kind", code)), day_kind_name(words, code), plan.kinds[code].inherits or "")
        for code in kinds_in_order(plan)
    ]
    view = WordsPage(
        frame_of(room, "words", labels.TABS), tuple(roles), tuple(kinds),
        tuple((code, words.say(labels.ROLE_KINDS[code]), "") for code in ROLE_KINDS),
        tuple((code, day_kind_name(words, code)) for code in kinds_in_order(plan)), typed,
    )  # fmt: skip
    return await page(
        request, "duty/planning/words.html", fragment="duty/planning/_words.html", status=status, view=view
    )


def _word(room: Room, own: OwnWord | None, name: str, inherits: str) -> Word:
    say = room.words.say
    notes = [say(labels.SHARED) if own is None else say(labels.USED if own.used else labels.UNUSED)]
    if inherits:
        notes.append(say(labels.AS_ON, kind=day_kind_name(room.words, inherits)))
    return Word(own.id if own else 0, name, own.name_en if own else "", say(labels.AND).join(notes),
                own is None or bool(own.used))  # fmt: skip


@post("/duty/plan/roles", opt=EDIT)
async def create_role(request: AnyRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """A role of the school's own."""
    form = await form_of(request)
    room = await plan_room(request, actor, form.get("org"))
    try:
        name, english = parse_name(form.texts, "role_name")
        await make_role(room.org.id, name, english, form.get("role_kind"), by=actor)
    except Refused as refusal:
        return await _words_page(
            request, room, *await refused(request, form, refusal, about=("duty_role", 0), place="role_name")
        )
    return see(request, address("/duty/plan/words", room.reader.org), flash="plan.word_made", name=name)


@post("/duty/plan/kinds", opt=EDIT)
async def create_day_kind(request: AnyRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """A kind of day of the school's own."""
    form = await form_of(request)
    room = await plan_room(request, actor, form.get("org"))
    try:
        name, english = parse_name(form.texts, "kind_name")
        await make_day_kind(room.org.id, name, english, form.get("inherits")[:20], by=actor)
    except Refused as refusal:
        return await _words_page(
            request, room, *await refused(request, form, refusal, about=("duty_day_kind", 0), place="kind_name")
        )
    return see(request, address("/duty/plan/words", room.reader.org), flash="plan.word_made", name=name)


@get("/duty/plan/roles/{duty_role_id:int}", opt=SEE)
async def show_role(request: AnyRequest, actor: NamedDependency[Actor], duty_role_id: FromPath[int]) -> Response[Any]:
    """The form of a role of the school's own."""
    row = await role_row(duty_role_id, by=actor)
    return await _word_page(request, actor, "roles", row, Typed(), 200)


@get("/duty/plan/kinds/{day_kind_id:int}", opt=SEE)
async def show_day_kind(
    request: AnyRequest, actor: NamedDependency[Actor], day_kind_id: FromPath[int]
) -> Response[Any]:
    """The form of a kind of day of the school's own."""
    row = await kind_row(day_kind_id, by=actor)
    return await _word_page(request, actor, "kinds", row, Typed(), 200)


@post("/duty/plan/roles/{duty_role_id:int}/changes", opt=EDIT)
async def create_role_change(
    request: AnyRequest, actor: NamedDependency[Actor], duty_role_id: FromPath[int]
) -> Response[Any]:
    """Another name for a role."""
    form, row = await form_of(request), await role_row(duty_role_id, by=actor, edit=True)
    try:
        name, english = parse_name(form.texts)
        await rename_role(duty_role_id, name, english, was=form.get("was"), by=actor)
    except Refused as refusal:
        typed, status = await refused(request, form, refusal, about=("duty_role", duty_role_id), place="name")
        fresh = await role_row(duty_role_id, by=actor)
        return await _word_page(request, actor, "roles", fresh, typed, status)
    return await _after(request, actor, row, "plan.word_changed", name)


@post("/duty/plan/kinds/{day_kind_id:int}/changes", opt=EDIT)
async def create_day_kind_change(
    request: AnyRequest, actor: NamedDependency[Actor], day_kind_id: FromPath[int]
) -> Response[Any]:
    """Another name for a kind of day."""
    form, row = await form_of(request), await kind_row(day_kind_id, by=actor, edit=True)
    try:
        name, english = parse_name(form.texts)
        await rename_day_kind(day_kind_id, name, english, was=form.get("was"), by=actor)
    except Refused as refusal:
        typed, status = await refused(request, form, refusal, about=("duty_day_kind", day_kind_id), place="name")
        fresh = await kind_row(day_kind_id, by=actor)
        return await _word_page(request, actor, "kinds", fresh, typed, status)
    return await _after(request, actor, row, "plan.word_changed", name)


@post("/duty/plan/roles/{duty_role_id:int}/removals", opt=EDIT)
async def create_role_removal(
    request: AnyRequest, actor: NamedDependency[Actor], duty_role_id: FromPath[int]
) -> Response[Any]:
    """Takes a role away that was never used."""
    form, row = await form_of(request), await role_row(duty_role_id, by=actor, edit=True)
    try:
        await remove_role(duty_role_id, was=form.get("was"), by=actor)
    except Refused as refusal:
        typed, status = await refused(request, form, refusal, about=("duty_role", duty_role_id), place="name")
        return await _word_page(request, actor, "roles", row, typed, status)
    return await _after(request, actor, row, "plan.word_removed", row.name)


@post("/duty/plan/kinds/{day_kind_id:int}/removals", opt=EDIT)
async def create_day_kind_removal(
    request: AnyRequest, actor: NamedDependency[Actor], day_kind_id: FromPath[int]
) -> Response[Any]:
    """Takes a kind of day away that was never used."""
    form, row = await form_of(request), await kind_row(day_kind_id, by=actor, edit=True)
    try:
        await remove_day_kind(day_kind_id, was=form.get("was"), by=actor)
    except Refused as refusal:
        typed, status = await refused(request, form, refusal, about=("duty_day_kind", day_kind_id), place="name")
        return await _word_page(request, actor, "kinds", row, typed, status)
    return await _after(request, actor, row, "plan.word_removed", row.name)


async def _after(request: AnyRequest, actor: Actor, row: RoleRow | KindRow, flash: str, name: str) -> Response[Any]:
    room = await plan_room(request, actor, row.org_id)
    return see(request, address("/duty/plan/words", room.reader.org), flash=flash, name=name)


async def _word_page(
    request: AnyRequest, actor: Actor, what: str, row: RoleRow | KindRow, typed: Typed, status: int
) -> Response[Any]:
    room = await plan_room(request, actor, row.org_id)
    view = WordForm(frame_of(room, "words", labels.TABS), what, row.id, row.name, row.name_en, typed)
    return await page(request, "duty/planning/word.html", fragment="duty/planning/_word.html", status=status, view=view)


ROUTES = [
    show_words,
    create_role,
    create_day_kind,
    show_role,
    show_day_kind,
    create_role_change,
    create_day_kind_change,
    create_role_removal,
    create_day_kind_removal,
]
