"""What this part lends to the coverage page: hours without anybody on duty, and schools without a plan of hours."""

from datetime import datetime, timedelta
from typing import Any

from portal.core.clock import local
from portal.core.provided import Asked, Check, CoverageCheck, Gap, LentRow
from portal.duty.gaps import labels
from portal.duty.rules import LEADING, Line
from portal.duty.views.words import slot_href, span_text
from portal.permissions.rules import Permission
from portal.rendering.i18n import SOURCE, translator
from portal.rendering.moments import day_text, moment_text

HOURS, PLAN = "hours", "duty_plan"
A_SHIFT = timedelta(hours=24)
# Names of an area and a role come with their English ones, a line each: no name has two lines.
_GAPS = (
    "SELECT 'hours', COALESCE(g.area_id, 0), g.by_fallback, COALESCE(a.name || '\n' || a.name_en, '\n'), "
    "g.role || '\n' || COALESCE((SELECT r.name || '\n' || r.name_en FROM duty_role r WHERE r.code = g.role "
    "AND (r.org_id IS NULL OR r.org_id = g.org_id) ORDER BY CASE WHEN r.org_id IS NULL THEN 1 ELSE 0 END LIMIT 1), "
    "'\n'), g.missing, g.starts_at, g.ends_at FROM duty_gap g LEFT JOIN duty_area a ON a.id = g.area_id "
    "WHERE g.org_id = {} AND g.ends_at > {}"
)
_STATE = (
    "SELECT 'duty_plan', CASE WHEN EXISTS (SELECT 1 FROM duty_slot s WHERE s.org_id = o.grid_id) THEN 1 ELSE 0 END, "
    "COALESCE(l.gaps, 0), '', '', (SELECT count(*) FROM duty_gap n WHERE n.org_id = o.grid_id), l.looked_at, l.until "
    "FROM organisation o LEFT JOIN duty_looked_through l ON l.org_id = o.grid_id WHERE o.grid_id = {}"
)


def _args(org_id: int, at: datetime) -> list[Any]:
    return [org_id, at, org_id]


def _checks(rows: list[LentRow], asked: Asked) -> list[Check]:
    state = next((row for row in rows if row.what == PLAN), None)
    holes = sorted((row for row in rows if row.what == HOURS), key=lambda row: (str(row.starts_at), row.id, row.more))
    if state is None:
        return []
    found = [] if state.id else [_no_plan(asked)]
    if not state.id and not holes:
        return found
    gaps = tuple(_gap(row, asked) for row in holes)
    if state.starts_at is None:
        say = translator(asked.language)
        gaps = (Gap(say(labels.NOT_LOOKED), f"/duty/week?org={asked.org_id}", None, say(labels.NOT_LOOKED_NOTE)),)
    more = max(state.other - state.number, 0)
    return [*found, Check(HOURS, 0, 0, gaps, more=more, permission=Permission.DUTY_EDIT_VIEW)]


def _no_plan(asked: Asked) -> Check:
    say, href = translator(asked.language), f"/duty/plan?org={asked.org_id}"
    gap = Gap(say(labels.NO_PLAN), "/duty", href, say(labels.NO_PLAN_NOTE))
    return Check(PLAN, 0, 0, (gap,), permission=Permission.DUTY_PLAN_VIEW)


def _gap(row: LentRow, asked: Asked) -> Gap:
    assert row.starts_at is not None and row.ends_at is not None
    say = translator(asked.language)
    line = Line(row.id or None, row.more.partition("\n")[0])
    start = max(row.starts_at, asked.at)
    # A shift lasts a day at most: what is longer is closed day by day.
    action = slot_href(f"&org={asked.org_id}", line, start, min(row.ends_at, start + A_SHIFT))
    text = say(labels.GAP, when=_when(row.starts_at, row.ends_at, asked), lane=_lane(row, line, asked))
    return Gap(text, f"/duty/week?day={local(start).date()}&org={asked.org_id}", action, _note(row, asked))


def _lane(row: LentRow, line: Line, asked: Asked) -> str:
    say = translator(asked.language)
    area, area_en = row.text.split("\n")
    code, role, role_en = row.more.split("\n")
    english = asked.language != SOURCE
    named = (english and role_en) or role or code
    if line == LEADING:
        return named
    return say(labels.LANE, area=(english and area_en) or area or say(labels.WHOLE_SCHOOL), role=named)


def _when(start: datetime, end: datetime, asked: Asked) -> str:
    today, first, last = local(asked.at).date(), local(start).date(), local(end - timedelta(microseconds=1)).date()
    if first == last:
        return f"{day_text(first, today=today, language=asked.language)} {span_text(start, end)}"
    say = translator(asked.language)
    return say(
        labels.FROM_TO, start=moment_text(start, at=asked.at, language=asked.language),
        end=moment_text(end, at=asked.at, language=asked.language),
    )  # fmt: skip


def _note(row: LentRow, asked: Asked) -> str:
    say = translator(asked.language)
    parts = {
        "missing": say(labels.MISSING, count=row.number) if row.number else "",
        "stepped": say(labels.STEPPED_IN, count=row.other) if row.other else "",
    }
    return say(labels.BOTH, **parts) if all(parts.values()) else "".join(parts.values())


HOURS_CHECK = CoverageCheck({HOURS: labels.HOURS, PLAN: labels.PLAN}, f"{_GAPS} UNION ALL {_STATE}", _args, _checks)
