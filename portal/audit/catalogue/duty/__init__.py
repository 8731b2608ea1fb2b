"""Who is on duty, and what was done about it."""
