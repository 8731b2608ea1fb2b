"""The page of several letters: what is out of the ordinary first and why, then what says the same."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from portal.letters import labels as letter_labels
from portal.letters.forms import MOST_TOGETHER as MOST_CHOSEN
from portal.letters.rules import may_sign_instead, turn_of
from portal.letters.rules.together import Waiting, Why, sorted_out
from portal.letters.together import labels
from portal.letters.together.queries import Waits
from portal.letters.views.lists import LineBuilder, deadline
from portal.web.again import Typed

MOST_SHOWN = 100
"""Lines of one page: what a form of two hundred fields can carry, and more than anybody reads in one go."""


@dataclass(frozen=True, slots=True)
class Line:
    """A letter: where and whose, why it is read first, what is special about it, whether these bytes were opened."""

    id: int
    title: str
    number: str
    why: tuple[tuple[str, str], ...]  # code and words
    special: tuple[str, ...]
    tick: str
    kilobytes: int
    read_at: datetime | None
    is_ticked: bool


@dataclass(frozen=True, slots=True)
class Group:
    """Letters that say the same, under one heading."""

    id: str
    title: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Unsigned:
    """A letter that was not signed, and why; `href` is "" where it is not the reader's to see."""

    title: str
    number: str
    href: str
    reason: str


@dataclass(frozen=True, slots=True)
class TogetherView:
    """`total` waits altogether, `opened` of those shown may be ticked, `most` may be signed at once."""

    groups: tuple[Group, ...]
    exceptions: int
    shown: int
    total: int
    opened: int
    most: int
    has_key: bool
    has_passkey: bool
    at: datetime
    typed: Typed
    signed: int = 0
    unsigned: tuple[Unsigned, ...] = field(default=())

    @property
    def more(self) -> int:
        """How many wait besides those shown."""
        return max(0, self.total - self.shown)


def together_view(
    waits: Sequence[Waits], build: LineBuilder, *, total: int, has_key: bool, has_passkey: bool, typed: Typed,
    ticks: frozenset[str] | None, signed: int = 0, unsigned: tuple[Unsigned, ...] = (),
) -> TogetherView:  # fmt: skip
    """`ticks` are those that were sent; None for a fresh page, where what says the same and was opened is ticked."""
    ordered = sorted(waits, key=lambda one: (deadline(one.letter.row), one.letter.row.id))
    found = sorted_out([_waiting(one, build) for one in ordered])
    maker = _Maker({one.letter.row.id: one for one in waits}, build, ticks)
    groups = [maker.group("exceptions", build.say(labels.EXCEPTIONS), found.exceptions, ticked=False)]
    for number, ids in enumerate(found.alike, 1):
        kind = build.say(letter_labels.KINDS.get(maker.waits[ids[0]].letter.row.kind, ""))
        title = build.say(labels.GROUP, kind=kind, count=len(ids))
        groups.append(maker.group(f"alike-{number}", title, [(one, ()) for one in ids]))
    groups.append(maker.group("unchanged", build.say(labels.UNCHANGED), [(one, ()) for one in found.unchanged]))
    shown = [line for group in groups for line in group.lines]
    return TogetherView(
        tuple(one for one in groups if one.lines), len(found.exceptions), len(shown), total,
        sum(line.read_at is not None for line in shown), MOST_CHOSEN, has_key, has_passkey, build.at, typed, signed,
        unsigned,
    )  # fmt: skip


def _waiting(one: Waits, build: LineBuilder) -> Waiting:
    row, says = one.letter.row, one.said
    return Waiting(
        row.id, (row.kind, one.template_id), row.post, says.wording if says else "", says.tasks if says else "",
        one.changes, deadline(row) <= build.at, one.was_reopened, _instead_of(one, build) is not None,
        says is None or says.is_strange,
    )  # fmt: skip


def _instead_of(one: Waits, build: LineBuilder) -> int | None:
    """The place of another that the reader signs in; None for one's own."""
    rules = [party.rule for party in one.letter.parties]
    me = build.by.person_id
    return next((place.id for place in turn_of(rules) if may_sign_instead(place, rules) == me), None)


class _Maker:
    """Makes lines, at most `MOST_SHOWN` of them, at most `MOST_CHOSEN` ticked."""

    def __init__(self, waits: dict[int, Waits], build: LineBuilder, ticks: frozenset[str] | None) -> None:
        self.waits, self.build, self.ticks = waits, build, ticks
        self.left, self.ticked = MOST_SHOWN, 0

    def group(
        self, group_id: str, title: str, letters: Sequence[tuple[int, tuple[Why, ...]]], *, ticked: bool = True
    ) -> Group:
        lines = tuple(self.line(self.waits[letter_id], why, ticked) for letter_id, why in letters[: self.left])
        self.left -= len(lines)
        return Group(group_id, title, lines)

    def line(self, one: Waits, why: tuple[Why, ...], ticked: bool) -> Line:
        build, row, say = self.build, one.letter.row, self.build.say
        kind = say(letter_labels.KINDS.get(row.kind, row.kind))
        special = [say(labels.DUTIES, count=len(one.said.duties))] if one.said else []
        if one.before:
            special.append(say(labels.TAKES_OVER, name=one.before))
        last = deadline(row) - timedelta(microseconds=1)
        special.append(say(labels.SIGN_BY, day=build.day(last)))
        tick = f"{row.id}:{one.digest}"
        return Line(
            id=row.id, title=build.title(row), number=say(labels.NUMBERED, kind=kind, number=row.number),
            why=tuple((str(reason), self.why(reason, one)) for reason in why), special=tuple(special), tick=tick,
            kilobytes=max(1, round(one.size / 1024)),
            read_at=one.read_at, is_ticked=one.read_at is not None and self.is_ticked(tick, ticked),
        )  # fmt: skip

    def is_ticked(self, tick: str, ticked: bool) -> bool:
        wanted = tick in self.ticks if self.ticks is not None else ticked and self.ticked < MOST_CHOSEN
        self.ticked += wanted
        return wanted

    def why(self, reason: Why, one: Waits) -> str:
        """A reason in words."""
        place = next((party for party in one.letter.parties if party.id == _instead_of(one, self.build)), None)
        standing = letter_labels.STANDINGS.get(place.stand_in_as or "", "") if place else ""
        return self.build.say(
            labels.WHY[reason], count=one.changes or 0, name=place.person if place else "",
            post=(place.post or "") if place and reason is Why.INSTEAD else one.letter.row.post,
            standing=self.build.say(standing) if standing else "",
        )  # fmt: skip
