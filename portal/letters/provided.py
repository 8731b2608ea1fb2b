"""What this room lends: posts that are carried without a signed letter, as a check of the coverage page."""

from datetime import datetime
from typing import Any

from portal.core.provided import Asked, Check, CoverageCheck, Gap, LentRow
from portal.letters.covering.labels import CARRIED, LETTERS
from portal.permissions.rules import Permission
from portal.rendering.i18n import translator

# who holds what now, with the newest letter about it that has not ended, and whether one is in force
_SQL = (
    "SELECT 'letters', a.post_id, p.grid_id, p.title, '', CASE WHEN EXISTS (SELECT 1 FROM letter l "
    "WHERE l.post_id = a.post_id AND l.person_id = a.person_id AND l.sealed_at IS NOT NULL AND l.voided_at IS NULL "
    "AND l.starts_at <= {} AND (l.ends_at IS NULL OR l.ends_at > {}) AND NOT EXISTS (SELECT 1 FROM letter_end e "
    "WHERE e.letter_id = l.id AND e.undone_at IS NULL AND e.ends_at <= {})) THEN -1 ELSE coalesce((SELECT max(l.id) "
    "FROM letter l WHERE l.post_id = a.post_id AND l.person_id = a.person_id AND l.voided_at IS NULL), 0) END, "
    "a.starts_at, NULL FROM appointment a JOIN post p ON p.id = a.post_id WHERE a.org_id = {} AND a.kind <> 'deputy' "
    "AND a.starts_at <= {} AND (a.ends_at IS NULL OR a.ends_at > {}) AND p.role <> 'pupil' "
    "AND (p.ended_at IS NULL OR p.ended_at > {})"
)
SIGNED = -1
SHOWN = 12


def _args(org_id: int, at: datetime) -> list[Any]:
    return [at, at, at, org_id, at, at, at]


def _checks(rows: list[LentRow], asked: Asked) -> list[Check]:
    missing = [row for row in rows if row.number != SIGNED]
    have, whole = len(rows) - len(missing), len(rows)
    gaps = tuple(_gap(row, asked) for row in sorted(missing, key=lambda row: row.id)[:SHOWN])
    return [Check("letters", have, whole, gaps, max(0, len(missing) - SHOWN), Permission.LETTER_MAKE_VIEW)]


def _gap(row: LentRow, asked: Asked) -> Gap:
    href = f"/grids/{row.other}"
    text = translator(asked.language)(CARRIED, place=asked.place(row.other), title=row.text)
    return Gap(text, href, f"/letters/{row.number}" if row.number else "/letters")


LETTER_CHECK = CoverageCheck({"letters": LETTERS}, _SQL, _args, _checks)
