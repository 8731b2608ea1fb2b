"""What somebody sees who says that a plate is wrong, and what the office sees of it (H7)."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from portal.contact_boards.labels import PLATE_FAULTS, PLATE_HINTS
from portal.contact_boards.queries.reports import ToScreen
from portal.contact_boards.rules import PlateFault
from portal.contact_boards.views.board import Frame
from portal.core.actors import Actor
from portal.permissions.rules import Permission, scope
from portal.rendering.i18n import translator


@dataclass(frozen=True, slots=True)
class PlatePage:
    """The buttons of what may be wrong, over a line that may stay empty."""

    frame: Frame
    action: str
    place: str
    check_code: str
    options: tuple[tuple[str, str, str], ...]
    form_key: str
    line: str = ""
    errors: Mapping[str, str] = field(default_factory=dict)
    trouble: str = ""


def fault_options(language: str) -> tuple[tuple[str, str, str], ...]:
    """Each fault: its value, its words, and what they mean."""
    say = translator(language)
    return tuple((one.value, say(PLATE_FAULTS[one]), say(PLATE_HINTS[one])) for one in PlateFault)


@dataclass(frozen=True, slots=True)
class PlateDoubt:
    """A report about a plate as the office sees it: the fault, and what they may do."""

    fault: str
    text: str
    grid_href: str
    is_open: bool
    """Whether the key on the plate still opens the board."""
    may_take_key: bool
    may_print: bool


def plate_doubt(row: ToScreen, language: str, *, by: Actor) -> PlateDoubt | None:
    """None for a report that is about a hazard."""
    if row.plate_fault is None:
        return None
    return PlateDoubt(
        row.plate_fault, translator(language)(PLATE_FAULTS[row.plate_fault]), f"/grids/{row.grid_id}",
        bool(row.board_is_open), scope(by, Permission.CONTACT_BOARD_EDIT).holds(row.path, row.org_id),
        scope(by, Permission.PRINT_MAKE).holds(row.path, row.org_id),
    )  # fmt: skip
