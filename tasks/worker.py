"""`python -m portal worker`: one process that does what follows from events, and what the clock says.

The database holds the work, so this process may be killed at any instant, and Redis may be flushed, dead or absent:
the drain looks by itself every second, the clock runs by itself, arq only makes both quicker. Each loop survives the
failure of the others; `worker_beat` is written only while all of them move.
"""

import asyncio
import signal
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any, cast

import structlog

from portal.audit import outbox
from portal.core.bell import JOB, QUEUE, from_bytes, redis_settings, to_bytes
from portal.core.clock import monotonic
from portal.core.crypto import use_key_file
from portal.core.database import close_database, open_database
from portal.letters import sealing
from portal.rendering import pdf
from portal.serving.plugged import plugged
from portal.settings import Settings
from tasks.letters import use_letter_maker
from tasks.outbox import drain
from tasks.prints import use_printer
from tasks.schedule import mark, run_due

log = structlog.get_logger(__name__)

POLL_SECONDS = 1.0
CLOCK_SECONDS = 10.0
BEAT_SECONDS = 5.0
STUCK_SECONDS = 300.0  # a loop that has not come round for so long takes the heartbeat with it
FIRST_PAUSE = 0.5
LONGEST_PAUSE = 10.0
STOP_SECONDS = 20.0
PRINTERS = 2  # documents set at once, each in a process of its own: a poster does not wait for 300 plates


class Worker:
    """The loops of one worker process."""

    def __init__(self, settings: Settings, *, lease: timedelta = outbox.LEASE) -> None:
        self.settings = settings
        self.lease = lease
        self.wake = asyncio.Event()
        self.paper = asyncio.Event()
        self.letters = asyncio.Event()
        self.stopped = asyncio.Event()
        self.moved: dict[str, float] = {}
        self.one_clock = asyncio.Lock()
        self.redis = "none" if settings.redis_url is None else "away"
        self.done = 0

    def stop(self) -> None:
        """Asks every loop to end after what it is doing now."""
        self.stopped.set()
        self.wake.set()
        self.paper.set()
        self.letters.set()

    async def run(self) -> None:
        """Runs until `stop()`; an entry that is being worked on is finished first, at most 20 s."""
        steady = [
            self._loop("drain", self._drain, POLL_SECONDS, self.wake),
            self._loop("clock", self._clock, CLOCK_SECONDS, self.stopped),
            self._loop("beat", self._beat, BEAT_SECONDS, self.stopped),
            *(self._loop(f"prints {n}", self._print, POLL_SECONDS, self.paper) for n in range(PRINTERS)),
            *(self._loop(f"letters {n}", self._make_letters, POLL_SECONDS, self.letters) for n in range(PRINTERS)),
        ]
        use_printer(self.paper.set)
        use_letter_maker(self.letters.set)
        arq = asyncio.create_task(self._arq_again_and_again())
        loops = [asyncio.create_task(loop) for loop in steady]
        await self.stopped.wait()
        arq.cancel()
        _, slow = await asyncio.wait(loops, timeout=STOP_SECONDS)
        for task in slow:
            task.cancel()
        await asyncio.gather(arq, *loops, return_exceptions=True)
        use_printer(None)
        use_letter_maker(None)

    async def _loop(self, name: str, step: Callable[[], Awaitable[None]], pause: float, wake: asyncio.Event) -> None:
        """One step, a pause (cut short when woken), for ever; a failing step is told and tried again, slower."""
        failures = 0
        while not self.stopped.is_set():
            try:
                await step()
                failures = 0
            except Exception as error:
                failures += 1
                log.error("worker.loop_failed", loop=name, failures=failures, exc_info=error)
            self.moved[name] = monotonic()
            await _pause(wake if failures == 0 else self.stopped, min(LONGEST_PAUSE, pause * 2.0**failures))

    async def _drain(self) -> None:
        self.wake.clear()  # what rings from here on is another round
        self.done += await drain(stopping=self._moving_or_stopped, lease=self.lease)

    async def _print(self) -> None:
        from portal.contact_boards.printing.running import run_waiting_prints  # templates are read when paper is made

        self.paper.clear()
        await run_waiting_prints(self.settings, stopping=self.stopped.is_set)

    async def _make_letters(self) -> None:
        from portal.letters.running import run_waiting_letters  # the same

        self.letters.clear()
        await run_waiting_letters(self.settings, stopping=self.stopped.is_set)

    def _moving_or_stopped(self) -> bool:
        self.moved["drain"] = monotonic()
        return self.stopped.is_set()

    async def _clock(self) -> None:
        async with self.one_clock:  # arq's clock may ask at the same moment
            await run_due(self.settings)

    async def _beat(self) -> None:
        at = monotonic()
        if all(at - self.moved.setdefault(name, at) < STUCK_SECONDS for name in ("drain", "clock")):
            await mark("worker", redis=self.redis, done=self.done)

    async def _arq_again_and_again(self) -> None:
        """arq's worker, started again whenever Redis comes back. Without a Redis there is none."""
        if self.settings.redis_url is None:
            return
        pause = FIRST_PAUSE
        while not self.stopped.is_set():
            began = monotonic()
            try:
                await self._arq()
            except Exception as error:  # whatever Redis has, the loops above go on
                if pause == FIRST_PAUSE or self.redis == "ok":  # once, not every ten seconds of a long absence
                    log.warning("worker.redis_away", why=f"{type(error).__name__}: {error}")
            self.redis = "away"
            await _pause(self.stopped, pause)
            pause = FIRST_PAUSE if monotonic() - began > LONGEST_PAUSE * 2 else min(LONGEST_PAUSE, pause * 2)

    async def _rung(self, _ctx: dict[str, Any]) -> None:
        self.wake.set()

    async def _ticked(self, _ctx: dict[str, Any]) -> None:
        await self._clock()

    async def _redis_is_here(self, _ctx: dict[str, Any]) -> None:
        self.redis = "ok"

    async def _arq(self) -> None:
        from arq import Worker as ArqWorker
        from arq import cron, func

        # arq's types ask for the attributes of plain functions; methods do as well
        ring, tick, started = cast(Any, (self._rung, self._ticked, self._redis_is_here))
        worker = ArqWorker(
            functions=[func(ring, name=JOB, keep_result=0, timeout=5)],
            cron_jobs=[cron(tick, name="tick", second=0, keep_result=1, timeout=50, max_tries=1)],
            queue_name=QUEUE, redis_settings=redis_settings(self.settings.redis_url or ""), on_startup=started,
            handle_signals=False, job_serializer=to_bytes, job_deserializer=from_bytes, poll_delay=0.2, max_jobs=4,
            log_results=False,
        )  # fmt: skip
        try:
            await worker.main()
        finally:
            for job in list(worker.tasks.values()):
                job.cancel()
            await asyncio.gather(*worker.tasks.values(), return_exceptions=True)
            if worker._pool is not None:
                await worker.pool.aclose()


async def _pause(wake: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await wake.wait()
    except TimeoutError:
        pass


async def main(settings: Settings, *, lease: timedelta = outbox.LEASE) -> int:
    """The worker's process from start to SIGTERM; gives its exit status."""
    use_key_file(settings.key_file)
    await open_database(settings.database_url, size=3)
    pdf.use_processes(PRINTERS)
    sealing.use_processes(PRINTERS)
    if settings.signature_service:
        sealing.use_service(plugged(settings.signature_service, trouble="setting.service_missing"))
    worker = Worker(settings, lease=lease)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, worker.stop)
    try:
        await worker.run()
    finally:
        pdf.shutdown()
        sealing.shutdown()
        await close_database()
    return 0
