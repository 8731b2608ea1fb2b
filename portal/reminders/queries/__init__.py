"""Reading reminders: the inbox, who was and will be told about a card, and the people around cards."""

from portal.reminders.queries.circles import Around, around, card, circle_of, open_cards, open_cards_of_post
from portal.reminders.queries.inbox import InboxRow, inbox_of, may_open, unread_count, worker_seen
from portal.reminders.queries.posted import FailedMail, MailState, ToldOf, failed_mail, mail_state, told_of, unread_of
from portal.reminders.queries.tellings import Told, tellings_of, told_before, told_later

__all__ = [
    "Around",
    "FailedMail",
    "InboxRow",
    "MailState",
    "Told",
    "ToldOf",
    "around",
    "card",
    "circle_of",
    "failed_mail",
    "inbox_of",
    "mail_state",
    "may_open",
    "open_cards",
    "open_cards_of_post",
    "tellings_of",
    "told_before",
    "told_later",
    "told_of",
    "unread_count",
    "unread_of",
    "worker_seen",
]
