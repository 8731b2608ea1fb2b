"""Writes pairs of rows until it is ended, and takes old ones away: each pair in one transaction.

So a backup must hold both rows of a pair or neither.
"""

import sqlite3
import sys
from pathlib import Path

KEPT = 500

database, marker = sys.argv[1:]
connection = sqlite3.connect(database, isolation_level=None, timeout=60)
at = "2026-11-23 02:00:00+00:00"
number = 0
while True:
    number += 1
    connection.execute("BEGIN IMMEDIATE")
    connection.execute("INSERT INTO submission (key, at, done) VALUES (?, ?, 0)", (f"pair {number}", at))
    connection.execute(
        "INSERT INTO outbox (org_id, kind, payload, created_at, available_at, attempts, errors) "
        "VALUES (?, 'drill', '{}', ?, ?, 0, 0)",
        (number, at, at),
    )
    connection.execute("DELETE FROM submission WHERE key = ?", (f"pair {number - KEPT}",))
    connection.execute("DELETE FROM outbox WHERE kind = 'drill' AND org_id = ?", (number - KEPT,))
    connection.execute("COMMIT")
    if number == 20:
        Path(marker).touch()
