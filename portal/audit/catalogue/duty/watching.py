"""What is done on duty."""

from dataclasses import dataclass

from portal.audit.catalogue.details import Details


@dataclass(frozen=True, slots=True)
class DutyShiftTaken(Details):
    """Whoever is on duty has confirmed that they are there."""

    kind = "duty.shift_taken"
    about = "duty"
    queued = True
    person_id: int
    out_shift_id: int | None


@dataclass(frozen=True, slots=True)
class DutyShiftSigned(Details):
    """Whoever goes has signed, with three lines for the next; `is_late`: after the end of the shift."""

    kind = "duty.shift_signed"
    about = "duty"
    person_id: int
    is_late: bool


@dataclass(frozen=True, slots=True)
class DutyUntakenTold(Details):
    """The leader is told that nobody has taken over a post."""

    kind = "duty.untaken_told"
    about = "duty"
    person_id: int


@dataclass(frozen=True, slots=True)
class DutyLogWritten(Details):
    """A line of the log of duty; what was written stands beside it."""

    kind = "duty.log_written"
    about = "duty_log"
    line_kind: str
    area_id: int | None
    role: str
    shift_id: int | None
    happened_at: str
    corrects_id: int | None
    present: int | None
    absent: int | None
    answered: bool | None
    written_as: str
    hazard_id: int | None = None


@dataclass(frozen=True, slots=True)
class DutyZeroReported(Details):
    """The line of the log that reports after lights-out how many are there."""

    kind = "duty.zero_reported"
    about = "duty_log"
    queued = True
    area_id: int | None
    role: str
    shift_id: int | None
    happened_at: str
    present: int | None
    absent: int | None
    written_as: str
