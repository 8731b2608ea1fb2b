"""The lists of letters: what waits for the reader, what waits for others, what is in force, what is over."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from markupsafe import Markup

from portal.core.actors import Actor
from portal.core.clock import local, start_of_day
from portal.letters import labels
from portal.letters.queries.letters import MOST_IN_CARE, LetterRow, Whole, is_turn_of
from portal.letters.rules import State, may_sign_instead, state_of, turn_of
from portal.letters.rules.states import OVER
from portal.permissions.rules import Permission, scope
from portal.rendering.i18n import translator
from portal.rendering.moments import day_text, unbroken

MOST_LINES = 200
ORDER = ("failed", "refused", "waiting", "making", "in_force", "over")
GROUP = {
    State.WAITING: "waiting", State.REFUSED: "refused", State.MAKING: "making", State.SEALING: "making",
    State.PENDING: "in_force", State.IN_FORCE: "in_force",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class LetterLine:
    """A letter as one line; `retry` is the version to try again with, 0 where it has not failed."""

    id: int
    href: str
    title: str
    lines: tuple[str, ...]
    is_late: bool
    urgent: str
    retry: int
    state: str


@dataclass(frozen=True, slots=True)
class OwnLists:
    """The four lists of one reader; `failed` counts what could not be made, for who looks after letters."""

    to_sign: tuple[LetterLine, ...]
    others: tuple[LetterLine, ...]
    in_force: tuple[LetterLine, ...]
    over: tuple[LetterLine, ...]
    looks_after: bool
    failed: int
    has_key: bool


@dataclass(frozen=True, slots=True)
class Progress:
    """How many letters of a kind or round are signed."""

    name: str
    signed: int
    whole: int
    href: str = ""


@dataclass(frozen=True, slots=True)
class SchoolLists:
    """Every letter that the reader looks after, filtered."""

    lines: tuple[LetterLine, ...]
    more: int
    progress: tuple[Progress, ...]
    states: tuple[tuple[str, str, int, bool], ...]
    kinds: tuple[tuple[str, str, int, bool], ...]
    is_filtered: bool
    is_cut: bool  # there are older ones that were not looked through
    words: bool  # whether the reader may look at wordings and chains
    archive_year: int | None  # of the newest complete letter, where the reader may take letters along


def deadline(row: LetterRow) -> datetime:
    """The instant by which all should have signed: the end of the day that was set, or the first of its force."""
    return start_of_day(row.sign_by + timedelta(days=1)) if row.sign_by else row.starts_at


def has_failed(row: LetterRow) -> bool:
    """Whether it could not be made, and may be tried again."""
    return row.voided_at is not None and row.made_at is None and row.attempts > 0


def group_of(found: Whole, at: datetime) -> str:
    """The group of states that filters know."""
    return "failed" if has_failed(found.row) else GROUP.get(state_of(found.facts, at=at), "over")


class LineBuilder:
    """Makes lines out of letters, for one reader in one language at one instant."""

    def __init__(self, by: Actor, at: datetime, language: str, why: Callable[[LetterRow], str]) -> None:
        self.by, self.at, self.language, self.why = by, at, language, why
        self.say = translator(language)
        self.makes = scope(by, Permission.LETTER_MAKE)

    def day(self, moment: datetime) -> str:
        """The day of an instant, in words."""
        return day_text(local(moment).date(), today=local(self.at).date(), language=self.language)

    def day_of(self, day: date) -> str:
        """A day in words."""
        return day_text(day, today=local(self.at).date(), language=self.language)

    def title(self, row: LetterRow) -> str:
        """Where and as what; and who, where it is somebody else."""
        place = self.say(labels.PLACE_POST, grid=row.grid, post=row.post)
        return place if row.person_id == self.by.person_id else self.say(labels.TITLE, place=place, name=row.person)

    def line(self, found: Whole, *, changes: int = 0) -> LetterLine:
        """A letter with where it stands."""
        row, state = found.row, state_of(found.facts, at=self.at)
        is_late = state is State.WAITING and deadline(row) <= self.at
        urgent = self._sign_by(row, is_late) if state is State.WAITING else ""
        failed = has_failed(row)
        is_mine = waits_for(found, self.by.person_id, self.at)
        kind = self.say(labels.KINDS.get(row.kind, row.kind))
        said = [
            Markup("{} {}").format(kind, unbroken(row.number)),
            "" if is_mine else self._standing(found, state, failed),
        ]
        if is_mine and (other := self._other(found)):
            said.append(self.say(labels.FOR_ANOTHER, name=other))
        if changes:
            said.append(self.say(labels.CHANGED, count=changes))
        if failed or (row.reason and state in (State.MAKING, State.SEALING)):
            said.append(self.why(row))
        return LetterLine(
            id=row.id, href=f"/letters/{row.id}", title=self.title(row), lines=tuple(one for one in said if one),
            is_late=is_late, urgent=urgent, state=str(state),
            retry=row.version if failed and self.makes.holds(row.path, row.org_id) else 0,
        )  # fmt: skip

    def _other(self, found: Whole) -> str:
        """Whose place it is that waits for the reader, where it is not their own."""
        rules, me = [one.rule for one in found.parties], self.by.person_id
        places = zip(found.parties, rules, strict=True)
        return next((row.person for row, one in places if one.is_open and may_sign_instead(one, rules) == me), "")

    def _sign_by(self, row: LetterRow, is_late: bool) -> str:
        last = deadline(row) - timedelta(microseconds=1)
        return self.say(labels.SIGN_LATE if is_late else labels.SIGN_BY, day=self.day(last))

    def _standing(self, found: Whole, state: State, failed: bool) -> str:
        say, row = self.say, found.row
        if failed:
            return say(labels.FAILED)
        if state is State.WAITING and row.paper_since is not None:
            return say(labels.ON_PAPER)
        if state is State.WAITING:
            turn = {one.id for one in turn_of(one.rule for one in found.parties)}
            names = self._names(one.person for one in found.parties if one.id in turn)
            return say(labels.WAITS_FOR, names=names)
        if state is State.REFUSED:
            names = self._names(one.person for one in found.parties if one.refused_at is not None)
            return say(labels.REFUSED_BY, names=names)
        if state in (State.PENDING, State.IN_FORCE):
            first = say(labels.FROM_DAY, day=self.day(row.starts_at))
            last = say(labels.UNTIL_DAY, day=self.day(_last(row.ends_at))) if row.ends_at else ""
            return " ".join(one for one in (say(labels.STATES[state]), first, last) if one)
        since = ended_at(found, state)
        words = say(labels.STATES[state])
        return say(labels.OVER_SINCE, state=words, day=self.day(since)) if since else words

    def _names(self, names: Iterable[str]) -> str:
        return self.say(labels.COMMA).join(dict.fromkeys(names)) or self.say(labels.NOBODY)


def ended_at(found: Whole, state: State) -> datetime | None:
    """When a letter that is over was over."""
    if state is State.VOID:
        return found.row.voided_at
    if state is State.ENDED:
        return found.row.ends_at
    return next((end.ends_at for end in found.ends if str(end.kind) == str(state)), None)


def _last(ends_at: datetime) -> datetime:
    return ends_at - timedelta(microseconds=1)


def waits_for(found: Whole, person_id: int | None, at: datetime) -> bool:
    """Whether it is this person's turn."""
    return is_turn_of(found, person_id, at)


