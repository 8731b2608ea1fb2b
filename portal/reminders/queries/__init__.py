"""Reading reminders: the inbox, who was and will be told about a card, and the people around cards."""

from portal.reminders.queries.circles import Around, around, card, circle_of, open_cards, open_cards_of_post
from portal.reminders.queries.inbox import InboxRow, inbox_of, may_open, unread_count, worker_seen
from portal.reminders.queries.tellings import Told, tellings_of, told_before, told_later

__all__ = [
    "Around",
    "InboxRow",
    "Told",
    "around",
    "card",
    "circle_of",
    "inbox_of",
    "may_open",
    "open_cards",
    "open_cards_of_post",
    "tellings_of",
    "told_before",
    "told_later",
    "unread_count",
    "worker_seen",
]
