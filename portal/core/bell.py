"""The bell: tells the worker over Redis that something was left for it. It may always be lost, and never be waited for.

The worker also looks by itself every second; the bell only makes that second shorter. A request that rings goes on at
once, whatever Redis does: the ringing is a task of its own, one at a time, silent when nobody answers.
"""

import asyncio
import json
from typing import Any

from portal.core.clock import monotonic

QUEUE = "anwang"
JOB = "ring"
TIMEOUT = 0.5  # seconds for one ringing, connecting included
QUIET_AFTER_FAILURE = 5.0
EXPIRES = 30.0


def to_bytes(value: Any) -> bytes:
    """Ids in JSON only: pickle, which arq uses by default, runs planted code (TW8)."""
    return json.dumps(value, default=str).encode()


def from_bytes(value: bytes) -> Any:
    """The same back."""
    return json.loads(value)


class Bell:
    """Rings at one Redis. `url` None, or a Redis that is away: it is silent."""

    def __init__(self, url: str | None) -> None:
        self.url = url
        self.rung = 0
        self._again = False
        self._task: asyncio.Task[None] | None = None
        self._silent_until = 0.0
        self._redis: Any = None

    async def ring(self) -> None:
        """Starts a ringing and returns at once; rings during one are put together into one more. Never raises."""
        if self.url is None or monotonic() < self._silent_until:
            return
        self._again = True
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._ring())

    async def _ring(self) -> None:
        while self._again:
            self._again = False
            try:
                async with asyncio.timeout(TIMEOUT):
                    await self._enqueue()
                self.rung += 1
            except Exception:  # whatever Redis has: the worker's own poll finds the row
                self._silent_until = monotonic() + QUIET_AFTER_FAILURE
                await self._drop()

    async def _enqueue(self) -> None:
        if self._redis is None:
            from arq.connections import create_pool

            self._redis = await create_pool(
                redis_settings(self.url or ""), job_serializer=to_bytes, job_deserializer=from_bytes,
                default_queue_name=QUEUE,
            )  # fmt: skip
        # One id for all: while one ringing waits in the queue, another adds nothing.
        await self._redis.enqueue_job(JOB, _job_id=JOB, _expires=EXPIRES)

    async def _drop(self) -> None:
        redis, self._redis = self._redis, None
        if redis is not None:
            try:
                async with asyncio.timeout(TIMEOUT):
                    await redis.aclose()
            except Exception:  # noqa: S110 - it was broken already
                pass

    async def close(self) -> None:
        """Ends a ringing that is under way, and the connection."""
        if self._task is not None and not self._task.done():
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        await self._drop()


def redis_settings(url: str) -> Any:
    """arq's settings for `redis://`, `rediss://` or `unix:///path`; one quick try, because others wait behind it."""
    from arq.connections import RedisSettings

    found = RedisSettings.from_dsn(url)
    found.conn_retries = 0
    found.conn_timeout = 1
    return found
