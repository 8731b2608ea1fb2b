"""Looking at a plan of shifts before it is in force: what speaks against it, person by person (D3)."""

from collections.abc import Iterable

from portal.duty.rostering.rules.diff import Planned
from portal.duty.rules import Conflict, Duty, Terms
from portal.duty.rules.conflicts import overlaps, unfit, without_rest


def clashes(planned: Iterable[Planned], terms: Terms) -> list[Conflict]:
    """Everything that speaks against these shifts, in order of time. A shift of a post is nobody's yet."""
    by_person: dict[int, list[Duty]] = {}
    for one in sorted(planned, key=lambda one: (one.starts_at, one.ends_at, one.id)):
        if one.person_id is not None:
            by_person.setdefault(one.person_id, []).append(Duty(one.starts_at, one.ends_at, one.line, one.id))
    found = []
    for person_id, duties in by_person.items():
        found += overlaps(person_id, duties) + without_rest(person_id, duties)
        found += [one for duty in duties for one in unfit(person_id, duty, terms)]
    return sorted(found, key=lambda one: (one.starts_at, one.person_id, one.clash))
