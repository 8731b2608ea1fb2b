"""What may be done with a swap, by whom, until when: asked, accepted, approved, or ended another way (D8).

Nothing here is switched by a clock: a swap whose time has come is over at that instant, whether or not anything has
written it down yet.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from portal.core.refusals import Refused

NORMAL = timedelta(days=1)
"""A swap that is asked less than a day ahead is urgent."""
ANSWER_BEFORE = timedelta(hours=2)
"""So long before the shift begins a swap that is not urgent has to be accepted."""


class State(StrEnum):
    """Where a swap stands."""

    ASKED = "asked"
    ACCEPTED = "accepted"
    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    CANCELLED = "cancelled"  # the shift went away, or to somebody else
    UNDONE = "undone"


class Act(StrEnum):
    """What somebody does with a swap; nobody in person cancels one or lets it expire."""

    ACCEPT = "accept"
    DECLINE = "decline"
    UNTAKE = "untake"
    WITHDRAW = "withdraw"
    APPROVE = "approve"
    REFUSE = "refuse"
    UNDO = "undo"
    EXPIRE = "expire"
    CANCEL = "cancel"


OPEN = frozenset({State.ASKED, State.ACCEPTED})
ENDED = frozenset({State.REFUSED, State.WITHDRAWN, State.EXPIRED, State.CANCELLED, State.UNDONE})
"""Nothing is ever done with these again."""
OF_THE_OFFICE = frozenset({Act.APPROVE, Act.REFUSE, Act.UNDO})
BY_ITSELF = frozenset({Act.EXPIRE, Act.CANCEL})

MOVES: dict[tuple[State, Act], State] = {
    (State.ASKED, Act.ACCEPT): State.ACCEPTED,
    (State.ASKED, Act.DECLINE): State.REFUSED,  # once all who were asked have: see `state_after`
    (State.ASKED, Act.WITHDRAW): State.WITHDRAWN,
    (State.ASKED, Act.REFUSE): State.REFUSED,
    (State.ASKED, Act.EXPIRE): State.EXPIRED,
    (State.ASKED, Act.CANCEL): State.CANCELLED,
    (State.ACCEPTED, Act.UNTAKE): State.ASKED,
    (State.ACCEPTED, Act.WITHDRAW): State.WITHDRAWN,
    (State.ACCEPTED, Act.APPROVE): State.APPROVED,
    (State.ACCEPTED, Act.REFUSE): State.REFUSED,
    (State.ACCEPTED, Act.EXPIRE): State.EXPIRED,
    (State.ACCEPTED, Act.CANCEL): State.CANCELLED,
    (State.APPROVED, Act.UNDO): State.UNDONE,
    (State.APPROVED, Act.CANCEL): State.CANCELLED,
}


@dataclass(frozen=True, slots=True)
class Swap:
    """A swap as the rules read it.

    `offered` are those who are asked and have not declined; `to_person` is whoever accepted, None before that.
    `begins_at` is when the first of its shifts begins.
    """

    state: State
    from_person: int
    offered: frozenset[int]
    begins_at: datetime
    expires_at: datetime
    is_urgent: bool = False
    to_person: int | None = None
    asked_by: int | None = None
    accepted_by: int | None = None


@dataclass(frozen=True, slots=True)
class Mover:
    """Who acts: a person, and whether they keep the school's book of duty."""

    person_id: int | None
    is_office: bool = False


def is_urgent(begins_at: datetime, at: datetime) -> bool:
    """Less than a day ahead; exactly a day is not."""
    return begins_at - at < NORMAL


def expiry(state: State, begins_at: datetime, *, urgent: bool) -> datetime:
    """Until when a swap stands open: asked two hours before the shift, or when it is urgent or accepted, its begin."""
    return begins_at - ANSWER_BEFORE if state is State.ASKED and not urgent else begins_at


def standing(swap: Swap, at: datetime) -> State:
    """Where it stands at an instant: an open one whose time is up has expired, written down or not."""
    return State.EXPIRED if swap.state in OPEN and at >= swap.expires_at else swap.state


def state_after(swap: Swap, act: Act, person_id: int | None = None) -> State:
    """Where an act leads. Somebody who declines ends the swap only when nobody else is asked."""
    if act is Act.DECLINE and swap.offered - {person_id}:
        return swap.state
    return MOVES[swap.state, act]


def acts_of(swap: Swap, mover: Mover, at: datetime) -> tuple[Act, ...]:
    """Everything that this person may do with it now, on their own behalf or as the office for others."""
    return tuple(act for act in Act if act not in BY_ITSELF and _why_not(swap, act, mover, at) is None)


def check_act(swap: Swap, act: Act, mover: Mover, at: datetime, *, person_id: int | None = None) -> None:
    """Refuses what is not legal, and says why. `person_id`: for whom somebody accepts or declines."""
    refused = _why_not(swap, act, mover, at, person_id)
    if refused is not None:
        raise Refused(refused)


def on_behalf_of(swap: Swap, act: Act, mover: Mover) -> frozenset[int]:
    """For whom this person may do it: oneself comes before all others; the office may for everybody concerned."""
    concerned = _concerned(swap, act)
    if mover.person_id in concerned:
        return frozenset({mover.person_id}) if mover.person_id is not None else frozenset()
    return concerned if mover.is_office else frozenset()


def _why_not(swap: Swap, act: Act, mover: Mover, at: datetime, person_id: int | None = None) -> str | None:
    if (standing(swap, at), act) not in MOVES:
        return "duty.swap_is_over" if standing(swap, at) in ENDED else "duty.swap_not_now"
    if act in OF_THE_OFFICE:
        return _office(swap, act, mover, at)
    allowed = _concerned(swap, act) if mover.is_office else on_behalf_of(swap, act, mover)
    if not allowed or (person_id is not None and person_id not in allowed):
        return "duty.swap_not_yours"
    return None


def _office(swap: Swap, act: Act, mover: Mover, at: datetime) -> str | None:
    if not mover.is_office:
        return "duty.swap_office_only"
    if act is Act.UNDO and at >= swap.begins_at:
        return "duty.swap_has_begun"
    return "duty.swap_only_party" if act is Act.APPROVE and _is_only_party(swap, mover) else None


def _is_only_party(swap: Swap, mover: Mover) -> bool:
    """Whoever gives or takes a shift approves it only where the other one has agreed in person.

    So two people stand behind each swap: nobody gives their own shift to a colleague with three clicks of their own.
    """
    other = {swap.from_person: swap.to_person, swap.to_person: swap.from_person}.get(mover.person_id)
    return other is not None and other not in (swap.asked_by, swap.accepted_by)


def _concerned(swap: Swap, act: Act) -> frozenset[int]:
    if act in (Act.ACCEPT, Act.DECLINE):
        return swap.offered
    if act is Act.UNTAKE:
        return frozenset() if swap.to_person is None else frozenset({swap.to_person})
    return frozenset({swap.from_person}) if act is Act.WITHDRAW else frozenset()
