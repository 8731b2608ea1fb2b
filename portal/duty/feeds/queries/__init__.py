"""Reads of calendar addresses, and of files of leave."""

from portal.duty.feeds.queries.feeds import (
    FeedLine,
    OpenFeed,
    feed_seen,
    feeds_of,
    is_office,
    may_see_feed,
    open_feed,
    published_book,
)
from portal.duty.feeds.queries.leave import (
    FileLine,
    FileRow,
    LeaveRow,
    absences_of_school,
    file_seen,
    files_of,
    leave_rows,
    school_of_leave,
    staff_names,
)

__all__ = [
    "FeedLine",
    "FileLine",
    "FileRow",
    "LeaveRow",
    "OpenFeed",
    "absences_of_school",
    "feed_seen",
    "feeds_of",
    "file_seen",
    "files_of",
    "is_office",
    "leave_rows",
    "may_see_feed",
    "open_feed",
    "published_book",
    "school_of_leave",
    "staff_names",
]
