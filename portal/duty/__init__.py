"""The duty room: the calendar of days, due times counted on it, and who leads on a day."""