def own_lists(
    letters: Sequence[Whole], build: LineBuilder, *, changes: Mapping[int, int], looks_after: bool, failed: int,
    has_key: bool,
) -> OwnLists:  # fmt: skip
    """The four lists; what waits for the reader begins with what is late, then with what says something new."""
    at, me = build.at, build.by.person_id
    mine = [one for one in letters if waits_for(one, me, at)]
    mine.sort(key=lambda one: (deadline(one.row) > at, not changes.get(one.row.id), deadline(one.row), one.row.id))
    taken = {one.row.id for one in mine}
    rest = [one for one in letters if one.row.id not in taken]
    groups: dict[str, list[LetterLine]] = {"others": [], "in_force": [], "over": []}
    for one in rest:
        state = state_of(one.facts, at=at)
        key = "over" if state in OVER else "in_force" if state in (State.IN_FORCE, State.PENDING) else "others"
        groups[key].append(build.line(one))
    return OwnLists(
        tuple(build.line(one, changes=changes.get(one.row.id, 0)) for one in mine), tuple(groups["others"]),
        tuple(groups["in_force"]), tuple(groups["over"]), looks_after, failed, has_key,
    )  # fmt: skip


def school_lists(
    letters: Sequence[Whole], build: LineBuilder, rounds: Mapping[int, str], *, state: str, kind: str
) -> SchoolLists:
    """Every letter in the reader's care: what needs somebody first, then the newest."""
    at = build.at
    grouped = [(group_of(one, at), one) for one in letters]
    states = Counter(group for group, one in grouped if kind in ("", one.row.kind))
    kinds = Counter(one.row.kind for group, one in grouped if state in ("", group))
    shown = [(g, one) for g, one in grouped if state in ("", g) and kind in ("", one.row.kind)]
    shown.sort(key=lambda pair: (ORDER.index(pair[0]), pair[0] == "waiting" and deadline(pair[1].row) > at))
    return SchoolLists(
        tuple(build.line(one) for _, one in shown[:MOST_LINES]), max(len(shown) - MOST_LINES, 0),
        _progress(grouped, build, rounds),
        _filter(labels.GROUPS, ORDER, states, state, lambda key: _way(key, kind), build),
        _filter(labels.KINDS, tuple(labels.KINDS), kinds, kind, lambda key: _way(state, key), build),
        bool(state or kind), len(letters) >= MOST_IN_CARE,
        not scope(build.by, Permission.LETTER_WORDING_VIEW).is_empty, _archive_year(letters, build.by),
    )  # fmt: skip


