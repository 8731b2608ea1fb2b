"""Who is reminded of a letter that nobody signs, after how many working days (F13). Never a silent stop. Pure."""

from datetime import datetime, timedelta
from typing import NamedTuple

from portal.duty.rules import DayCalendar, add_workdays
from portal.letters.rules.signing import turn_of
from portal.letters.rules.states import LetterFacts, State, state_of

FIRST, HEAD, AGAIN = 2, 5, 5
"""Working days after which the signer is reminded, after which the head learns of it, and how often from then on."""

MOST = 60  # reminders of one turn: a year of them


class Chase(NamedTuple):
    """A reminder that is due: for how many working days the letter has waited, and whether the head is told too."""

    days: int
    to_head: bool
    since: datetime


def waiting_since(letter: LetterFacts) -> datetime | None:
    """Since when it is the turn of those who may sign now: the file was made, or those before them have signed."""
    if not turn_of(letter.parties) or letter.made_at is None:
        return None
    return max([letter.made_at, *(one.signed_at for one in letter.parties if one.signed_at is not None)])


def chase_due(letter: LetterFacts, calendar: DayCalendar, *, at: datetime) -> Chase | None:
    """The newest reminder that is due at an instant; None when the letter waits for nobody, or not long enough."""
    since = waiting_since(letter)
    if since is None or state_of(letter, at=at) is not State.WAITING:
        return None
    found = None
    for days in (FIRST, *range(HEAD, HEAD + AGAIN * MOST, AGAIN)):
        if since + timedelta(days=days) > at or add_workdays(since, days, calendar) > at:
            break
        found = Chase(days, days >= HEAD, since)
    return found
