"""Changing reminders: written at once or by the sweep, read by their person, bundled into mail."""

from portal.reminders.services.answering import acknowledge, snooze
from portal.reminders.services.mailing import (
    MailClaim,
    MailLine,
    bundle_mail,
    claim_mail,
    lines_of,
    mail_failed,
    mail_not_needed,
    mail_sent,
)
from portal.reminders.services.plain import remind, settle, withdraw
from portal.reminders.services.reading import mark_all_read, mark_read
from portal.reminders.services.telling import (
    settle_check,
    sweep_organisation,
    tell_new_holder,
    tell_of_dispute,
    tell_of_listing,
    tell_of_move,
    tell_of_new_date,
    tell_of_report,
    tell_of_ruling,
    tell_of_urge,
    tell_of_vacancy,
)

__all__ = [
    "MailClaim",
    "MailLine",
    "acknowledge",
    "bundle_mail",
    "claim_mail",
    "lines_of",
    "mail_failed",
    "mail_not_needed",
    "mail_sent",
    "mark_all_read",
    "mark_read",
    "remind",
    "settle",
    "settle_check",
    "snooze",
    "sweep_organisation",
    "tell_new_holder",
    "tell_of_dispute",
    "tell_of_listing",
    "tell_of_move",
    "tell_of_new_date",
    "tell_of_report",
    "tell_of_ruling",
    "tell_of_urge",
    "tell_of_vacancy",
    "withdraw",
]
