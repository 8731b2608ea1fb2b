"""The life of a public report: screened within hours, told in three stages, reopened by its reporter (B3, B16)."""

from datetime import datetime, timedelta
from enum import StrEnum

SCREEN_WITHIN = timedelta(hours=4)
NOT_FIXED_WITHIN = timedelta(days=15)
ERASE_PHONE_AFTER = timedelta(days=30)
"""After the case is over; n of B2."""


class Stage(StrEnum):
    """What strangers are told: never a column of the board, never a name."""

    RECEIVED = "received"
    FIXING = "fixing"
    DONE = "done"
    REFUSED = "refused"


class NotFixed(StrEnum):
    """What follows when the reporter says that it is not fixed."""

    REOPENS = "reopens"
    SCREENED = "screened"


def stage_of(state: str, status: str | None) -> Stage:
    """The stage of a report; `status` is the card's, None while there is none."""
    if state == "refused":
        return Stage.REFUSED
    if state == "waiting" or status is None or status == "reported":
        return Stage.RECEIVED
    return Stage.DONE if status == "closed" else Stage.FIXING


def not_fixed_leads_to(
    *, state: str, status: str | None, outcome: str | None, closed_at: datetime | None, reopened_at: datetime | None,
    is_own: bool, at: datetime,
) -> NotFixed | None:  # fmt: skip
    """Once without review, after that (or when nothing was ever mended) by way of the screening; None: not possible.

    A report moves a card at once only if the card was made of it (`is_own`). One that was merged into a card of
    somebody else is heard too, but the school looks first: the card may be about more than its reporter saw.
    """
    if stage_of(state, status) is not Stage.DONE or closed_at is None or at - closed_at > NOT_FIXED_WITHIN:
        return None
    first = is_own and reopened_at is None and outcome == "rectified"
    return NotFixed.REOPENS if first else NotFixed.SCREENED
