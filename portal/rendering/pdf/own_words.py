"""The words of a document that are its own: found in its HTML, taken out of its pages, set again. For the PDF process.

See `portal.rendering.pdf.plates`.
"""

import html
import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from weasyprint.formatting_structure.boxes import BlockContainerBox, LineBox, TextBox
from weasyprint.layout.inline import split_text_box

OWN = re.compile(r'(<(\w+)(?: [^<>]*)? data-own="([\w-]+)"[^<>]*>)([^<]*)(?=</\2>)')
PATH = re.compile(r'(<path d=")([^"]*)(?="/>)')
TITLE = re.compile(r"(?<=<title>)[^<]*")
SPACES = re.compile(r"[ \t\r\n\f]+")
ONE_BAR = "M0 0h1v1h-1z"
CLOSE = 1e-3  # CSS pixels


class Unfit(Exception):
    """These words do not stand in these places."""


class Words(NamedTuple):
    """A document taken apart: what all of its kind share, and what is its own."""

    shared: str
    title: str
    own: Mapping[str, str]
    path: str


class Place(NamedTuple):
    """One line of own words as it was set: how much room it has, and whether it begins its line."""

    box: Any
    room: float
    is_start: bool


class Run(NamedTuple):
    """The lines of one own text on one page."""

    name: str
    page: int
    places: tuple[Place, ...]


def apart(piece: str) -> Words:
    """A piece of HTML, and what is its own in it."""
    own = {found[3]: SPACES.sub(" ", html.unescape(found[4])).strip(" ") for found in OWN.finditer(piece)}
    title, path = TITLE.search(piece), PATH.search(piece)
    shared = TITLE.sub("", PATH.sub(r"\1", OWN.sub(r"\1", piece)), count=1)
    return Words(shared, html.unescape(title[0]) if title else "", own, path[2] if path else "")


def plain(piece: str) -> str:
    """The same piece with one bar for its code: all that a plate needs of it."""
    return PATH.sub(rf"\1{ONE_BAR}", piece, count=1)


def broken(run: Run, text: str) -> list[Any]:
    """The lines of a text in the places of a run. Raises `Unfit` where they are more, fewer, or of another height."""
    lines: list[Any] = []
    skip: int | None = 0
    for place in run.places:
        if skip is None or not text:
            raise Unfit
        line, skip, is_forced = split_text_box(None, place.box.copy_with_text(text), place.room, skip, place.is_start)
        if line is None or is_forced or abs(line.baseline - place.box.baseline) > CLOSE:
            raise Unfit
        if abs(line.height - place.box.height) > CLOSE or line.width > place.room + CLOSE:
            raise Unfit
        lines.append(line)
    if skip is not None:
        raise Unfit
    return lines


def taken_out(pages: list[Any], words: Words) -> tuple[list[Run], list[list[str | Run]]]:
    """The places of own words, which are no more drawn; and for each page what it says, with the places in it.

    What stands otherwise than `broken` would set it is left where it is: it is no place then.
    """
    runs: list[Run] = []
    said = []
    for number, page in enumerate(pages):
        places: dict[str, list[Place]] = {}
        order: list[str | tuple[str]] = []
        for place in _lines(page._page_box, 0.0):
            name = str(place.box.element.get("data-own")) if place.box.element is not None else ""
            if name in words.own:
                order += [(name,)] * (name not in places)
                places.setdefault(name, []).append(place)
            else:
                order.append(place.box.text)
        own = {name: Run(name, number, tuple(found)) for name, found in places.items()}
        good = {name: run for name, run in own.items() if _stands(run, words.own[name])}
        said.append([_said(one, own, good) for one in order])
        runs += good.values()
    for place in (place for run in runs for place in run.places):
        _hide(place.box)
    return runs, said


def _said(one: str | tuple[str], own: Mapping[str, Run], good: Mapping[str, Run]) -> str | Run:
    if isinstance(one, str):
        return one
    return good.get(one[0]) or "".join(place.box.text for place in own[one[0]].places)


def _lines(box: Any, right: float) -> Iterator[Place]:
    """Every line of text below a box, in the order of reading."""
    if isinstance(box, BlockContainerBox):
        right = box.content_box_x() + box.width
    is_start = isinstance(box, LineBox)
    for child in getattr(box, "children", ()):
        if isinstance(child, TextBox):
            yield Place(child, right - child.position_x, is_start)
        else:
            for at, place in enumerate(_lines(child, right)):
                yield place._replace(is_start=is_start and not at) if isinstance(box, LineBox) else place
        is_start = False


def _stands(run: Run, text: str) -> bool:
    try:
        lines = broken(run, text)
    except Unfit:
        return False
    return [line.text for line in lines] == [place.box.text for place in run.places]


def _hide(box: Any) -> None:
    """Its mark stays in the page, its words do not."""
    style = box.style.copy()
    style["visibility"] = "hidden"
    box.shown, box.style = box.style, style
