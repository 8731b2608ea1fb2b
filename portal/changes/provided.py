"""What this room lends: handover sheets that are not finished, as a check of the coverage page."""

from datetime import datetime
from typing import Any

from portal.changes.labels import SHEET_OF, SHEETS, WAITS_SINCE
from portal.core.clock import local
from portal.core.provided import Asked, Check, CoverageCheck, Gap, LentRow
from portal.permissions.rules import Permission
from portal.rendering.i18n import translator
from portal.rendering.moments import day_text

_SQL = (
    "SELECT 'sheets', x.id, p.grid_id, p.title, '', 0, x.due_at, NULL FROM handover_sheet x "
    "JOIN post p ON p.id = x.post_id WHERE x.org_id = {} AND x.void_at IS NULL AND x.supervisor_confirmed_at IS NULL "
    "AND x.due_at <= {}"
)


def _args(org_id: int, at: datetime) -> list[Any]:
    return [org_id, at]


def _checks(rows: list[LentRow], asked: Asked) -> list[Check]:
    found = sorted(rows, key=lambda row: (str(row.starts_at), row.id))
    gaps = tuple(_gap(row, asked) for row in found)
    return [Check("sheets", 0, 0, gaps, permission=Permission.HANDOVER_VIEW)]


def _gap(row: LentRow, asked: Asked) -> Gap:
    assert row.starts_at is not None
    say = translator(asked.language)
    since = day_text(local(row.starts_at).date(), today=local(asked.at).date(), language=asked.language)
    text = say(SHEET_OF, place=asked.place(row.other), title=row.text)
    return Gap(text, f"/grids/{row.other}", f"/handovers/{row.id}", say(WAITS_SINCE, day=since))


SHEET_CHECK = CoverageCheck({"sheets": SHEETS}, _SQL, _args, _checks)
