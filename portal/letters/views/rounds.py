"""The pages of rounds: the form that starts one, the list, one round with its progress, its exceptions and its tree."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from portal.letters import labels
from portal.letters.queries.letters import Whole
from portal.letters.queries.rounds import RoundRow
from portal.letters.rules import State, state_of, turn_of
from portal.letters.rules.tree import Branch, Leaf, Need, tree_of
from portal.letters.views.lists import LetterLine, LineBuilder, deadline, group_of
from portal.web.again import Typed

MOST_LINES = 60
NEEDS = {
    "failed": Need.FAILED, "refused": Need.REFUSED, "waiting": Need.WAITING, "making": Need.MAKING,
    "in_force": Need.COMPLETE, "over": Need.OVER,
}  # fmt: skip
PAUSES = (1, 2, 3, 5, 8, 13, 20, 30)
"""Seconds until a page looks again: longer and longer while nothing moves."""


@dataclass(frozen=True, slots=True)
class RoundView:
    """The form; `due` is how many people would get a letter of the chosen kind now."""

    typed: Typed
    kinds: tuple[tuple[str, str], ...]
    kind: str
    due: int


@dataclass(frozen=True, slots=True)
class RoundLine:
    """A round as a line of the list."""

    id: int
    href: str
    label: str
    kind: str
    asked: str
    signed: int
    whole: int
    failed: int
    done: int
    letters: int
    goes_on: bool


@dataclass(frozen=True, slots=True)
class Pulse:
    """How far the worker is, and when the page looks again."""

    round_id: int
    done: int
    letters: int
    step: int
    pause: int
    goes_on: bool


@dataclass(frozen=True, slots=True)
class Awaited:
    """Somebody for whom letters of the round wait; only the first are named."""

    name: str
    count: int
    lines: tuple[LetterLine, ...]
    more: int


@dataclass(frozen=True, slots=True)
class BranchView:
    """A post that gives letters: how many of how many are signed below it, what of that needs somebody."""

    title: str
    signed: int
    whole: int
    exceptions: int
    own: LetterLine | None
    lines: tuple[LetterLine, ...]
    more: int
    complete: int
    branches: tuple["BranchView", ...]


@dataclass(frozen=True, slots=True)
class Failed:
    """Letters that could not be made for the same reason."""

    why: str
    lines: tuple[LetterLine, ...]


@dataclass(frozen=True, slots=True)
class OneRound:
    """The page of a round: exceptions first."""

    line: RoundLine
    school: str
    starts_at: datetime
    last: datetime | None
    sign_by: str
    pulse: Pulse
    failed: tuple["Failed", ...]
    refused: tuple[LetterLine, ...]
    late: tuple[LetterLine, ...]
    awaited: tuple[Awaited, ...]
    tree: tuple[BranchView, ...]
    may_retry: bool
    error: str = ""


def round_line(row: RoundRow, build: LineBuilder) -> RoundLine:
    """A round as a line."""
    say, day = build.say, build.day(row.asked_at)
    asked = say(labels.ASKED_BY, name=row.asked_by, day=day) if row.asked_by else day
    return RoundLine(
        row.id, f"/letters/rounds/{row.id}", row.label, say(labels.KINDS.get(row.kind, row.kind)), asked, row.signed,
        row.whole, row.failed, row.done, row.letters, row.goes_on,
    )  # fmt: skip


def pulse_of(round_id: int, done: int, letters: int, *, step: int = 0, seen: int = -1) -> Pulse:
    """When to look again: soon where something has moved since `seen`, later and later where nothing has."""
    step = 0 if done != seen else min(step + 1, len(PAUSES) - 1)
    return Pulse(round_id, done, letters, step, PAUSES[step], done < letters)


def need_of(found: Whole, at: datetime) -> Need:
    """What a letter asks of somebody."""
    need = NEEDS[group_of(found, at)]
    return Need.LATE if need is Need.WAITING and deadline(found.row) <= at else need


def one_round(
    row: RoundRow, letters: Sequence[Whole], build: LineBuilder, *, may_retry: bool, error: str = ""
) -> OneRound:
    """The page of one round."""
    needs = {one.row.id: need_of(one, build.at) for one in letters}

    def lines(need: Need) -> tuple[LetterLine, ...]:
        return tuple(build.line(one) for one in letters if needs[one.row.id] is need)

    return OneRound(
        round_line(row, build), row.school, row.starts_at, row.ends_at,
        build.day_of(row.sign_by) if row.sign_by else "", pulse_of(row.id, row.done, row.letters),
        _failed(letters, needs, build), lines(Need.REFUSED), lines(Need.LATE), _awaited(letters, build),
        _tree(letters, needs, build), may_retry, error,
    )  # fmt: skip


def _failed(letters: Sequence[Whole], needs: Mapping[int, Need], build: LineBuilder) -> tuple[Failed, ...]:
    """What could not be made, by its reason: that of most letters first."""
    found: dict[str, list[LetterLine]] = {}
    for one in letters:
        if needs[one.row.id] is Need.FAILED:
            found.setdefault(build.why(one.row), []).append(build.line(one))
    return tuple(Failed(why, tuple(lines)) for why, lines in sorted(found.items(), key=lambda one: -len(one[1])))


def _awaited(letters: Sequence[Whole], build: LineBuilder) -> tuple[Awaited, ...]:
    """For whom letters wait, those for whom most wait first."""
    waiting: dict[int, list[Whole]] = {}
    names: dict[int, str] = {}
    for one in letters:
        if state_of(one.facts, at=build.at) is not State.WAITING:
            continue
        turn = {party.id for party in turn_of(party.rule for party in one.parties)}
        for party in one.parties:
            if party.id in turn:
                waiting.setdefault(party.person_id, []).append(one)
                names[party.person_id] = party.person
    found = [
        Awaited(
            names[who], len(ones), tuple(build.line(one) for one in ones[:MOST_LINES]), max(0, len(ones) - MOST_LINES)
        )
        for who, ones in waiting.items()
    ]
    return tuple(sorted(found, key=lambda one: -one.count))


def _tree(letters: Sequence[Whole], needs: Mapping[int, Need], build: LineBuilder) -> tuple[BranchView, ...]:
    by_id = {one.row.id: one for one in letters}
    titles: dict[int, str] = {}
    leaves, own = [], dict[int, Whole]()
    for one in letters:
        giver = next((party for party in one.parties if party.part == "giver"), None)
        if giver is None or giver.post_id is None:
            continue
        titles[giver.post_id] = build.say(labels.GIVER, post=giver.post or "", name=giver.person)
        need = needs[one.row.id]
        leaves.append(Leaf(one.row.id, giver.post_id, one.row.post_id, need, one.row.signed_at is not None))
        if need is not Need.OVER:
            own[one.row.post_id] = one
    return tuple(_branch(one, by_id, own, titles, build) for one in tree_of(leaves))


def _branch(
    one: Branch, by_id: Mapping[int, Whole], own: Mapping[int, Whole], titles: Mapping[int, str], build: LineBuilder
) -> BranchView:
    below = {branch.post for branch in one.branches}
    plain = [leaf for leaf in one.letters if leaf.taker not in below]
    shown = [leaf for leaf in plain if leaf.need not in (Need.COMPLETE, Need.OVER)]
    mine = own.get(one.post)
    return BranchView(
        titles[one.post], one.signed, one.whole, one.exceptions, build.line(mine) if mine is not None else None,
        tuple(build.line(by_id[leaf.id]) for leaf in shown[:MOST_LINES]), max(0, len(shown) - MOST_LINES),
        sum(leaf.need is Need.COMPLETE for leaf in plain),
        tuple(_branch(branch, by_id, own, titles, build) for branch in one.branches),
    )  # fmt: skip
