"""Swaps, step by step."""

from dataclasses import dataclass

from portal.audit.catalogue.details import Details


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
