"""Today's page as the template reads it: sections chosen by what the person is, the most endangered card first."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from portal.core.actors import Actor
from portal.core.clock import local, start_of_day
from portal.coverage.provided import Cover
from portal.duty.provided import DutyToday
from portal.duty.rules import LeaderRow, Segment, gaps_in, segments_in, used
from portal.hazards.labels import STATUS
from portal.hazards.queries.board import BoardCard
from portal.hazards.rules import Level, Status
from portal.permissions.rules import Permission, has
from portal.rendering.i18n import translator
from portal.rendering.moments import left_text, moment_text, unbroken
from portal.today import labels
from portal.today.queries import GridCount, SchoolCount
from portal.today.views.tasks import Task, task_of, waiting_for_others

MOST_TASKS = 20
MOST_LINES = 5
GAP_DAYS = 14
RANK = {"red": 0, "orange": 1, None: 1, "yellow": 2, "blue": 3}
HEADS = frozenset({"principal", "vice_head"})
OVERSEERS = HEADS | {"safety_officer", "duty_leader", "chief"}
SCHOOLWIDE = HEADS | {"safety_officer"}


@dataclass(frozen=True, slots=True)
class Todo:
    """A line of a list: what, where and who below it, until when, one button (or none)."""

    id: int
    title: str
    href: str
    level: str
    graded: bool
    lines: tuple[str, ...]
    urgent: str
    urgent_text: str
    button: str


@dataclass(frozen=True, slots=True)
class Section:
    """A list under one heading. `href` leads to all of its rows; `more` says how many of them are not on this page."""

    key: str
    title: str
    todos: tuple[Todo, ...]
    href: str
    more: int


@dataclass(frozen=True, slots=True)
class Gap:
    """Days of the next two weeks without a leader: how many, and the first."""

    days: int
    first: date
    is_now: bool
    may_edit: bool


@dataclass(frozen=True, slots=True)
class Leading:
    """That this person leads now: until when, and who follows ("" for nobody yet)."""

    until: datetime
    following: str


@dataclass(frozen=True, slots=True)
class TodayView:
    """The whole page."""

    tasks: tuple[Todo, ...]
    task_count: int
    sections: tuple[Section, ...]
    grids: tuple[GridCount, ...]
    schools: tuple[SchoolCount, ...]
    is_bureau: bool
    leading: Leading | None
    duty: DutyToday | None
    gap: Gap | None
    cover: Cover | None
    may_report: bool
    all_href: str
    duty_sheet: str
    """Where the list of this person's own duties is."""

    @property
    def is_wide(self) -> bool:
        """Two columns on a desk, where there is more than one list."""
        return self.is_bureau or bool(self.sections) or self.cover is not None or self.duty is not None


def tasks_of(cards: Iterable[BoardCard], by: Actor, at: datetime) -> list[Task]:
    """Everything that waits for this person, the most endangered first."""
    found = [task for card in cards if (task := task_of(card, by)) is not None]
    return sorted(found, key=lambda task: danger(task.card, at))


def danger(card: BoardCard, at: datetime) -> tuple[int, int, int]:
    """A key that sorts the most endangered first, as on the board."""
    percent = used(card.due_from or card.reported_at, card.due_at, at) if card.due_at else 0
    return -min(percent, 100), RANK.get(card.level, 1), card.id


