"""Paper: the same bytes for the same input, our own font, no character left out, and no process left behind."""

import asyncio
import hashlib
import os
import re
import subprocess
import sys
import time
import zlib
from contextlib import suppress
from pathlib import Path

import pytest
from jinja2 import DictLoader, UndefinedError

from portal.rendering import pdf
from portal.rendering.environment import environment
from portal.rendering.labels import REFUSALS
from portal.rendering.pdf import PdfFailed
from portal.rendering.pdf.child import FOLDER
from portal.rendering.pdf.limits import Limits
from portal.rendering.pdf.press import Press

RARE = "䶮㛃𬱖𠮷"
NOTE = '<html lang="zh-Hans"><title>x</title><body class="paper-a4"><h1>博学楼 {}</h1><p>说明 <b>粗体</b></p></body></html>'
ROOT = Path(__file__).parents[2]
FONTS = sorted((ROOT / "static/vendor/noto-sans-sc").glob("*.ttf"))


def silent(_):
    pass


def opened(document: bytes) -> bytes:
    """All that is packed in a PDF, unpacked."""
    found = [document]
    for packed in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", document, re.DOTALL):
        with suppress(zlib.error):
            found.append(zlib.decompress(packed))
    return b"\n".join(found)


def pages(document: bytes) -> int:
    return len(re.findall(rb"/Type ?/Page\b(?!s)", opened(document)))


@pytest.fixture(scope="module")
def press():
    found = Press()
    yield found
    found.close()


def is_gone(pid: int) -> bool:
    for _ in range(100):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.05)
    return False


def folders() -> list[Path]:
    import tempfile

    return list(Path(tempfile.gettempdir()).glob(f"{FOLDER}{os.getpid()}-*"))


async def test_the_same_input_gives_the_same_bytes_in_whichever_process(press):
    first = await press.set([NOTE.format("甲")], silent)
    await press.set([NOTE.format("乙")], silent)
    assert await press.set([NOTE.format("甲")], silent) == first
    other = Press()
    try:
        again = await other.set([NOTE.format("甲")], silent)
    finally:
        other.close()
    assert hashlib.sha256(again).hexdigest() == hashlib.sha256(first).hexdigest()


async def test_our_own_font_is_in_it_and_rare_names_take_the_systems(press):
    plain = await press.set([NOTE.format("甲")], silent)
    assert b"+Anwang" in opened(plain) and b"FontFile2" in opened(plain) and b"FontFile3" not in opened(plain)
    rare = await press.set([NOTE.format(RARE)], silent)
    assert b"+Anwang" in opened(rare) and pages(rare) == 1


@pytest.mark.parametrize("text", ["\ue123", "好\ufdd0", "a\U000f0000b"])
async def test_a_character_without_a_glyph_is_named_and_nothing_is_given_out(press, text):
    with pytest.raises(PdfFailed) as failure:
        await press.set([NOTE.format(text)], silent)
    assert failure.value.code == "pdf.glyph_missing"
    assert re.sub("[好ab]", "", text) in failure.value.params["characters"]


async def test_in_a_drawing_too(press):
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><text x="1" y="5" font-size="3">\ue123</text></svg>'
    )
    with pytest.raises(PdfFailed) as failure:
        await press.set([f"<body>{svg}</body>"], silent)
    assert failure.value.code == "pdf.glyph_missing"


async def test_pieces_follow_each_other_and_progress_is_told(press):
    told = []
    document = await press.set([NOTE.format(n) for n in range(7)], told.append)
    assert told == [1, 2, 3, 4, 5, 6, 7]
    assert pages(document) == 7


async def test_a_page_asks_for_a_template_and_a_language(monkeypatch):
    env = environment("zh-Hans")
    monkeypatch.setattr(env, "loader", DictLoader({"pdf/note.html": "<p>{{ name }}</p>"}))
    monkeypatch.setattr(env, "cache", {})
    document = await pdf.pdf_of("note.html", "zh-Hans", name="甲")
    assert document.startswith(b"%PDF-")
    assert await pdf.pdf_of("pdf/note.html", "zh-Hans", name="甲") == document
    with pytest.raises(UndefinedError):
        await pdf.pdf_of("note.html", "zh-Hans")
    pdf.shutdown()


async def test_the_portal_never_loads_weasyprint_itself(press):
    await press.set([NOTE.format("甲")], silent)
    code = "import portal.app, portal.rendering.pdf.press, tasks.worker, sys; print('weasyprint' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


async def test_a_process_is_replaced_after_its_share():
    press = Press(limits=Limits(jobs=2))
    pids = []
    try:
        for _ in range(4):
            await press.set(["<p>1"], silent)
            pids += press.pids()
    finally:
        press.close()
    assert len(set(pids)) == 2 and all(is_gone(pid) for pid in pids)


