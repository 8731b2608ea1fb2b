"""Backup and restore (TR11): every table as lines of JSON, every file by its digest, one manifest of
checksums.

The form is the same for SQLite and PostgreSQL, so a backup of one restores into the other. The key file is
never in it.
"""
