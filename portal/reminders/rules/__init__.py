"""Pure decisions of the reminders room: whom a card tells what, when, and when mail goes out. No clock, no database."""

from portal.reminders.rules.card import Card, Circle, Holder, unique
from portal.reminders.rules.mails import KEEP_FOR, MOST_ERRORS, WINDOWS, is_quiet, newest_window, pause_after
from portal.reminders.rules.people import levels, people_for, sees
from portal.reminders.rules.policy import (
    CLIMBING,
    DUE_MOVED_TO,
    INHERITED_TO,
    LISTED_TO,
    POLICY,
    REPORTED_TO,
    VACANT_TO,
    From,
    Step,
    Who,
)
from portal.reminders.rules.tellings import (
    Telling,
    moot,
    newest_due,
    told_at_once,
    told_by_move,
    who_will_be_told,
)

__all__ = [
    "CLIMBING",
    "DUE_MOVED_TO",
    "INHERITED_TO",
    "KEEP_FOR",
    "LISTED_TO",
    "MOST_ERRORS",
    "POLICY",
    "REPORTED_TO",
    "VACANT_TO",
    "WINDOWS",
    "Card",
    "Circle",
    "From",
    "Holder",
    "Step",
    "Telling",
    "Who",
    "is_quiet",
    "levels",
    "moot",
    "newest_due",
    "newest_window",
    "pause_after",
    "people_for",
    "sees",
    "told_at_once",
    "told_by_move",
    "unique",
    "who_will_be_told",
]
