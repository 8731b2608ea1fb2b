"""What is seen in a signature's field. Imported by the sealing process only.

Names and captions are drawn as outlines of our own font: nothing to embed, nothing that another viewer could replace.
"""

import io
import os
import tempfile
import unicodedata
from collections.abc import Iterable
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from fontTools.pens.basePen import BasePen
from fontTools.ttLib import TTFont
from PIL import Image
from pyhanko.pdf_utils.content import ImportedPdfPage, PdfContent, RawContent
from pyhanko.pdf_utils.generic import StreamObject
from pyhanko.pdf_utils.images import PdfImage
from pyhanko.pdf_utils.layout import AxisAlignment, BoxConstraints, Margins, SimpleBoxLayoutRule
from pyhanko.pdf_utils.writer import BasePdfFileWriter
from pyhanko.stamp import StaticStampStyle
from pyhanko.stamp.static import StaticContentStamp

from portal.letters.sealing.plain import Appearance, Ink, Page, Picture, Stamp, Strokes, Typed
from portal.letters.sealing.rare import rare_sign
from portal.letters.sealing.wrapping import SealingFailed

FONT = Path(__file__).resolve().parents[3] / "static" / "vendor" / "noto-sans-sc" / "NotoSansSC-Regular.ttf"
INK = "0.05 0.1 0.3"
GREY = "0.25 0.25 0.25"
RED = "0.8 0.05 0.05"
CAPTION = 7.0  # points, the greatest height of its characters
MOST_PIXELS = 4_000_000
PICTURE_WIDE = 600  # pixels: 300 to the inch in a field of 50 mm
MOST_POINTS = 20_000
GRAIN = 128  # steps to an em: finer than any printer at these sizes


def style_of(appearance: Appearance, width: float, height: float) -> StaticStampStyle:
    """The looks of a field of this size, in points. Refused: `sealing.glyph_missing`, `sealing.picture_…`."""
    lines, row = appearance.caption.splitlines(), CAPTION * 1.6
    below = row * len(lines)
    content: bytes | PdfContent | None = _content(appearance.ink, width, height - below)
    parts = [
        _text(line, width, CAPTION, x=0, y=below - row * place, room=row, colour=GREY)
        for place, line in enumerate(lines, 1)
    ]
    if isinstance(content, bytes):
        parts.append(b"q 1 0 0 1 0 %.2f cm %s Q" % (below, content))
        content = None
    drawn = RawContent(b" ".join(parts), box=BoxConstraints(width, height))
    return _style(_Over(content, drawn, below, width, height) if isinstance(content, PdfContent) else drawn)


class SmallStamp(StaticContentStamp):
    """pyHanko's, compressed: outlines shrink to a third."""

    def as_form_xobject(self) -> StreamObject:
        drawn = super().as_form_xobject()
        drawn.compress()
        return drawn


class SmallStyle(StaticStampStyle):
    """Makes such stamps."""

    def create_stamp(self, writer: BasePdfFileWriter, box: BoxConstraints, text_params: dict[str, Any]) -> SmallStamp:
        return SmallStamp(writer=writer, style=self, box=box)


def _style(content: PdfContent) -> StaticStampStyle:
    middle = AxisAlignment.ALIGN_MID
    rule = SimpleBoxLayoutRule(x_align=middle, y_align=middle, margins=Margins())
    return SmallStyle(background=content, border_width=0, background_layout=rule)


class _Over(PdfContent):
    """A picture or page, fitted above the caption."""

    def __init__(self, inner: PdfContent, drawn: RawContent, below: float, width: float, height: float) -> None:
        super().__init__(box=BoxConstraints(width, height))
        self._inner, self._drawn, self._below = inner, drawn, below

    def render(self) -> bytes:
        self._inner.set_writer(self.writer)
        body = self._inner.render()
        self.import_resources(self._inner.resources)
        box, room = self._inner.box, self.box.height - self._below
        scale = min(self.box.width / box.width, room / box.height)
        x = (self.box.width - scale * box.width) / 2
        y = self._below + (room - scale * box.height) / 2
        return b"q %.4f 0 0 %.4f %.2f %.2f cm %s Q %s" % (scale, scale, x, y, body, self._drawn.render())


