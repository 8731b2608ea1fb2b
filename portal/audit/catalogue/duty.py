"""Who is on duty, and what was done about it."""

from dataclasses import dataclass

from portal.audit.catalogue.details import Details


@dataclass(frozen=True, slots=True)
class DutyLeaderSet(Details):
    kind = "duty.leader_set"
    about = "duty"
    board = True
    person_id: int
    starts_at: str
    ends_at: str


@dataclass(frozen=True, slots=True)
class DutyLeaderCleared(Details):
    kind = "duty.leader_cleared"
    about = "duty"
    board = True
    starts_at: str
    ends_at: str


@dataclass(frozen=True, slots=True)
class DutyShiftEntered(Details):
    kind = "duty.shift_entered"
    about = "duty"
    queued = True
    board = True
    role: str
    area_id: int | None
    person_id: int | None
    post_id: int | None
    starts_at: str
    ends_at: str


@dataclass(frozen=True, slots=True)
class DutyShiftChanged(Details):
    """A shift that has not begun was moved, or given to another."""

    kind = "duty.shift_changed"
    about = "duty"
    queued = True
    board = True
    person_id: int | None
    was_person_id: int | None
    starts_at: str
    ends_at: str
    was_from: str
    was_to: str


@dataclass(frozen=True, slots=True)
class DutyShiftCancelled(Details):
    kind = "duty.shift_cancelled"
    about = "duty"
    queued = True
    board = True
    person_id: int | None
    starts_at: str
    ends_at: str


@dataclass(frozen=True, slots=True)
class DutyProposalAdopted(Details):
    """A school took the areas and slots that are proposed; the subject is the school."""

    kind = "duty.proposal_adopted"
    about = "grid"
    areas: int
    slots: int
