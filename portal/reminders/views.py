"""What the inbox, the card's "who is told what" and the mail show."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import groupby
from typing import Any

from portal.core.actors import Actor
from portal.core.clock import now, today
from portal.reminders.labels import ABOUT, AND, BETWEEN, NOBODY, REMINDERS, STATES, STEPS, TOLD
from portal.reminders.queries import InboxRow, Told, may_open
from portal.reminders.rules import may_put_off, most_snooze
from portal.reminders.services import MailLine
from portal.rendering.i18n import translator
from portal.rendering.moments import day_text, moment_text

ORDER = ("mail_failed", "unread", "mailed", "moot", "read")
"""Which state is told first when several people were told at once."""

SWAP_STEPS = (
    "swap_asked", "swap_asked_urgent", "swap_accepted", "swap_to_approve", "swap_to_approve_urgent", "swap_untaken",
    "swap_refused", "swap_approved", "swap_withdrawn", "swap_undone", "swap_expired", "swap_cancelled", "swap_moved",
)  # fmt: skip
ELSEWHERE = {
    "public_waiting": "/screening",
    "public_overdue": "/screening",
    "public_not_fixed": "/screening",
    "plate_doubted": "/screening",
    **dict.fromkeys(SWAP_STEPS, "/duty/swaps"),
    **dict.fromkeys(("swap_gate", "taken_over", "relieved", "takeover_told", "duty_corrected"), "/duty"),
    "duty_untaken": "/duty/handovers",
    "zero_missing": "/duty/log",
    **dict.fromkeys(("duty_gaps", "duty_gap_soon"), "/coverage"),
    **dict.fromkeys(("duty_tomorrow", "duty_hour", "duty_mine", "duty_week", "duty_week_led"), "/duty/week"),
    "duty_published": "/duty/rosters",
    **dict.fromkeys(("letter_to_sign", "letter_late", "letter_late_head", "letter_refused", "letter_done"), "/letters"),
    "letter_instead": "/letters",
    **dict.fromkeys(("signing_key_made", "signing_passkey_made"), "/account/signing-key"),
    **{f"handover_{days}": "/handovers" for days in (0, 5, 7, 15)},
    **{f"vacant_post_{days}": "/grids" for days in (0, 5, 7, 15)},
}
"""Where a reminder leads that is about no card."""


def reminder_text(code: str, number: str | None, params: str, language: str) -> str:
    """What a reminder says. Moments and days among its parameters are said in the reader's language."""
    say: dict[str, Any] = {"number": number or ""}
    for name, value in json.loads(params).items():
        if name.endswith("_at"):
            say[name] = moment_text(datetime.fromisoformat(value), at=now(), language=language)
        elif name.endswith("_on"):
            say[name] = day_text(date.fromisoformat(value), today=today(), language=language)
        else:
            say[name] = value
    return translator(language)(REMINDERS[code], **say)


@dataclass(frozen=True, slots=True)
class InboxLine:
    """One reminder. `href` is empty when its card is not this person's to see any more."""

    id: int
    text: str
    title: str
    place: str
    href: str
    level: str
    made_at: datetime
    due_at: datetime | None
    is_unread: bool
    may_answer: bool
    most_days: int
    answer: str
    """What the person has said to it already."""


@dataclass(frozen=True, slots=True)
class InboxView:
    """A person's inbox: what is unread stands first."""

    unread: tuple[InboxLine, ...]
    read: tuple[InboxLine, ...]
    newest: int
    """The highest id shown: "all read" means all up to here."""
    opened: int = 0
    """The line whose answer was refused: its form stands open, with what was typed and what is wrong."""
    typed: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)


def inbox_view(
    rows: Sequence[InboxRow], *, by: Actor, language: str, opened: int = 0, typed: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
) -> InboxView:  # fmt: skip
    """The page of these rows; sentences in this language."""
    lines = [_line(row, by, language) for row in rows]
    unread = tuple(line for line in lines if line.is_unread)
    read = tuple(line for line in lines if not line.is_unread)
    return InboxView(unread, read, max((row.id for row in rows), default=0), opened, typed or {}, errors or {})


