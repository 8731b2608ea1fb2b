"""Accounts of other people: who has one, slips for those who have none, off and on."""

import asyncio
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from portal.accounts.forms import ManageCommand, is_id, parse_manage, parse_wanted
from portal.accounts.labels import ALL
from portal.accounts.queries import (
    Wanted,
    account_counts,
    account_lines,
    organisations_within,
    people_without_account,
    posts_held,
    slips_made_by,
)
from portal.accounts.routes.coming import AnyRequest, sentences
from portal.accounts.rules import Purpose
from portal.accounts.services import invite, invite_many, secret_of, switch_accounts
from portal.accounts.views import PAGE, accounts_view, person_line, slips
from portal.core.actors import Actor
from portal.core.clock import now
from portal.core.refusals import Invalid, NotFound, Refused
from portal.permissions.rules import Permission, has
from portal.rendering.i18n import translator
from portal.web.errors import sentence
from portal.web.forms import form_of
from portal.web.respond import language_of, page, see
from portal.web.state import settings_of

MOST_SLIPS = 1000
SLIPS = "/admin/accounts/slips"


@get("/admin/accounts", opt={"permission": Permission.ACCOUNT_VIEW})
async def show_accounts(request: AnyRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """The people of one's part of the tree and their accounts; filters stand in the address."""
    return await _accounts_page(request, actor, parse_wanted(request.query_params))


@post("/admin/accounts", opt={"permission": Permission.ACCOUNT_MANAGE})
async def manage_accounts(request: AnyRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """Does one thing to everybody who is ticked: slips, resets, off, on. All of it or nothing."""
    form = await form_of(request)
    wanted = parse_wanted(form.texts)
    try:
        return await _carry_out(request, parse_manage(form.texts, form.all("person")), actor)
    except Invalid as refusal:
        errors = sentences(refusal, request)
    except Refused as refusal:
        if refusal.status != Refused.status:
            raise
        errors = {"act": sentence(refusal, language_of(request))}
    return await _accounts_page(request, actor, wanted, ticked=form.all("person"), errors=errors, status=422)


async def _carry_out(request: AnyRequest, command: ManageCommand, actor: Actor) -> Response[Any]:
    if command.act in ("disable", "enable"):
        count = await switch_accounts(command.person_ids, on=command.act == "enable", by=actor)
        if not count:
            raise Invalid({"act": "account.nobody_fits"})
        done = "account.disabled" if command.act == "disable" else "account.enabled"
        return see(request, "/admin/accounts", flash=done, count=count)
    ids = list(command.person_ids)
    if command.act == "invite_all":
        ids = await people_without_account(command.wanted, by=actor, at=now(), most=MOST_SLIPS)
    purpose = Purpose.RESET if command.act == "reset" else Purpose.INVITE
    made = await invite_many(ids, purpose=purpose, by=actor)
    if not made:
        raise Invalid({"act": "account.nobody_fits"})
    left_out = len(ids) - len(made)
    if not left_out:  # the page itself counts them
        return see(request, SLIPS)
    return see(request, SLIPS, flash="account.slips_made_left_out", count=len(made), left_out=left_out)


async def _accounts_page(
    request: AnyRequest, actor: Actor, wanted: Wanted, *, ticked: list[str] | None = None,
    errors: dict[str, str] | None = None, status: int = 200,
) -> Response[Any]:  # fmt: skip
    at, language, asked = now(), language_of(request), request.query_params
    skip = int(asked.get("skip", "")) if is_id(asked.get("skip", "")) else 0
    rows = await account_lines(wanted, by=actor, at=at, most=PAGE, skip=skip)
    counts = await account_counts(wanted, by=actor, at=at)
    posts = await posts_held([row.person_id for row in rows], at=at)
    every = asked.get("tick") == "all"
    lines = [
        person_line(
            row, posts.get(row.person_id, []), language=language, ticked=every or str(row.person_id) in (ticked or [])
        )
        for row in rows
    ]
    view = accounts_view(
        lines, counts, await organisations_within(by=actor), wanted, all_text=translator(language)(ALL),
        language=language, skip=skip, may_manage=has(actor, Permission.ACCOUNT_MANAGE), errors=errors,
    )  # fmt: skip
    return await page(request, "accounts/accounts.html", fragment="accounts/_accounts.html", status=status, view=view)


@post("/people/{person_id:int}/invitations", opt={"permission": Permission.ACCOUNT_MANAGE})
async def create_invitation(
    request: AnyRequest, actor: NamedDependency[Actor], person_id: FromPath[int]
) -> Response[Any]:
    """A slip for one person: to open an account, or (purpose=reset) for a new password."""
    form = await form_of(request)
    purpose = Purpose.RESET if form.get("purpose") == "reset" else Purpose.INVITE
    await invite(person_id, purpose=purpose, by=actor)
    return see(request, f"{SLIPS}?person={person_id}")


@get("/admin/accounts/slips", opt={"permission": Permission.ACCOUNT_VIEW})
async def show_slips(request: AnyRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """The slips that one has just made, to be printed and cut: eight on a sheet. Nobody else sees them."""
    person = request.query_params.get("person", "")
    if person and not is_id(person):
        raise NotFound()
    rows = await slips_made_by(actor, at=now(), person_id=int(person) if person else None)
    posts = await posts_held([row.person_id for row in rows], at=now())
    codes = {row.id: secret_of(row.id, row.person_id, int(row.made_at.timestamp())) for row in rows}
    made = await asyncio.to_thread(slips, rows, codes, posts, base_url=settings_of(request).base_url)
    return await page(request, "accounts/slips.html", slips=made)


HANDLERS = [show_accounts, manage_accounts, create_invitation, show_slips]
