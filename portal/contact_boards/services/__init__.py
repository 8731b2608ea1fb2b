"""Changing boards, consents and public reports: each verb is one unit of work and at least one event."""

from portal.contact_boards.services.consents import record_consent, set_own_consent
from portal.contact_boards.services.keys import board_of, make_boards, revoke_board, set_counts
from portal.contact_boards.services.reporting import (
    PublicNews,
    report_key_for,
    report_publicly,
    say_not_fixed,
    second_report,
)
from portal.contact_boards.services.screening import (
    Acceptance,
    accept_report,
    erase_phones,
    merge_report,
    refuse_report,
)
from portal.contact_boards.services.visits import count_visit, refuse_flood, tidy_visits

__all__ = [
    "Acceptance",
    "PublicNews",
    "accept_report",
    "board_of",
    "count_visit",
    "erase_phones",
    "make_boards",
    "merge_report",
    "record_consent",
    "refuse_flood",
    "refuse_report",
    "report_key_for",
    "report_publicly",
    "revoke_board",
    "say_not_fixed",
    "second_report",
    "set_counts",
    "set_own_consent",
    "tidy_visits",
]
