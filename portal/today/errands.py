"""What waits for a person besides cards: reports to screen, letters to sign, handover sheets to fill and to confirm."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from portal.changes.queries.sheets import sheets_waiting_for
from portal.core.actors import Actor
from portal.permissions.rules import Role
from portal.rendering.i18n import translator
from portal.rendering.moments import left_text, moment_text, unbroken
from portal.today import labels
from portal.today.queries import errands_today
from portal.today.views.page import Todo

SOON = timedelta(hours=1)
SCREENERS = frozenset({Role.SAFETY_OFFICER, Role.DUTY_LEADER})
"""Whose day the screening belongs to; others who may do it are told when it is late."""


async def to_screen_and_sign(by: Actor, at: datetime, language: str) -> tuple[list[Todo], list[Todo]]:
    """One line for all public reports that wait, and one for all letters to sign. One statement."""
    found = await errands_today(by=by, at=at, screens=bool(by.roles & SCREENERS))
    say = translator(language)
    where = "/letters/together" if found.letters > 1 else "/letters"
    letters = Todo(
        0, say(labels.LETTERS, count=found.letters), where, "", False, (say(labels.READ_FIRST),), "", "",
        say(labels.SIGN),
    )  # fmt: skip
    return _to_screen(found.due, at, language), [letters] if found.letters else []


def _to_screen(due: Sequence[datetime], at: datetime, language: str) -> list[Todo]:
    """For those whose day it belongs to."""
    if not due:
        return []
    say, first = translator(language), due[0]
    left = unbroken(left_text((first - at).total_seconds(), language=language))
    text = say(
        labels.LATE if first <= at else labels.DUE, moment=moment_text(first, at=at, language=language), left=left
    )
    count = say(labels.REPORTS, count=len(due))
    urgent = "late" if first <= at else "soon" if first - at < SOON else ""
    lines = (count,) if urgent else (count, text)
    return [Todo(0, say(labels.SCREEN), "/screening", "", False, lines, urgent, text, say(labels.SCREEN_IT))]


def behind_danger(cards: Sequence[Todo], waiting: Sequence[Todo]) -> list[Todo]:
    """Major and late cards keep their place at the top; what waits to be screened follows them at once."""
    cut = next((n for n, one in enumerate(cards) if one.level != "red" and one.urgent != "late"), len(cards))
    return [*cards[:cut], *waiting, *cards[cut:]]


async def to_hand_over(by: Actor, at: datetime, language: str) -> list[Todo]:
    """A line for each handover sheet that waits for this person."""
    say = translator(language)
    found = []
    for sheet, part in await sheets_waiting_for(by=by, at=at):
        moment = moment_text(sheet.due_at, at=at, language=language)
        left = unbroken(left_text((sheet.due_at - at).total_seconds(), language=language))
        is_late = sheet.due_at <= at
        due = say(labels.LATE if is_late else labels.DUE, moment=moment, left=left)
        title = say(labels.HANDOVER, place=sheet.grid, post=sheet.title)
        lines = (say(labels.HANDOVER_PARTS[part]),) if is_late else (say(labels.HANDOVER_PARTS[part]), due)
        found.append(
            Todo(
                sheet.id, title, f"/handovers/{sheet.id}", "", False, lines, "late" if is_late else "",
                due if is_late else "", say(labels.COUNTERSIGN if part == "supervisor" else labels.CONFIRM),
            )
        )  # fmt: skip
    return found
