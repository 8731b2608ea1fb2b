"""The floors: what the same machine, server and framework cost when nothing is done, or only the rows are read and written out.

`python -m tests.bench.floors FD DATABASE GRID` serves `/empty` and `/rows` on an inherited socket, the way the portal is served.
"""

import asyncio
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import uvicorn
from jinja2 import Environment
from litestar import Litestar, Response, get

from portal.core.actors import SYSTEM
from portal.core.clock import now
from portal.core.database import engine, open_database
from portal.hazards.queries.board import board_place, cards_sql

TEMPLATE = """<!doctype html><title>rows</title><main>{% for c in rows %}
<article class="card" data-hazard="{{ c[0] }}" data-version="{{ c[5] }}"><header class="card-top"><span class="risk {{ c[4] }}">
<svg viewBox="0 0 16 16"><path d="M8 1 15 8l-7 7-7-7z"/></svg>{{ c[4] }}</span><span class="card-no">{{ c[1] }}</span></header>
<h3 class="card-title"><a href="/hazards/{{ c[0] }}">{{ c[2] }}</a></h3><p class="card-facts">{{ c[8] }}·{{ c[7] }}<br><b>{{ c[11] }}</b></p>
<div class="age"><p><span>{{ c[14] }}</span><b>{{ c[13] }}</b></p><svg viewBox="0 0 100 5"><path d="M0 0h100v5H0z"/><path d="M0 0h50v5H0z"/></svg></div>
<p class="tags">{% if c[18] %}<span class="tag">{{ c[18] }}</span>{% endif %}{% if c[21] %}<span class="tag">{{ c[21] }}</span>{% endif %}</p>
<a class="card-foot" href="/hazards/{{ c[0] }}#moves"><span>{{ c[22] }}</span><b>{{ c[3] }}</b></a></article>{% endfor %}</main>"""


@get("/empty")
async def empty() -> str:
    """Nothing."""
    return ""


def make(database: str, grid_id: int) -> Litestar:
    """The application of the floors."""
    template = Environment(autoescape=True).from_string(TEMPLATE)
    kept: dict[str, Any] = {}

    @asynccontextmanager
    async def lifespan(_: Litestar) -> AsyncIterator[None]:
        await open_database(database)
        place = await board_place(grid_id, by=SYSTEM)
        sql, args = cards_sql(place, by=SYSTEM, at=now())
        postgres = not database.startswith("sqlite")
        from portal.core.database import _compiled

        kept.update(sql=_compiled(sql, postgres), args=args)
        yield

    @get("/rows")
    async def rows() -> Response[str]:
        """The board's own statement, each row written out by a plain template; no session, no rules, no compression."""
        found = [tuple(row) for row in await engine().rows(kept["sql"], kept["args"])]
        return Response(template.render(rows=found), media_type="text/html")

    return Litestar([empty, rows], lifespan=[lifespan], openapi_config=None, logging_config=None)


def main() -> None:
    """Serves until SIGTERM."""
    listener = socket.socket(fileno=int(sys.argv[1]))
    config = uvicorn.Config(
        make(sys.argv[2], int(sys.argv[3])), loop="uvloop", http="httptools", ws="none", lifespan="on", access_log=False,
        log_level="warning", server_header=False, timeout_keep_alive=15,
    )  # fmt: skip
    server = uvicorn.Server(config)
    with asyncio.Runner(loop_factory=config.get_loop_factory()) as runner:
        runner.run(server.serve(sockets=[listener]))


if __name__ == "__main__":
    main()
