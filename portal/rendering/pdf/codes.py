"""QR codes for paper: one SVG path of black rectangles, without hairlines between the rows."""

from typing import NamedTuple

import segno


class Code(NamedTuple):
    """A code of so many modules a side; `path` is drawn in a view box of that size. Its quiet zone is 4 modules."""

    size: int
    path: str


def code_of(text: str) -> Code:
    """The QR code of an address: level Q, so that a quarter may be scratched; the mask is fixed, which saves time."""
    code = segno.make_qr(text, error="q", boost_error=False, mask=4)
    rows = [bytes(row) for row in code.matrix]
    return Code(len(rows), "".join(_bars(rows)))


def _bars(rows: list[bytes]) -> list[str]:
    """Every run of dark modules of every row as a closed rectangle."""
    bars = []
    for y, row in enumerate(rows):
        x = 0
        while x < len(row):
            width = 0
            while x + width < len(row) and row[x + width]:
                width += 1
            if width:
                bars.append(f"M{x} {y}h{width}v1h-{width}z")
            x += width or 1
    return bars
