"""The staff's side: the page about a grid's board, the screening."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from portal.contact_boards.labels import BOARD_LINK as TITLE
from portal.contact_boards.labels import FIELDS, PLATE_FAULTS, PLATE_LINE, STATES
from portal.contact_boards.queries.boards import Below, Board, Setting
from portal.contact_boards.queries.consents import Somebody
from portal.contact_boards.queries.reports import Photo, ToScreen
from portal.contact_boards.rules import Field
from portal.contact_boards.views.plates import PlateDoubt, plate_doubt
from portal.core.actors import Actor
from portal.core.crypto import unseal
from portal.grids.queries import Crumb, GridRow, ids_in
from portal.permissions.rules import Permission, scope
from portal.rendering.i18n import translator


@dataclass(frozen=True, slots=True)
class ShownLine:
    """Somebody on the board: what strangers read of them, and where their consent is recorded."""

    name: str
    title: str
    shown: str
    consents: tuple[str, ...]
    href: str


@dataclass(frozen=True, slots=True)
class BoardOffice:
    """The page about a grid's public board."""

    grid_id: int
    name: str
    crumbs: tuple[tuple[str, str], ...]
    board: Board | None
    link: str
    below: Below
    is_root: bool
    setting: Setting
    shown: tuple[ShownLine, ...]
    may_edit: bool
    plates: str
    """Where plates for here and below are printed; empty for whoever may not."""


def board_office(
    grid: GridRow, way: list[Crumb], board: Board | None, below: Below, setting: Setting,
    shown: list[tuple[str, Somebody]], *, by: Actor, base_url: str, language: str,
) -> BoardOffice:  # fmt: skip
    """The page of these rows."""
    may_record = scope(by, Permission.CONSENT_RECORD).holds("", grid.org_id)
    may_print = scope(by, Permission.PRINT_MAKE).holds(grid.path, grid.org_id)
    above = ids_in(grid.path)
    inside = [one for one in way if one.id in above[above.index(grid.org_id) :]]
    links = (*((one.name, f"/grids/{one.id}") for one in inside), (translator(language)(TITLE), ""))
    return BoardOffice(
        grid_id=grid.id, name=grid.name, crumbs=links, board=board,
        link=f"{base_url}/b/{board.key}" if board else "", below=below, is_root=grid.id == grid.org_id, setting=setting,
        shown=tuple(_shown(title, one, language, may_record=may_record) for title, one in shown),
        may_edit=scope(by, Permission.CONTACT_BOARD_EDIT).holds(grid.path, grid.org_id),
        plates=f"/prints?grid={grid.id}&kind=plates" if may_print else "",
    )  # fmt: skip


def _shown(title: str, one: Somebody, language: str, *, may_record: bool) -> ShownLine:
    say, public = translator(language), one.public(title)
    fields = tuple(say(FIELDS[name]) for name in Field if name in one.fields)
    shown = " ".join(part for part in (public.called, public.phone) if part) if public else ""
    return ShownLine(one.name, title, shown, fields, f"/people/{one.id}/consents" if may_record else "")


@dataclass(frozen=True, slots=True)
class ScreenLine:
    """A report in the list."""

    id: int
    title: str
    place: str
    org_name: str
    created_at: datetime
    due_at: datetime
    seconds: float
    state: str
    waits: bool
    says_not_fixed: bool
    photos: int
    too_count: int
    href: str
    about_plate: bool = False


@dataclass(frozen=True, slots=True)
class ScreenList:
    """What waits, and what was decided last."""

    waiting: tuple[ScreenLine, ...]
    decided: tuple[ScreenLine, ...]


def screen_list(rows: list[ToScreen], *, at: datetime, language: str) -> ScreenList:
    """The list of these rows."""
    lines = [_screen_line(row, at, language) for row in rows]
    return ScreenList(tuple(one for one in lines if one.waits), tuple(one for one in lines if not one.waits))


def _screen_line(row: ToScreen, at: datetime, language: str) -> ScreenLine:
    say = translator(language)
    return ScreenLine(
        row.id, _title(row, say), row.place, row.org_name, row.created_at, row.screen_due_at,
        (row.screen_due_at - at).total_seconds(), say(STATES[row.state]), row.state == "waiting",
        row.state == "waiting" and row.hazard_id is not None, row.photos, row.too_count, f"/screening/{row.id}",
        row.plate_fault is not None,
    )  # fmt: skip


def _title(row: ToScreen, say: Callable[..., str]) -> str:
    """What was reported; of a plate the fault, with the line where there is one."""
    if row.plate_fault is None:
        return row.title
    fault = say(PLATE_FAULTS[row.plate_fault])
    return say(PLATE_LINE, fault=fault, line=row.title) if row.title else fault


@dataclass(frozen=True, slots=True)
class ScreenPage:
    """One report with its three ways on."""

    line: ScreenLine
    phone: str
    photos: tuple[tuple[str, str], ...]
    version: int
    number: str
    hazard_href: str
    not_fixed: str
    reason: str
    categories: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]
    typed: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    beaten: str = ""
    plate: PlateDoubt | None = None


def screen_page(
    row: ToScreen, photos: list[Photo], categories: tuple[tuple[str, tuple[tuple[str, str], ...]], ...], not_fixed: str,
    *, at: datetime, language: str, by: Actor, typed: Mapping[str, str], errors: Mapping[str, str], beaten: str,
) -> ScreenPage:  # fmt: skip
    """The page of a report."""
    here = f"/screening/{row.id}/photos/"
    return ScreenPage(
        line=_screen_line(row, at, language), phone=(unseal(row.phone_sealed) or "") if row.phone_sealed else "",
        photos=tuple((f"{here}{one.id}", f"{here}{one.id}?size=small") for one in photos), version=row.version,
        number=row.number or "", hazard_href=f"/hazards/{row.hazard_id}" if row.hazard_id else "", not_fixed=not_fixed,
        reason=row.reason or "", categories=categories, typed=typed, errors=errors, beaten=beaten,
        plate=plate_doubt(row, language, by=by),
    )  # fmt: skip
