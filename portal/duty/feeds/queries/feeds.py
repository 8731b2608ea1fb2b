"""Calendar addresses: the one behind a secret, and those that somebody may see."""

from datetime import datetime, timedelta
from typing import NamedTuple

from portal.core.actors import Actor
from portal.core.clock import local
from portal.core.database import fetch, fetch_one
from portal.core.ids import digest
from portal.core.refusals import NotFound
from portal.duty.feeds.rules import BACK, FeedKind, is_unused
from portal.duty.queries import KeptPlan, OpenBook, book_of, with_needs
from portal.duty.queries.kept import Org
from portal.duty.rules import needs_between
from portal.permissions.rules import Permission, scope

AHEAD = timedelta(days=400)
"""Nothing is published further ahead than a school year."""
LONGEST_SHIFT = timedelta(hours=24)


class OpenFeed(NamedTuple):
    """A feed that opens now, as its secret found it."""

    id: int
    org_id: int
    kind: str
    person_id: int | None
    area_id: int | None
    language: str
    made_at: datetime
    read_at: datetime | None
    rights_version: int
    path: str
    org_kind: str
    school: str
    phone: str

    @property
    def org(self) -> Org:
        """Its organisation."""
        return Org(self.org_id, self.path, self.org_kind, self.school, self.phone)


_OPEN = (
    "SELECT f.id, f.org_id, f.kind, f.person_id, f.area_id, f.language, f.made_at, f.read_at, o.rights_version, "
    "g.path, g.kind, g.name, COALESCE(o.duty_phone, '') "
    "FROM duty_feed f JOIN organisation o ON o.grid_id = f.org_id JOIN grid g ON g.id = f.org_id "
    "WHERE f.token_digest = {} AND f.ended_at IS NULL AND (g.ended_at IS NULL OR g.ended_at > {}) "
    "AND (f.kind <> 'person' OR EXISTS (SELECT 1 FROM person p JOIN account a ON a.person_id = p.id "
    "WHERE p.id = f.person_id AND p.org_id = f.org_id AND a.disabled_at IS NULL "
    "AND (p.left_at IS NULL OR p.left_at > {}))) "
    "AND (f.kind <> 'area' OR EXISTS (SELECT 1 FROM duty_area d WHERE d.id = f.area_id AND d.org_id = f.org_id "
    "AND (d.ended_at IS NULL OR d.ended_at > {})))"
)


async def open_feed(token: str, *, at: datetime) -> OpenFeed | None:
    """The feed behind a secret, or None: unknown, switched off, of somebody who has left, unread for a year.

    Asked for this instant: nobody has to switch off anything when somebody leaves. One statement.
    """
    found = await fetch_one(OpenFeed, _OPEN, digest(token), at, at, at)
    return None if found is None or is_unused(found.made_at, found.read_at, at=at) else found


class Published(NamedTuple):
    """The book as feeds hold it, with needs, and the times between which it was read and is shown."""

    opened: OpenBook
    read_from: datetime
    start: datetime
    end: datetime


async def published_book(org_id: int, kept: KeptPlan, *, today: datetime) -> Published:
    """The book from a month before today to the end of what is published. One statement.

    It is read from a shift's length before, so that what is shown is never cut at its beginning.
    """
    start = today - BACK
    read_from = start - LONGEST_SHIFT
    opened = await book_of(org_id, read_from, today + AHEAD)
    end = max((shift.ends_at for rows in opened.book.shifts.values() for shift in rows), default=start)
    end = max(end, start)
    plan = kept.plan
    needs = needs_between(plan.slots, plan.days, local(read_from).date(), local(end).date())
    return Published(with_needs(opened, needs), read_from, start, end)


class FeedLine(NamedTuple):
    """A feed in the list of whoever may see it. `maker_left`: whoever made it has left and still knows the address."""

    id: int
    kind: str
    person_id: int | None
    area_id: int | None
    made_at: datetime
    read_at: datetime | None
    maker: str | None
    maker_left_at: datetime | None


async def feeds_of(org_id: int, *, by: Actor, whole: bool) -> list[FeedLine]:
    """One's own address; with `whole` those of areas and the school too. One statement."""
    return await fetch(
        FeedLine,
        "SELECT f.id, f.kind, f.person_id, f.area_id, f.made_at, f.read_at, p.name, p.left_at FROM duty_feed f "
        "LEFT JOIN person p ON p.id = f.made_by WHERE f.org_id = {} AND f.ended_at IS NULL "
        "AND (f.person_id = {} OR ({} = 1 AND f.kind <> 'person')) ORDER BY f.id",
        org_id, by.person_id or 0, int(whole),
    )  # fmt: skip


class SeenFeed(NamedTuple):
    """A feed that is about to be changed."""

    id: int
    org_id: int
    path: str
    kind: str
    person_id: int | None
    area_id: int | None
    token_digest: str
    ended_at: datetime | None


async def feed_seen(feed_id: int, *, by: Actor) -> SeenFeed:
    """A feed that the actor may change; any other one does not exist. One statement."""
    found = await fetch_one(
        SeenFeed,
        "SELECT f.id, f.org_id, g.path, f.kind, f.person_id, f.area_id, f.token_digest, f.ended_at FROM duty_feed f "
        "JOIN grid g ON g.id = f.org_id WHERE f.id = {}",
        feed_id,
    )
    if found is None or not may_see_feed(found, by=by):
        raise NotFound()
    return found


def may_see_feed(feed: SeenFeed, *, by: Actor) -> bool:
    """Somebody's own is theirs alone; those of areas and the school belong to whoever keeps the book."""
    if feed.kind == FeedKind.PERSON:
        return by.person_id is not None and feed.person_id == by.person_id
    return is_office(by, feed.path, feed.org_id)


def is_office(by: Actor, path: str, org_id: int) -> bool:
    """Whether the actor keeps the book of this organisation."""
    return scope(by, Permission.FEED_MAKE).holds(path, org_id)