def _line(row: InboxRow, by: Actor, language: str) -> InboxLine:
    opens = may_open(row, by)
    may_answer = opens and row.answered_at is None and row.status != "closed"
    return InboxLine(
        id=row.id, text=reminder_text(row.kind, row.number, row.params, language), title=row.title or "",
        place=row.place or "", level=row.level or "",
        href=f"/hazards/{row.hazard_id}" if opens else ELSEWHERE.get(row.kind, ""),
        made_at=row.made_at, due_at=row.due_at if row.status != "closed" else None, is_unread=row.is_unread,
        may_answer=may_answer, answer=_said(row, language),
        most_days=most_snooze(row.level) if may_answer and may_put_off(row.kind, row.status or "") else 0,
    )  # fmt: skip


def _said(row: InboxRow, language: str) -> str:
    if row.answered_at is None:
        return ""
    return _answer_text("known" if row.snoozed_until is None else "later", row.snoozed_until, language)


def _answer_text(state: str, until: datetime | None, language: str) -> str:
    when = moment_text(until, at=now(), language=language) if until else ""
    return translator(language)(STATES[state], until=when)


@dataclass(frozen=True, slots=True)
class TellingLine:
    """One line of "who is told what": `past` was sent, the others will be if nobody acts."""

    at: datetime
    text: str
    small: str
    past: bool
    ids: tuple[int, ...] = ()


def telling_lines(told: Iterable[Told], *, language: str) -> list[TellingLine]:
    """Past and future as lines, people of one step together."""
    steps = groupby(told, key=lambda one: (one.is_future, one.at.replace(second=0, microsecond=0), one.code, one.about))
    return [_telling(list(people), language) for _, people in steps]


def _telling(people: list[Told], language: str) -> TellingLine:
    translate, first = translator(language), people[0]
    names = [" ".join(filter(None, (one.title, one.name))) for one in people if one.name]
    what = translate(STEPS[first.code])
    if first.about:
        what = translate(ABOUT, what=what, step=first.about)
    text = translate(TOLD, people=translate(BETWEEN).join(names) or translate(NOBODY), what=what)
    if first.is_future:
        return TellingLine(first.at, text, translate(STATES["coming" if names else "nobody"]), False)
    return TellingLine(first.at, text, _small(people, language), True, tuple(one.id for one in people))


def _small(people: list[Told], language: str) -> str:
    """How far it has come: what each has answered, and of the others the one that needs attention most."""
    translate = translator(language)
    said = []
    for one in people:
        if one.is_answered:
            text = _answer_text(one.state, one.until, language)
            said.append(translate(TOLD, people=one.name or "", what=text) if len(people) > 1 else text)
    states = {one.state for one in people}
    rest = [translate(STATES[state]) for state in ORDER if state in states][:1]
    return translate(AND).join([*said, *rest])


@dataclass(frozen=True, slots=True)
class MailItem:
    """One reminder in a message: a sentence, until when, and where to look. Plain text, no titles, no names (G10)."""

    text: str
    due: str
    href: str


@dataclass(frozen=True, slots=True)
class MailView:
    """A whole message."""

    items: tuple[MailItem, ...]
    inbox: str


def mail_view(lines: Sequence[MailLine], base_url: str, *, language: str) -> MailView:
    """The message of these lines; links need a sign-in."""
    return MailView(tuple(_item(line, base_url, language) for line in lines), f"{base_url}/inbox")


def _item(line: MailLine, base_url: str, language: str) -> MailItem:
    due = moment_text(line.due_at, at=now(), language=language, full=True) if line.due_at else ""
    text = reminder_text(line.code, line.number, line.params, language)
    return MailItem(text, due, f"{base_url}/hazards/{line.hazard_id}" if line.hazard_id else f"{base_url}/inbox")
