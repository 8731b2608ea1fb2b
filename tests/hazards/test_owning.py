"""Whose a card is: the person that the form offers, deputies, the marks that drive the work, disputes and rulings."""

from datetime import timedelta

import pytest

from portal.core.actors import SYSTEM
from portal.core.clock import now
from portal.core.database import execute, fetch_column, fetch_value, insert
from portal.core.refusals import NotFound, Refused
from portal.hazards.queries import board_cards, board_place, hazard_to_see, my_cards
from portal.hazards.queries.board import board_now
from portal.hazards.rules import Level
from portal.hazards.services import dispute_hazard, note_hazard, rule_hazard, urge_hazard
from portal.people.services import appoint, make_person, make_post
from portal.people.tables import Absence
from portal.responsibilities.tables import Responsibility
from tasks.outbox import drain
from tests.cast import Cast
from tests.conftest import Browsers, MovingClock
from tests.hazards import stories
from tests.hazards.stories import card, go
from tests.reminders.stories import told


async def mark(cast: Cast, post: int, mark: str, duty: str = "fire", grid: int = 0) -> int:
    row = {
        "org_id": cast.school, "grid_id": grid or cast.school, "duty": duty, "post_id": post, "mark": mark,
        "starts_at": now(), "entered_at": now(),
    }  # fmt: skip
    [made] = await insert(Responsibility, row)
    return made


async def away(cast: Cast, person: int, *, days: int) -> None:
    row = {
        "org_id": cast.school, "person_id": person, "kind": "leave", "starts_at": now(), "entered_at": now(),
        "ends_at": now() + timedelta(days=days),
    }  # fmt: skip
    await insert(Absence, row)


async def post_of(person: int) -> int:
    sql = "SELECT post_id FROM appointment WHERE person_id = {} ORDER BY id LIMIT 1"
    return int(await fetch_value(sql, person))


# -- who is shown and reminded


async def test_while_the_holder_is_away_the_deputy_is_shown_and_told(
    cast: Cast, browsers: Browsers, clock: MovingClock
) -> None:
    await appoint(cast.teacher, post_id=cast.keeper_post, by=SYSTEM, kind="deputy", is_primary=False)
    hazard_id = await stories.assigned(cast, by=cast.sibling_keeper)
    place, actor = await board_place(cast.school, by=await cast.actor(cast.safety)), await cast.actor(cast.safety)
    assert [one.responsible for one in await board_cards(place, by=actor, at=now())] == ["甄实验"]
    await away(cast, cast.keeper, days=2)
    [shown], change = await board_now(place, by=actor, at=now())
    assert (shown.responsible, shown.answers_as) == ("甄班主", "deputy")
    assert change == now() + timedelta(days=2), "the board knows when it has to be drawn anew"
    await drain()
    assert ("assigned", cast.teacher) in await told(hazard_id)
    assert ("assigned", cast.keeper) not in await told(hazard_id)
    page = await (await browsers.of(cast.safety)).get(f"/hazards/{hazard_id}")
    assert "甄班主（B 角）" in page.text
    clock.forward(days=2)
    assert [one.responsible for one in await board_cards(place, by=actor, at=now())] == ["甄实验"]


async def test_whoever_acts_answers_until_the_acting_ends(cast: Cast, clock: MovingClock) -> None:
    await stories.assigned(cast)
    place, actor = await board_place(cast.school, by=await cast.actor(cast.safety)), await cast.actor(cast.safety)
    ends = now() + timedelta(hours=5)
    await appoint(cast.nobody, post_id=cast.keeper_post, by=SYSTEM, kind="acting", is_primary=False, ends_at=ends)
    [shown], change = await board_now(place, by=actor, at=now())
    assert (shown.responsible, shown.answers_as, change) == ("甄无岗", "acting", ends)
    assert [one.responsible for one in await my_cards(by=await cast.actor(cast.keeper), at=now())] == ["甄无岗"]
    clock.set(ends)
    assert [one.responsible for one in await board_cards(place, by=actor, at=now())] == ["甄实验"]


