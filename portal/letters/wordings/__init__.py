"""A school's own wordings and chains of letters, changed on pages: editions, never edits (F2, R104)."""
