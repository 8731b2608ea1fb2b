"""What is done with calendar addresses, and with files of leave."""

from portal.duty.feeds.services.feeds import MadeFeed, end_feed, make_feed, note_reading, rotate_feed
from portal.duty.feeds.services.leave import Entering, drop_leave, enter_leave, stage_leave, undo_leave

__all__ = [
    "Entering",
    "MadeFeed",
    "drop_leave",
    "end_feed",
    "enter_leave",
    "make_feed",
    "note_reading",
    "rotate_feed",
    "stage_leave",
    "undo_leave",
]
