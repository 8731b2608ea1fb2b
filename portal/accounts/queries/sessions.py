"""Sessions that hold."""

from datetime import datetime
from typing import NamedTuple

from portal.core.database import fetch, fetch_one


class SignedIn(NamedTuple):
    """A session that holds, with what every page needs to know about its person: one statement per request."""

    session_id: int
    account_id: int
    person_id: int
    org_id: int
    name: str
    language: str
    must_change: bool
    seen_at: datetime
    proved_at: datetime
    rights_version: int
    school: str
    unread: int
    idle_seconds: int


SIGNED_IN = (
    "SELECT s.id, a.id, p.id, p.org_id, p.name, p.language, a.must_change, s.seen_at, s.proved_at, "
    "o.rights_version, g.name, "
    "(SELECT count(*) FROM reminder r WHERE r.person_id = p.id AND r.read_at IS NULL), s.idle_seconds "
    "FROM session s JOIN account a ON a.id = s.account_id JOIN person p ON p.id = a.person_id "
    "JOIN organisation o ON o.grid_id = p.org_id JOIN grid g ON g.id = p.org_id "
    "WHERE s.token_digest = {} AND s.revoked_at IS NULL AND a.disabled_at IS NULL "
    "AND s.expires_at > {} AND s.idle_until > {} AND (p.left_at IS NULL OR p.left_at > {})"
)


async def signed_in(token_digest: str, *, at: datetime) -> SignedIn | None:
    """The session behind a token, unless it has ended, run out, gone idle, or its account or person is out."""
    return await fetch_one(SignedIn, SIGNED_IN, token_digest, at, at, at)


class OwnSession(NamedTuple):
    """One of a person's sessions that still hold."""

    id: int
    device: str
    address: str
    created_at: datetime
    seen_at: datetime


async def sessions_of(account_id: int, *, at: datetime) -> list[OwnSession]:
    """The sessions of an account that hold at an instant, the latest first."""
    return await fetch(
        OwnSession,
        "SELECT id, device, address, created_at, seen_at FROM session WHERE account_id = {} AND revoked_at IS NULL "
        "AND expires_at > {} AND idle_until > {} ORDER BY seen_at DESC, id DESC",
        account_id, at, at,
    )  # fmt: skip