async def test_work_that_one_person_took_goes_back_to_the_post_when_they_leave_it(cast: Cast) -> None:
    await stories.assigned(cast)
    await execute("UPDATE hazard SET responsible_person_id = {}", cast.keeper)
    place, actor = await board_place(cast.school, by=await cast.actor(cast.safety)), await cast.actor(cast.safety)
    sql = "UPDATE appointment SET ends_at = {} WHERE post_id = {} AND person_id = {}"
    await execute(sql, now(), cast.keeper_post, cast.keeper)
    await appoint(cast.teacher, post_id=cast.keeper_post, by=SYSTEM)
    assert [one.responsible for one in await board_cards(place, by=actor, at=now())] == ["甄班主"]


# -- whom the form offers


@pytest.mark.parametrize(
    ("code", "post", "reason"),
    [("bldg-desk", "keeper_post", "按类别归房间"), ("fire-wiring", "floor_post", "按类别归楼层")],
)
async def test_the_form_offers_whom_the_kind_of_hazard_belongs_to_first(
    cast: Cast, browsers: Browsers, code: str, post: str, reason: str
) -> None:
    await stories.category()
    hazard_id = await stories.reported(cast, category=code)
    page = (await (await browsers.of(cast.safety)).get(f"/hazards/{hazard_id}")).text
    choice = page[page.index('name="responsible"') :]
    first = choice[choice.index(f'value="post:{getattr(cast, post)}"') :]
    assert "selected" in first[: first.index(">")]
    assert reason in first[: first.index("</option>")]


async def test_both_are_offered_where_the_sources_disagree(cast: Cast, browsers: Browsers) -> None:
    await stories.category()
    office = await post_of(cast.safety)
    await mark(cast, office, "main", duty="FIRE")
    hazard_id = await stories.reported(cast, category="fire-wiring")
    page = (await (await browsers.of(cast.safety)).get(f"/hazards/{hazard_id}")).text
    choice = page[page.index('name="responsible"') :]
    assert choice.index(f'"post:{cast.floor_post}"') < choice.index(f'"post:{office}"')
    assert "（就在这一处）" in choice
    assert "（分管这一类）" in choice


async def test_without_a_category_yet_the_rule_finds_the_person_when_it_is_chosen(
    cast: Cast, browsers: Browsers
) -> None:
    await stories.category()
    hazard_id = await stories.reported(cast)
    browser = await browsers.of(cast.safety)
    await browser.get(f"/hazards/{hazard_id}")
    form = browser.form(f"/hazards/{hazard_id}/moves", to="assigned")
    answer = await browser.submit(form, category="fire-wiring", level="yellow", responsible="rule")
    assert answer.status_code == 200
    assert (await card(hazard_id, cast)).responsible_post_id == cast.floor_post


async def test_what_is_vacant_falls_to_the_next_above(cast: Cast) -> None:
    await stories.category()
    await execute("UPDATE appointment SET ends_at = {} WHERE post_id = {}", now(), cast.floor_post)
    hazard_id = await stories.reported(cast)
    await go(cast, hazard_id, "assigned", cast.safety, category="fire-wiring", level=Level.YELLOW, by_rule=True)
    assert (await card(hazard_id, cast)).responsible_post_id == cast.chief_post


# -- marks drive work


