"""A feed as the file that calendars read: roles and areas, never a name of a person (D13)."""

from collections.abc import Sequence
from datetime import datetime

from portal.core.crypto import keyed_digest
from portal.duty.feeds import labels
from portal.duty.feeds.queries import OpenFeed
from portal.duty.feeds.rules import (
    Entry,
    Event,
    FeedKind,
    Head,
    Part,
    calendar_text,
    entries_of_person,
    entries_together,
)
from portal.duty.views.words import Words


def calendar_body(feed: OpenFeed, parts: Sequence[Part], words: Words, *, start: datetime, today: datetime) -> bytes:
    """The whole file, with what has not ended before `start`. `today` is the beginning of the day: what does not
    change within it gives the same bytes."""
    entries = [one for one in _entries(feed, parts) if one.ends_at > start]
    head = Head(_name(feed, words), words.language, today, feed.rights_version)
    return calendar_text(head, [_event(feed, one, words) for one in entries])


def _entries(feed: OpenFeed, parts: Sequence[Part]) -> Sequence[Entry]:
    if feed.kind == FeedKind.PERSON:
        return entries_of_person(parts, feed.person_id or 0)
    return entries_together(parts, feed.area_id if feed.kind == FeedKind.AREA else None)


def _name(feed: OpenFeed, words: Words) -> str:
    return words.say(labels.NAMES[FeedKind(feed.kind)], area=words.area(feed.area_id), school=feed.school)


def _event(feed: OpenFeed, entry: Entry, words: Words) -> Event:
    lane = words.line(entry.line)
    summary = words.say(labels.STEPS_IN, lane=lane) if entry.steps_in else lane
    if entry.people > 1:
        summary = words.say(labels.PEOPLE, lane=summary, count=entry.people)
    # An area is a part of the school: both tell a phone's reader where to go.
    place = feed.school if entry.line.area_id is None else f"{words.area(entry.line.area_id)}, {feed.school}"
    subject = feed.person_id or feed.area_id or feed.org_id
    uid = keyed_digest("duty-feed", f"{feed.kind} {subject} {entry.key}")[:32]
    remind = words.say(labels.REMIND, lane=summary) if feed.kind == FeedKind.PERSON else ""
    return Event(f"{uid}@anwang", entry.starts_at, entry.ends_at, summary, place, remind)
