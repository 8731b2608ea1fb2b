"""Pure decisions about calendars: what a feed holds, how it is written, what a file of leave says."""

from portal.duty.feeds.rules.entries import Entry, Part, entries_of_person, entries_together, parts_of_book
from portal.duty.feeds.rules.leave import Leave, Left, State, Trouble, judged, named_in, overlaps
from portal.duty.feeds.rules.reading import MOST_BYTES, MOST_EVENTS, Found, Unreadable, read_leave
from portal.duty.feeds.rules.tokens import BACK, UNUSED, FeedKind, file_token, is_unused
from portal.duty.feeds.rules.writing import Event, Head, calendar_text

__all__ = [
    "BACK",
    "MOST_BYTES",
    "MOST_EVENTS",
    "UNUSED",
    "Entry",
    "Event",
    "FeedKind",
    "Found",
    "Head",
    "Leave",
    "Left",
    "Part",
    "State",
    "Trouble",
    "Unreadable",
    "calendar_text",
    "entries_of_person",
    "entries_together",
    "file_token",
    "is_unused",
    "judged",
    "named_in",
    "overlaps",
    "parts_of_book",
    "read_leave",
]
