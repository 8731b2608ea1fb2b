"""Changes of person, handover sheets, school years."""

from dataclasses import dataclass

from portal.audit.catalogue.details import Details


@dataclass(frozen=True, slots=True)
class ChangeEntered(Details):
    """A personnel change was announced: what kind, from when, which posts it concerns (R112)."""

    kind = "change.entered"
    about = "person"
    queued = True
    board = True
    change_id: int
    change_kind: str
    effective_at: str
    posts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ChangeUndone(Details):
    kind = "change.undone"
    about = "person"
    queued = True
    board = True
    change_id: int


@dataclass(frozen=True, slots=True)
class ChangeShortened(Details):
    """A leave or an acting time ends earlier than announced."""

    kind = "change.shortened"
    about = "person"
    queued = True
    board = True
    change_id: int
    ends_at: str


@dataclass(frozen=True, slots=True)
class ChangeReported(Details):
    """The bureau was told of the change (R28)."""

    kind = "change.reported"
    about = "person"
    change_id: int
    told_on: str


@dataclass(frozen=True, slots=True)
class HandoverFilled(Details):
    """Keys, papers or notes of a handover sheet were written down; the words stand in the event's texts."""

    kind = "handover.filled"
    about = "post"
    sheet_id: int
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HandoverConfirmed(Details):
    """One of the three confirmed a handover sheet; `frozen_digest` is of what the system had listed."""

    kind = "handover.confirmed"
    about = "post"
    sheet_id: int
    part: str
    frozen_digest: str


@dataclass(frozen=True, slots=True)
class SchoolYearDrafted(Details):
    kind = "school_year.drafted"
    about = "grid"
    school_year_id: int
    classes: int
    appointments: int


@dataclass(frozen=True, slots=True)
class SchoolYearApplied(Details):
    kind = "school_year.applied"
    about = "grid"
    board = True
    school_year_id: int
    classes: int
    appointments: int


@dataclass(frozen=True, slots=True)
class SchoolYearUndone(Details):
    kind = "school_year.undone"
    about = "grid"
    board = True
    school_year_id: int
