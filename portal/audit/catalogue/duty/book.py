"""Who leads, who is on duty, rosters."""

from dataclasses import dataclass

from portal.audit.catalogue.details import Details


@dataclass(frozen=True, slots=True)
class DutyLeaderSet(Details):
    kind = "duty.leader_set"
    about = "duty"
    queued = True
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


@dataclass(frozen=True, slots=True)
class DutyRosterDrafted(Details):
    """A roster was drafted, for the first time or anew; `holes`: turns that nobody may do."""

    kind = "duty.roster_drafted"
    about = "roster"
    first_day: str
    last_day: str
    shifts: int
    holes: int


@dataclass(frozen=True, slots=True)
class DutyRosterDropped(Details):
    kind = "duty.roster_dropped"
    about = "roster"


@dataclass(frozen=True, slots=True)
class DutyRosterPublished(Details):
    """A roster is in force. `leaderless`: minutes without a leader that whoever published it has accepted; `people`:
    whose shifts are not as they were."""

    kind = "duty.roster_published"
    about = "roster"
    queued = True
    board = True
    first_day: str
    last_day: str
    kept: int
    moved: int
    entered: int
    cancelled: int
    leaderless: int
    people: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class DutyRosterConfirmed(Details):
    """Somebody with shifts in it has read it."""

    kind = "duty.roster_confirmed"
    about = "roster"
    person_id: int


@dataclass(frozen=True, slots=True)
class DutyTakenOver(Details):
    """In an emergency somebody else does a shift, or the rest of it."""

    kind = "duty.taken_over"
    about = "duty"
    queued = True
    board = True
    person_id: int
    was_person_id: int | None
    starts_at: str
    ends_at: str


@dataclass(frozen=True, slots=True)
class DutyCorrected(Details):
    """Who it really was, said after the shift was over (D17)."""

    kind = "duty.corrected"
    about = "duty"
    queued = True
    person_id: int
    was_person_id: int | None
    starts_at: str
    ends_at: str