def _content(ink: Ink | None, width: float, height: float) -> bytes | PdfContent:
    match ink:
        case None:
            return b""
        case Strokes():
            return _lines(ink, width, height)
        case Typed():
            return _text(ink.name, width, height * 0.6, x=0, y=0, room=height, colour=INK)
        case Stamp():
            return _stamp(ink, width, height)
        case Picture():
            return _picture(ink.png)
        case Page():
            return _page(ink.pdf)


def _lines(ink: Strokes, width: float, height: float) -> bytes:
    """The strokes, fitted into the field, the right way up."""
    points = [point for line in ink.lines for point in line]
    if not 2 <= len(points) <= MOST_POINTS or not all(abs(n) < 1e6 for point in points for n in point):
        raise SealingFailed("sealing.no_strokes")
    (left, right), (top, bottom) = _span(x for x, _ in points), _span(y for _, y in points)
    edge = 2.0
    scale = min((width - 2 * edge) / max(right - left, 1e-6), (height - 2 * edge) / max(bottom - top, 1e-6), 1e6)
    away_x, away_y = (width - scale * (right - left)) / 2, (height - scale * (bottom - top)) / 2
    drawn = [f"q 1 J 1 j 1.1 w {INK} RG"]
    for line in ink.lines:
        places = [(away_x + (x - left) * scale, height - away_y - (y - top) * scale) for x, y in line]
        for place, (x, y) in enumerate(places):
            drawn.append(f"{x:.1f} {y:.1f} {'l' if place else 'm'}")
        if len(places) == 1:
            drawn.append(f"{places[0][0] + 0.1:.1f} {places[0][1]:.1f} l")
        drawn.append("S")
    return (" ".join(drawn) + " Q").encode()


def _span(numbers: Iterable[float]) -> tuple[float, float]:
    found = list(numbers)
    return min(found), max(found)


def _picture(png: bytes) -> PdfContent:
    """A picture as dark ink on white, no larger than paper shows."""
    try:
        with Image.open(io.BytesIO(png), formats=("PNG",)) as opened:
            if opened.width * opened.height > MOST_PIXELS:
                raise SealingFailed("sealing.picture_too_big", width=opened.width, height=opened.height)
            seen = opened.convert("RGBA")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        raise SealingFailed("sealing.picture_broken") from None
    white = Image.new("RGBA", seen.size, "white")
    grey = Image.alpha_composite(white, seen).convert("L")
    box = grey.point(lambda tone: 255 if tone < 200 else 0).getbbox()
    if box is None:
        raise SealingFailed("sealing.no_strokes")
    grey = grey.crop(box)
    grey.thumbnail((PICTURE_WIDE, PICTURE_WIDE))
    return PdfImage(grey, box=BoxConstraints(grey.width, grey.height))


def _page(pdf: bytes) -> PdfContent:
    handle, name = tempfile.mkstemp(suffix=".pdf")  # in the process's own folder; pyHanko imports from a path
    with os.fdopen(handle, "wb") as file:
        file.write(pdf)
    return ImportedPdfPage(name)


