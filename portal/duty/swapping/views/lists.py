"""The list of swaps."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from portal.duty.swapping import labels
from portal.duty.swapping.queries import Around, Swapped
from portal.duty.swapping.rules import ENDED, Act, State, acts_of, standing, whose
from portal.duty.swapping.views.reader import Reader

MOST_SHIFTS = 8


class SwapCard(NamedTuple):
    """A swap in a list."""

    href: str
    title: str
    lines: tuple[str, ...]
    state: str
    urgent: str


@dataclass(frozen=True, slots=True)
class SwapsView:
    """The list: what waits for this person, what they asked, what they may approve, what is over."""

    school: str
    answer: tuple[SwapCard, ...]
    approve: tuple[SwapCard, ...]
    mine: tuple[SwapCard, ...]
    others: tuple[SwapCard, ...]
    ended: tuple[SwapCard, ...]
    shifts: tuple[tuple[str, str], ...] = ()
    """The person's next shifts, each with the way to ask about it."""
    is_office: bool = False


def swaps_view(found: Sequence[Swapped], around: Around, school: str, reader: Reader) -> SwapsView:
    """Sorts the swaps by what they want of the reader."""
    lists: dict[str, list[SwapCard]] = {name: [] for name in ("answer", "approve", "mine", "others", "ended")}
    for one in found:
        lists[_list_of(one, reader)].append(swap_card(one, reader))
    own = [
        shift for shift in around.shifts
        if shift.starts_at > reader.at and whose(around.opened.book, shift) == reader.person_id
    ]  # fmt: skip
    taken = {
        shift for one in found if one.swap.state not in ENDED for shift in (one.row.shift_id, one.row.back_shift_id)
    }
    shifts = [
        (reader.duty(shift), f"/duty/shifts/{shift.id}/swap")
        for shift in sorted(own, key=lambda shift: (shift.starts_at, shift.id)) if shift.id not in taken
    ]  # fmt: skip
    return SwapsView(
        school, **{name: tuple(cards) for name, cards in lists.items()}, shifts=tuple(shifts[:MOST_SHIFTS]),
        is_office=reader.is_office,
    )  # fmt: skip


def _list_of(one: Swapped, reader: Reader) -> str:
    swap, state = one.swap, standing(one.swap, reader.at)
    acts = acts_of(swap, reader.mover, reader.at)
    if state in ENDED or (state is State.APPROVED and reader.at >= swap.begins_at):
        return "ended"
    if state is State.ASKED and reader.person_id in swap.offered:
        return "answer"
    if Act.APPROVE in acts:
        return "approve"
    return "mine" if one.concerns(reader.person_id) else "others"


def swap_card(one: Swapped, reader: Reader) -> SwapCard:
    """One line of the list."""
    row, state, say = one.row, standing(one.swap, reader.at), reader.words.say
    lines = [reader.duty(row.gives)]
    if row.back:
        lines.append(say(labels.IN_RETURN, shift=reader.duty(row.back)))
    if state in (State.ASKED, State.ACCEPTED):
        until = labels.ANSWER_UNTIL if state is State.ASKED else labels.APPROVE_UNTIL
        lines.append(say(until, moment=reader.moment(row.expires_at)))
    return SwapCard(
        f"/duty/swaps/{row.id}", _title(one, reader), tuple(lines), say(labels.STATES[state]),
        say(labels.URGENT) if row.is_urgent and state in (State.ASKED, State.ACCEPTED) else "",
    )  # fmt: skip


def _title(one: Swapped, reader: Reader) -> str:
    say, row = reader.words.say, one.row
    asked = len(one.swap.offered)
    many = one.swap.state is State.ASKED and asked > 1
    return say(
        labels.WHO_TO_WHOM, giver=row.from_name, taker=say(labels.SOMEBODY, count=asked) if many else _taker(one)
    )


def _taker(one: Swapped) -> str:
    """Whoever takes it, or is the only one who is still asked."""
    left = [offer.name for offer in one.offers if offer.person_id in one.swap.offered]
    return left[0] if one.swap.state is State.ASKED and len(left) == 1 else one.row.to_name
