"""Poisoned documents fail alone, with their reason; the others are set, memory stays bounded, nothing is left (TR4)."""

import asyncio
import base64
import itertools
import os
import threading
import time
import zlib
from typing import ClassVar

import pytest

from portal.rendering.pdf import PdfFailed
from portal.rendering.pdf.child import Child
from portal.rendering.pdf.limits import MB, Limits
from portal.rendering.pdf.press import Press
from tests.rendering.test_pdf import NOTE, folders, is_gone, silent

TIGHT = Limits(seconds=12, more_seconds=0.5, cpu_seconds=4, output=2 * MB, input=4 * MB)
MOST_RSS = 600 * MB


def png(side: int) -> str:
    """A picture of so many pixels a side, as an address; one colour, so it is small until it is unpacked."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")

    head = side.to_bytes(4, "big") * 2 + bytes((1, 0, 0, 0, 0))
    lines = zlib.compress((b"\0" * (1 + (side + 7) // 8)) * side, 9)
    data = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", lines) + chunk(b"IEND", b"")
    return f"data:image/png;base64,{base64.b64encode(data).decode()}"


POISONS = {
    "a table of 10,000 rows": (
        "<table>" + "".join(f"<tr><td>{n}<td>\u6821<td>x</tr>" for n in range(10_000)) + "</table>",
        {"pdf.too_slow", "pdf.too_much_memory"},
    ),
    "3,000 boxes in each other": ("<div>" * 3000 + "x", {"pdf.too_deep", "pdf.crashed", "pdf.too_slow"}),
    "a picture of 13,000 by 13,000": (f'<img src="{png(13_000)}">', {"pdf.picture_too_big"}),
    "a picture that is none": ('<img src="data:image/png;base64,AAAA">', {"pdf.picture_broken", "pdf.part_missing"}),
    "a missing font": (
        '<style>@font-face { font-family: q; src: url("asset:none.ttf") } p { font-family: q }</style><p>x',
        {"pdf.foreign_address", "pdf.part_missing", "pdf.font_missing"},
    ),
    "a drawing that contains itself": (
        '<svg width="9" height="9"><g id="a"><use href="#b"/></g><g id="b"><use href="#a"/></g></svg>',
        {"pdf.too_deep", "pdf.crashed", "pdf.broken", "pdf.too_slow", "pdf.part_missing"},
    ),
    "an endless grid": (
        '<div style="display: grid; grid-template-columns: repeat(20000, 1px)">' + "<i>x</i>" * 20000 + "</div>",
        {"pdf.too_slow", "pdf.too_much_memory"},
    ),
    "more text than is taken": ("x" * (5 * MB), {"pdf.too_big"}),
    "entities that multiply": (
        '<img src="data:image/svg+xml,'
        + "<!DOCTYPE s [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '%26a;%26a;%26a;%26a;%26a;%26a;%26a;%26a;'>]>"
        "<svg xmlns='http://www.w3.org/2000/svg'><text>%26b;\">",
        {"pdf.part_missing", "pdf.too_slow"},
    ),
    "a character that nobody has": ("<p>\ue123", {"pdf.glyph_missing"}),
}


class Watch(threading.Thread):
    """The largest resident set that any of our PDF processes had."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.most, self.ended, self.seen = 0, threading.Event(), set()

    def run(self):
        while not self.ended.wait(0.02):
            for pid in self.seen.copy() | set(Started.pids):
                self.seen.add(pid)
                try:
                    with open(f"/proc/{pid}/statm") as file:
                        self.most = max(self.most, int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE"))
                except OSError:
                    pass


class Started:
    pids: ClassVar[list[int]] = []


@pytest.fixture
def watch(monkeypatch):
    Started.pids = []
    real = Child.__init__

    def started(self, limits):
        real(self, limits)
        Started.pids.append(self.pid)

    monkeypatch.setattr(Child, "__init__", started)
    found = Watch()
    found.start()
    yield found
    found.ended.set()
    found.join()


@pytest.mark.slow
async def test_each_poison_fails_alone_and_the_others_are_set(watch):
    before = set(folders())
    press = Press(processes=2, limits=TIGHT._replace(waiting=100))
    beats = []

    async def heart():
        while True:
            beats.append(time.monotonic())
            await asyncio.sleep(0.05)

    beating = asyncio.create_task(heart())
    healthy = [press.set([NOTE.format(n)], silent) for n in range(40)]
    poisoned = [press.set([html], silent) for html, _ in POISONS.values()]
    results = await asyncio.gather(*healthy[:20], *poisoned, *healthy[20:], return_exceptions=True)
    beating.cancel()
    assert [type(result) for result in results[:20] + results[-20:]] == [bytes] * 40
    for (name, (_, allowed)), result in zip(POISONS.items(), results[20:-20], strict=True):
        assert isinstance(result, PdfFailed), f"{name} was set"
        assert result.code in allowed, f"{name}: {result}"
    assert watch.most < MOST_RSS, f"{watch.most // MB} MB"
    assert max(late - early for early, late in itertools.pairwise(beats)) < 2
    press.close()
    for pid in Started.pids:
        assert await asyncio.to_thread(is_gone, pid)
    assert set(folders()) == before


async def test_what_takes_too_long_on_the_wall_is_ended_too(watch):
    press = Press(limits=Limits(seconds=1.0, more_seconds=0.0, cpu_seconds=1000))
    await press.set(["<p>x"], silent)
    begin = time.monotonic()
    with pytest.raises(PdfFailed) as failure:
        await press.set([NOTE.format(n) for n in range(2000)], silent)
    assert failure.value.code == "pdf.too_slow" and failure.value.params == {"seconds": 1}
    assert time.monotonic() - begin < 5
    press.close()


async def test_a_pdf_that_is_too_large_is_not_given_out(watch):
    press = Press(limits=Limits(output=1000))
    with pytest.raises(PdfFailed) as failure:
        await press.set([NOTE.format(1)], silent)
    assert failure.value.code == "pdf.too_big"
    press.close()


@pytest.mark.slow
async def test_memory_is_bounded_by_the_kernel(watch):
    press = Press(limits=Limits(memory=40 * MB))
    with pytest.raises(PdfFailed) as failure:
        await press.set(["<p>x</p>" * 60_000], silent)
    assert failure.value.code in {"pdf.too_much_memory", "pdf.crashed"}
    assert watch.most < 200 * MB
    press.close()


async def test_many_documents_do_not_grow_a_process(watch):
    press = Press()
    for n in range(20):
        await press.set([NOTE.format(n)], silent)
    (pid,) = press.pids()

    def rss():
        with open(f"/proc/{pid}/statm") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")

    early = rss()
    for n in range(60):
        await press.set([NOTE.format(n)], silent)
    assert rss() - early < 16 * MB
    press.close()