def _stamp(ink: Stamp, width: float, height: float) -> bytes:
    """A ring with the school's name in one or two lines, and what it is below: a seal, not a person's hand."""
    radius = min(width, height) / 2 - 1
    x, y, k = width / 2, height / 2, 0.5523 * radius
    ring = (
        f"q {RED} RG 1.4 w {x + radius:.2f} {y:.2f} m "
        f"{x + radius:.2f} {y + k:.2f} {x + k:.2f} {y + radius:.2f} {x:.2f} {y + radius:.2f} c "
        f"{x - k:.2f} {y + radius:.2f} {x - radius:.2f} {y + k:.2f} {x - radius:.2f} {y:.2f} c "
        f"{x - radius:.2f} {y - k:.2f} {x - k:.2f} {y - radius:.2f} {x:.2f} {y - radius:.2f} c "
        f"{x + k:.2f} {y - radius:.2f} {x + radius:.2f} {y - k:.2f} {x + radius:.2f} {y:.2f} c S Q"
    ).encode()
    half = (len(ink.school) + 1) // 2 if len(ink.school) > 6 else len(ink.school)
    names = [part for part in (ink.school[:half], ink.school[half:]) if part]
    wide, size = radius * 1.6, radius * 0.36
    left, step = x - wide / 2, size * 1.15
    drawn = [ring]
    for place, name in enumerate(names):
        above = y + step * (len(names) - 1 - place) + 1
        drawn.append(_text(name, wide, size, x=left, y=above, room=step, colour=RED))
    drawn.append(_text(ink.label, wide * 0.85, size * 0.75, x=x - wide * 0.425, y=y - step, room=step, colour=RED))
    return b" ".join(drawn)


def _text(text: str, width: float, size: float, *, x: float, y: float, room: float, colour: str) -> bytes:
    """Text as outlines, no larger than `size`, in the middle of a box. A character without a glyph is refused."""
    missing = [sign for sign in dict.fromkeys(text) if not _is_known(sign)]
    if missing:
        raise SealingFailed("sealing.glyph_missing", characters=" ".join(missing[:12]))
    signs = [_glyph(sign) for sign in text]
    total = sum(wide for wide, _ in signs) / GRAIN
    scale = min(size, width / max(total, 0.1))
    drawn, right = [], 0.0
    for wide, strokes in signs:
        for letter, points in strokes:
            drawn.append(" ".join([*(f"{round(right + px)} {py}" for px, py in points), letter]))
        right += wide
    left, low, step = x + (width - total * scale) / 2, y + (room - scale * 0.76) / 2, scale / GRAIN
    return f"q {step:.5f} 0 0 {step:.5f} {left:.2f} {low:.2f} cm {colour} rg {' '.join(drawn)} f Q".encode()


Stroke = tuple[str, tuple[tuple[int, int], ...]]


def _is_known(sign: str) -> bool:
    if sign.isspace() or ord(sign) in _font()[2]:
        return True
    return (
        unicodedata.category(sign) != "Co" and rare_sign(sign) is not None
    )  # signs of somebody's own look as they like


@lru_cache(maxsize=2000)
def _glyph(sign: str) -> tuple[float, tuple[Stroke, ...]]:
    """Its width and its outline, on a grid of whole numbers: they pack well."""
    font, glyphs, names = _font()
    name = names.get(ord(sign), "space")
    rare = rare_sign(sign) if ord(sign) not in names and not sign.isspace() else None
    if rare is not None:
        font, glyphs, name = rare
    scale = GRAIN / font["head"].unitsPerEm
    pen = _Outline(scale)
    glyphs[name].draw(pen)
    return glyphs[name].width * scale, tuple(pen.drawn)


class _Outline(BasePen):  # type: ignore[misc]  # fontTools publishes no types
    """Notes an outline as the operators of PDF."""

    def __init__(self, scale: float) -> None:
        super().__init__(None)
        self.scale = scale
        self.drawn: list[Stroke] = []

    def _note(self, letter: str, *points: tuple[float, float]) -> None:
        self.drawn.append((letter, tuple((round(x * self.scale), round(y * self.scale)) for x, y in points)))

    def _moveTo(self, pt: tuple[float, float]) -> None:  # noqa: N802 - fontTools' names
        self._note("m", pt)

    def _lineTo(self, pt: tuple[float, float]) -> None:  # noqa: N802
        self._note("l", pt)

    def _curveToOne(self, *points: tuple[float, float]) -> None:  # noqa: N802
        self._note("c", *points)

    def _closePath(self) -> None:  # noqa: N802
        self._note("h")


@cache
def _font() -> tuple[TTFont, Any, dict[int, str]]:
    font = TTFont(FONT, lazy=True)
    return font, font.getGlyphSet(), font.getBestCmap()
