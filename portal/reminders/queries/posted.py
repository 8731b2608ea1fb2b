"""How the mail is doing, for the administrators' page; and what was told before, for whoever tells again."""

import json
from datetime import datetime
from typing import Any, NamedTuple

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


class ToldOf(NamedTuple):
    """Something that somebody was told before; `cycle` tells one round of it from the next."""

    subject_id: int
    person_id: int
    key: str
    made_at: datetime
    read_at: datetime | None

    @property
    def cycle(self) -> str:
        """As it was given to `remind`."""
        return self.key.split(":")[3]


async def told_of(kind: str, *, since: datetime, org_id: int | None = None) -> list[ToldOf]:
    """What was told of a kind that is its own subject, of one organisation or all. One statement."""
    one = "" if org_id is None else " AND subject_id = {}"
    return await fetch(
        ToldOf,
        "SELECT subject_id, person_id, key, made_at, read_at FROM reminder WHERE subject_kind = {} AND kind = {} "
        f"AND made_at >= {{}}{one} ORDER BY id",
        kind, kind, since, *(() if org_id is None else (org_id,)),
    )  # fmt: skip


async def unread_of(kind: str, person_id: int, subject_id: int) -> dict[str, Any]:
    """What the newest unread reminder of a kind that is its own subject says; empty where there is none."""
    found = await fetch_value(
        "SELECT params FROM reminder WHERE subject_kind = {} AND subject_id = {} AND person_id = {} "
        "AND read_at IS NULL ORDER BY id DESC LIMIT 1",
        kind, subject_id, person_id,
    )  # fmt: skip
    return dict(json.loads(found)) if found else {}
