"""Reminders: rows with a unique key, a portal inbox, and mail; climbing the tree when nobody acts."""
