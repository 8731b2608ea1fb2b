"""What one row of the table says, and what is odd about it. Pure values; no row knows of the database."""

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

MAX_GRID_NAME = 80
MAX_PERSON_NAME = 40
MAX_TITLE = 40
MAX_LABEL = 40
MAX_PLACE = 200

Severity = Literal["error", "ask", "note"]
NO_PARAMS: Mapping[str, Any] = {}


class Oddity(NamedTuple):
    """Something that a person should read before the table goes in, and exactly where it stands (TF7).

    error = must be mended in the file; ask = a person confirms that it is meant so; note = worth knowing.
    """

    code: str
    severity: Severity
    sheet: str
    row: int
    column: str = ""
    value: str = ""
    params: Mapping[str, Any] = NO_PARAMS

    @property
    def id(self) -> str:
        """The name of its tick in the form; the same file gives the same one."""
        return f"{self.code}:{self.row}:{self.sheet}"


class HolderRow(NamedTuple):
    """One of those named as responsible: a person, or (`by_post`) a post without a name, then `name` is
    empty."""

    name: str
    title: str
    role: str
    reach: str = "grid"
    by_post: bool = False
    phone: str = ""
    staff_no: str = ""

    @property
    def pupil(self) -> bool:
        """A pupil (class monitor) has no rights and stands on no export and no public page."""
        return self.role == "pupil"


class GridRow(NamedTuple):
    """One grid as one row of the table gives it. `parent` is the cell as written, split at the slashes."""

    sheet: str
    number: int
    parent: tuple[str, ...]
    name: str
    kind: str
    titles: tuple[str, ...] = ()
    holders: tuple[HolderRow, ...] = ()
    level_label: str = ""
    area_m2: float | None = None
    place: str = ""

    @property
    def persons(self) -> tuple[HolderRow, ...]:
        """Those who have a name."""
        return tuple(holder for holder in self.holders if not holder.by_post)


class Parsed(NamedTuple):
    """All rows of a file, and what was odd about single cells of them."""

    rows: tuple[GridRow, ...]
    oddities: tuple[Oddity, ...]


def at(row: GridRow, code: str, severity: Severity, column: str = "", value: str = "", **params: Any) -> Oddity:
    """An oddity of this row."""
    return Oddity(code, severity, row.sheet, row.number, column, value, params)
