"""The responsibility map as a page, as paper, and one of its editions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup

from portal.coverage import labels
from portal.coverage.drawing import Drawing, draw, sheets
from portal.coverage.mapping import spots_of
from portal.coverage.queries.maps import MapRow
from portal.coverage.queries.reading import GridLine
from portal.coverage.views.page import Reader
from portal.grids.queries import GridRow


@dataclass(frozen=True, slots=True)
class MapView:
    """The map of now. `parts` are links to one building each; a whole school has editions and a sheet of paper."""

    org_id: int
    name: str
    home: str
    drawing: Drawing
    part: str
    part_id: int
    parts: tuple[tuple[int, str], ...]
    editions: tuple[MapRow, ...]
    is_whole: bool
    have: int
    whole: int
    now: datetime

    @property
    def pdf(self) -> str:
        """The address of the same as paper."""
        return f"/map/{self.org_id}/sheet.pdf" + (f"?part={self.part_id}" if self.part_id else "")


@dataclass(frozen=True, slots=True)
class PaperView:
    """The map on sheets."""

    title: str
    sheets: tuple[Drawing, ...]
    rows: int
    have: int
    whole: int
    now: datetime


@dataclass(frozen=True, slots=True)
class EditionView:
    """The map as it was drawn once."""

    org_id: int
    name: str
    row: MapRow
    svg: Markup


def map_view(reader: Reader, kept: Sequence[MapRow], *, part: int | None) -> MapView:
    """The map of everything that the reader sees, or of one part of it."""
    school, top = reader.school, _top(reader, part)
    grids = _grids(reader, top)
    spots = spots_of(school, reader.facts, grids, at=reader.at, language=reader.language, links=top is not None)
    drawing = draw(spots, label=_title(reader, top), columns=1 if top is not None else 0)
    counted = [one.id for one in grids if one.id in reader.answers]
    home = "/map" if reader.by.org_id == school.org_id else f"/map/{school.org_id}"
    return MapView(
        org_id=school.org_id, name=school.name, home=home, drawing=drawing, part=top.name if top else "",
        part_id=top.id if top else 0, parts=tuple((one.id, one.name) for one in _branches(reader)),
        editions=tuple(kept), is_whole=reader.is_whole, have=sum(1 for one in counted if one not in reader.gaps),
        whole=len(counted), now=reader.at,
    )  # fmt: skip


def paper_view(reader: Reader, *, part: int | None) -> PaperView:
    """The same as paper, on as many sheets as keep it readable."""
    top = _top(reader, part)
    grids = _grids(reader, top)
    spots = spots_of(reader.school, reader.facts, grids, at=reader.at, language=reader.language)
    counted = [one.id for one in grids if one.id in reader.answers]
    return PaperView(
        title=_title(reader, top), sheets=tuple(sheets(spots, label=_title(reader, top))), rows=len(grids),
        have=sum(1 for one in counted if one not in reader.gaps), whole=len(counted), now=reader.at,
    )  # fmt: skip


def edition_view(org: GridRow, row: MapRow, svg: str) -> EditionView:
    """An edition out of the file store, which gives out nothing but the bytes of its digest: what was drawn here."""
    return EditionView(org.id, org.name, row, Markup(svg))  # noqa: S704 - every word of it was escaped when drawn


def _title(reader: Reader, top: GridLine | None) -> str:
    return reader.say(labels.MAP_LABEL, name=top.name if top is not None else reader.school.name)


def _top(reader: Reader, part: int | None) -> GridLine | None:
    found = reader.school.grid.get(part or 0)
    return found if found is not None and found in reader.grids and found.id != reader.school.org_id else None


def _grids(reader: Reader, top: GridLine | None) -> list[GridLine]:
    """The grids of a part, its top as the first level."""
    if top is None:
        return list(reader.grids)
    below = [one for one in reader.grids if one.path.startswith(top.path)]
    return [one._replace(depth=one.depth - top.depth + 1) for one in below]


def _branches(reader: Reader) -> list[GridLine]:
    """The branches that have something below them."""
    parents = {one.parent_id for one in reader.grids}
    return [one for one in reader.grids if one.depth == 1 and one.id in parents]
