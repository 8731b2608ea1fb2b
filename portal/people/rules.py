"""What a post may be, who may hold it, and from when: pure."""

from datetime import datetime, timedelta

from portal.core.actors import Actor
from portal.core.clock import local, start_of_day
from portal.core.refusals import Refused
from portal.permissions.rules import GRANTS, HEADS, Role, has

BUREAU_ROLES = (Role.BUREAU_OFFICER, Role.LIAISON, Role.MEMBER)
SCHOOL_ROLES = (
    Role.PRINCIPAL, Role.VICE_HEAD, Role.LIAISON, Role.SAFETY_OFFICER, Role.CHIEF, Role.KEEPER, Role.CLASS_TEACHER,
    Role.MEMBER, Role.PUPIL,
)  # fmt: skip
"""Roles that a post may have, the widest rights first. `duty_leader` is no post: it is held while leading (R03)."""

ANSWERING = frozenset(
    {Role.PRINCIPAL, Role.SAFETY_OFFICER, Role.CHIEF, Role.KEEPER, Role.CLASS_TEACHER, Role.BUREAU_OFFICER}
)
"""Roles whose posts answer for their grid unless the form says otherwise."""


def may_answer(role: str) -> bool:
    """Whether a post of this role may answer for its grid at all: a leader who is only attached never does (R20)."""
    return role != Role.LIAISON


HELD_AS = ("holder", "deputy", "acting")
FURTHEST = timedelta(days=3 * 366)
"""No appointment is entered further ahead: a wrong year is the likelier reason."""


def roles_of(org_kind: str) -> tuple[Role, ...]:
    """The roles that posts of a bureau or of a school may have."""
    return BUREAU_ROLES if org_kind == "bureau" else SCHOOL_ROLES


def check_role(role: str, *, org_kind: str) -> None:
    """Refuses a role that this kind of organisation does not have: no school makes bureau officers."""
    if role not in roles_of(org_kind):
        raise Refused("people.no_such_role")


def check_holder(role: str, *, person_kind: str) -> None:
    """Pupils hold pupils' posts only, and nobody else does (R44)."""
    if (role == Role.PUPIL) != (person_kind == "pupil"):
        raise Refused("people.pupils_apart")


def check_instant(moment: datetime, *, at: datetime) -> None:
    """By hand an appointment begins and ends today at 00:00 at the earliest: what was on record before stays true."""
    if moment < start_of_day(local(at).date()):
        raise Refused("people.in_the_past")
    if moment > at + FURTHEST:
        raise Refused("people.too_far_ahead")


def gives_more(by: Actor, role: str) -> bool:
    """Whether this role gives the actor anything that the actor may not do already.

    Heads strike off major hazards, which no permission says: only who is one already gains nothing by it.
    """
    if role in HEADS and not any(grant.role in HEADS for grant in by.grants):
        return True
    return any(not has(by, permission) for permission in GRANTS[Role(role)])


def check_own(by: Actor, person_id: int | None, role: str) -> None:
    """Nobody gives themselves more rights: somebody else has to."""
    if by.person_id is not None and by.person_id == person_id and gives_more(by, role):
        raise Refused("people.own_rights")
