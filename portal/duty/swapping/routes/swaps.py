"""The list of swaps, one of them, and what is done with it."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from portal.audit.queries import history_of
from portal.core.actors import Actor
from portal.core.refusals import NotFound, Refused
from portal.duty.swapping.forms import Move, parse_move
from portal.duty.swapping.queries import WEEKS_AHEAD, around_shift, names_of, swap_seen, swaps_seen
from portal.duty.swapping.routes.reader import reader_of
from portal.duty.swapping.rules import Act
from portal.duty.swapping.services import (
    accept_swap,
    approve_swap,
    decline_swap,
    refuse_swap,
    undo_swap,
    untake_swap,
    withdraw_swap,
)
from portal.duty.swapping.views import swap_view, swaps_view
from portal.permissions.rules import Permission
from portal.web.again import AnyRequest, Typed, typed_again
from portal.web.forms import form_of
from portal.web.respond import page, see

OF_THE_REASON = frozenset({"duty.swap_need_reason", "duty.swap_speaks_against"})
VIEW, ACT = {"permission": Permission.SWAP_VIEW}, {"permission": Permission.SWAP_ACT}


@get("/duty/swaps", opt=VIEW)
async def show_swaps(request: AnyRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """What waits for me, what I asked, what I may approve; a leader sees the swaps of the whole school."""
    if actor.org_id is None:
        raise NotFound()
    reader, school = await reader_of(request, actor, actor.org_id)
    found = await swaps_seen(actor.org_id, by=actor, whole=reader.is_office)
    around = await around_shift(actor.org_id, reader.at, reader.at + WEEKS_AHEAD, at=reader.at)
    view = swaps_view(found, around, school, reader)
    return await page(request, "duty/swapping/swaps.html", fragment="duty/swapping/_swaps.html", view=view)


@get("/duty/swaps/{swap_id:int}", opt=VIEW)
async def show_swap(request: AnyRequest, swap_id: FromPath[int], actor: NamedDependency[Actor]) -> Response[Any]:
    """One swap, with everything that may be done with it."""
    return await _swap_page(request, swap_id, actor)


async def _swap_page(
    request: AnyRequest, swap_id: int, actor: Actor, typed: Typed | None = None, status: int = 200
) -> Response[Any]:
    found = await swap_seen(swap_id, by=actor)
    row = found.row
    reader, _ = await reader_of(request, actor, row.org_id)
    around = await around_shift(
        row.org_id, row.begins_at, max(row.ends_at, row.back_ends_at or row.ends_at), at=reader.at
    )
    history = await history_of("duty_swap", swap_id)
    names = await names_of(line.facts.get("person_id") for line in history)
    view = swap_view(found, around, history, names, reader, typed)
    return await page(request, "duty/swapping/swap.html", fragment="duty/swapping/_swap.html", status=status, view=view)


@post("/duty/swaps/{swap_id:int}/moves", opt=ACT)
async def create_swap_move(request: AnyRequest, swap_id: FromPath[int], actor: NamedDependency[Actor]) -> Response[Any]:
    """One act of one swap: the rule says who may do which."""
    await swap_seen(swap_id, by=actor)
    form = await form_of(request)
    try:
        move = parse_move(form.get)
        await VERBS[move.act](swap_id, move, actor)
    except Refused as refusal:
        reason = f"reason-{form.get('act')}"
        place = reason if refusal.code in OF_THE_REASON else "act"
        typed, status = await typed_again(request, form, refusal, about=("duty_swap", swap_id), place=place)
        typed = replace(typed, errors={reason if name == "reason" else name: why for name, why in typed.errors.items()})
        return await _swap_page(request, swap_id, actor, typed, status)
    return see(request, f"/duty/swaps/{swap_id}", flash=f"duty.swap_{move.act}")


Verb = Callable[[int, Move, Actor], Awaitable[int]]
VERBS: Mapping[Act, Verb] = {
    Act.ACCEPT: lambda swap, move, by: accept_swap(swap, version=move.version, by=by, person_id=move.person_id),
    Act.DECLINE: lambda swap, move, by: decline_swap(
        swap, version=move.version, by=by, person_id=move.person_id, reason=move.reason
    ),
    Act.UNTAKE: lambda swap, move, by: untake_swap(swap, version=move.version, by=by, reason=move.reason),
    Act.WITHDRAW: lambda swap, move, by: withdraw_swap(swap, version=move.version, by=by),
    Act.APPROVE: lambda swap, move, by: approve_swap(swap, version=move.version, by=by, reason=move.reason),
    Act.REFUSE: lambda swap, move, by: refuse_swap(swap, version=move.version, by=by, reason=move.reason),
    Act.UNDO: lambda swap, move, by: undo_swap(swap, version=move.version, by=by, reason=move.reason),
}


ROUTES = [show_swaps, show_swap, create_swap_move]
