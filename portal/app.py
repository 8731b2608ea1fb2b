"""The only place that knows every room: what is served, what rooms lend each other, what is opened and closed."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from litestar import Litestar, Request
from litestar.di import Provide
from litestar.types import ControllerRouterHandler

from portal.core.actors import Actor
from portal.core.crypto import use_key_file
from portal.core.database import close_database, open_database
from portal.settings import Settings, load_settings
from portal.web import errors
from portal.web.csrf import check_csrf
from portal.web.guards import guard
from portal.web.headers import add_headers
from portal.web.health import live, ready
from portal.web.sessions import session_middleware
from portal.web.state import signed
from portal.web.static import static_file

HANDLERS: list[ControllerRouterHandler] = [live, ready, static_file]


def provide_actor(request: Request[Any, Any, Any]) -> Actor:
    """The person who acts. Handlers that ask for one are behind the guard, so there is one."""
    found = signed(request)
    assert found is not None
    return found.actor


def create_app(settings: Settings | None = None, *, keep_database: bool = False) -> Litestar:
    """The application. `keep_database` leaves an open database alone (tests)."""
    chosen = settings or load_settings()

    @asynccontextmanager
    async def lifespan(_: Litestar) -> AsyncIterator[None]:
        use_key_file(chosen.key_file)
        if not keep_database:
            await open_database(chosen.database_url)
        yield
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
