"""How the mail is doing: for the administrators' page."""

from datetime import datetime
from typing import NamedTuple

from portal.core.database import fetch, fetch_value


class MailState(NamedTuple):
    """Messages that wait, and those that were given up."""

    waiting: int
    failed: int


class FailedMail(NamedTuple):
    """A message that was given up: to whom, and what the server said."""

    person_id: int
    name: str
    failed_at: datetime
    error: str


NOT_TAKEN = "failed_at IS NOT NULL AND last_error <> 'read'"
"""Closed because all of it was read before it went out is no failure."""


async def mail_state() -> MailState:
    """How many messages wait, and how many were given up."""
    waiting = await fetch_value("SELECT count(*) FROM mail WHERE sent_at IS NULL AND failed_at IS NULL")
    return MailState(int(waiting), int(await fetch_value(f"SELECT count(*) FROM mail WHERE {NOT_TAKEN}")))


async def failed_mail(*, most: int = 50) -> list[FailedMail]:
    """Messages that were given up, newest first."""
    return await fetch(
        FailedMail,
        "SELECT m.person_id, p.name, m.failed_at, m.last_error FROM mail m JOIN person p ON p.id = m.person_id "
        f"WHERE {NOT_TAKEN} ORDER BY m.failed_at DESC LIMIT {{}}",
        most,
    )
