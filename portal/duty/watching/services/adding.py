"""A line is put into the log. It is only added to: a trigger of the database keeps it so."""

from typing import Any

from portal.audit.catalogue import DutyLogWritten, DutyZeroReported
from portal.audit.rules import stamp
from portal.audit.services import record_event
from portal.core.actors import Actor
from portal.core.clock import now
from portal.core.database import fetch_value
from portal.duty.watching.rules import Kind


async def add_to_log(org_id: int, row: dict[str, Any], *, key: str, by: Actor) -> int:
    """Adds a line, with its event; gives its id, also where the same key was there before. Inside a unit of work."""
    whole = {**row, "org_id": org_id, "entered_at": now(), "entered_by": by.person_id, "key": key or None}
    marks = ", ".join(["{}"] * len(whole))
    # The same form may come twice, also at once: the unique index lets one of them through.
    sql = f"INSERT INTO duty_log ({', '.join(whole)}) VALUES ({marks}) ON CONFLICT DO NOTHING RETURNING id"
    line_id = await fetch_value(sql, *whole.values())
    if line_id is None:
        return int(await fetch_value("SELECT id FROM duty_log WHERE org_id = {} AND key = {}", org_id, key))
    await record_event(_details(row), org_id=org_id, subject_id=int(line_id), by=by, texts={"text": row["text"]})
    return int(line_id)


def _details(row: dict[str, Any]) -> DutyLogWritten | DutyZeroReported:
    names = ("area_id", "role", "shift_id", "present", "absent", "written_as")
    shared = {**{name: row[name] for name in names}, "happened_at": stamp(row["happened_at"])}
    if row["kind"] == Kind.ZERO:
        return DutyZeroReported(**shared)
    return DutyLogWritten(
        **shared, line_kind=row["kind"], corrects_id=row["corrects_id"], answered=row["answered"],
        hazard_id=row["hazard_id"],
    )  # fmt: skip