def _archive_year(letters: Sequence[Whole], by: Actor) -> int | None:
    held = scope(by, Permission.LETTER_MAKE_VIEW)
    if not held.paths and not held.orgs:
        return None
    return max((one.row.year for one in letters if one.row.sealed_at is not None), default=None)


def _filter(
    words: Mapping[str, str], order: Sequence[str], counts: Counter[str], chosen: str, way: Callable[[str], str],
    build: LineBuilder,
) -> tuple[tuple[str, str, int, bool], ...]:  # fmt: skip
    everything = (build.say(labels.EVERYTHING), way(""), counts.total(), not chosen)
    found = ((build.say(words[one]), way(one), counts[one], one == chosen) for one in order if counts[one])
    return (everything, *found)


def _way(state: str, kind: str) -> str:
    more = "".join(f"&{name}={value}" for name, value in (("state", state), ("kind", kind)) if value)
    return f"/letters?show=school{more}"


def _progress(
    grouped: Sequence[tuple[str, Whole]], build: LineBuilder, rounds: Mapping[int, str]
) -> tuple[Progress, ...]:
    """Of the letters that are not over: how many all have signed, by round or by kind."""
    whole: Counter[tuple[str, str]] = Counter()
    signed: Counter[tuple[str, str]] = Counter()
    for group, one in grouped:
        if group == "over":
            continue
        kind = build.say(labels.KINDS.get(one.row.kind, one.row.kind))
        round_id = one.row.round_id or 0
        key = (rounds[round_id], f"/letters/rounds/{round_id}") if round_id in rounds else (kind, "")
        whole[key] += 1
        signed[key] += one.row.signed_at is not None
    return tuple(Progress(name, signed[name, href], count, href) for (name, href), count in whole.items())
