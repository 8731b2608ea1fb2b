"""Pages as pictures: each page one, the same for the same file; without the library it is said plainly."""

import importlib.util
import io

import pytest
from PIL import Image

from portal.rendering.pdf import PdfFailed
from portal.rendering.pdf.pictures import pictures_of, shutdown
from portal.rendering.pdf.press import Press
from tests.rendering.test_pdf import NOTE, silent

HAS_LIBRARY = importlib.util.find_spec("pypdfium2") is not None


@pytest.fixture
async def two_pages():
    press = Press()
    try:
        yield await press.set([NOTE.format("甲"), NOTE.format("乙")], silent)
    finally:
        press.close()
        shutdown()


@pytest.mark.skipif(not HAS_LIBRARY, reason="pypdfium2 is not installed")
async def test_every_page_is_a_picture_of_the_asked_width(two_pages):
    found = await pictures_of(two_pages, width=720)
    assert len(found) == 2 and found[0] != found[1]
    with Image.open(io.BytesIO(found[0])) as picture:
        assert picture.format == "WEBP" and picture.width in (720, 721) and 1015 <= picture.height <= 1020
        low, high = picture.convert("L").getextrema()
        assert low < 60 and high > 240, "nothing is drawn"
    assert await pictures_of(two_pages, width=720) == found


@pytest.mark.skipif(not HAS_LIBRARY, reason="pypdfium2 is not installed")
@pytest.mark.parametrize("body", [b"", b"no pdf", b"%PDF-1.7\n1 0 obj"])
async def test_what_is_no_pdf_is_refused_and_the_next_is_drawn(two_pages, body):
    with pytest.raises(PdfFailed):
        await pictures_of(body)
    assert len(await pictures_of(two_pages)) == 2


@pytest.mark.skipif(HAS_LIBRARY, reason="pypdfium2 is installed")
async def test_without_the_library_it_is_said_so(two_pages):
    with pytest.raises(PdfFailed) as failure:
        await pictures_of(two_pages)
    assert failure.value.code == "pdf.no_pictures"
