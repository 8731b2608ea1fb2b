"""A document that is set once and printed many times with other words in its places. For the PDF process only.

Most of a letter reads like the one before it. A *plate* is such a letter, set by WeasyPrint, without the words that
are a letter's own: elements with `data-own="name"` (text only, at the left, in one style) and the path of its code.
Printing breaks those words into lines as WeasyPrint would, draws them by WeasyPrint's own hand, and puts them where
they were left out. What would flow otherwise (another line, another height) does not fit and gets a plate of its own: a
letter has the same looks, and the same bytes, whichever plate it is printed from.
"""

import hashlib
import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from weasyprint import DEFAULT_OPTIONS
from weasyprint.pdf import generate_pdf

from portal.rendering.pdf.filing import Filed, Filer, joined
from portal.rendering.pdf.finishing import options_of
from portal.rendering.pdf.ink import Ink, KnownFonts, Line
from portal.rendering.pdf.own_words import Run, Unfit, Words, broken, taken_out

BAR = re.compile(r"M(\d+) (\d+)h(\d+)v1h-\d+z")
PAGE = "page"
"""The name of the place where a page's own digits stand: worked out from the words of the page."""
BLANK = "0000 0000 0000"
ONE_BAR_DRAWN = [b"0 0 m", b"0 0 m", b"1 0 l", b"1 1 l", b"0 1 l", b"h"]
MOST_LINES = 200  # that a plate keeps


class Printed(NamedTuple):
    """A document, with the digits that stand on each page."""

    pdf: bytes
    pages: tuple[str, ...]


class Plate:
    """One document that is set, and everything in its file that no other of its kind changes."""

    def __init__(self, document: Any, words: Words, extras: dict[str, Any], known: KnownFonts) -> None:
        self._runs, self._said = taken_out(document.pages, words)
        self._kept = {name: text for name, text in words.own.items() if name not in {run.name for run in self._runs}}
        if PAGE in words.own and [run.page for run in self._runs if run.name == PAGE] != [*range(len(document.pages))]:
            raise Unfit  # a page would be printed without its digits
        painted = [_Painted(page) for page in document.pages]
        options = {**DEFAULT_OPTIONS, **options_of(extras)}
        finish = options.pop("finisher")
        pdf = generate_pdf(document, None, 1, **options)
        finish(document, pdf)
        self._pages = [_Slots(one) for one in painted]
        self._filed = Filed(pdf, [one.stream for one in painted])
        self._ink = Ink(painted[0].stream, document.fonts, known)
        self._lines: dict[tuple[str, int, str], list[Line]] = {}

    def printed(self, words: Words, extras: dict[str, Any]) -> Printed:
        """The document with these words. Raises `Unfit`."""
        if any(words.own.get(name, "") != text for name, text in self._kept.items()):
            raise Unfit
        lines = {run: self._line(run, words.own.get(run.name, "")) for run in self._runs if run.name != PAGE}
        digits = [digits_of(self._words_on(number, lines)) for number in range(len(self._pages))]
        for run in self._runs:
            if run.name == PAGE:
                lines[run] = self._line(run, words.own[PAGE].replace(BLANK, digits[run.page]))
        drawn = {
            place.box: line.drawn for run, found in lines.items() for place, line in zip(run.places, found, strict=True)
        }
        filer = Filer(self._filed)
        for slots in self._pages:
            filer.put_content(slots.stream, slots.filled(drawn, words.path))
        filer.put_fonts(self._ink.fonts_of(line for found in lines.values() for line in found))
        filer.put_extras(words.title, extras)
        return Printed(filer.filed(extras["identifier"]), tuple(digits))

    def _line(self, run: Run, text: str) -> list[Line]:
        """The lines of a text in its places; what many letters have in common is drawn once."""
        key = (run.name, run.page, text)
        found = self._lines.pop(key, None) or [self._ink.line(box) for box in broken(run, text)]
        if not all(line.is_whole for line in found):
            return found  # it is refused, and must be heard of the next time as well
        self._lines[key] = found  # at the end: the one used last
        if len(self._lines) > MOST_LINES:
            del self._lines[next(iter(self._lines))]
        return found

    def _words_on(self, number: int, lines: Mapping[Run, list[Line]]) -> str:
        """What is printed on a page, but for its own digits."""
        said = self._said[number]
        return "".join(
            one if isinstance(one, str) else "".join(line.text for line in lines.get(one, ())) for one in said
        )


def digits_of(words: str) -> str:
    """Twelve digits of the words, without the spaces between them: to be read aloud and compared."""
    found = hashlib.sha256("".join(words.split()).encode()).digest()
    digits = f"{int.from_bytes(found) % 10**12:012d}"
    return " ".join(digits[at : at + 4] for at in range(0, 12, 4))


class _Painted:
    """Listens while a page is painted: which mark each box gets."""

    def __init__(self, page: Any) -> None:
        self.stream: Any = None
        self.boxes: dict[int, Any] = {}
        self._paint, page.paint = page.paint, self

    def __call__(self, stream: Any, scale: float = 1) -> None:
        self._paint(stream, scale)
        self.stream = stream
        self.boxes = {tag["mcid"]: box for box, tag in stream._tags.items()}


class _Slots:
    """What is drawn on a page, cut where own words and the code belong."""

    CODE = "code"

    def __init__(self, painted: _Painted) -> None:
        self.stream = painted.stream
        items = painted.stream.stream
        self._parts: list[Any] = []
        begun = at = 0
        while at < len(items):
            if items[at : at + len(ONE_BAR_DRAWN)] == ONE_BAR_DRAWN:
                self._parts += [joined(items[begun:at]), self.CODE]
                begun = at = at + len(ONE_BAR_DRAWN)
                continue
            at += 1
            if items[at - 1] == b"BDC" and hasattr(box := painted.boxes[items[at - 2]["MCID"]], "shown"):
                self._parts += [joined(items[begun:at]), box]
                begun = at
        self._parts.append(joined(items[begun:]))
        self.stream.stream = []  # what was drawn stands in the parts now

    def filled(self, own: Mapping[Any, bytes], path: str) -> bytes:
        """With the words and the code of one document."""
        return b"\n".join(part if isinstance(part, bytes) else self._own(part, own, path) for part in self._parts)

    def _own(self, part: Any, own: Mapping[Any, bytes], path: str) -> bytes:
        if part is self.CODE:
            return "\n".join(f"{x} {y} {wide} 1 re" for x, y, wide in BAR.findall(path)).encode()
        return own[part]
