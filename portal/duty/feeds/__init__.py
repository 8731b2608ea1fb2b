"""Calendars: duty for the calendars of phones, by a secret address each (D13); leave from calendar files (L3)."""
