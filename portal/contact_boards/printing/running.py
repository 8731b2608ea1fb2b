"""The worker's part: takes a job, sets it page by page, keeps the file; killed at any instant, nothing is lost."""

import asyncio
import contextlib
from collections.abc import Callable

import structlog

from portal.contact_boards.printing.papers import Paper, paper_of
from portal.contact_boards.printing.queries import PrintRow
from portal.contact_boards.printing.services import claim_print, fail_print, finish_print, give_back_print, keep_print
from portal.core.clock import now
from portal.core.files import store_of
from portal.core.refusals import Busy, Refused
from portal.rendering import pdf
from portal.settings import Settings

KEEP_SECONDS = 1.0
log = structlog.get_logger(__name__)


async def run_waiting_prints(settings: Settings, *, stopping: Callable[[], bool] = lambda: False) -> int:
    """Makes what is waiting, one job after the other; gives how many were finished."""
    done = 0
    while not stopping():
        claimed = await claim_print()
        if claimed is None:
            break
        done += await run_print(*claimed, settings=settings)
    return done


async def run_print(job: PrintRow, token: str, *, settings: Settings) -> bool:
    """Sets one job under its lease; True when its file is there."""
    try:
        return await _made(job, token, settings)
    except Busy as busy:
        await give_back_print(job.id, token, pause=float(busy.params.get("seconds", 0)))
    except Refused as refusal:
        await _failed(job, token, refusal)
    except asyncio.CancelledError:
        await asyncio.shield(give_back_print(job.id, token))
        raise
    except Exception as error:
        log.error("print.unexpected", job=job.id, exc_info=error)
        await _failed(job, token, Refused("pdf.broken", kind=type(error).__name__))
    return False


async def _failed(job: PrintRow, token: str, refusal: Refused) -> None:
    given_up = await fail_print(job, token, error=refusal.code, params=refusal.params)
    log.warning("print.failed", job=job.id, code=refusal.code, given_up=given_up)


async def _made(job: PrintRow, token: str, settings: Settings) -> bool:
    paper = await paper_of(job, base_url=settings.base_url, at=now(), store=store_of(settings))
    far = _Far(paper)
    keeper = asyncio.create_task(_keep(job, token, far))
    printer = asyncio.create_task(pdf.pdf_of_many(paper.template, job.language, paper.contexts, progress=far.told))
    try:
        await asyncio.wait({keeper, printer}, return_when=asyncio.FIRST_COMPLETED)
        if not printer.done():  # somebody else has taken the job: what is made here is made twice
            log.warning("print.lease_lost", job=job.id)
            return False
        body = printer.result()
        stored = await store_of(settings).put(body, media_type="application/pdf")
        return await finish_print(job, token, file_digest=stored.digest, pieces=paper.pieces)
    finally:
        far.over.set()
        printer.cancel()
        await asyncio.gather(keeper, printer, return_exceptions=True)


class _Far:
    """How far it is, and whether it is over. The thread of the press writes one whole number, the loop reads it."""

    def __init__(self, paper: Paper) -> None:
        self.paper, self.done, self.over = paper, 0, asyncio.Event()

    def told(self, pieces: int) -> None:
        self.done = min(self.paper.pieces, pieces * self.paper.per_piece)


async def _keep(job: PrintRow, token: str, far: _Far) -> None:
    """Once a second: how far it is, and that it is still held. Ends when it is not, or when it is over.

    Never cancelled: a statement that is broken off takes its connection along.
    """
    while not far.over.is_set() and await keep_print(job.id, token, done=far.done, total=far.paper.pieces):
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(KEEP_SECONDS):
                await far.over.wait()
