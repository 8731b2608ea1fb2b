"""A letter on paper: one A4 page where eight duties have room, the rest on an annex of the same digest (F11, TR4).

The page is set by the PDF process. The file holds its own text as JSON, and empty signature fields that are signed
later by name. The same text gives the same bytes.
"""

from typing import NamedTuple

from portal.letters.document.changes import DUTIES, duty_line, sections_of
from portal.letters.document.text import DIGEST_MARK, PAPER, LetterText, digest_of, grouped, short_digest, to_json
from portal.rendering.pdf import AttachedFile, EmptyField, Extras, Printed, pdf_alike
from portal.rendering.pdf.codes import Code, code_of

LANGUAGE = "zh-Hans"
JSON_NAME = "letter.json"
ON_FIRST_PAGE = 8
NUMERALS = "\u4e00\u4e8c\u4e09\u56db\u4e94\u516d\u4e03\u516b\u4e5d\u5341"
FIRST_WIDE = 0x2000
OWN = frozenset({"scope", "period", "signing"})
"""Clauses that name the place, the days, the text's digest: each letter's own words, all other clauses are shared."""
WIDTH = 468.0  # points between the margins, less what line breaking wastes
ROOM = 545.0  # points between the head of the letter and its signatures
TITLE = 24.0  # another line of the title
ROW = 46.0  # another row of signatures, both being lower then
DENSITIES = (
    ("roomy", 10.5, 1.55),
    ("even", 10.5, 1.42),
    ("close", 10.5, 1.32),
    ("tight", 10.0, 1.27),
    ("dense", 9.5, 1.24),
)
"""Names in the style sheet, with the size of the letters and the height of a line."""


class Part(NamedTuple):
    """A clause as it is printed."""

    key: str
    numeral: str
    title: str
    text: str
    lines: tuple[str, ...]


class Sheet(NamedTuple):
    """Everything that the template wants."""

    text: LetterText
    parts: list[Part]
    annex: tuple[str, ...]
    first: int
    digest: str
    short: str
    code: str
    qr: Code
    density: str
    columns: int
    own: frozenset[str] = OWN


async def letter_pdf(text: LetterText) -> bytes:
    """The unsigned letter. Refused: `PdfFailed`, for example a character without a glyph, told by its name."""
    return (await letter_printed(text)).pdf


async def letter_printed(text: LetterText) -> Printed:
    """The same, with the digits that stand on each page: those of one wording and duties are set once."""
    sheet = sheet_of(text)
    return await pdf_alike("pdf/letter.html", LANGUAGE, _extras(sheet), sheet=sheet)


def _extras(sheet: "Sheet") -> Extras:
    text = sheet.text
    return Extras(
        identifier=sheet.digest[:32],
        files=(AttachedFile(JSON_NAME, to_json(text), text.title),),
        fields=() if text.signature_kind == PAPER else fields_of(text),
    )


def fields_of(text: LetterText) -> tuple[EmptyField, ...]:
    """The places for electronic signatures; a letter that is signed by hand gets none (R109)."""
    return tuple(EmptyField(one.name, f"{one.label} {one.post} {one.person}".strip()) for one in text.fields)


def sheet_of(text: LetterText) -> Sheet:
    """The letter as the template wants it."""
    digest = digest_of(text)
    annex = tuple(duty_line(one) for one in text.duties[ON_FIRST_PAGE:])
    parts = []
    for numeral, one in zip(NUMERALS, sections_of(text), strict=False):
        lines = one.lines
        if one.key == DUTIES and annex:
            lines = (*lines[:ON_FIRST_PAGE], *text.standing)
        shown = one.text.replace(DIGEST_MARK, short_digest(digest))
        parts.append(Part(one.key, numeral, one.title, shown, lines))
    return Sheet(
        text, parts, annex, ON_FIRST_PAGE, digest, short_digest(digest), grouped(text.code), code_of(text.address),
        _density(parts, text), columns_for(len(text.fields)),
    )  # fmt: skip


def columns_for(fields: int) -> int:
    """How many places to sign stand beside each other: four stay in one row."""
    return 4 if fields == 4 else 3


def _density(parts: list[Part], text: LetterText) -> str:
    """How closely it is set, so that an ordinary letter stays on one page; the last one may run over."""
    return next((name for name, size, line in DENSITIES if _height(parts, text, size, size * line) <= ROOM), "dense")


def _height(parts: list[Part], text: LetterText, size: float, line: float) -> float:
    """About how high the running text is, in points, at this size and line height."""
    lines = _lines(text.opening, size, indent=2)
    lines += sum(_lines(f"{one.label}  {one.unit} {one.post} {one.name}", size) for one in text.parties)
    for one in parts:
        lines += _lines(f"{one.numeral}  {one.title}  {one.text}", size, indent=2)
        lines += sum(_lines(each, size, width=WIDTH - 2 * size) for each in one.lines)
    rows = -(-len(text.fields) // columns_for(len(text.fields)))
    tall = any(len(one.label + one.post + one.person) > 44 // columns_for(len(text.fields)) for one in text.fields)
    above = TITLE * (_lines(text.title, 19.0) - 1)
    return above + lines * line + (ROW + 12 * tall) * (rows - 1) + 12 * tall


def _lines(text: str, size: float, *, width: float = 0.0, indent: int = 0) -> int:
    wide = sum(1.0 if ord(sign) > FIRST_WIDE else 0.56 for sign in text) + indent
    return max(1, -(-int(wide * size) // int(width or WIDTH)))
