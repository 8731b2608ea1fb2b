"""Public boards and consents, reports from outside, print jobs."""

from dataclasses import dataclass

from portal.audit.catalogue.details import Details


@dataclass(frozen=True, slots=True)
class ContactBoardsMade(Details):
    """Boards were made for a grid, or for everything below it: how many."""

    kind = "contact_board.made"
    about = "grid"
    boards: int


@dataclass(frozen=True, slots=True)
class ContactBoardRevoked(Details):
    """A board's key was taken back; `replaced` tells whether another one was made at once."""

    kind = "contact_board.revoked"
    about = "grid"
    board_id: int
    replaced: bool


@dataclass(frozen=True, slots=True)
class BoardSettingChanged(Details):
    kind = "contact_board.setting_changed"
    about = "grid"
    shows_counts: bool


@dataclass(frozen=True, slots=True)
class ConsentChanged(Details):
    """Somebody agreed that fields of theirs are public, or withdrew it; `on_paper`: an office has recorded it."""

    kind = "consent.changed"
    about = "person"
    given: tuple[str, ...]
    withdrawn: tuple[str, ...]
    on_paper: bool


@dataclass(frozen=True, slots=True)
class PortraitKept(Details):
    """A portrait for the boards was taken in, in place of another one or not."""

    kind = "portrait.kept"
    about = "person"
    digest: str
    replaced: str | None
    on_paper: bool


@dataclass(frozen=True, slots=True)
class PortraitRemoved(Details):
    """The portrait is gone: taken away, its consent withdrawn, or the person has left."""

    kind = "portrait.removed"
    about = "person"
    digest: str
    on_paper: bool


@dataclass(frozen=True, slots=True)
class PublicReportReceived(Details):
    """Somebody without an account reported something; the line stands in the event's texts."""

    kind = "public_report.received"
    about = "public_report"
    queued = True
    grid_id: int
    photos: int


@dataclass(frozen=True, slots=True)
class PublicReportSeconded(Details):
    """Somebody else has seen it too."""

    kind = "public_report.seconded"
    about = "public_report"
    times: int


@dataclass(frozen=True, slots=True)
class PlateDoubted(Details):
    """Somebody stood before a plate that is not as its board says (H7); their line stands in the event's texts."""

    kind = "public_report.plate_doubted"
    about = "public_report"
    queued = True
    grid_id: int
    fault: str


@dataclass(frozen=True, slots=True)
class PublicReportScreened(Details):
    """accepted, merged or refused; the reason of a refusal stands in the event's texts. About a plate: how it ended."""

    kind = "public_report.screened"
    about = "public_report"
    queued = True
    decision: str
    hazard_id: int | None


@dataclass(frozen=True, slots=True)
class PublicReportNotFixed(Details):
    """The reporter says that it is not fixed: reopened at once, or to be screened (B16)."""

    kind = "public_report.not_fixed"
    about = "public_report"
    queued = True
    hazard_id: int
    reopened: bool


@dataclass(frozen=True, slots=True)
class PublicPhonesErased(Details):
    """Numbers of reporters whose cases are over were erased (B2): how many."""

    kind = "public_report.phones_erased"
    about = "organisation"
    reports: int


@dataclass(frozen=True, slots=True)
class PrintAsked(Details):
    """Somebody wants plates, a poster or cards; the worker makes them."""

    kind = "print.asked"
    about = "print_job"
    queued = True
    grid_id: int
    what: str
    pieces: int


@dataclass(frozen=True, slots=True)
class PrintMade(Details):
    kind = "print.made"
    about = "print_job"
    what: str
    pieces: int
    file_digest: str


@dataclass(frozen=True, slots=True)
class PrintFailed(Details):
    kind = "print.failed"
    about = "print_job"
    what: str
    error: str
