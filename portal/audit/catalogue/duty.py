"""Who is on duty, and what was done about it."""

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
class DutySwapAsked(Details):
    """Somebody asks one or several colleagues to do a shift; `for_id`: whose shift it is, where the office asks."""

    kind = "duty.swap_asked"
    about = "duty_swap"
    queued = True
    shift_id: int
    back_shift_id: int | None
    for_id: int
    people: tuple[int, ...]
    is_urgent: bool


@dataclass(frozen=True, slots=True)
class DutySwapAccepted(Details):
    kind = "duty.swap_accepted"
    about = "duty_swap"
    queued = True
    person_id: int


@dataclass(frozen=True, slots=True)
class DutySwapUntaken(Details):
    """The colleague took it back before it was approved."""

    kind = "duty.swap_untaken"
    about = "duty_swap"
    queued = True
    person_id: int


@dataclass(frozen=True, slots=True)
class DutySwapDeclined(Details):
    """One of those who were asked will not do it; `was_last`: nobody else is asked, so the swap is refused."""

    kind = "duty.swap_declined"
    about = "duty_swap"
    queued = True
    person_id: int
    was_last: bool


@dataclass(frozen=True, slots=True)
class DutySwapRefused(Details):
    """The office refused it."""

    kind = "duty.swap_refused"
    about = "duty_swap"
    queued = True
    person_id: int | None


@dataclass(frozen=True, slots=True)
class DutySwapApproved(Details):
    """From now on it holds; `against`: what spoke against it all the same."""

    kind = "duty.swap_approved"
    about = "duty_swap"
    queued = True
    board = True
    shift_id: int
    back_shift_id: int | None
    person_id: int
    against: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DutySwapWithdrawn(Details):
    kind = "duty.swap_withdrawn"
    about = "duty_swap"
    queued = True
    was_accepted: bool


@dataclass(frozen=True, slots=True)
class DutySwapUndone(Details):
    """An approved swap was undone before the shift began."""

    kind = "duty.swap_undone"
    about = "duty_swap"
    queued = True
    board = True
    person_id: int


@dataclass(frozen=True, slots=True)
class DutySwapExpired(Details):
    kind = "duty.swap_expired"
    about = "duty_swap"
    queued = True
    was_accepted: bool


@dataclass(frozen=True, slots=True)
class DutySwapCancelled(Details):
    """A shift of it went away (`cancelled`), to somebody else (`given`), or was taken over (`taken`)."""

    kind = "duty.swap_cancelled"
    about = "duty_swap"
    queued = True
    board = True
    shift_id: int
    why: str
    was_approved: bool


@dataclass(frozen=True, slots=True)
class DutySwapKept(Details):
    """A shift of it was moved, and the swap went with it."""

    kind = "duty.swap_kept"
    about = "duty_swap"
    queued = True
    shift_id: int


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


@dataclass(frozen=True, slots=True)
class DutyFeedMade(Details):
    """Somebody made a calendar address: of a person, an area, or the school. The address itself stands nowhere."""

    kind = "duty.feed_made"
    about = "duty_feed"
    feed_kind: str
    person_id: int | None
    area_id: int | None


@dataclass(frozen=True, slots=True)
class DutyFeedRotated(Details):
    """A calendar has another address; the old one leads nowhere."""

    kind = "duty.feed_rotated"
    about = "duty_feed"


@dataclass(frozen=True, slots=True)
class DutyFeedEnded(Details):
    kind = "duty.feed_ended"
    about = "duty_feed"


@dataclass(frozen=True, slots=True)
class DutyLeaveRead(Details):
    """A calendar file of leave was read; nothing is entered yet."""

    kind = "duty.leave_read"
    about = "duty_leave"
    rows: int


@dataclass(frozen=True, slots=True)
class DutyLeaveEntered(Details):
    """Leave was entered from a file; each absence has an event of its own beside this."""

    kind = "duty.leave_entered"
    about = "duty_leave"
    entered: int
    absences: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class DutyLeaveUndone(Details):
    kind = "duty.leave_undone"
    about = "duty_leave"
    absences: int


@dataclass(frozen=True, slots=True)
class DutyLeaveDropped(Details):
    kind = "duty.leave_dropped"
    about = "duty_leave"


@dataclass(frozen=True, slots=True)
class DutyScreenMade(Details):
    """A screen on a wall may show who is on duty. Its address stands nowhere."""

    kind = "duty.screen_made"
    about = "duty_screen"


@dataclass(frozen=True, slots=True)
class DutyScreenEnded(Details):
    kind = "duty.screen_ended"
    about = "duty_screen"


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
