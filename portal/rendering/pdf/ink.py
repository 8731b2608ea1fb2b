"""WeasyPrint's own hand on a sheet beside the page, for words that are put in later. For the PDF process only.

See `portal.rendering.pdf.plates`.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from copy import copy
from typing import Any, NamedTuple

from weasyprint.draw.text import draw_text
from weasyprint.pdf.stream import Stream
from weasyprint.text.fonts import get_pango_font_key

from portal.rendering.pdf.filing import joined
from portal.rendering.pdf.small_fonts import Face, face_of, small_font

FONT = re.compile(rb"/(\w+) ([\d.]+) Tf")
SIGNS = re.compile(rb"<([0-9a-f]+)>|(-?[\d.]+)")


class KnownFont(NamedTuple):
    """A font as WeasyPrint opens it, and its tables where it is one of ours."""

    font: Any
    face: Face | None


KnownFonts = dict[Any, KnownFont]


class Line(NamedTuple):
    """A line of own words: what it says, the operators that draw it, the fonts with the signs it takes from them."""

    text: str
    drawn: bytes
    fonts: Mapping[Any, Any]
    is_whole: bool


class _OwnStream(Stream):  # type: ignore[misc]  # weasyprint publishes no types
    """A sheet beside the page: its fonts have names of their own, and are opened once for all plates."""

    def __init__(self, like: Any, known: KnownFonts) -> None:
        super().__init__(
            {}, like.page_rectangle, like._resources, like._images, None, like._color_profiles, like._output_intent
        )
        self.known = known

    def add_font(self, pango_font: Any) -> tuple[Any, float]:
        key, _, size = get_pango_font_key(pango_font)
        if key not in self.known:
            font, _ = super().add_font(pango_font)  # its face lives as long as the fonts of the process
            face = face_of(font.file_content)
            font.hash, font.name, font.file_content = f"O{font.hash}", b"/O" + font.name[1:], b""
            self.known[key] = KnownFont(font, face)
        if key not in self._fonts or self._fonts[key] is self.known[key].font:
            self._fonts[key] = font = copy(self.known[key].font)
            font.widths, font.to_unicode, font.missing = {}, {}, {}
        return self._fonts[key], size


class Ink:
    """WeasyPrint's own hand. A sign that the shared words have too is taken from their font: the file stays small."""

    def __init__(self, like: Any, shared: Mapping[Any, Any], known: KnownFonts) -> None:
        self._stream = _OwnStream(like, known)
        self._shared = shared

    def line(self, box: Any) -> Line:
        """A line of text, drawn as if nothing had been drawn before."""
        stream = self._stream
        stream.stream, stream._fonts, stream._old_font = [], {}, None
        box.style = box.shown
        with stream.stacked():
            draw_text(stream, box, 0, "clip", "none")
        fonts = stream._fonts
        shared = {font.hash.encode(): self._shared[key] for key, font in fonts.items() if key in self._shared}
        drawn = joined(list(_with_shared(stream.stream, shared)))
        for key, font in fonts.items():
            there = self._shared[key].to_unicode if key in self._shared else {}
            font.to_unicode = {sign: text for sign, text in font.to_unicode.items() if sign not in there}
        is_whole = not any(font.missing for font in fonts.values())
        return Line(box.text, drawn, {key: font for key, font in fonts.items() if font.to_unicode}, is_whole)

    def fonts_of(self, lines: Iterable[Line]) -> dict[Any, Any]:
        """The fonts of some lines, each with the signs of all of them."""
        found: dict[Any, Any] = {}
        for line in lines:
            for key, font in line.fonts.items():
                if key not in found:
                    found[key] = copy(font)
                    found[key].to_unicode, found[key].widths = {}, {}
                    _small(found[key], self._stream.known[key].face)
                for sign, text in font.to_unicode.items():
                    found[key].to_unicode.setdefault(sign, text)
                    found[key].widths[sign] = font.widths[sign]
        return found


def _small(font: Any, face: Face | None) -> None:
    """Has a font of ours cut down by ourselves."""

    def cut(signs: Mapping[int, str], _: bool) -> None:
        font.file_content = small_font(face, signs) if face else b""

    if face is not None:
        font.clean = cut


def _with_shared(items: list[bytes], shared: Mapping[bytes, Any]) -> Iterator[bytes]:
    """The same operators, with each sign from the font that has it."""
    name = size = b""
    for item in items:
        if chosen := FONT.fullmatch(item):
            name, size = chosen[1], chosen[2]
        elif item.endswith(b"] TJ") and name in shared:
            yield from _in_turns(item, name, size, shared[name])
        else:
            if item.endswith(b" TJ"):
                yield b"/%s %s Tf" % (name, size)
            yield item


def _in_turns(item: bytes, name: bytes, size: bytes, shared: Any) -> Iterator[bytes]:
    """A row of signs and of moves between them, cut where the font changes."""
    known, fonts = shared.to_unicode, {True: shared.hash.encode(), False: name}
    turns: list[tuple[bool, list[bytes]]] = []
    for signs, move in SIGNS.findall(item[1:-4]):
        for sign in (signs[at : at + 4] for at in range(0, len(signs), 4)):
            is_shared = int(sign, 16) in known
            if not turns or turns[-1][0] is not is_shared:
                turns.append((is_shared, []))
            turns[-1][1].append(b"<%s>" % sign)
        if move:
            if not turns:
                turns.append((False, []))
            turns[-1][1].append(move)
    for is_shared, parts in turns:
        yield b"/%s %s Tf" % (fonts[is_shared], size)
        yield b"[%s] TJ" % b"".join(parts).replace(b"><", b"")
