"""How calendars and files of leave are shown."""

from portal.duty.feeds.views.calendars import calendar_body
from portal.duty.feeds.views.feeds import FeedCard, FeedsView, SecretView, feed_cards, secret_view
from portal.duty.feeds.views.leave import FileView, LeaveLine, LeaveListView, file_view, leave_list_view

__all__ = [
    "FeedCard",
    "FeedsView",
    "FileView",
    "LeaveLine",
    "LeaveListView",
    "SecretView",
    "calendar_body",
    "feed_cards",
    "file_view",
    "leave_list_view",
    "secret_view",
]