class TodoBuilder:
    """Makes lines out of cards, in one language at one instant."""

    def __init__(self, by: Actor, at: datetime, language: str) -> None:
        self.by, self.at, self.language = by, at, language
        self.say = translator(language)

    def task(self, task: Task) -> Todo:
        """A card that waits for the person, with its button."""
        card = task.card
        button = labels.ACT[card.status, str(task.to)] if task.to else labels.WATCH
        href = f"/hazards/{card.id}" + (f"?to={task.to}" if task.to else "")
        return self._todo(card, href, (self.say(labels.WHY[task.why]),), self.say(button))

    def waiting(self, card: BoardCard) -> Todo:
        """A card of the person's on which others act."""
        who = card.responsible or card.post or ""
        status = self.say(STATUS[card.status])
        by_them = who and card.status in (Status.ASSIGNED, Status.RECTIFYING)
        line = self.say(labels.WAITS, status=status, name=who) if by_them else status
        return self._todo(card, f"/hazards/{card.id}", (line,))

    def seen(self, card: BoardCard) -> Todo:
        """A card that the person follows: its state and who answers for it."""
        who = " ".join(part for part in (self.say(STATUS[card.status]), card.responsible or card.post or "") if part)
        return self._todo(card, f"/hazards/{card.id}", (who,), self.say(labels.LOOK))

    def escalated(self, card: BoardCard) -> Todo:
        """A card that was sent up and has no answer yet."""
        since = moment_text(card.column_since, at=self.at, language=self.language)
        line = self.say(labels.ESCALATED_SINCE, moment=since)
        return self._todo(card, f"/hazards/{card.id}", (line,), self.say(labels.LOOK))

    def _todo(self, card: BoardCard, href: str, lines: tuple[str, ...], button: str = "") -> Todo:
        urgent, text = self._urgency(card)
        below = () if urgent or not text else (text,)
        return Todo(
            id=card.id, title=card.title, href=href, level=card.level or "", graded=card.level is not None,
            lines=(self._place(card), *lines, *below), urgent=urgent, urgent_text=text if urgent else "", button=button,
        )  # fmt: skip

    def _urgency(self, card: BoardCard) -> tuple[str, str]:
        if card.due_at is None:
            return "", ""
        moment = moment_text(card.due_at, at=self.at, language=self.language)
        left = unbroken(left_text((card.due_at - self.at).total_seconds(), language=self.language))
        if card.due_at <= self.at:
            return "late", self.say(labels.LATE, moment=moment, left=left)
        soon = used(card.due_from or card.reported_at, card.due_at, self.at) >= 75
        return ("soon" if soon else ""), self.say(labels.DUE, moment=moment, left=left)

    def _place(self, card: BoardCard) -> str:
        foreign = [card.org] if card.org_id != self.by.org_id else []
        upper = [card.upper] if card.upper and card.upper != card.org else []
        return "·".join([*foreign, *upper, card.place])


def sections_of(
    cards: Sequence[BoardCard], tasks: Sequence[Task], *, by: Actor, at: datetime, ledger: str, language: str
) -> tuple[Section, ...]:
    """The lists below what must be done. `ledger` is the address of the widest ledger of the person, or ""."""
    build, say = TodoBuilder(by, at, language), translator(language)
    theirs = sorted((card for card in cards if card.org_id == by.org_id), key=lambda card: danger(card, at))
    found: list[tuple[str, str, list[BoardCard], str]] = []
    if by.roles & HEADS or "safety_officer" in by.roles:
        found.append(("major", labels.MAJOR, [c for c in theirs if c.level == Level.RED], "?level=red"))
    if by.roles & OVERSEERS:
        found.append(("overdue", labels.OVERDUE, [c for c in theirs if c.due_at and c.due_at <= at], "?overdue=1"))
    if by.roles & SCHOOLWIDE:
        sent = [card for card in theirs if card.status == Status.ESCALATED]
        found.append(("escalated", labels.ESCALATED, sent, "?status=escalated"))
    found.append(("waiting", labels.WAITING, waiting_for_others(cards, by, tasks), "?mine=1"))
    makers = {"escalated": build.escalated, "waiting": build.waiting}
    return tuple(
        Section(
            key, say(title, count=len(rows)), tuple(makers.get(key, build.seen)(card) for card in rows[:MOST_LINES]),
            ledger + query if ledger else "", max(len(rows) - MOST_LINES, 0),
        )
        for key, title, rows, query in found
        if rows
    )  # fmt: skip


def leading_view(rows: Sequence[LeaderRow], by: Actor, at: datetime) -> Leading | None:
    """Until when this person leads, or None when somebody else does, or nobody."""
    now, *later = segments_in(rows, at, at + timedelta(days=GAP_DAYS))
    if now.row is None or now.row.leader_id != by.person_id:
        return None
    following = later[0].row.name if later and later[0].row else ""
    return Leading(now.ends_at, following)


def gap_view(rows: Sequence[LeaderRow], by: Actor, at: datetime) -> Gap | None:
    """The days of the next two weeks on which nobody leads for a while; None when each has its leader."""
    gaps = gaps_in(rows, at, start_of_day(local(at).date() + timedelta(days=GAP_DAYS)))
    days = sorted({day for gap in gaps for day in _days(gap)})
    if not days:
        return None
    return Gap(len(days), days[0], gaps[0].starts_at <= at, has(by, Permission.DUTY_EDIT))


def _days(gap: Segment) -> Iterable[date]:
    day, last = local(gap.starts_at).date(), local(gap.ends_at - timedelta(microseconds=1)).date()
    while day <= last:
        yield day
        day += timedelta(days=1)
