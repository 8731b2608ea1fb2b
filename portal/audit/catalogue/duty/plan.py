"""The plan of hours: areas, slots, roles, days, fallbacks."""

from dataclasses import dataclass

from portal.audit.catalogue.details import Details


@dataclass(frozen=True, slots=True)
class DutyAreaMade(Details):
    kind = "duty.area_made"
    about = "duty_area"
    grid_id: int | None


@dataclass(frozen=True, slots=True)
class DutyAreaChanged(Details):
    kind = "duty.area_changed"
    about = "duty_area"
    grid_id: int | None
    was_grid_id: int | None
    by_phone: bool = True


@dataclass(frozen=True, slots=True)
class DutyAreaEnded(Details):
    """An area ends with the day; with it go its slots, the shifts that begin later, its fallbacks and its feeds."""

    kind = "duty.area_ended"
    about = "duty_area"
    last_day: str
    slots: int
    shifts: int
    fallbacks: int
    feeds: int


@dataclass(frozen=True, slots=True)
class DutySlotAdded(Details):
    kind = "duty.slot_added"
    about = "duty_slot"
    area_id: int | None
    day_kind: str
    role: str
    from_minute: int
    to_minute: int
    people: int
    first_day: str
    asks_report: bool = False


@dataclass(frozen=True, slots=True)
class DutySlotChanged(Details):
    """From a date on a slot is another; `new_id` is the row that holds from then on."""

    kind = "duty.slot_changed"
    about = "duty_slot"
    new_id: int
    role: str
    from_minute: int
    to_minute: int
    people: int
    first_day: str
    asks_report: bool = False


@dataclass(frozen=True, slots=True)
class DutySlotEnded(Details):
    kind = "duty.slot_ended"
    about = "duty_slot"
    last_day: str


@dataclass(frozen=True, slots=True)
class DutySlotsCopied(Details):
    """An area asks for the same on another kind of day; the subject is the school."""

    kind = "duty.slots_copied"
    about = "grid"
    area_id: int | None
    from_kind: str
    to_kind: str
    first_day: str
    slots: int
    ended: int


@dataclass(frozen=True, slots=True)
class DutyRoleMade(Details):
    kind = "duty.role_made"
    about = "duty_role"
    role_kind: str


@dataclass(frozen=True, slots=True)
class DutyRoleChanged(Details):
    kind = "duty.role_changed"
    about = "duty_role"


@dataclass(frozen=True, slots=True)
class DutyRoleRemoved(Details):
    kind = "duty.role_removed"
    about = "duty_role"


@dataclass(frozen=True, slots=True)
class DutyDayKindMade(Details):
    kind = "duty.day_kind_made"
    about = "duty_day_kind"
    inherits: str | None


@dataclass(frozen=True, slots=True)
class DutyDayKindChanged(Details):
    kind = "duty.day_kind_changed"
    about = "duty_day_kind"


@dataclass(frozen=True, slots=True)
class DutyDayKindRemoved(Details):
    kind = "duty.day_kind_removed"
    about = "duty_day_kind"


@dataclass(frozen=True, slots=True)
class DutyPeriodMade(Details):
    kind = "duty.period_made"
    about = "duty_period"
    period_kind: str
    first_day: str
    last_day: str
    raise_by: int


@dataclass(frozen=True, slots=True)
class DutyPeriodChanged(Details):
    kind = "duty.period_changed"
    about = "duty_period"
    period_kind: str
    first_day: str
    last_day: str
    raise_by: int
    was_first_day: str
    was_last_day: str


@dataclass(frozen=True, slots=True)
class DutyPeriodEnded(Details):
    """It ends before its time; `last_day` is the last one that it had, "" where it never began."""

    kind = "duty.period_ended"
    about = "duty_period"
    last_day: str


@dataclass(frozen=True, slots=True)
class DutyDaySet(Details):
    """A school says itself what a date is; `was_kind` is what it had said before, None for nothing."""

    kind = "duty.day_set"
    about = "calendar_day"
    day: str
    day_kind: str
    was_kind: str | None


@dataclass(frozen=True, slots=True)
class DutyDayCleared(Details):
    kind = "duty.day_cleared"
    about = "calendar_day"
    day: str
    was_kind: str


@dataclass(frozen=True, slots=True)
class DutyFallbackMade(Details):
    kind = "duty.fallback_made"
    about = "duty_fallback"
    board = True
    role: str
    area_id: int | None
    person_id: int
    starts_at: str
    ends_at: str


@dataclass(frozen=True, slots=True)
class DutyFallbackEnded(Details):
    kind = "duty.fallback_ended"
    about = "duty_fallback"
    board = True
    person_id: int
    ends_at: str
