"""Sets HTML on pages with WeasyPrint. Imported by the PDF process only; fails loudly where WeasyPrint would go on.

One font configuration and one style sheet for the life of the process: new ones for each document grow the memory.
"""

import base64
import binascii
import io
import logging
import re
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import unquote_to_bytes

from PIL import Image
from weasyprint import CSS, HTML
from weasyprint.logger import LOGGER
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

from portal.rendering.pdf.finishing import FieldMissing, options_of
from portal.rendering.pdf.ink import KnownFonts
from portal.rendering.pdf.own_words import Unfit, apart, plain
from portal.rendering.pdf.plates import Plate, Printed

STATIC = Path(__file__).resolve().parents[3] / "static"
FONTS = {f"asset:{file.name}": file for file in sorted((STATIC / "vendor" / "noto-sans-sc").glob("*.ttf"))}
SHEETS = sorted((STATIC / "css" / "print").glob("*.css"))
WARM_UP = "<p>\u5b89\u7f51 0123 <b>\u5b89</b></p>"  # loads both weights before the memory is limited
MOST_NAMED = 12
MADE_UP = re.compile("[\ue000-\uf8ff\U000f0000-\U0010fffd]")
"""Signs of somebody's own: every font shows another one, or none."""
MOST_PLATES = 24


class Unprintable(Exception):
    """A document that is not given out: the code of its reason and what fills the sentence."""

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


class Refused(FatalURLFetchingError):  # type: ignore[misc]  # weasyprint publishes no types
    """An address that is never fetched, or a picture that is never decoded."""

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


class Fetcher(URLFetcher):  # type: ignore[misc]  # the same
    """Gives what stands in the address itself (`data:`) and our own fonts (`asset:`); opens nothing else, ever.

    The inherited way (files, http, redirects) is never called: `fetch` is the only door and has two keys.
    """

    def __init__(self) -> None:
        super().__init__(allowed_protocols=("data",), allow_redirects=False, fail_on_errors=True)
        self.handlers.clear()  # nor could it, should some new version call it
        self.handle_open.clear()
        self.pixels = 0

    def fetch(self, url: str, headers: Any = None) -> URLFetcherResponse:
        """The bytes of one address."""
        if url in FONTS:
            return URLFetcherResponse(url, FONTS[url].read_bytes(), {"Content-Type": "font/ttf"})
        if url.startswith("asset:"):
            raise Refused("pdf.font_missing", font=url.removeprefix("asset:")[:40])
        if url[:5].lower() != "data:":
            raise Refused("pdf.foreign_address", address=url[:80])
        media_type, body = data_of(url)
        if media_type.startswith("image/") and "svg" not in media_type:
            check_pixels(body, self.pixels)
        return URLFetcherResponse(url, body, {"Content-Type": media_type or "text/plain"})


def data_of(url: str) -> tuple[str, bytes]:
    """The media type and the bytes of a `data:` address."""
    head, _, text = url[5:].partition(",")
    body = unquote_to_bytes(text)
    media_type, *more = (part.strip().lower() for part in head.split(";"))
    try:
        return media_type, base64.b64decode(body) if "base64" in more else body
    except binascii.Error:
        raise Refused("pdf.picture_broken") from None


def check_pixels(body: bytes, limit: int) -> None:
    """Refuses a picture by its header: 20 KB may unfold into a gigabyte."""
    try:
        with Image.open(io.BytesIO(body)) as picture:
            width, height = picture.size
    except (OSError, Image.DecompressionBombError, Image.DecompressionBombWarning, ValueError):
        raise Refused("pdf.picture_broken") from None
    if width * height > limit:
        raise Refused("pdf.picture_too_big", width=width, height=height)


