"""`python -m portal web`: one web process.

Several may share one listening socket, which `serve` opens for them.
"""

import asyncio
import socket
from importlib.util import find_spec
from typing import TYPE_CHECKING

from portal.serving.keys import check_key
from portal.serving.listening import listen
from portal.settings import Settings

if TYPE_CHECKING:
    import uvicorn

DRAIN_SECONDS = 20  # running requests finish; `serve` waits a little longer before it kills


def run(settings: Settings, *, descriptor: int | None = None) -> int:
    """Serves until SIGTERM or Ctrl-C.

    `descriptor` is an open listening socket; without one it opens its own.
    """
    check_key(settings.key_file)
    listener = socket.socket(fileno=descriptor) if descriptor is not None else listen(settings)
    server = _server(settings)
    with asyncio.Runner(loop_factory=server.config.get_loop_factory()) as runner:
        runner.run(server.serve(sockets=[listener]))
    return 0 if server.started else 1


def _server(settings: Settings) -> "uvicorn.Server":
    import uvicorn

    from portal.app import create_app

    config = uvicorn.Config(
        create_app(settings),
        loop="uvloop" if find_spec("uvloop") else "asyncio",
        http="httptools" if find_spec("httptools") else "h11",
        ws="none",
        lifespan="on",
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=list(settings.trusted_proxies),
        server_header=False,  # no version for whoever scans (TO3)
        access_log=False,
        log_level="warning",
        timeout_keep_alive=15,
        timeout_graceful_shutdown=DRAIN_SECONDS,
    )
    return uvicorn.Server(config)
