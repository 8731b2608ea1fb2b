"""Mail as rows: who gets one when, who sends it, how it ended. The sending itself is `tasks/mail.py`'s (G5, G6)."""

import secrets
from datetime import datetime, timedelta
from typing import NamedTuple

from portal.core.clock import now
from portal.core.database import execute, fetch, fetch_one, fetch_value, in_list, unit_of_work
from portal.reminders.rules import KEEP_FOR, MOST_ERRORS, SOON, SOON_FOR, is_quiet, newest_window, pause_after

LEASE = timedelta(seconds=60)


class _Waiting(NamedTuple):
    person_id: int
    org_id: int
    newest: int


UNMAILED = (
    "SELECT r.person_id, p.org_id, max(r.id) FROM reminder r JOIN person p ON p.id = r.person_id "
    "WHERE r.read_at IS NULL AND r.mail_id IS NULL AND r.made_at > {} AND p.email_sealed IS NOT NULL "
    "AND (p.left_at IS NULL OR p.left_at > {}) AND "
)


async def bundle_mail() -> int:
    """Makes the messages that are due: one per person for the newest window, one at once for what is red or begins
    within the hour (at night only for what is red).

    Only what is unread goes out, each reminder in one message. A window is used once per person, so that nobody gets
    more than three a day, those at once apart; after a long absence only the newest window is made up for.
    """
    at = now()
    window, oldest = newest_window(at), at - KEEP_FOR
    red = await fetch(_Waiting, UNMAILED + "r.params LIKE {} GROUP BY r.person_id, p.org_id", oldest, at, '%"red"%')
    made = 0
    for waiting in red:
        key = f"mail:person:{waiting.person_id}:red:{waiting.newest}"
        made += await _bundle(waiting, key, at, oldest, only="AND params LIKE {}", args=('%"red"%',))
    if is_quiet(at):
        return made
    made += await _bundle_soon(at)
    marks, soon = in_list(SOON)
    late = UNMAILED + f"r.made_at <= {{}} AND r.kind NOT IN {marks} GROUP BY r.person_id, p.org_id"
    for waiting in await fetch(_Waiting, late, oldest, at, window, *soon):
        key = f"mail:person:{waiting.person_id}:{window:%Y-%m-%dT%H:%M}"
        only = f"AND made_at <= {{}} AND kind NOT IN {marks}"
        made += await _bundle(waiting, key, at, oldest, only=only, args=(window, *soon))
    return made


async def _bundle_soon(at: datetime) -> int:
    """What was said in the last hour and is of use only now, without waiting for a window."""
    marks, soon = in_list(SOON)
    sql = UNMAILED + f"r.kind IN {marks} GROUP BY r.person_id, p.org_id"
    made = 0
    for waiting in await fetch(_Waiting, sql, at - SOON_FOR, at, *soon):
        key = f"mail:person:{waiting.person_id}:soon:{waiting.newest}"
        made += await _bundle(waiting, key, at, at - SOON_FOR, only=f"AND kind IN {marks}", args=tuple(soon))
    return made


async def _bundle(
    waiting: _Waiting, key: str, at: datetime, oldest: datetime, *, only: str, args: tuple[object, ...]
) -> int:
    async with unit_of_work():
        mail_id = await fetch_value(
            "INSERT INTO mail (key, org_id, person_id, made_at, send_at, attempts) VALUES ({}, {}, {}, {}, {}, 0) "
            "ON CONFLICT (key) DO NOTHING RETURNING id",
            key, waiting.org_id, waiting.person_id, at, at,
        )  # fmt: skip
        if mail_id is None:
            return 0
        await execute(
            "UPDATE reminder SET mail_id = {} WHERE person_id = {} AND read_at IS NULL AND mail_id IS NULL "
            f"AND made_at > {{}} {only}",
            mail_id, waiting.person_id, oldest, *args,
        )  # fmt: skip
    return 1


class MailClaim(NamedTuple):
    """A message that this worker may send now."""

    id: int
    key: str
    person_id: int
    email_sealed: str | None
    name: str
    language: str
    attempts: int
    lease: str


async def claim_mail() -> MailClaim | None:
    """Takes the oldest message that is due and that nobody is sending, or None. At night only red ones."""
    token, at = secrets.token_hex(16), now()
    async with unit_of_work():
        mail_id = await fetch_value(
            "UPDATE mail SET lease = {}, leased_until = {} WHERE id = (SELECT id FROM mail WHERE sent_at IS NULL "
            "AND failed_at IS NULL AND send_at <= {} AND (leased_until IS NULL OR leased_until <= {}) AND key LIKE {} "
            "ORDER BY send_at, id LIMIT 1) AND sent_at IS NULL AND (leased_until IS NULL OR leased_until <= {}) "
            "RETURNING id",
            token, at + LEASE, at, at, "%:red:%" if is_quiet(at) else "%", at,
        )  # fmt: skip
    if mail_id is None:
        return None
    return await fetch_one(
        MailClaim,
        "SELECT m.id, m.key, m.person_id, p.email_sealed, p.name, p.language, m.attempts, m.lease FROM mail m "
        "JOIN person p ON p.id = m.person_id WHERE m.id = {} AND m.lease = {}",
        mail_id, token,
    )  # fmt: skip


class MailLine(NamedTuple):
    """One reminder in a message; a sensitive card keeps its number only."""

    code: str
    params: str
    hazard_id: int | None
    number: str | None
    is_restricted: bool | None
    level: str | None
    due_at: datetime | None


async def lines_of(mail_id: int) -> list[MailLine]:
    """What a message tells: reminders that are still unread, major ones first; nothing whose hour is over."""
    marks, soon = in_list(SOON)
    return await fetch(
        MailLine,
        "SELECT r.kind, r.params, h.id, h.number, h.is_restricted, h.level, h.due_at FROM reminder r "
        "LEFT JOIN hazard h ON r.subject_kind = 'hazard' AND h.id = r.subject_id "
        f"WHERE r.mail_id = {{}} AND r.read_at IS NULL AND (r.kind NOT IN {marks} OR r.made_at > {{}}) "
        "ORDER BY CASE WHEN h.level = 'red' THEN 0 ELSE 1 END, r.id",
        mail_id, *soon, now() - SOON_FOR,
    )  # fmt: skip


async def mail_sent(mail: MailClaim) -> bool:
    """The server has taken it. False when the lease was lost meanwhile: it went out twice, under one Message-ID."""
    return await _end(mail, "sent_at = {}, last_error = NULL", now())


async def mail_not_needed(mail: MailClaim) -> bool:
    """Everything in it was read before it went out: it is closed without being sent."""
    return await _end(mail, "failed_at = {}, last_error = {}", now(), "read")


async def mail_failed(mail: MailClaim, error: str, *, for_good: bool, counts: bool = True) -> bool:
    """Not taken: tried again later (1 min, doubling), given up after 8 failures or when the server says never.

    A server that is away (`counts` false) is no fault of the message: it waits, and is never given up for that.
    """
    attempts, at = mail.attempts + counts, now()
    gives_up = for_good or attempts >= MOST_ERRORS
    return await _end(
        mail, "attempts = {}, last_error = {}, send_at = {}, failed_at = {}",
        attempts, error[:1000], at + pause_after(attempts), at if gives_up else None,
    )  # fmt: skip


async def _end(mail: MailClaim, values: str, *args: object) -> bool:
    async with unit_of_work():
        ends = "lease = NULL, leased_until = NULL WHERE id = {} AND lease = {} RETURNING id"
        return bool(await execute(f"UPDATE mail SET {values}, {ends}", *args, mail.id, mail.lease))
