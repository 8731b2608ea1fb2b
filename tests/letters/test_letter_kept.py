"""The record beside the duties: what somebody did while their letter was in force (R111)."""

from datetime import timedelta

from portal.core.clock import now
from portal.core.database import execute
from portal.hazards.services import Report, report_hazard, seed_categories
from portal.letters.queries.kept import Kept, kept_since
from tests.cast import Cast
from tests.conftest import MovingClock


async def test_what_was_done_is_counted_within_its_days_and_without_sensitive_cards(
    cast: Cast, clock: MovingClock
) -> None:
    await seed_categories()
    by = await cast.actor(cast.teacher)
    await report_hazard(Report(cast.room, "before"), by=by)
    start = clock.forward(days=1)
    own = [await report_hazard(Report(cast.room, f"line {number}"), by=by) for number in range(4)]
    await execute("UPDATE hazard SET responsible_person_id = {} WHERE id IN ({}, {}, {})", cast.keeper, *own[:3])
    await execute("UPDATE hazard SET closed_at = {} WHERE id = {}", now() + timedelta(hours=1), own[0])
    await execute("UPDATE hazard SET is_restricted = TRUE WHERE id IN ({}, {})", own[2], own[3])
    end = clock.forward(days=1)
    assert await kept_since(cast.teacher, cast.school, start, end) == Kept(2, 0, 0, 0)
    assert await kept_since(cast.keeper, cast.school, start, end) == Kept(0, 1, 1, 0)
    assert await kept_since(cast.keeper, cast.school, end, end) == Kept(0, 0, 1, 0)
    assert await kept_since(cast.keeper, cast.other_school, start, end) == Kept(0, 0, 0, 0)
