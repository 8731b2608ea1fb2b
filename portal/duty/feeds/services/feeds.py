"""Calendar addresses: made, given another secret, switched off. Only the digest of a secret is written anywhere."""

from datetime import datetime, timedelta
from typing import NamedTuple

from portal.audit.catalogue import DutyFeedEnded, DutyFeedMade, DutyFeedRotated
from portal.audit.services import record_event
from portal.core.actors import Actor
from portal.core.clock import now
from portal.core.database import execute, fetch_value, insert, unit_of_work
from portal.core.ids import digest, new_token
from portal.core.refusals import Conflict, NotFound, Refused
from portal.duty.feeds.queries import OpenFeed, feed_seen, is_office
from portal.duty.feeds.rules import FeedKind
from portal.duty.tables import DutyFeed
from portal.grids.queries import grid_row

NOTED_EVERY = timedelta(days=1)


class MadeFeed(NamedTuple):
    """A feed with its secret: the only time that anybody sees it."""

    id: int
    kind: FeedKind
    area_id: int | None
    token: str


async def make_feed(org_id: int, kind: FeedKind, *, by: Actor, area_id: int | None = None) -> MadeFeed:
    """Makes the address of one's own duty, of an area, or of the school.

    There is one for each: where it is there already, whoever has lost it gives it another secret (`rotate_feed`).
    Those of areas and the school are for whoever keeps the book.
    """
    async with unit_of_work():
        await _check_subject(org_id, kind, area_id, by=by)
        person_id = by.person_id if kind is FeedKind.PERSON else None
        token = new_token()
        row = {
            "org_id": org_id, "kind": str(kind), "person_id": person_id, "area_id": area_id, "language": by.language,
            "token_digest": digest(token), "made_at": now(), "made_by": by.person_id,
        }  # fmt: skip
        [feed_id] = await insert(DutyFeed, row)
        details = DutyFeedMade(feed_kind=str(kind), person_id=person_id, area_id=area_id)
        await record_event(details, org_id=org_id, subject_id=feed_id, by=by)
        # The event has locked the school's chain: of two who make it at once the second one sees the first.
        earlier = await fetch_value(
            "SELECT count(*) FROM duty_feed WHERE org_id = {} AND kind = {} AND COALESCE(person_id, 0) = {} "
            "AND COALESCE(area_id, 0) = {} AND ended_at IS NULL AND id <> {}",
            org_id, str(kind), person_id or 0, area_id or 0, feed_id,
        )  # fmt: skip
        if earlier:
            raise Refused("duty.feed_there")
    return MadeFeed(feed_id, kind, area_id, token)


async def _check_subject(org_id: int, kind: FeedKind, area_id: int | None, *, by: Actor) -> None:
    """Whose duty it may be: one's own in one's own organisation, or an area of a school whose book one keeps."""
    if kind is FeedKind.PERSON:
        if by.person_id is None or org_id != by.org_id:
            raise NotFound()
        return
    grid = await grid_row(org_id)
    if grid is None or grid.id != grid.org_id or not is_office(by, grid.path, grid.org_id):
        raise NotFound()
    if kind is FeedKind.AREA and not await fetch_value(
        "SELECT 1 FROM duty_area WHERE id = {} AND org_id = {} AND ended_at IS NULL", area_id, org_id
    ):
        raise NotFound()


async def rotate_feed(feed_id: int, *, by: Actor) -> MadeFeed:
    """Gives a feed another secret; the address before leads nowhere from now on. Its events stay the same ones."""
    async with unit_of_work():
        feed = await feed_seen(feed_id, by=by)
        token = new_token()
        changed = await execute(
            "UPDATE duty_feed SET token_digest = {}, made_at = {}, made_by = {}, language = {}, read_at = NULL "
            "WHERE id = {} AND token_digest = {} AND ended_at IS NULL RETURNING id",
            digest(token), now(), by.person_id, by.language, feed_id, feed.token_digest,
        )  # fmt: skip
        if not changed:
            raise Refused("duty.feed_gone") if feed.ended_at else Conflict()
        await record_event(DutyFeedRotated(), org_id=feed.org_id, subject_id=feed_id, by=by)
    return MadeFeed(feed_id, FeedKind(feed.kind), feed.area_id, token)


async def end_feed(feed_id: int, *, by: Actor) -> None:
    """Switches a feed off for good."""
    async with unit_of_work():
        feed = await feed_seen(feed_id, by=by)
        changed = await execute(
            "UPDATE duty_feed SET ended_at = {} WHERE id = {} AND ended_at IS NULL RETURNING id", now(), feed_id
        )
        if not changed:
            raise Refused("duty.feed_gone")
        await record_event(DutyFeedEnded(), org_id=feed.org_id, subject_id=feed_id, by=by)


async def note_reading(feed: OpenFeed, *, at: datetime) -> None:
    """Notes that a feed was read, once a day: a line of the log of views, no event and no change (TA5)."""
    if feed.read_at is not None and at - feed.read_at < NOTED_EVERY:
        return
    await execute("UPDATE duty_feed SET read_at = {} WHERE id = {} AND ended_at IS NULL", at, feed.id)
