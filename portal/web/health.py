"""Is it alive, is it ready: for supervisors, load balancers and people with a monitor (L7, TR16)."""

import json
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from litestar import Response, get

from portal.core.clock import now
from portal.core.database import execute, fetch_one
from portal.core.files import store_of
from portal.web.guards import PUBLIC
from portal.web.state import AnyRequest, settings_of

WORKER_SILENT = timedelta(seconds=45)


class _Oldest(NamedTuple):
    created_at: datetime


@get("/health/live", opt={"permission": PUBLIC}, sync_to_thread=False)
def live() -> Response[bytes]:
    """The process answers."""
    return _json({"status": "ok"}, 200)


@get("/health/ready", opt={"permission": PUBLIC})
async def ready(request: AnyRequest) -> Response[bytes]:
    """200 when the database takes a write, migrations are done, worker and files are well; else 503 and which not."""
    parts: dict[str, Any] = {}
    try:
        await execute("UPDATE organisation SET rights_version = rights_version WHERE id = 0")
        parts["database"] = "ok"
        parts["migrations"] = "ok" if await _migrated() else "pending"
        parts["worker"], age = await _worker()
    except Exception as error:  # whatever it is, the answer is: not ready, and this part
        parts["database"], age = f"failed: {type(error).__name__}", None
    parts["files"] = await store_of(settings_of(request)).trouble() or "ok"
    well = all(state == "ok" for state in parts.values())
    return _json(
        {"status": "ok" if well else "not ready", **parts, "oldest_pending_seconds": age}, 200 if well else 503
    )


async def _migrated() -> bool:
    from portal.core.migrate import pending_migrations

    return not await pending_migrations()


async def _worker() -> tuple[str, float | None]:
    at = now()
    beat = await fetch_one(_Oldest, "SELECT at FROM worker_beat WHERE name = 'worker'")
    oldest = await fetch_one(
        _Oldest,
        "SELECT available_at FROM outbox WHERE done_at IS NULL AND failed_at IS NULL AND available_at <= {} "
        "ORDER BY available_at LIMIT 1",
        at,
    )
    age = round((at - oldest.created_at).total_seconds(), 1) if oldest else 0.0
    if beat is None or at - beat.created_at > WORKER_SILENT:
        return "silent", age
    return "ok", age


def _json(content: dict[str, Any], status: int) -> Response[bytes]:
    body = json.dumps(content).encode()
    return Response(body, status_code=status, media_type="application/json", headers={"Cache-Control": "no-store"})