async def test_two_processes_set_two_documents_at_once_and_the_rest_wait():
    press = Press(processes=2)
    try:
        results = await asyncio.gather(*(press.set([NOTE.format(n)], silent) for n in range(6)))
        assert len(set(results)) == 6 and len(press.pids()) == 2
    finally:
        press.close()


async def test_too_many_at_once_are_sent_away_with_a_reason():
    press = Press(limits=Limits(waiting=1))
    try:
        results = await asyncio.gather(*(press.set(["<p>1"], silent) for _ in range(4)), return_exceptions=True)
    finally:
        press.close()
    assert sorted(type(result) is bytes for result in results) == [False, False, True, True]
    assert {result.code for result in results if isinstance(result, PdfFailed)} == {"pdf.busy"}


async def test_whoever_goes_away_takes_the_process_along():
    press = Press()
    await press.set(["<p>1"], silent)
    (pid,) = press.pids()
    task = asyncio.create_task(press.set([NOTE.format(n) for n in range(400)], silent))
    await asyncio.sleep(0.3)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await asyncio.to_thread(is_gone, pid)
    assert (await press.set(["<p>1"], silent)).startswith(b"%PDF-")
    press.close()


async def test_a_process_that_was_killed_is_told_and_replaced():
    press = Press()
    await press.set(["<p>1"], silent)
    (pid,) = press.pids()
    task = asyncio.create_task(press.set([NOTE.format(n) for n in range(400)], silent))
    await asyncio.sleep(0.3)
    os.kill(pid, 9)
    with pytest.raises(PdfFailed) as failure:
        await task
    assert failure.value.code == "pdf.crashed"
    assert (await press.set(["<p>1"], silent)).startswith(b"%PDF-")
    press.close()


async def test_nothing_stays_behind():
    before = set(folders())
    press = Press()
    await press.set(["<p>1"], silent)
    (pid,) = press.pids()
    assert set(folders()) - before
    press.close()
    assert is_gone(pid) and not set(folders()) - before


async def test_it_ends_with_a_portal_that_was_killed():
    code = (
        "import asyncio, time\nfrom portal.rendering.pdf.press import Press\npress = Press()\n"
        "asyncio.run(press.set(['<p>1'], lambda n: None))\nprint(*press.pids(), flush=True)\ntime.sleep(60)"
    )
    portal = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    pid = int(portal.stdout.readline())
    portal.kill()
    portal.wait()
    portal.stdout.close()
    assert await asyncio.to_thread(is_gone, pid)


async def test_without_pango_only_paper_is_missing(monkeypatch, tmp_path):
    (tmp_path / "weasyprint.py").write_text("raise OSError('cannot load library libpango-1.0-0')")
    monkeypatch.setattr("portal.rendering.pdf.child.ROOT", f"{tmp_path}{os.pathsep}{ROOT}")
    press = Press()
    with pytest.raises(PdfFailed) as failure:
        await press.set(["<p>1"], silent)
    press.close()
    assert (failure.value.code, failure.value.status) == ("pdf.no_pango", 503)
    assert "libpango" in REFUSALS["pdf.no_pango"]


def test_every_reason_has_its_sentence_and_the_parameters_it_needs():
    written = {}
    for file in (ROOT / "portal/rendering/pdf").glob("*.py"):
        for code, rest in re.findall(r'"(pdf\.\w+)"(?:, ([^\n]*))?', file.read_text("utf-8")):
            written.setdefault(code, set()).update(re.findall(r"(\w+)=", rest or ""))
    assert written.keys() == REFUSALS.keys()
    for code, sentence in REFUSALS.items():
        assert set(re.findall(r"{(\w+)}", sentence)) <= written[code], code


@pytest.mark.parametrize("file", FONTS, ids=lambda file: file.stem)
def test_the_font_holds_what_chinese_paper_needs(file):
    from fontTools.ttLib import TTFont

    with TTFont(file) as font:
        assert "glyf" in font and "CFF " not in font
        known = set(font.getBestCmap())
    gb2312 = "".join(
        bytes([row, cell]).decode("gb2312", "ignore") for row in range(0xB0, 0xF8) for cell in range(0xA1, 0xFF)
    )
    assert len(gb2312) == 6763 and not [char for char in gb2312 if ord(char) not in known]
    ideographs = [code for code in known if 0x3400 <= code <= 0x9FFF or code >= 0x20000]
    assert len(ideographs) >= 8105
    assert not [char for char in "䶮㛃𬱖喆珺赟昇堃—…“”‘’《》〔〕①②③㎡℃×" if ord(char) not in known]


def test_the_fonts_are_small_enough_for_a_clone():
    assert len(FONTS) == 2
    assert sum(file.stat().st_size for file in FONTS) < 6.2e6
