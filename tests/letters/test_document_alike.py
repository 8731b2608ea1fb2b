"""Letters that have most words in common are set once: the same look, the same bytes, ten times as fast (F4, F18)."""

import io
import json
import re
import time
from collections.abc import Iterator
from typing import Any

import pypdf
import pypdfium2  # type: ignore[import-untyped]
import pytest
from fontTools.pens.recordingPen import RecordingPen
from fontTools.ttLib import TTFont
from PIL import ImageChops

from portal.letters.document import LetterText, letter_printed
from portal.letters.document.paper import LANGUAGE, _extras, sheet_of
from portal.rendering.environment import render
from portal.rendering.pdf import Printed
from portal.rendering.pdf import shutdown as end_printing
from portal.rendering.pdf.plates import BLANK, digits_of
from portal.rendering.pdf.small_fonts import face_of, small_font
from portal.rendering.pdf.typeset import FONTS, SHEETS, Typesetter, Unprintable
from tests.letters.document_kit import KINDS, a_letter

PEOPLE = ["教师023", "欧阳晓明", "买买提·艾力", "王䶮", "Li Wei", "李𠮷"]
PLACES = ["博学楼二楼声乐室（2）", "食堂", "行政楼一楼东侧大厅及其卫生间和两侧疏散楼梯", "A 区 3 号门"]


@pytest.fixture(scope="module")
def typesetter() -> Typesetter:
    return Typesetter()


@pytest.fixture(scope="module", autouse=True)
def processes() -> Iterator[None]:
    yield
    end_printing()


def some_letters(kind: str, count: int = 6, people: list[str] = PEOPLE) -> list[LetterText]:
    """Letters of one round: other people, places and numbers, the same duties."""
    made = []
    for turn in range(count):
        code = f"{turn:x}" * 4 + "d27b904e5566aa01bc9de4f72011"
        taker = {"unit": PLACES[turn % 4], "post": "室管员", "name": people[turn % len(people)]}
        more = {} if kind == "class" else {"taker": taker}
        made.append(
            a_letter(
                kind, number=f"安责〔2026〕{turn + 18:04d}号", grid=PLACES[turn % 4], grid_code=f"A2-{turn}", code=code,
                address=f"https://anwang.example/v/{code}", superior=f"{turn % 2 + 1}号楼长", **more,
            )
        )  # fmt: skip
    return made


def taken(text: LetterText) -> tuple[str, dict[str, Any]]:
    sheet = sheet_of(text)
    return render("pdf/letter.html", LANGUAGE, sheet=sheet), _extras(sheet).plain()


def printed(typesetter: Typesetter, text: LetterText) -> Printed:
    piece, extras = taken(text)
    made = typesetter.printed(piece, extras, pixels=10**7)
    return Printed(made.pdf, made.pages)


def whole(typesetter: Typesetter, text: LetterText, pages: tuple[str, ...]) -> bytes:
    """The letter as WeasyPrint alone sets it; with the digits of its first page on each."""
    piece, extras = taken(text)
    return typesetter.pdf_of([piece.replace(BLANK, pages[0])], pixels=10**7, told=lambda _: None, extras=extras)


def pictures(pdf: bytes) -> list[Any]:
    document = pypdfium2.PdfDocument(pdf)
    document.init_forms()
    return [page.render(scale=2, may_draw_forms=True).to_pil().convert("RGB") for page in document]


def said(pdf: bytes) -> list[str]:
    return [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages]


def labels(reader: pypdf.PdfReader) -> list[str]:
    root: Any = reader.trailer["/Root"]
    form = root.get("/AcroForm", {})
    return [one.get_object()["/TU"] for one in form.get("/Fields", [])]


def lines(pdf: bytes) -> list[str]:
    """The words in their order, without the digits of each page and without spaces that end a line."""
    return [re.sub(r"\d{4} \d{4} \d{4}$", "", line).rstrip() for line in "\n".join(said(pdf)).splitlines()]


def tree(pdf: bytes) -> list[Any]:
    """The tags, from the top."""
    reader: Any = pypdf.PdfReader(io.BytesIO(pdf))
    root = reader.trailer["/Root"]["/StructTreeRoot"]

    def below(node: Any) -> Any:
        node = node.get_object() if hasattr(node, "get_object") else node
        if not isinstance(node, dict):
            return int(node)
        kids = node.get("/K", [])
        return [str(node.get("/S")), [below(one) for one in (kids if isinstance(kids, list) else [kids])]]

    found: list[Any] = below(root["/K"][0])
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_look_the_same_words_the_same_tags_as_set_alone(typesetter, kind):
    for text in some_letters(kind):
        made = printed(typesetter, text)
        alone = whole(typesetter, text, made.pages)
        for number, (ours, theirs) in enumerate(zip(pictures(made.pdf), pictures(alone), strict=True)):
            if number == 0:
                assert ImageChops.difference(ours, theirs).getbbox() is None  # not one point differs
            else:  # the digits below are those of the first page there
                box = ImageChops.difference(ours, theirs).getbbox()
                assert box is None or box[1] > 0.95 * ours.height
        assert lines(made.pdf) == lines(alone)
        assert tree(made.pdf) == tree(alone)
        ours, theirs = (pypdf.PdfReader(io.BytesIO(pdf)) for pdf in (made.pdf, alone))
        assert ours.attachments == theirs.attachments
        assert ours.metadata == theirs.metadata
        assert labels(ours) == labels(theirs)


