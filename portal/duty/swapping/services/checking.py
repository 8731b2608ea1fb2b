"""What a swap is checked for, when it is accepted and once more when it is approved."""

from portal.core.actors import Actor
from portal.core.clock import now
from portal.core.database import fetch_value
from portal.core.refusals import Refused
from portal.duty.rules import LEADING, Conflict, Duty, gains_by_leading
from portal.duty.swapping.queries import Around, SwapRow, around_shift
from portal.duty.swapping.rules import no_fit, speaks_against


def takers(row: SwapRow) -> list[tuple[int, Duty]]:
    """Who gets which duty by a swap."""
    return [(row.to_person_id, row.gives), *([(row.from_person_id, row.back)] if row.back else [])]


def givers(row: SwapRow) -> list[tuple[int, Duty]]:
    """Whose each duty is without it."""
    return [(row.from_person_id, row.gives), *([(row.to_person_id, row.back)] if row.back else [])]


def against_swap(row: SwapRow, around: Around, *, taker: int | None = None) -> list[Conflict]:
    """What speaks against a swap, of both people; `taker`: somebody who is asked."""
    given = {row.from_person_id: row.shift_id, (taker or row.to_person_id): row.back_shift_id}
    return [
        clash
        for person, duty in [(taker or row.to_person_id, row.gives), *takers(row)[1:]]
        for clash in speaks_against(
            person, duty, around.duties.get(person, ()), around.staff.terms, gives=given.get(person)
        )
    ]


async def around_swap(row: SwapRow) -> Around:
    """The book and the staff around both shifts of a swap. Two statements."""
    ends = max(row.ends_at, row.back_ends_at or row.ends_at)
    return await around_shift(row.org_id, row.begins_at, ends, at=now())


def check_fit(person: int, duty: Duty, around: Around) -> None:
    """Refuses somebody who can never do it, whoever approves."""
    code = no_fit(person, duty, around.staff)
    if code is not None:
        raise Refused(code)


def check_theirs(row: SwapRow, around: Around) -> None:
    """Refuses a swap one of whose shifts went to somebody else meanwhile."""
    if any(around.whose(duty.shift_id) != giver for giver, duty in givers(row)):
        raise Refused("duty.swap_not_theirs_now")


def check_gain(person: int, duty: Duty, row: SwapRow, *, by: Actor) -> None:
    """Nobody approves, or undoes, themselves into leading where that gives more rights than they have."""
    if duty.line == LEADING and person == by.person_id and gains_by_leading(by, row.path):
        raise Refused("duty.not_yourself")


async def check_last(row: SwapRow) -> None:
    """What was agreed over this swap since has to be taken back first."""
    later = await fetch_value(
        "SELECT 1 FROM duty_stand_in l WHERE l.undone_at IS NULL AND EXISTS (SELECT 1 FROM duty_stand_in t "
        "WHERE t.swap_id = {} AND t.shift_id = l.shift_id AND t.id < l.id AND t.undone_at IS NULL)",
        row.id,
    )
    if later is not None:
        raise Refused("duty.swap_has_later")
