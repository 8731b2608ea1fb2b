"""Changes of the watch: a shift is taken over, signed off, told of; a line of the log is written."""

from portal.duty.watching.services.taking import Lines, note_no_account, note_told, sign_off, take_duty
from portal.duty.watching.services.writing import NewLine, correct_line, name_card, write_line

__all__ = [
    "Lines",
    "NewLine",
    "correct_line",
    "name_card",
    "note_no_account",
    "note_told",
    "sign_off",
    "take_duty",
    "write_line",
]
