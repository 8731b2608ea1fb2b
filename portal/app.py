"""The only place that knows every room: what is served, what rooms lend each other, what is opened and closed."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

from litestar import Litestar, Request
from litestar.di import Provide
from litestar.types import ControllerRouterHandler

from portal.audit.services import use_bell
from portal.core.actors import Actor
from portal.core.bell import Bell
from portal.core.crypto import use_key_file
from portal.core.database import close_database, open_database
from portal.duty import labels as duty_labels
from portal.duty import routes as duty_routes
from portal.duty.queries import leading_grants, leading_now
from portal.hazards import labels as hazard_labels
from portal.hazards import routes as hazard_routes
from portal.hazards.photos import labels as photo_labels
from portal.permissions.queries import register_grants
from portal.settings import Settings, load_settings
from portal.web import errors
from portal.web.csrf import check_csrf
from portal.web.guards import guard
from portal.web.headers import add_headers
from portal.web.health import live, ready
from portal.web.labels import FLASHES, REFUSALS
from portal.web.lead import use_lead_source
from portal.web.sessions import session_middleware
from portal.web.state import LeadNow, signed
from portal.web.static import static_file

HANDLERS: list[ControllerRouterHandler] = [
    live,
    ready,
    static_file,
    *duty_routes.ROUTES,
    *hazard_routes.ROUTES,
]
LABELS = (duty_labels, hazard_labels, photo_labels,)
"""Rooms' words: each module may hold REFUSALS and FLASHES (code to sentence) and EVENTS (kind to sentence)."""


async def _lead(org_id: int, at: datetime) -> LeadNow:
    return LeadNow(*await leading_now(org_id, at))


def register_rooms() -> None:
    """What rooms lend each other, so that none imports to its right. Doing it twice changes nothing."""
    register_grants(leading_grants)
    use_lead_source(_lead)
    for labels in LABELS:
        REFUSALS.update(getattr(labels, "REFUSALS", {}))
        FLASHES.update(getattr(labels, "FLASHES", {}))


def provide_actor(request: Request[Any, Any, Any]) -> Actor:
    """The person who acts. Handlers that ask for one are behind the guard, so there is one."""
    found = signed(request)
    assert found is not None
    return found.actor


def create_app(settings: Settings | None = None, *, keep_database: bool = False) -> Litestar:
    """The application. `keep_database` leaves an open database alone (tests)."""
    chosen = settings or load_settings()
    register_rooms()

    @asynccontextmanager
    async def lifespan(_: Litestar) -> AsyncIterator[None]:
        use_key_file(chosen.key_file)
        if not keep_database:
            await open_database(chosen.database_url)
        bell = Bell(chosen.redis_url)
        use_bell(bell.ring)
        yield
        use_bell(None)
        await bell.close()
        if not keep_database:
            await close_database()

    app = Litestar(
        route_handlers=HANDLERS,
        middleware=[session_middleware],
        guards=[guard],
        before_request=check_csrf,
        before_send=[add_headers],
        exception_handlers=errors.HANDLERS,
        dependencies={"actor": Provide(provide_actor, sync_to_thread=False)},
        lifespan=[lifespan],
        openapi_config=None,
        logging_config=None,
        request_max_body_size=1_000_000,
        debug=False,
    )
    app.state.settings = chosen
    return app