async def test_marks_drive_work_and_a_row_that_is_taken_away_routes_nothing(cast: Cast) -> None:
    """E6: who assists sees the card and is told; who supervises may urge; who is to know is told when it closes."""
    helps, looks, knows = await post_of(cast.teacher), await post_of(cast.leader), await post_of(cast.sibling_keeper)
    rows = [await mark(cast, helps, "assist"), await mark(cast, looks, "supervise"), await mark(cast, knows, "inform")]
    marked = (cast.teacher, cast.leader, cast.sibling_keeper)
    hazard_id = await stories.assigned(cast, by=cast.chief)
    await drain()
    said = await told(hazard_id)
    assert ("assigned", cast.teacher) in said
    assert ("to_supervise", cast.leader) in said
    assert cast.sibling_keeper not in {person for _, person in said}
    for person in marked:
        assert (await hazard_to_see(hazard_id, by=await cast.actor(person))).id == hazard_id
    await urge_hazard(hazard_id, by=await cast.actor(cast.leader))
    with pytest.raises(Refused, match="not_to_urge"):
        await urge_hazard(hazard_id, by=await cast.actor(cast.sibling_keeper))
    await drain()
    assert ("urged", cast.keeper) in await told(hazard_id)
    await go(cast, hazard_id, "rectifying", cast.teacher)  # whoever assists works on it
    await go(cast, hazard_id, "recheck", cast.teacher, measure="换了", photos=(stories.PHOTO,))
    await go(cast, hazard_id, "closed", cast.floor_chief, conclusion="好了")
    await drain()
    assert ("closed", cast.sibling_keeper) in await told(hazard_id)

    for row in rows:
        await execute("UPDATE responsibility SET ends_at = {} WHERE id = {}", now(), row)
    after = await stories.assigned(cast, by=cast.chief)
    await drain()
    assert not {person for _, person in await told(after)} & set(marked)
    for person in marked:
        for one in (hazard_id, after):
            with pytest.raises(NotFound):
                await hazard_to_see(one, by=await cast.actor(person))


async def test_whom_the_matrix_makes_accountable_gets_what_escalates_from_somebody_else(
    cast: Cast, clock: MovingClock
) -> None:
    await mark(cast, await post_of(cast.leader), "main")
    hazard_id = await stories.assigned(cast, by=cast.chief)
    await stories.escalate(cast, hazard_id)
    await drain()
    assert ("escalated", cast.leader) in await told(hazard_id)


async def test_nobody_sees_a_sensitive_card_by_a_mark(cast: Cast) -> None:
    await mark(cast, await post_of(cast.leader), "supervise", duty="bully")
    hazard_id = await stories.assigned(cast, group="bully", by=cast.chief)
    with pytest.raises(NotFound):
        await hazard_to_see(hazard_id, by=await cast.actor(cast.leader))


async def test_one_urges_once_a_day(cast: Cast, clock: MovingClock) -> None:
    hazard_id = await stories.assigned(cast)
    chief = await cast.actor(cast.chief)
    await urge_hazard(hazard_id, by=chief)
    with pytest.raises(Refused, match="urged_today"):
        await urge_hazard(hazard_id, by=chief)
    await urge_hazard(hazard_id, by=await cast.actor(cast.principal))
    clock.forward(days=1)
    await urge_hazard(hazard_id, by=chief)
    with pytest.raises(Refused, match="not_to_urge"):
        await urge_hazard(hazard_id, by=await cast.actor(cast.keeper))


# -- liaison


async def test_an_attached_leader_looks_urges_and_comments_and_answers_for_nothing(
    cast: Cast, browsers: Browsers
) -> None:
    leader = await make_person("甄挂点", org_id=cast.bureau, by=SYSTEM, phone="13800000000")
    post = await make_post("联系领导", role="liaison", grid_id=cast.bureau, scope_grid_id=cast.school, by=SYSTEM)
    await appoint(leader, post_id=post, by=SYSTEM)
    hazard_id = await stories.assigned(cast)
    actor = await cast.actor(leader)
    await urge_hazard(hazard_id, by=actor)
    await note_hazard(hazard_id, "本周去看", by=actor)
    with pytest.raises(Refused):
        await go(cast, hazard_id, "rectifying", leader)
    browser = await browsers.of(leader)
    for path in (f"/grids/{cast.school}/board", f"/grids/{cast.school}/ledger", f"/hazards/{hazard_id}"):
        assert (await browser.get(path)).status_code == 200, path
    assert "今天已经催过了" in browser.text
    assert (await browser.get(f"/grids/{cast.other_school}/board")).status_code == 404
    page = await browser.get(f"/responsible?grid={cast.school}")
    assert "甄校长" in page.text
    assert "甄挂点" not in page.text.split('id="answer"')[1].split("</section>")[0]


