"""The pages of a PDF of ours as pictures, for browsers that show no PDF inside a page (WeChat's).

Made by a process of its own within limits, as the pages were. Only for files that the portal has made: what strangers
send is never drawn.
"""

import atexit
import base64
import json
from functools import partial

from portal.rendering.pdf import PdfFailed
from portal.rendering.pdf.child import Apart
from portal.rendering.pdf.limits import MB, Limits
from portal.rendering.pdf.pool import Pool

WIDTH = 1080  # three pixels to one of a phone's 360
PAGES = 12
SECONDS = 20.0


class Draughtsman(Apart):
    """The process that draws pages."""

    program = "portal.rendering.pdf.pictures_process"
    refusal = PdfFailed

    def pictures(self, pdf: bytes, width: int) -> bytes:
        """Blocks until they are there, one after the other, each behind its size."""
        asked = {"pdf": base64.b64encode(pdf).decode(), "width": width, "pages": PAGES, "cpu_seconds": int(SECONDS)}
        return self.answer(json.dumps(asked).encode(), seconds=SECONDS, progress=lambda _: None)


async def pictures_of(pdf: bytes, *, width: int = WIDTH) -> list[bytes]:
    """A WebP of each page, at most twelve; the same bytes for the same file. Refused: `pdf.no_pictures`, `pdf.…`."""
    packed = await _draughtsmen().do(partial(_drawn, pdf=pdf, width=width), refusal=PdfFailed)
    found, at = [], 0
    while at < len(packed):
        size = int.from_bytes(packed[at : at + 4], "big")
        found.append(packed[at + 4 : at + 4 + size])
        at += 4 + size
    return found


@atexit.register
def shutdown() -> None:
    """Ends the process. What is asked for afterwards starts a new one."""
    global _pool
    if _pool is not None:
        _pool.close()
        _pool = None


_pool: Pool[Draughtsman] | None = None


def _draughtsmen() -> Pool[Draughtsman]:
    global _pool
    if _pool is None:
        limits = Limits(memory=256 * MB, jobs=500)
        _pool = Pool(lambda: Draughtsman(limits), processes=1, waiting=limits.waiting)
    return _pool


def _drawn(child: Draughtsman, *, pdf: bytes, width: int) -> bytes:
    return child.pictures(pdf, width)
