"""Changing boards, consents and public reports: each verb is one unit of work and at least one event."""

from portal.contact_boards.services.consents import check_portrait, record_consent, set_own_consent
from portal.contact_boards.services.keys import board_of, make_boards, revoke_board, set_counts
from portal.contact_boards.services.plates import PlateNews, doubt_plate, end_plate_report
from portal.contact_boards.services.portraits import (
    NewPortrait,
    remove_own_portrait,
    remove_portrait,
    tidy_portraits,
)
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
    "NewPortrait",
    "PlateNews",
    "PublicNews",
    "accept_report",
    "board_of",
    "check_portrait",
    "count_visit",
    "doubt_plate",
    "end_plate_report",
    "erase_phones",
    "make_boards",
    "merge_report",
    "record_consent",
    "refuse_flood",
    "refuse_report",
    "remove_own_portrait",
    "remove_portrait",
    "report_key_for",
    "report_publicly",
    "revoke_board",
    "say_not_fixed",
    "second_report",
    "set_counts",
    "set_own_consent",
    "tidy_portraits",
    "tidy_visits",
]
