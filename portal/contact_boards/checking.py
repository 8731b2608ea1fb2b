"""What this room lends to the coverage page: grids without a public board, reports that nobody has looked at."""

from datetime import datetime
from typing import Any

from portal.contact_boards.labels import LOOK_BY, NO_BOARD, OVERDUE_REPORT, UNSCREENED
from portal.contact_boards.queries.boards import PLACES
from portal.core.provided import Asked, Check, CoverageCheck, Gap, LentRow
from portal.permissions.rules import Permission
from portal.rendering.i18n import translator
from portal.rendering.moments import moment_text

# A school that has no board at all does not use them: nothing is missing there.
_BOARDS = (
    "SELECT 'boards', g.id, 0, '', '', CASE WHEN b.id IS NULL THEN 0 ELSE 1 END, NULL, NULL FROM grid g "
    f"LEFT JOIN contact_board b ON b.grid_id = g.id AND b.revoked_at IS NULL WHERE {PLACES} "
    "AND EXISTS (SELECT 1 FROM contact_board u WHERE u.org_id = {} AND u.revoked_at IS NULL)"
)
# Neither what was reported nor a sensitive card is told of: a number must not either (B20).
_REPORTS = (
    "SELECT 'unscreened', r.id, r.grid_id, '', '', 0, r.screen_due_at, NULL FROM public_report r "
    "LEFT JOIN hazard h ON h.id = r.hazard_id WHERE r.org_id = {} AND r.state = 'waiting' AND r.screen_due_at <= {} "
    "AND (h.id IS NULL OR h.is_restricted = FALSE)"
)


def _args(org_id: int, at: datetime) -> list[Any]:
    return [org_id, "%", org_id, org_id, at]


def _checks(rows: list[LentRow], asked: Asked) -> list[Check]:
    boards = [row for row in rows if row.what == "boards"]
    reports = [row for row in rows if row.what == "unscreened"]
    found = [_boards(boards, asked)] if boards else []
    return [*found, _reports(reports, asked)] if boards or reports else []


def _boards(rows: list[LentRow], asked: Asked) -> Check:
    missing = [row for row in rows if not row.number]
    gaps = tuple(
        Gap(asked.place(row.id), f"/grids/{row.id}", f"/grids/{row.id}/contact-board")
        for row in sorted(missing, key=lambda row: row.id)
    )
    return Check("boards", len(rows) - len(missing), len(rows), gaps, permission=Permission.CONTACT_BOARD_EDIT)


def _reports(rows: list[LentRow], asked: Asked) -> Check:
    gaps = tuple(_late(row, asked) for row in sorted(rows, key=lambda row: (str(row.starts_at), row.id)))
    return Check("unscreened", 0, 0, gaps, permission=Permission.SCREENING_VIEW)


def _late(row: LentRow, asked: Asked) -> Gap:
    assert row.starts_at is not None
    say = translator(asked.language)
    by = moment_text(row.starts_at, at=asked.at, language=asked.language)
    text = say(OVERDUE_REPORT, place=asked.place(row.other))
    return Gap(text, f"/grids/{row.other}", f"/screening/{row.id}", say(LOOK_BY, moment=by))


BOARD_CHECKS = CoverageCheck(
    {"boards": NO_BOARD, "unscreened": UNSCREENED}, _BOARDS + " UNION ALL " + _REPORTS, _args, _checks
)
