"""Hard limits: how much one responsible person may have in hand at the same time (A3)."""

from portal.core.database import fetch_value, in_list
from portal.grids.queries import ids_in
from portal.hazards.queries.cards import HazardRow
from portal.hazards.rules import Status

_FULL = (
    "SELECT count(*) FROM board_limit l JOIN grid lg ON lg.id = l.grid_id "
    "WHERE l.board_column = {{}} AND l.is_hard AND l.grid_id IN {grids} AND l.most <= ("
    "SELECT count(*) FROM hazard x JOIN grid xg ON xg.id = x.grid_id WHERE x.closed_at IS NULL AND x.status = {{}} "
    "AND x.org_id = {{}} AND x.id <> {{}} AND x.{owner} = {{}} AND xg.path LIKE lg.path || '%')"
)


async def is_over_limit(hazard: HazardRow, to: Status) -> bool:
    """True when starting on this card would give whoever answers for it more than a hard limit of its place allows.

    Only taking up new work counts: a failed recheck or a reopened card comes back whatever the limit says. No
    statement for other moves, one for this.
    """
    if hazard.status != Status.ASSIGNED or to is not Status.RECTIFYING:
        return False
    by_person = hazard.responsible_person_id is not None
    owner = "responsible_person_id" if by_person else "responsible_post_id"
    grids, ids = in_list(ids_in(hazard.path))
    sql = _FULL.replace("{grids}", grids).replace("{owner}", owner).replace("{{}}", "{}")
    column = str(Status.RECTIFYING)
    found = await fetch_value(
        sql, column, *ids, column, hazard.org_id, hazard.id,
        hazard.responsible_person_id if by_person else hazard.responsible_post_id,
    )  # fmt: skip
    return bool(found)
