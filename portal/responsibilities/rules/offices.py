"""Whom to tell when an office is to be told: whoever answers for it now, else whoever stands next above (E8, E11)."""

from collections.abc import Iterable, Mapping, Sequence

from portal.permissions.rules import Role

UPWARDS = (Role.SAFETY_OFFICER, Role.VICE_HEAD, Role.PRINCIPAL, Role.BUREAU_OFFICER)
"""The offices of a school and its bureau from below."""


def told_for(roles: Iterable[str], answering: Mapping[str, Sequence[int]]) -> list[int]:
    """The people to tell for some offices, each once. `answering`: by role whoever answers for its posts at this
    instant; a role whose posts have nobody is there and empty.

    An office that the school does not have is passed over as long as it has another of those that are meant. An office
    that nobody answers for falls to the next above, and where nobody is above, to the nearest below: never to nobody.
    """
    wanted = list(roles)
    wanted = [role for role in wanted if role in answering] or wanted
    found = (person for role in wanted for person in _nearest(role, answering))
    return list(dict.fromkeys(found))


def _nearest(role: str, answering: Mapping[str, Sequence[int]]) -> Sequence[int]:
    return next((found for one in _line(role) if (found := answering.get(one))), ())


def _line(role: str) -> list[str]:
    """The office itself, those above it, then those below it; above the bureau is nobody who could be told."""
    place = UPWARDS.index(Role(role))
    below = reversed(UPWARDS[:place]) if role != Role.BUREAU_OFFICER else ()
    return [*UPWARDS[place:], *below]
