"""The queue before the PDF processes: as many documents at once as there are processes, the others wait their turn."""

import atexit
import json
import os
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from portal.rendering.environment import render
from portal.rendering.pdf import PdfFailed, Printed, Progress
from portal.rendering.pdf.child import FOLDER, Child
from portal.rendering.pdf.extras import Extras
from portal.rendering.pdf.limits import Limits
from portal.rendering.pdf.pool import Pool


class Press(Pool[Child]):
    """Sets documents in its processes, which it starts when the first one is asked for."""

    def __init__(self, *, processes: int = 1, limits: Limits | None = None) -> None:
        self.limits = limits or Limits()
        super().__init__(lambda: Child(self.limits), processes=processes, waiting=self.limits.waiting)

    async def pdf_of(
        self, template: str, language: str, contexts: Sequence[Mapping[str, Any]], progress: Progress
    ) -> bytes:
        """See `portal.rendering.pdf.pdf_of_many`."""
        # here, not in the thread: what a template asks (the clock, a translation) belongs to this task
        pieces = [render(f"pdf/{template.removeprefix('pdf/')}", language, **context) for context in contexts]
        return await self.set(pieces, progress)

    async def set(self, pieces: list[str], progress: Progress, extras: Extras | None = None) -> bytes:
        """The PDF of finished HTML."""
        if not pieces:
            raise PdfFailed("pdf.empty")
        return await self.do(lambda child: child.pdf_of(pieces, progress, extras), refusal=PdfFailed)

    async def print(self, piece: str, extras: Extras) -> Printed:
        """See `portal.rendering.pdf.pdf_alike`."""
        answer = await self.do(lambda child: child.printed(piece, extras), refusal=PdfFailed)
        head = 4 + int.from_bytes(answer[:4])
        return Printed(answer[head:], tuple(json.loads(answer[4:head])))


_processes = 1
_press: Press | None = None


def press() -> Press:
    """The press of this process, made when first asked for."""
    global _press
    if _press is None:
        sweep()
        _press = Press(processes=_processes)
    return _press


def use_processes(count: int) -> None:
    """See `portal.rendering.pdf.use_processes`."""
    global _processes
    _processes = count
    shutdown()


@atexit.register
def shutdown() -> None:
    """See `portal.rendering.pdf.shutdown`."""
    global _press
    if _press is not None:
        _press.close()
        _press = None


def sweep() -> None:
    """Folders of portals that were killed: each bears the number of the process it belonged to."""
    for folder in Path(tempfile.gettempdir()).glob(f"{FOLDER}*-*"):
        pid = folder.name.removeprefix(FOLDER).partition("-")[0]
        if pid.isdigit() and not _lives(int(pid)):
            shutil.rmtree(folder, ignore_errors=True)


def _lives(pid: int) -> bool:
    with suppress(ProcessLookupError):
        try:
            os.kill(pid, 0)
        except PermissionError:
            return True
        return True
    return False