# -- disputes


async def test_a_dispute_goes_to_the_principal_whose_ruling_becomes_a_row(cast: Cast, browsers: Browsers) -> None:
    hazard_id = await stories.assigned(cast)
    keeper, principal = await cast.actor(cast.keeper), await cast.actor(cast.principal)
    version = (await card(hazard_id, cast)).version
    await dispute_hazard(hazard_id, version=version, reason="线路归楼层", by=keeper)
    with pytest.raises(Refused, match="not_to_dispute"):
        await dispute_hazard(hazard_id, version=version + 1, reason="还是", by=keeper)
    await drain()
    assert ("disputed", cast.principal) in await told(hazard_id)
    page = (await (await browsers.of(cast.principal)).get(f"/hazards/{hazard_id}")).text
    assert "甄实验：线路归楼层" in page
    wants = {"version": version + 1, "post_id": cast.floor_post, "reason": "线路归楼层", "for_school": False}
    with pytest.raises(Refused, match="not_to_rule"):
        await rule_hazard(hazard_id, by=await cast.actor(cast.safety), **wants)  # type: ignore[arg-type]
    await rule_hazard(hazard_id, by=principal, **wants)  # type: ignore[arg-type]
    found = await card(hazard_id, cast)
    assert (found.responsible_post_id, found.is_disputed) == (cast.floor_post, False)
    sql = "SELECT post_id FROM responsibility WHERE ruled_on = {} AND mark = 'main' AND ends_at IS NULL"
    assert await fetch_column(sql, hazard_id) == [cast.floor_post]
    await drain()
    assert ("ruled", cast.floor_chief) in await told(hazard_id)
    again = await stories.reported(cast)
    await go(cast, again, "assigned", cast.safety, category=found.category, level=Level.YELLOW, by_rule=True)
    assert (await card(again, cast)).responsible_post_id == cast.floor_post, "the next one needs no ruling"


async def test_a_reason_that_is_too_long_is_refused_and_stays_in_the_form(cast: Cast, browsers: Browsers) -> None:
    hazard_id, long = await stories.assigned(cast), "线" * 501
    keeper, principal = await browsers.of(cast.keeper), await browsers.of(cast.principal)
    await keeper.get(f"/hazards/{hazard_id}")
    answer = await keeper.submit(keeper.form("/disputes"), dispute=long)
    assert answer.status_code == 422 and "写在 500 个字以内" in keeper.text and long in keeper.text
    await keeper.submit(keeper.form("/disputes"), dispute="线" * 500)
    await principal.get(f"/hazards/{hazard_id}")
    answer = await principal.submit(principal.form("/rulings"), owner=f"post:{cast.floor_post}", ruling=long)
    assert answer.status_code == 422 and "写在 500 个字以内" in principal.text and long in principal.text
    found = await card(hazard_id, cast)
    assert (found.is_disputed, found.responsible_post_id) == (True, cast.keeper_post)


async def test_a_dispute_is_of_the_responsible_or_above_and_has_a_reason(cast: Cast) -> None:
    hazard_id = await stories.assigned(cast)
    version = (await card(hazard_id, cast)).version
    with pytest.raises(Refused):
        await dispute_hazard(hazard_id, version=version, reason="", by=await cast.actor(cast.keeper))
    with pytest.raises(NotFound):
        await dispute_hazard(hazard_id, version=version, reason="x", by=await cast.actor(cast.other_safety))
