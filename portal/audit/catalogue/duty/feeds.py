"""Feeds, leave files, wall screens."""

from dataclasses import dataclass

from portal.audit.catalogue.details import Details


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
