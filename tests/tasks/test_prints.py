"""Printing in the worker: the outbox wakes the printer, and a worker that runs makes what is waiting."""

import asyncio

from portal.contact_boards.printing.rules import Kind
from portal.contact_boards.printing.services import ask_print
from portal.core.database import fetch_value
from portal.rendering import pdf
from tasks import prints
from tasks.outbox import drain
from tasks.worker import Worker


async def asked(cast) -> int:
    by = await cast.actor(cast.safety)
    return await ask_print(cast.building, Kind.PLATES, language="zh-Hans", by=by)


async def test_what_is_asked_for_wakes_the_printer_after_the_commit(cast):
    await drain()
    woken = []
    prints.use_printer(lambda: woken.append(1))
    await asked(cast)
    assert not woken
    await drain()
    prints.use_printer(None)
    assert woken == [1]
    assert await fetch_value("SELECT count(*) FROM outbox WHERE done_at IS NULL") == 0


async def test_a_worker_makes_what_is_waiting_and_stops(cast, settings):
    job_id = await asked(cast)
    worker = Worker(settings)
    running = asyncio.create_task(worker.run())
    for _ in range(400):
        await asyncio.sleep(0.05)
        if await fetch_value("SELECT state FROM print_job WHERE id = {}", job_id) == "done":
            break
    worker.stop()
    await asyncio.wait_for(running, 10)
    assert await fetch_value("SELECT state FROM print_job WHERE id = {}", job_id) == "done"
    assert await fetch_value("SELECT count(*) FROM event WHERE kind = 'print.made'") == 1
    pdf.shutdown()
