"""The responsibility map (R24) as SVG: the tree in columns, holders beside their grids, gaps hatched in red.

Colours stand as attributes, so that paper needs no style sheet; on a screen the classes win, and dark is dark. Nothing
here knows the time of day: the same rows give the same drawing, which is how a new edition is noticed.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from unicodedata import east_asian_width

from markupsafe import Markup, escape

ROW = 26
TALL = 48
"""A row that is a link is as tall as a finger."""
WIDTH = 290
"""With its edges it fits a phone."""
SPACE = 24
INDENT = 18
TEXT = 13
EDGE = 8
RATIO = 1.4
"""A sheet of A3 lying on its side."""


@dataclass(frozen=True, slots=True)
class Spot:
    """One grid of the map. `who` is "" for a heading; a gap says so in `who` and is hatched."""

    name: str
    who: str
    depth: int
    is_gap: bool = False
    is_heading: bool = False
    href: str = ""


@dataclass(frozen=True, slots=True)
class Drawing:
    """An SVG with its size in units, which are pixels of a screen."""

    svg: Markup
    width: int
    height: int


def draw(spots: Sequence[Spot], *, label: str, columns: int = 0) -> Drawing:
    """All grids in columns of one sheet; a building is kept whole where it fits. `columns` 0: as suits the sheet."""
    blocks, row = list(_blocks(spots)), TALL if any(spot.href for spot in spots) else ROW
    filled = _columns(blocks, columns or _how_many(spots))
    width = len(filled) * (WIDTH + SPACE) - SPACE + 2 * EDGE
    height = max((len(column) for column in filled), default=1) * row + 2 * EDGE
    body = Markup("").join(
        _column(column, EDGE + number * (WIDTH + SPACE), row) for number, column in enumerate(filled)
    )
    head = Markup(
        '<svg xmlns="http://www.w3.org/2000/svg" class="map" viewBox="0 0 {w} {h}" width="{w}" height="{h}" '
        'role="{role}" aria-label="{label}" font-family="Anwang, Noto Sans CJK SC, sans-serif" font-size="{size}">'
        '<defs><pattern id="hatch" width="8" height="8" patternUnits="userSpaceOnUse" patternTransform="rotate(-45)">'
        '<rect class="m-soft" width="8" height="8" fill="#fdecea"/><rect class="m-line" width="3" height="8" '
        'fill="#f7d3cf"/></pattern></defs>'
    ).format(w=width, h=height, label=label, size=TEXT, role="img" if row == ROW else "group")
    return Drawing(head + body + Markup("</svg>"), width, height)


def sheets(spots: Sequence[Spot], *, label: str, most: int = 260) -> list[Drawing]:
    """The map on as many sheets as keep it readable: main branches are not torn apart where they fit on one."""
    pages: list[list[Spot]] = [[]]
    for block in _blocks(spots):
        if pages[-1] and len(pages[-1]) + len(block) > most:
            pages.append([])
        pages[-1] += block
    return [draw(page, label=label) for page in pages]


def _how_many(spots: Sequence[Spot]) -> int:
    """The columns that come nearest to the sheet's proportions."""
    return min(
        range(1, 13),
        key=lambda n: abs(n * (WIDTH + SPACE) / (max(-(-len(spots) // n), 1) * ROW) - RATIO),
    )


def _blocks(spots: Sequence[Spot]) -> Iterator[list[Spot]]:
    """The main branches: the organisation itself, then each child with all that is below it."""
    block: list[Spot] = []
    for spot in spots:
        if spot.depth <= 1 and block:
            yield block
            block = []
        block.append(spot)
    if block:
        yield block


def _columns(blocks: Iterable[list[Spot]], count: int) -> list[list[Spot]]:
    """Fills columns one after the other; a branch that is longer than a column goes on in the next one."""
    rows = list(blocks)
    most = -(-sum(len(block) for block in rows) // count)
    columns: list[list[Spot]] = [[]]
    for block in rows:
        if columns[-1] and len(columns[-1]) + min(len(block), most // 3) > most:
            columns.append([])
        for spot in block:
            if len(columns[-1]) > most:
                columns.append([])
            columns[-1].append(spot)
    return columns


def _column(spots: Sequence[Spot], x: int, row: int) -> Markup:
    return Markup("").join(_spot(spot, x, EDGE + number * row, row) for number, spot in enumerate(spots))


def _spot(spot: Spot, x: int, y: int, row: int) -> Markup:
    indent = min(max(spot.depth - 1, 0), 4) * INDENT
    left, wide = x + indent, WIDTH - indent
    room = (wide - 20) / TEXT
    who = _cut(spot.who, room * 0.5)
    name = _cut(spot.name, room - width_of(who) - 1)
    middle = y + row // 2
    parts = [_box(spot, left, y, wide, row - 3), _text(name, left + 8, middle, "m-name", bold=spot.depth <= 1)]
    if indent:
        parts.insert(0, _branch(x + indent - INDENT + 6, y, middle, left))
    if who:
        parts.append(
            _text(who, left + wide - 8, middle, "m-gap-text" if spot.is_gap else "m-who", end=True, red=spot.is_gap)
        )
    body = Markup("").join(parts)
    if not spot.href:
        return body
    title = Markup("<title>{}</title>").format(" ".join(part for part in (spot.name, spot.who) if part))
    return Markup('<a href="{}">{}{}</a>').format(spot.href, title, body)


def _box(spot: Spot, x: int, y: int, wide: int, high: int) -> Markup:
    kind = "m-gap" if spot.is_gap else "m-top" if spot.depth <= 1 else "m-box"
    fill = "url(#hatch)" if spot.is_gap else "#e8ebe8" if spot.depth <= 1 else "#ffffff"
    line = "#ae1f1b" if spot.is_gap else "#b9c1bc"
    return Markup(
        '<rect class="{}" x="{}" y="{}" width="{}" height="{}" rx="3" fill="{}" stroke="{}" stroke-width="{}"/>'
    ).format(kind, x, y + 1, wide, high, fill, line, "1.5" if spot.is_gap else "1")


def _branch(x: int, y: int, middle: int, left: int) -> Markup:
    return Markup('<path class="m-branch" d="M{x} {top}V{mid}H{left}" fill="none" stroke="#b9c1bc"/>').format(
        x=x, top=y - 2, mid=middle, left=left
    )


def _text(
    text: str, x: int, middle: int, kind: str, *, bold: bool = False, end: bool = False, red: bool = False
) -> Markup:
    return Markup('<text class="{}" x="{}" y="{}" fill="{}"{}{}>{}</text>').format(
        kind, x, middle + 4, "#ae1f1b" if red else "#18211d", Markup(' font-weight="700"') if bold or red else "",
        Markup(' text-anchor="end"') if end else "", escape(text),
    )  # fmt: skip


def width_of(text: str) -> float:
    """How wide a text is, in signs of Chinese."""
    return sum(1.0 if east_asian_width(sign) in "WFA" else 0.58 for sign in text)


def _cut(text: str, most: float) -> str:
    """The text as far as there is room, with … where it was cut."""
    if width_of(text) <= most:
        return text
    kept = ""
    for sign in text:
        if width_of(kept + sign) > most - 1:
            break
        kept += sign
    return kept + "…"
