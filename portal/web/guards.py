"""The first two questions of every request: who are you, and may your role do this kind of thing?

The third, may you do it to this one, is answered by the queries' scope and the services' pure rules.
"""

from typing import Any, Final
from urllib.parse import quote, urlsplit

from litestar.connection import ASGIConnection
from litestar.handlers.base import BaseRouteHandler

from portal.audit.catalogue import AccessDenied
from portal.audit.services import record_event
from portal.core.database import unit_of_work
from portal.core.refusals import Forbidden, NotFound
from portal.permissions.rules import Permission, has
from portal.web.state import signed

PUBLIC: Final = "public"
"""The permission of a route that asks for no sign-in."""
LARGEST_ID: Final = 2**31 - 1


class SignInNeeded(Exception):
    """Nobody is signed in; `wanted` is the page to come back to."""

    def __init__(self, wanted: str) -> None:
        super().__init__(wanted)
        self.wanted = wanted


async def guard(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """Lets a request through, or raises `SignInNeeded` or `Forbidden`; a refusal of a role is an event (TT3)."""
    if any(isinstance(value, int) and value > LARGEST_ID for value in connection.path_params.values()):
        raise NotFound()  # no row has it, and PostgreSQL would not even look
    permission = str(handler.opt.get("permission"))
    if permission == PUBLIC:
        return
    found = signed(connection)
    if found is None:
        wanted = connection.url.path + (f"?{connection.url.query}" if connection.url.query else "")
        got = connection.scope.get("method") == "GET"
        raise SignInNeeded(quote(wanted if got else _page_of(connection), safe="/"))
    if not has(found.actor, Permission(permission)):
        await _record_denial(found.actor, str(permission), connection.url.path)
        raise Forbidden("access.denied", permission=str(permission))


def _page_of(connection: ASGIConnection[Any, Any, Any, Any]) -> str:
    """The page of ours that a form was sent from, to come back to after the sign-in; "/" when it does not say."""
    came_from = urlsplit(connection.headers.get("referer", ""))
    return came_from.path or "/" if came_from.netloc == connection.headers.get("host") else "/"


async def _record_denial(actor: Any, permission: str, path: str) -> None:
    async with unit_of_work():
        await record_event(
            AccessDenied(permission=permission, path=path[:200]),
            org_id=actor.org_id, subject_id=actor.account_id, by=actor,
        )  # fmt: skip
