"""What the inbox, the card's "who is told what" and the mail show."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from portal.core.actors import Actor
from portal.core.clock import now
from portal.reminders.labels import BETWEEN, NOBODY, REMINDERS, STATES, STEPS, TOLD
from portal.reminders.queries import InboxRow, Told, may_open
from portal.reminders.services import MailLine
from portal.rendering.i18n import translator
from portal.rendering.moments import moment_text


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


@dataclass(frozen=True, slots=True)
class InboxView:
    """A person's inbox: what is unread stands first."""

    unread: tuple[InboxLine, ...]
    read: tuple[InboxLine, ...]
    newest: int
    """The highest id shown: "all read" means all up to here."""


def inbox_view(rows: Sequence[InboxRow], *, by: Actor, language: str) -> InboxView:
    """The page of these rows; sentences in this language."""
    lines = [_line(row, by, language) for row in rows]
    unread = tuple(line for line in lines if line.is_unread)
    read = tuple(line for line in lines if not line.is_unread)
    return InboxView(unread, read, max((row.id for row in rows), default=0))


def _line(row: InboxRow, by: Actor, language: str) -> InboxLine:
    opens = may_open(row, by)
    return InboxLine(
        id=row.id, text=translator(language)(REMINDERS[row.kind], number=row.number or ""), title=row.title or "",
        place=row.place or "", href=f"/hazards/{row.hazard_id}" if opens else "", level=row.level or "",
        made_at=row.made_at, due_at=row.due_at if row.status != "closed" else None, is_unread=row.is_unread,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class TellingLine:
    """One line of "who is told what": `past` was sent, the others will be if nobody acts."""

    at: datetime
    text: str
    small: str
    past: bool


def telling_lines(told: Iterable[Told], *, language: str) -> list[TellingLine]:
    """Past and future as lines, people of one step together."""
    steps = groupby(told, key=lambda one: (one.is_future, one.at.replace(second=0, microsecond=0), one.code))
    return [_telling(list(people), language) for _, people in steps]


def _telling(people: list[Told], language: str) -> TellingLine:
    translate, first = translator(language), people[0]
    names = [" ".join(filter(None, (one.title, one.name))) for one in people if one.name]
    text = translate(
        TOLD, people=translate(BETWEEN).join(names) or translate(NOBODY), what=translate(STEPS[first.code])
    )
    state = ("coming" if names else "nobody") if first.is_future else _state(people)
    return TellingLine(first.at, text, translate(STATES[state]), not first.is_future)


def _state(people: list[Told]) -> str:
    """Of several people the one that needs attention most."""
    states = {one.state for one in people}
    return next(state for state in ("mail_failed", "unread", "mailed", "moot", "read") if state in states)


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
    text = translator(language)(REMINDERS[line.code], number=line.number or "")
    return MailItem(text, due, f"{base_url}/hazards/{line.hazard_id}" if line.hazard_id else f"{base_url}/inbox")
