"""When a letter's file is stamped again, when certificates are renewed, when a letter may be removed. Pure."""

from calendar import monthrange
from datetime import datetime, timedelta

STAMPED_EVERY = timedelta(days=365)
STAMP_AHEAD = timedelta(days=60)
"""A stamp is renewed so long before the certificate of its server runs out; a younger one at half of its time."""
SOONEST = timedelta(hours=1)
ALGORITHM = "sha256"
"""The digest that our stamps are over. Another one here makes every older stamp due."""

SEAL_AHEAD = timedelta(days=90)
AUTHORITY_AHEAD = timedelta(days=5 * 365 + 90)
"""No certificate outlives the authority that gave it: it ends before the longest of them, the seal's, would."""

FIRST_PAUSE = timedelta(seconds=15)
LONGEST_PAUSE = timedelta(minutes=5)
"""Nothing waits longer than this for its next try, and its page says why it waits (TR17)."""

YEARS = 10
FEWEST_YEARS, MOST_YEARS = 3, 50
"""For how long files are kept after a letter has ended: the usual, and what a school may say instead."""


def next_stamp(stamped_at: datetime, certificate_ends_at: datetime | None) -> datetime:
    """When a file that was stamped at an instant is to be stamped again: within a year, and before the stamp ends."""
    latest = stamped_at + STAMPED_EVERY
    if certificate_ends_at is None:
        return latest
    left = certificate_ends_at - stamped_at
    return max(stamped_at + SOONEST, min(latest, certificate_ends_at - min(STAMP_AHEAD, left / 2)))


def pause(attempts: int) -> timedelta:
    """How long to wait after so many tries in vain."""
    return min(LONGEST_PAUSE, FIRST_PAUSE * float(2 ** min(max(attempts - 1, 0), 10)))


def is_ending(ends_at: datetime, *, at: datetime, ahead: timedelta) -> bool:
    """Whether a certificate runs out so soon that the next one is made now."""
    return ends_at - at <= ahead


def years_before(at: datetime, years: int) -> datetime:
    """The same day so many years before; the 29th of February becomes the 28th."""
    year = at.year - years
    return at.replace(year=year, day=min(at.day, monthrange(year, at.month)[1]))
