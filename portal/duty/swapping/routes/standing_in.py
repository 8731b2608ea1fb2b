"""Somebody else does a shift at once; or did, as is said afterwards."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from portal.core.actors import Actor
from portal.core.clock import now
from portal.core.crypto import unseal
from portal.core.refusals import Refused
from portal.duty.queries import SeenShift
from portal.duty.swapping.forms import parse_correction, parse_takeover
from portal.duty.swapping.queries import around_shift, duty_of, names_of, sealed_phones, swaps_of_shift
from portal.duty.swapping.routes.reader import reader_of
from portal.duty.swapping.rules import offers
from portal.duty.swapping.services import correct_shift, take_over
from portal.duty.swapping.services.asking import duty_seen
from portal.duty.swapping.services.standing_in import (
    AHEAD,
    as_planned,
    doing_at,
    may_make_lead,
    now_doing,
    shift_to_stand_in,
)
from portal.duty.swapping.views import CorrectionView, Reader, TakeOverView, field_moment, of_shift, offer_line
from portal.permissions.rules import Permission
from portal.web.again import AnyRequest, Typed, typed_again
from portal.web.forms import form_of
from portal.web.respond import page, see

NEAREST = 5


@get("/duty/shifts/{shift_id:int}/takeover", opt={"permission": Permission.TAKEOVER_VIEW})
async def show_takeover(request: AnyRequest, shift_id: FromPath[int], actor: NamedDependency[Actor]) -> Response[Any]:
    """Somebody cannot go on: who is nearest, free and rested."""
    return await _takeover_page(request, shift_id, actor, Typed())


async def _takeover_page(
    request: AnyRequest, shift_id: int, actor: Actor, typed: Typed, status: int = 200
) -> Response[Any]:
    shift = await shift_to_stand_in(shift_id, by=actor, permission=Permission.TAKEOVER_VIEW)
    reader, _ = await reader_of(request, actor, shift.org_id)
    around = await around_shift(shift.org_id, shift.starts_at, shift.ends_at, at=reader.at)
    doing, closed = now_doing(shift, around, reader.at), _takeover_closed(shift, actor, reader)
    found = around.shift(shift_id)
    duty = duty_of(found, since=reader.at) if found else duty_seen(shift)
    fit = [] if closed else [one for one in offers(duty, around.duties, around.staff, but=(doing,)) if one.is_free]
    phones = await sealed_phones([*(one.person.id for one in fit[:NEAREST]), *([doing] if doing else [])])
    said = {person: (unseal(sealed) or "") if sealed else "" for person, sealed in phones.items()}
    view = TakeOverView(
        shift_id, reader.duty(duty_seen(shift)), around.opened.name(doing), said.get(doing or 0, ""),
        reader.why(closed),
        tuple(offer_line(one, around, reader, said.get(one.person.id, "")) for one in fit[:NEAREST]),
        tuple((str(one.person.id), one.person.name) for one in fit), field_moment(shift.ends_at),
        reader.moment(shift.ends_at), of_shift(await swaps_of_shift(shift_id), reader), typed,
    )  # fmt: skip
    return await page(
        request, "duty/swapping/takeover.html", fragment="duty/swapping/_takeover.html", status=status, view=view
    )


def _takeover_closed(shift: SeenShift, actor: Actor, reader: Reader) -> str:
    """Why nobody can be put in: the code of a refusal, or nothing."""
    if shift.ends_at <= reader.at:
        return "duty.takeover_is_over"
    if shift.starts_at > reader.at + AHEAD:
        return "duty.takeover_too_early"
    return "" if may_make_lead(shift, by=actor) else "duty.takeover_leading"


@post("/duty/shifts/{shift_id:int}/takeover", opt={"permission": Permission.TAKEOVER_MAKE})
async def create_takeover(request: AnyRequest, shift_id: FromPath[int], actor: NamedDependency[Actor]) -> Response[Any]:
    """Puts somebody in at once."""
    shift = await shift_to_stand_in(shift_id, by=actor, permission=Permission.TAKEOVER_MAKE)
    form = await form_of(request)
    try:
        change = parse_takeover(form.get)
        await take_over(shift_id, change, by=actor)
    except Refused as refusal:
        typed, status = await typed_again(request, form, refusal, about=("duty", shift_id), place="person")
        return await _takeover_page(request, shift_id, actor, typed, status)
    name = (await names_of([change.person_id])).get(change.person_id, "")
    flash = "duty.taken_over" if shift.starts_at <= now() else "duty.takes_over"
    return see(request, f"/duty/shifts/{shift_id}/takeover", flash=flash, name=name)


@get("/duty/shifts/{shift_id:int}/correction", opt={"permission": Permission.CORRECTION_VIEW})
async def show_correction(request: AnyRequest, shift_id: FromPath[int], actor: NamedDependency[Actor]) -> Response[Any]:
    """Who it really was, of a shift that is over."""
    return await _correction_page(request, shift_id, actor, Typed())


async def _correction_page(
    request: AnyRequest, shift_id: int, actor: Actor, typed: Typed, status: int = 200
) -> Response[Any]:
    shift = await shift_to_stand_in(shift_id, by=actor, permission=Permission.CORRECTION_VIEW)
    reader, _ = await reader_of(request, actor, shift.org_id)
    around = await around_shift(shift.org_id, shift.starts_at, shift.ends_at, at=shift.starts_at)
    doing = doing_at(shift, as_planned(around.opened.book), shift.starts_at)
    people = sorted(around.staff.people.values(), key=lambda one: (one.name, one.id))
    view = CorrectionView(
        shift_id, reader.duty(duty_seen(shift)), around.opened.name(doing),
        reader.why("duty.correction_too_early" if shift.ends_at > reader.at else ""),
        tuple((str(one.id), f"{one.name} {one.title}".strip()) for one in people), field_moment(shift.starts_at),
        field_moment(shift.ends_at), of_shift(await swaps_of_shift(shift_id), reader), typed,
    )  # fmt: skip
    return await page(
        request, "duty/swapping/correction.html", fragment="duty/swapping/_correction.html", status=status, view=view
    )


@post("/duty/shifts/{shift_id:int}/correction", opt={"permission": Permission.CORRECTION_MAKE})
async def create_correction(
    request: AnyRequest, shift_id: FromPath[int], actor: NamedDependency[Actor]
) -> Response[Any]:
    """Notes it, with the reason."""
    await shift_to_stand_in(shift_id, by=actor, permission=Permission.CORRECTION_MAKE)
    form = await form_of(request)
    try:
        change = parse_correction(form.get)
        await correct_shift(shift_id, change, by=actor)
    except Refused as refusal:
        typed, status = await typed_again(request, form, refusal, about=("duty", shift_id), place="person")
        return await _correction_page(request, shift_id, actor, typed, status)
    name = (await names_of([change.person_id])).get(change.person_id, "")
    return see(request, f"/duty/shifts/{shift_id}/correction", flash="duty.corrected", name=name)


ROUTES = [show_takeover, create_takeover, show_correction, create_correction]