def test_a_letter_has_the_same_bytes_whichever_was_set_before_it(typesetter):
    texts = some_letters("every", 12)
    together = [printed(typesetter, text) for text in texts]
    plates = len([one for one in typesetter.plates if "一岗双责" in one[0]])
    assert plates < 12
    backwards = Typesetter()
    assert [printed(backwards, text) for text in reversed(texts)][::-1] == together
    for text, made in zip(texts[:4], together, strict=False):
        assert printed(Typesetter(), text) == made


def test_most_letters_of_a_round_need_no_plate_of_their_own():
    fresh = Typesetter()
    for text in some_letters("post", 40):
        printed(fresh, text)
    assert len(fresh.plates) < 12


async def test_the_process_gives_the_same():
    text = some_letters("post", 1)[0]
    assert await letter_printed(text) == printed(Typesetter(), text)


def test_the_digits_of_a_page_are_of_its_words(typesetter):
    text = a_letter("yearly")
    made = printed(typesetter, text)
    assert len(made.pages) == 2
    for page, digits in zip(said(made.pdf), made.pages, strict=True):
        assert f"本页核对号 {digits}" in page
        words = page.replace(f"本页核对号 {digits}", "")
        assert sorted("".join(words.split())) == sorted(
            "".join(f"{words}本页核对号".split()).replace("本页核对号", "", 1)
        )
    assert digits_of("a b\nc") == digits_of("abc")
    other = printed(typesetter, a_letter("yearly", number="安责〔2026〕0019号"))
    assert not set(other.pages) & set(made.pages)
    assert json.dumps(made.pages)


def test_a_sign_that_nobody_has_is_told_from_a_plate_too_and_each_time():
    typesetter = Typesetter()  # the last one made is the one that hears of missing signs
    printed(typesetter, a_letter("post"))
    for name in ("王\U000310c1", "王\ue000") * 2:
        with pytest.raises(Unprintable) as refused:
            printed(typesetter, a_letter("post", taker={"unit": "", "post": "室管员", "name": name}))
        assert refused.value.code == "pdf.glyph_missing"
        assert name[1] in refused.value.params["characters"]
    printed(typesetter, a_letter("post"))  # and the next one is none the worse


@pytest.mark.parametrize("weight", ["Regular", "Bold"])
def test_a_font_of_few_signs_has_their_outlines_and_widths(weight):
    file = next(path for name, path in FONTS.items() if weight in name)
    face = face_of(file.read_bytes())
    assert face is not None
    whole = TTFont(file)
    names, outlines = whole.getGlyphOrder(), whole.getGlyphSet()
    signs = [1, 17, 400, 9000, whole.getGlyphID(whole.getBestCmap()[ord("\u56fd")])]
    small = TTFont(io.BytesIO(small_font(face, signs)), checkChecksums=2)
    there = small.getGlyphSet()
    for sign in (0, *signs):
        drawn = [RecordingPen(), RecordingPen()]
        outlines[names[sign]].draw(drawn[0])
        there[small.getGlyphOrder()[sign]].draw(drawn[1])
        assert drawn[0].value == drawn[1].value
        assert outlines[names[sign]].width == there[small.getGlyphOrder()[sign]].width
    assert face_of(b"OTTO" + bytes(100)) is None


@pytest.mark.bench
def test_a_yearly_round_is_ten_times_as_fast_as_the_stock_path(typesetter):
    """What is set once is in the time, as it is in a round of two hundred; nobody has signed yet."""
    from weasyprint import CSS, HTML

    texts = some_letters("yearly", 200, [f"教师{number:03d}" for number in range(200)])
    css = re.sub(r"@font-face *{[^}]*}", "", "\n".join(file.read_text("utf-8") for file in SHEETS))

    def stock(text: LetterText) -> bytes:
        piece, _ = taken(text)
        done: bytes = HTML(string=piece).write_pdf(stylesheets=[CSS(string=css)])
        return done

    seconds = {}
    for name, way, some in (("stock", stock, texts[:6]), ("ours", lambda text: printed(typesetter, text), texts)):
        began = time.process_time()
        for text in some:
            way(text)
        seconds[name] = (time.process_time() - began) / len(some)
    times = seconds["stock"] / seconds["ours"]
    print(
        f"\nstock {seconds['stock'] * 1000:.0f} ms a letter, from plates {seconds['ours'] * 1000:.1f} ms: {times:.1f}×"
    )
    assert times >= 10
