"""Checks that other rooms lend (`CoverageCheck` in `portal/core/provided.py`): all of them in one statement."""

from datetime import datetime
from typing import Any

from portal.core.database import fetch
from portal.core.provided import Asked, Check, CheckWords, CoverageCheck, LentRow
from portal.coverage.queries.reading import School

_lent: list[CoverageCheck] = []

# SQLite takes the types of columns from the first SELECT, and PostgreSQL the type of what is only NULL below it.
_HEAD = "SELECT '', 0, 0, '', '', 0, a.starts_at, a.ends_at FROM appointment a WHERE 0 = 1"


def use_checks(*lent: CoverageCheck) -> None:
    """Sets whose checks stand on the page, in this order; called in `app.py` only. Doing it twice changes nothing."""
    _lent[:] = lent


def words_of(code: str, own: dict[str, CheckWords]) -> CheckWords:
    """The words of a check, whoever's it is."""
    return own.get(code) or next(one.words[code] for one in _lent if code in one.words)


async def lent_checks(school: School, *, at: datetime, language: str) -> list[Check]:
    """Every lent check of a school. One statement, however many rooms lend; none when nobody does."""
    if not _lent:
        return []
    args: list[Any] = [value for one in _lent for value in one.args(school.org_id, at)]
    rows = await fetch(LentRow, " UNION ALL ".join((_HEAD, *(one.sql for one in _lent))), *args)
    asked = Asked(school.org_id, at, language, lambda grid_id: school.place(grid_id) if grid_id in school.grid else "")
    return [check for one in _lent for check in _checks(one, rows, asked)]


def _checks(lent: CoverageCheck, rows: list[LentRow], asked: Asked) -> list[Check]:
    """The checks that one room makes of its own rows; one without words is no check."""
    own = [row for row in rows if row.what in lent.words]
    return [check for check in lent.checks(own, asked) if check.code in lent.words]