class Typesetter:
    """Everything that is loaded once."""

    def __init__(self) -> None:
        warnings.simplefilter("ignore")
        Image.MAX_IMAGE_PIXELS = 100_000_000
        self.said = Listener()
        LOGGER.handlers[:] = [self.said]
        LOGGER.propagate = False
        self.fetcher = Fetcher()
        self.fonts = FontConfiguration()
        css = "\n".join(file.read_text("utf-8") for file in SHEETS)
        self.sheets = [CSS(string=css, font_config=self.fonts, url_fetcher=self.fetcher)]
        self.known: KnownFonts = {}
        self.plates: list[tuple[str, Plate]] = []  # the one used last at the end
        self.pdf_of([WARM_UP], pixels=1, told=lambda _: None)

    def pdf_of(
        self,
        pieces: Sequence[str],
        *,
        pixels: int,
        told: Callable[[int], None],
        extras: dict[str, Any] | None = None,
    ) -> bytes:
        """One PDF of all pieces. Raises `Unprintable`."""
        self.said.clear()
        self.said.look(pieces)
        self.fetcher.pixels = pixels
        try:
            documents = []
            for done, piece in enumerate(pieces, start=1):
                html = HTML(string=piece, url_fetcher=self.fetcher)
                documents.append(html.render(font_config=self.fonts, stylesheets=self.sheets))
                told(done)
            pages = [page for document in documents for page in document.pages]
            pdf: bytes = documents[0].copy(pages).write_pdf(**options_of(extras))
        except Refused as refused:
            raise Unprintable(refused.code, **refused.params) from None
        except FieldMissing as missing:
            raise Unprintable("pdf.field_missing", names=" ".join(missing.names)) from None
        self.said.check()
        return pdf

    def printed(self, piece: str, extras: dict[str, Any], *, pixels: int) -> Printed:
        """One document, from a plate that it has in common with others of its kind. Raises `Unprintable`."""
        self.said.clear()
        self.said.look([piece])
        self.fetcher.pixels = pixels
        words = apart(piece)
        kind = "\0".join([words.shared, *(one["name"] for one in (*extras["fields"], *extras["files"]))])
        for held in [one for one in reversed(self.plates) if one[0] == kind]:
            try:
                made = held[1].printed(words, extras)
            except Unfit:
                continue
            self.plates.remove(held)
            self.plates.append(held)
            self.said.check()
            return made
        return self._printed_first(kind, piece, extras)

    def _printed_first(self, kind: str, piece: str, extras: dict[str, Any]) -> Printed:
        try:
            html = HTML(string=plain(piece), url_fetcher=self.fetcher)
            document = html.render(font_config=self.fonts, stylesheets=self.sheets)
            plate = Plate(document, apart(piece), extras, self.known)
            made = plate.printed(apart(piece), extras)
        except Refused as refused:
            raise Unprintable(refused.code, **refused.params) from None
        except FieldMissing as missing:
            raise Unprintable("pdf.field_missing", names=" ".join(missing.names)) from None
        self.said.check()
        self.plates = [*self.plates[1 - MOST_PLATES :], (kind, plate)]
        return made


class Listener(logging.Handler):
    """Hears what WeasyPrint only logs: a character without a glyph, a picture that did not load."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.clear()

    def clear(self) -> None:
        """Forgets what it has heard."""
        self.missing: dict[str, None] = {}
        self.errors: list[str] = []

    def look(self, pieces: Sequence[str]) -> None:
        """Counts signs as missing that have no look that all agree on."""
        self.missing |= dict.fromkeys(sign for piece in pieces for sign in MADE_UP.findall(piece))

    def emit(self, record: logging.LogRecord) -> None:
        """Keeps missing characters and errors; mere warnings (an unknown property) are no reason to fail."""
        if "notdef" in str(record.msg) and isinstance(record.args, tuple):
            self.missing[str(record.args[0])] = None
        elif record.levelno >= logging.ERROR:
            self.errors.append(record.getMessage())

    def check(self) -> None:
        """Raises `Unprintable` for anything that would be missing on the paper."""
        if self.missing:
            raise Unprintable("pdf.glyph_missing", characters=" ".join(list(self.missing)[:MOST_NAMED]))
        if self.errors:
            raise Unprintable("pdf.part_missing", part=self.errors[0][:80])
