"""The trail on both databases: numbers without a gap, hashes that hold, and a first bad row that is named."""

import pytest

from portal.audit.queries import history_of, verify_chain
from portal.core.actors import SYSTEM
from portal.core.database import execute, fetch_value
from portal.core.refusals import Refused
from portal.grids.services import make_grid
from tests.cast import Cast


async def test_every_change_of_the_cast_stands_in_a_chain_that_holds(cast: Cast) -> None:
    assert await fetch_value("SELECT count(*) FROM event WHERE org_id = {}", cast.school) > 20
    assert await verify_chain(cast.school) is None
    assert await verify_chain(cast.other_school) is None
    assert (await history_of("grid", cast.room))[0].kind == "grid.made"


async def test_a_change_that_fails_leaves_no_event(cast: Cast) -> None:
    before = await fetch_value("SELECT seq FROM chain_head WHERE org_id = {}", cast.school)
    with pytest.raises(Refused):
        await make_grid("nowhere", kind="room", parent_id=999_999, by=SYSTEM)
    assert await fetch_value("SELECT seq FROM chain_head WHERE org_id = {}", cast.school) == before


async def test_the_database_itself_refuses_to_alter_or_delete_an_event(cast: Cast) -> None:
    for statement in ("UPDATE event SET via = 'x' WHERE id = 1", "DELETE FROM event WHERE id = 1"):
        with pytest.raises(Exception, match="append-only"):
            await execute(statement)
