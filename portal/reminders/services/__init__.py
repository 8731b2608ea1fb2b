"""Changing reminders: written at once or by the sweep, read by their person, bundled into mail."""

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
from portal.reminders.services.reading import mark_all_read, mark_read
from portal.reminders.services.telling import (
    sweep_organisation,
    tell_new_holder,
    tell_of_listing,
    tell_of_move,
    tell_of_new_date,
    tell_of_report,
    tell_of_vacancy,
)

__all__ = [
    "MailClaim",
    "MailLine",
    "bundle_mail",
    "claim_mail",
    "lines_of",
    "mail_failed",
    "mail_not_needed",
    "mail_sent",
    "mark_all_read",
    "mark_read",
    "sweep_organisation",
    "tell_new_holder",
    "tell_of_listing",
    "tell_of_move",
    "tell_of_new_date",
    "tell_of_report",
    "tell_of_vacancy",
]
