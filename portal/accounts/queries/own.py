"""What a person's own page shows of them."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from portal.core.database import fetch, fetch_one, in_list
from portal.people.queries import HELD_AT


class OwnPage(NamedTuple):
    """What a person's own page shows of them."""

    login: str
    name: str
    school: str
    phone_sealed: str | None
    email_sealed: str | None
    person_version: int
    last_sign_in_at: datetime | None


async def own_page(account_id: int) -> OwnPage | None:
    """The person behind an account."""
    return await fetch_one(
        OwnPage,
        "SELECT a.login, p.name, g.name, p.phone_sealed, p.email_sealed, p.version, a.last_sign_in_at FROM account a "
        "JOIN person p ON p.id = a.person_id JOIN grid g ON g.id = p.org_id WHERE a.id = {}",
        account_id,
    )


class HeldPost(NamedTuple):
    """A post that a person holds now, and where."""

    person_id: int
    title: str
    place: str


async def posts_held(person_ids: Sequence[int], *, at: datetime) -> dict[int, list[HeldPost]]:
    """The posts of some people at an instant, each person's in order. One statement."""
    marks, ids = in_list(person_ids)
    rows = await fetch(
        HeldPost,
        "SELECT a.person_id, o.title, g.name FROM appointment a JOIN post o ON o.id = a.post_id "
        f"JOIN grid g ON g.id = o.grid_id WHERE a.person_id IN {marks} AND {HELD_AT} "
        "AND (o.ended_at IS NULL OR o.ended_at > {}) ORDER BY a.person_id, o.is_accountable DESC, o.sort, o.id",
        *ids, at, at, at,
    )  # fmt: skip
    held: dict[int, list[HeldPost]] = {}
    for row in rows:
        held.setdefault(row.person_id, []).append(row)
    return held
