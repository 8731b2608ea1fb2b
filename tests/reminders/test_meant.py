"""A new report is told to whoever answers by the one rule, as the choices on its card offer them (R10, R20)."""

from portal.core.actors import SYSTEM
from portal.core.database import fetch_value
from portal.hazards.services import Report, report_hazard
from portal.people.services import make_post
from portal.responsibilities.rules import Mark
from portal.responsibilities.services.marking import Marking, set_mark
from tasks.outbox import drain
from tests.cast import Cast
from tests.conftest import MovingClock
from tests.reminders.stories import codes, reported, swept, told
from tests.responsibilities.test_offices import away


async def rule(cast: Cast, grid: int, post: int, duty: str = "") -> None:
    await set_mark(grid, Marking(duty, post, Mark.MAIN), by=await cast.actor(cast.safety))


async def test_without_a_category_whoever_has_the_whole_grid_by_the_matrix_is_told(
    cast: Cast, clock: MovingClock
) -> None:
    await rule(cast, cast.room, cast.chief_post)
    hazard = await reported(cast, by=cast.teacher)
    await drain()
    assert await told(hazard) == [("reported", cast.chief)]
    clock.forward(days=3)
    await swept(cast)
    untriaged = [person for kind, person in await told(hazard) if kind == "untriaged"]
    assert cast.chief not in untriaged and cast.keeper not in untriaged, "what waits goes above them"


async def test_a_category_that_is_ruled_goes_where_the_rule_says(cast: Cast) -> None:
    plain, _ = await codes()
    await rule(cast, cast.building, cast.floor_post, plain)
    hazard = await reported(cast, by=cast.teacher, category=plain)
    other = await reported(cast, by=cast.teacher)
    await drain()
    assert await told(hazard) == [("reported", cast.floor_chief)]
    assert await told(other) == [("reported", cast.keeper)]


async def test_whoever_reported_or_is_away_or_may_not_see_it_is_passed_over(cast: Cast) -> None:
    await rule(cast, cast.room, cast.chief_post)
    own = await reported(cast, by=cast.chief)
    await drain()
    assert await told(own) == [("reported", cast.keeper)]
    await away(cast, cast.chief)
    hazard = await reported(cast, by=cast.teacher)
    await drain()
    assert await told(hazard) == [("reported", cast.keeper)]
    blind = await fetch_value("SELECT id FROM post WHERE org_id = {} AND role = 'class_teacher'", cast.school)
    await rule(cast, cast.second_room, blind)
    unseen = await report_hazard(Report(cast.second_room, "门坏了"), by=await cast.actor(cast.sibling_keeper))
    await drain()
    assert await told(unseen) == [("reported", cast.keeper)]


async def test_a_place_without_anybody_nearer_is_looked_at_by_the_office_first(cast: Cast) -> None:
    await make_post("负责人", role="keeper", grid_id=cast.sibling_building, by=SYSTEM)
    hazard = await report_hazard(Report(cast.sibling_building, "门坏了"), by=await cast.actor(cast.teacher))
    await drain()
    assert await told(hazard) == [("reported", cast.safety)]
