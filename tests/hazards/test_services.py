"""Changing hazards on both databases: the issue's table of moves, sight, numbers, times, undo, and what the trail holds."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import pytest

from portal.audit.queries import verify_chain
from portal.audit.texts import first_altered_text
from portal.core.clock import local, now
from portal.core.database import execute, fetch, fetch_column, fetch_value
from portal.core.refusals import Conflict, Invalid, NotFound, Refused
from portal.hazards.queries import board_cards, board_place, hazard_to_see, ledger_rows, my_cards, recently_closed
from portal.hazards.queries.choices import helpers_of, steps_of
from portal.hazards.rules import COLUMNS, MOVES, Level, Status
from portal.hazards.services import (
    Move,
    Report,
    add_helper,
    end_viewer,
    list_hazard,
    move_hazard,
    name_viewer,
    note_hazard,
    plan_hazard,
    report_hazard,
    seed_categories,
    set_interim,
    set_limit,
    take_hazard,
    undo_move,
    unlist_hazard,
)
from portal.hazards.services.planning import finish_step
from portal.hazards.views.board import Wish, board_view, visible_cards
from tests.cast import Cast
from tests.conftest import START, MovingClock
from tests.hazards import stories
from tests.hazards.stories import PHOTO, card, category, go

Story = Callable[..., Awaitable[int]]
ROLES = ("bureau_officer", "principal", "vice_head", "safety", "chief", "floor_chief", "keeper", "teacher", "sibling_keeper",
         "nobody", "monitor", "other_safety", "other_principal")  # fmt: skip
ABOVE = {"bureau_officer", "principal", "vice_head", "safety", "chief", "floor_chief", "keeper"}

# from, to, who may of the cast: the card lies in a room of the keeper, who answers for it; the teacher reported it
TABLE = [
    (stories.reported, "assigned", ABOVE),
    (stories.reported, "closed", ABOVE),
    (stories.reported, "escalated", ABOVE),
    (stories.assigned, "rectifying", ABOVE),
    (stories.assigned, "escalated", ABOVE),
    (stories.rectifying, "recheck", {"keeper"}),
    (stories.rectifying, "escalated", ABOVE),
    (stories.rechecking, "closed", ABOVE - {"keeper"}),
    (stories.rechecking, "rectifying", ABOVE - {"keeper"}),
    (stories.escalated, "assigned", ABOVE),
    (stories.closed, "rectifying", ABOVE),
]


async def everything(cast: Cast, to: str) -> dict[str, Any]:
    """Fields that satisfy whatever the move asks for."""
    return {
        "category": await category(), "level": Level.YELLOW, "responsible_post_id": cast.keeper_post, "interim": "断电",
        "reason": "因为", "measure": "换了", "photos": (PHOTO,), "conclusion": "好了", "watcher_id": cast.keeper,
        "receivers": (cast.bureau,), "outcome": "not_hazard" if to == "closed" else "solved" if to == "assigned" else None,
    }  # fmt: skip


@pytest.mark.parametrize(("story", "to", "may"), TABLE, ids=[f"{story.__name__}-{to}" for story, to, _ in TABLE])
async def test_each_row_of_the_table_is_for_those_it_names(cast: Cast, story: Story, to: str, may: set[str]) -> None:
    hazard_id = await story(cast)
    before = await card(hazard_id, cast)
    fields = await everything(cast, to)
    for role in set(ROLES) - may:
        with pytest.raises(Refused) as refusal:
            await go(cast, hazard_id, to, getattr(cast, role), **fields)
        hidden = role not in {*ABOVE, "teacher"}
        assert isinstance(refusal.value, NotFound) is hidden, (role, refusal.value)
    assert await card(hazard_id, cast) == before, "a refusal changes nothing"
    for role in sorted(may):
        hazard_id = await story(cast)
        version = (await card(hazard_id, cast)).version
        assert await go(cast, hazard_id, to, getattr(cast, role), **fields) == version + 1
        assert (await card(hazard_id, cast)).status == to
    assert await verify_chain(cast.school) is None


NEEDS = [
    (stories.reported, "assigned", {"category", "level", "responsible"}),
    (stories.reported, "closed", {"outcome", "reason"}),
    (stories.reported, "escalated", {"reason", "interim_measure", "watcher", "receivers"}),
    (stories.rectifying, "recheck", {"measure"}),
    (stories.rechecking, "closed", {"conclusion"}),
    (stories.rechecking, "rectifying", {"reason"}),
    (stories.escalated, "assigned", {"outcome", "reason"}),
    (stories.closed, "rectifying", {"reason"}),
]


@pytest.mark.parametrize(("story", "to", "needs"), NEEDS, ids=[f"{story.__name__}-{to}" for story, to, _ in NEEDS])
async def test_each_row_of_the_table_asks_for_what_it_needs(cast: Cast, story: Story, to: str, needs: set[str]) -> None:
    hazard_id = await story(cast)
    person = cast.keeper if to == "recheck" else cast.safety
    with pytest.raises(Invalid) as refusal:
        await go(cast, hazard_id, to, person)
    assert set(refusal.value.fields) == needs


async def test_arrows_that_are_not_in_the_table_are_refused_to_everybody(cast: Cast) -> None:
    hazard_id = await stories.reported(cast)
    fields = await everything(cast, "assigned")
    for to in set(COLUMNS) - set(MOVES[Status.REPORTED]):
        with pytest.raises(Refused, match="no_such_move"):
            await go(cast, hazard_id, to, cast.principal, **fields)


@pytest.mark.parametrize("level", ["red", "orange"])
async def test_dangerous_ones_need_an_interim_measure_and_a_photo(cast: Cast, level: str) -> None:
    hazard_id = await stories.reported(cast)
    ask = {"category": await category(), "level": Level(level), "responsible_post_id": cast.keeper_post}
    with pytest.raises(Invalid) as refusal:
        await go(cast, hazard_id, "assigned", cast.safety, **ask)
    assert set(refusal.value.fields) == {"interim_measure"}
    await go(cast, hazard_id, "assigned", cast.safety, interim="断电", **ask)
    await go(cast, hazard_id, "rectifying", cast.keeper)
    with pytest.raises(Invalid) as refusal:
        await go(cast, hazard_id, "recheck", cast.keeper, measure="换了")
    assert set(refusal.value.fields) == {"photos"}
    await go(cast, hazard_id, "recheck", cast.keeper, measure="换了", photos=(PHOTO,))
    if level == "red":
        with pytest.raises(Refused, match="needs_head"):
            await go(cast, hazard_id, "closed", cast.safety, conclusion="好")
        await go(cast, hazard_id, "closed", cast.vice_head, conclusion="好")
    else:
        await go(cast, hazard_id, "closed", cast.floor_chief, conclusion="好")


async def test_a_rectifier_may_not_recheck_their_own_work_even_when_it_goes_to_somebody_else(cast: Cast) -> None:
    hazard_id = await stories.assigned(cast, responsible_person_id=cast.floor_chief)
    await go(cast, hazard_id, "rectifying", cast.floor_chief)
    await stories.escalate(cast, hazard_id, by=cast.chief)
    await go(cast, hazard_id, "assigned", cast.chief, outcome="returned", reason="学校自己办")
    await take(cast, hazard_id, cast.floor_chief)
    await execute(
        "UPDATE hazard SET responsible_person_id = {}, responsible_post_id = NULL WHERE id = {}", cast.keeper, hazard_id
    )
    await go(cast, hazard_id, "rectifying", cast.keeper)
    await go(cast, hazard_id, "recheck", cast.keeper, measure="换了")
    for person in (cast.floor_chief, cast.keeper):
        with pytest.raises(Refused, match="own_work"):
            await go(cast, hazard_id, "closed", person, conclusion="好")
    await go(cast, hazard_id, "closed", cast.chief, conclusion="好")


async def take(cast: Cast, hazard_id: int, person: int) -> None:
    version = (await card(hazard_id, cast)).version
    await take_hazard(hazard_id, version=version, by=await cast.actor(person))


async def test_a_form_cannot_hand_a_card_to_strangers_or_pupils(cast: Cast) -> None:
    hazard_id = await stories.reported(cast)
    other_post = await fetch_value("SELECT id FROM post WHERE org_id = {} ORDER BY id LIMIT 1", cast.other_school)
    pupil_post = await fetch_value("SELECT id FROM post WHERE role = 'pupil'")
    ask = {"category": await category(), "level": Level.YELLOW}
    for who in (
        {"responsible_post_id": other_post}, {"responsible_post_id": pupil_post}, {"responsible_post_id": 999_999},
        {"responsible_person_id": cast.other_safety}, {"responsible_person_id": cast.monitor},
    ):  # fmt: skip
        with pytest.raises(Invalid) as refusal:
            await go(cast, hazard_id, "assigned", cast.safety, **ask, **who)
        assert set(refusal.value.fields) == {"responsible"}
    for code in ("fire", "no-such", ""):
        with pytest.raises(Invalid) as refusal:
            await go(
                cast,
                hazard_id,
                "assigned",
                cast.safety,
                category=code,
                level=Level.BLUE,
                responsible_post_id=cast.keeper_post,
            )
        assert set(refusal.value.fields) == {"category"}


async def test_an_escalation_goes_up_or_to_the_schools_own_offices_and_its_watcher_is_of_the_school(cast: Cast) -> None:
    hazard_id = await stories.assigned(cast)
    for receivers in ((cast.other_school,), (cast.sibling_building,), (999_999,), (cast.bureau, cast.other_school)):
        with pytest.raises(Invalid) as refusal:
            await stories.escalate(cast, hazard_id, receivers=receivers)
        assert set(refusal.value.fields) == {"receivers"}
    ask = {"reason": "办不了", "interim": "断电", "receivers": (cast.bureau,)}
    for watcher in (cast.other_safety, cast.monitor, 999_999):
        with pytest.raises(Invalid) as refusal:
            await go(cast, hazard_id, "escalated", cast.chief, watcher_id=watcher, **ask)
        assert set(refusal.value.fields) == {"watcher"}


# -- sight (B20)


async def _places_that_show(cast: Cast, hazard_id: int, person: int) -> set[str]:
    """Where a person meets a card: boards, their own list, the ledger, the card, the line of closed ones."""
    actor, at, found = await cast.actor(person), now(), set()
    for grid in (cast.room, cast.building, cast.school, cast.bureau):
        try:
            place = await board_place(grid, by=actor)
        except NotFound:
            continue
        cards = await board_cards(place, by=actor, at=at)
        if hazard_id in {card.id for card in visible_cards(cards, actor)}:
            found.add("board")
        view = board_view(place, cards, [], [], by=actor, at=at, wish=Wish(), language="zh-Hans")
        shown = {card.id for column in view.columns for card in column.cards}
        assert (hazard_id in shown) is (hazard_id in {card.id for card in visible_cards(cards, actor)})
        assert view.total == sum(len(column.cards) for column in view.columns), "a hidden card is not counted either"
        if hazard_id in {row.id for row in await ledger_rows(place, by=actor, at=at)}:
            found.add("ledger")
        if hazard_id in {row.id for row in await recently_closed(place, since=at - timedelta(days=9))}:
            found.add("closed")
    if hazard_id in {card.id for card in await my_cards(by=actor, at=at)}:
        found.add("mine")
    try:
        await hazard_to_see(hazard_id, by=actor)
        found.add("card")
    except NotFound:
        pass
    return found


@pytest.mark.parametrize("why", ["confidential", "category"])
async def test_a_sensitive_card_is_nowhere_but_before_named_people(cast: Cast, why: str) -> None:
    await seed_categories()
    title = "两名学生在实验室"
    plain = await stories.reported(cast, title=title)
    for person in (cast.principal, cast.safety, cast.chief, cast.keeper, cast.bureau_officer):
        assert "board" in await _places_that_show(cast, plain, person), "there is something to see"
    how = {"confidential": True} if why == "confidential" else {"category": await category("bully")}
    hazard_id = await stories.reported(cast, title=title, **how)
    for role in set(ROLES) - {"teacher"}:
        assert await _places_that_show(cast, hazard_id, getattr(cast, role)) == set(), role
    assert await _places_that_show(cast, hazard_id, cast.teacher) == {"mine", "card"}, "its reporter follows it"
    await name_viewer(cast.safety, by=await cast.actor(cast.principal))
    assert await _places_that_show(cast, hazard_id, cast.safety) == {"board", "ledger", "card"}
    assert await _places_that_show(cast, hazard_id, cast.principal) == set()
    await end_viewer(cast.safety, by=await cast.actor(cast.principal))
    assert await _places_that_show(cast, hazard_id, cast.safety) == set()


async def test_a_sensitive_category_given_later_hides_the_card_from_then_on(cast: Cast) -> None:
    await name_viewer(cast.safety, by=await cast.actor(cast.principal))
    hazard_id = await stories.assigned(cast, group="bully", responsible_person_id=cast.vice_head)
    assert (await card(hazard_id, cast)).is_restricted
    assert await _places_that_show(cast, hazard_id, cast.chief) == set()
    assert await _places_that_show(cast, hazard_id, cast.principal) == set()
    assert "card" in await _places_that_show(cast, hazard_id, cast.vice_head), "who answers for it sees it"
    await stories.escalate(cast, hazard_id, by=cast.vice_head, receivers=(cast.bureau,))
    assert await _places_that_show(cast, hazard_id, cast.bureau_officer) == set(), "escalated or not"


async def test_only_the_principal_names_viewers_and_only_of_their_school(cast: Cast) -> None:
    for namer in (cast.safety, cast.vice_head, cast.other_principal, cast.bureau_officer):
        with pytest.raises(NotFound):
            await name_viewer(cast.chief, by=await cast.actor(namer))
    with pytest.raises(NotFound):
        await name_viewer(cast.other_safety, by=await cast.actor(cast.principal))


# -- numbers and times


async def test_numbers_run_within_a_school_and_a_year_and_are_never_given_twice(cast: Cast, clock: MovingClock) -> None:
    first = [await stories.reported(cast) for _ in range(3)]
    other = await report_hazard(Report(grid_id=cast.other_room, title="门坏了"), by=await cast.actor(cast.other_safety))
    assert [(await card(h, cast)).number for h in first] == ["2026-0001", "2026-0002", "2026-0003"]
    assert await fetch_value("SELECT number FROM hazard WHERE id = {}", other) == "2026-0001"
    with pytest.raises(NotFound):
        await report_hazard(Report(grid_id=cast.other_room, title="不是我的"), by=await cast.actor(cast.teacher))
    clock.set(datetime(2026, 12, 31, 15, 59, 59, tzinfo=UTC))
    assert (await card(await stories.reported(cast), cast)).number == "2026-0004"
    clock.forward(seconds=1)
    assert (await card(await stories.reported(cast), cast)).number == "2027-0001", "the year turns in Shanghai"
    numbers = await fetch_column("SELECT number FROM hazard WHERE org_id = {}", cast.school)
    assert len(set(numbers)) == len(numbers)


async def test_twenty_reports_at_once_have_twenty_numbers_in_a_row(cast: Cast) -> None:
    teacher = await cast.actor(cast.teacher)
    reports = [report_hazard(Report(grid_id=cast.room, title=f"第{n}处"), by=teacher) for n in range(20)]
    ids = await asyncio.gather(*reports)
    numbers = await fetch_column("SELECT number FROM hazard WHERE org_id = {} ORDER BY number", cast.school)
    assert len(set(ids)) == 20
    assert numbers == [f"2026-{n:04d}" for n in range(1, 21)]
    assert await verify_chain(cast.school) is None


async def test_a_report_needs_neither_level_nor_category_and_has_its_triage_clock(cast: Cast) -> None:
    plain = await card(await stories.reported(cast), cast)
    red = await card(await stories.reported(cast, level=Level.RED), cast)
    assert (plain.level, plain.category, plain.status) == (None, None, "reported")
    assert plain.due_at is not None
    assert local(plain.due_at).strftime("%Y-%m-%d %H:%M") == "2026-11-24 18:00", "the next school day"
    assert red.due_at == START + timedelta(hours=2)


@pytest.mark.parametrize(
    ("level", "due"),
    [("red", "11-25 18:00"), ("orange", "11-27 18:00"), ("yellow", "12-02 18:00"), ("blue", "11-23 20:00")],
)
async def test_due_times_follow_the_level_from_the_moment_of_assignment(cast: Cast, level: str, due: str) -> None:
    found = await card(await stories.assigned(cast, level=level), cast)
    assert found.due_at is not None
    assert local(found.due_at).strftime("%m-%d %H:%M") == due
    assert found.due_from == START
    assert json.loads(found.due_trace or "[]"), "and the reason is kept"


async def test_a_date_by_hand_wins_with_its_reason_and_never_lies_in_the_past(cast: Cast) -> None:
    hazard_id = await stories.reported(cast)
    ask = {"category": await category(), "level": Level.YELLOW, "responsible_post_id": cast.keeper_post}
    with pytest.raises(Invalid) as refusal:
        await go(cast, hazard_id, "assigned", cast.safety, due_at=START - timedelta(minutes=1), **ask)
    assert set(refusal.value.fields) == {"due_at"}
    wanted = START + timedelta(days=30)
    await go(cast, hazard_id, "assigned", cast.safety, due_at=wanted, reason="等寒假停课再换", **ask)
    found = await card(hazard_id, cast)
    assert found.due_at == wanted
    assert "等寒假停课再换" in (found.due_trace or "")


# -- one effect, one winner


async def test_the_second_mover_hears_who_was_first_where_and_when(cast: Cast, clock: MovingClock) -> None:
    hazard_id = await stories.assigned(cast)
    version = (await card(hazard_id, cast)).version
    clock.forward(minutes=5)
    await go(cast, hazard_id, "rectifying", cast.keeper)
    with pytest.raises(Conflict) as conflict:
        await move_hazard(hazard_id, Move(to=Status.RECTIFYING, version=version), by=await cast.actor(cast.chief))
    assert conflict.value.params == {
        "who": "甄实验",
        "to": "rectifying",
        "at": START + timedelta(minutes=5),
        "version": version + 1,
    }
    with pytest.raises(Conflict) as conflict:
        await set_interim(hazard_id, "锁门", version=version, by=await cast.actor(cast.chief))


async def test_one_key_is_one_report(cast: Cast) -> None:
    report = Report(grid_id=cast.room, title="插座", key="k1")
    teacher = await cast.actor(cast.teacher)
    ids = set(await asyncio.gather(*[report_hazard(report, by=teacher) for _ in range(5)]))
    ids.add(await report_hazard(report, by=teacher))
    assert len(ids) == 1
    assert await report_hazard(report, by=await cast.actor(cast.keeper)) not in ids, "somebody else's key is no key"
    assert await fetch_value("SELECT count(*) FROM event WHERE kind = 'hazard.reported'") == 2


# -- undo


UNDOABLE = [
    (stories.reported, "assigned", "safety"),
    (stories.reported, "closed", "safety"),
    (stories.assigned, "rectifying", "keeper"),
    (stories.rectifying, "recheck", "keeper"),
    (stories.rechecking, "closed", "floor_chief"),
    (stories.rechecking, "rectifying", "floor_chief"),
    (stories.assigned, "escalated", "floor_chief"),
    (stories.escalated, "assigned", "bureau_officer"),
    (stories.closed, "rectifying", "principal"),
]
MOVED = {"version", "column_since", "last_event_at", "last_moved_by", "last_moved_at", "received"}


@pytest.mark.parametrize(("story", "to", "who"), UNDOABLE, ids=[f"{story.__name__}-{to}" for story, to, _ in UNDOABLE])
async def test_undo_puts_back_all_that_the_move_wrote(
    cast: Cast, clock: MovingClock, story: Story, to: str, who: str
) -> None:
    hazard_id = await story(cast)
    clock.forward(hours=1)
    before = (await card(hazard_id, cast))._asdict()
    receivers = await fetch_column(
        "SELECT grid_id FROM hazard_receiver WHERE hazard_id = {} AND until IS NULL", hazard_id
    )
    person = await cast.actor(getattr(cast, who))
    version = await go(cast, hazard_id, to, getattr(cast, who), **await everything(cast, to))
    clock.forward(seconds=10)
    await undo_move(hazard_id, version=version, by=person)
    after = (await card(hazard_id, cast))._asdict()
    assert {k: v for k, v in after.items() if k not in MOVED} == {k: v for k, v in before.items() if k not in MOVED}
    assert after["version"] == before["version"] + 2
    again = "SELECT grid_id FROM hazard_receiver WHERE hazard_id = {} AND until IS NULL"
    assert await fetch_column(again, hazard_id) == receivers
    story_kinds = await fetch_column(
        "SELECT details FROM event WHERE subject_id = {} AND kind = 'hazard.moved' ORDER BY id", hazard_id
    )
    last, undone = json.loads(story_kinds[-2]), json.loads(story_kinds[-1])
    assert (undone["came_from"], undone["went_to"]) == (last["went_to"], last["came_from"])
    assert undone["undoes"], "a step of its own in the history"
    assert await verify_chain(cast.school) is None
    with pytest.raises(Refused, match="too_late"):
        await undo_move(hazard_id, version=after["version"], by=person)


async def test_undo_is_the_movers_alone_for_ten_seconds_while_nothing_else_has_happened(
    cast: Cast, clock: MovingClock
) -> None:
    hazard_id = await stories.assigned(cast)
    keeper = await cast.actor(cast.keeper)
    version = await go(cast, hazard_id, "rectifying", cast.keeper)
    with pytest.raises(Refused, match="too_late"):
        await undo_move(hazard_id, version=version, by=await cast.actor(cast.chief))
    with pytest.raises(NotFound):
        await undo_move(hazard_id, version=version, by=await cast.actor(cast.other_safety))
    with pytest.raises(Conflict):
        await undo_move(hazard_id, version=version - 1, by=keeper)
    clock.forward(seconds=10.001)
    with pytest.raises(Refused, match="too_late"):
        await undo_move(hazard_id, version=version, by=keeper)
    clock.forward(seconds=-5)
    await note_hazard(hazard_id, "已经买了材料", by=await cast.actor(cast.chief))
    with pytest.raises(Refused, match="too_late"):
        await undo_move(hazard_id, version=version, by=keeper)


# -- escalation, return, reopening, failed rechecks


async def test_receivers_see_an_escalated_card_on_their_board_until_it_comes_back(cast: Cast) -> None:
    from portal.core.actors import SYSTEM
    from portal.grids.services import make_grid
    from portal.people.services import appoint, make_person, make_post

    finance = await make_grid("总务处", kind="office", parent_id=cast.school, by=SYSTEM)
    head = await make_person("甄总务", org_id=cast.school, by=SYSTEM, kind="staff")
    post = await make_post("总务主任", role="keeper", grid_id=finance, by=SYSTEM)
    await appoint(head, post_id=post, by=SYSTEM, starts_at=now() - timedelta(days=1))
    hazard_id = await stories.assigned(cast)
    assert await _places_that_show(cast, hazard_id, head) == set()
    await stories.escalate(cast, hazard_id, receivers=(finance, cast.bureau))
    actor = await cast.actor(head)
    place = await board_place(finance, by=actor)
    assert [c.id for c in await board_cards(place, by=actor, at=now())] == [hazard_id]
    assert hazard_id in {row.id for row in await ledger_rows(place, by=actor, at=now())}
    assert "board" in await _places_that_show(cast, hazard_id, cast.keeper), "it stays at home as well"
    assert (await card(hazard_id, cast)).watcher_id == cast.keeper
    await go(cast, hazard_id, "assigned", head, outcome="returned", reason="先自己报价")
    found = await card(hazard_id, cast)
    assert (found.status, found.watcher_id) == ("assigned", None)
    assert await board_cards(place, by=actor, at=now()) == []
    assert await _places_that_show(cast, hazard_id, head) == set()


async def test_an_escalated_report_nobody_answers_for_must_be_assigned_before_it_is_answered(cast: Cast) -> None:
    hazard_id = await stories.reported(cast)
    await stories.escalate(cast, hazard_id)
    with pytest.raises(Refused, match="assign_first"):
        await go(cast, hazard_id, "assigned", cast.bureau_officer, outcome="refused", reason="不归我们")


async def test_a_closed_card_that_is_reopened_keeps_its_number_and_counts(cast: Cast, clock: MovingClock) -> None:
    hazard_id = await stories.closed(cast)
    number = (await card(hazard_id, cast)).number
    clock.forward(days=3)
    await go(cast, hazard_id, "rectifying", cast.principal, reason="又松了")
    found = await card(hazard_id, cast)
    assert (found.number, found.reopened, found.status, found.closed_at, found.outcome) == (
        number,
        1,
        "rectifying",
        None,
        None,
    )
    assert found.due_at is not None
    assert found.due_at > now()


async def test_each_failed_recheck_counts_and_asks_for_a_new_photo(cast: Cast) -> None:
    hazard_id = await stories.rechecking(cast, level="orange")
    for count in (1, 2):
        await go(cast, hazard_id, "rectifying", cast.floor_chief, reason="还是松的")
        assert (await card(hazard_id, cast)).failed_rechecks == count
        with pytest.raises(Invalid, match=r"core\.invalid"):
            await go(cast, hazard_id, "recheck", cast.keeper, measure="又换了")
        await go(cast, hazard_id, "recheck", cast.keeper, measure="又换了", photos=(PHOTO,))
    with pytest.raises(Refused, match="own_work"):
        await go(cast, hazard_id, "rectifying", cast.keeper, reason="自己说的")


async def test_a_duplicate_names_the_other_card_of_the_same_school(cast: Cast) -> None:
    first, second = await stories.reported(cast), await stories.reported(cast)
    other = await report_hazard(Report(grid_id=cast.other_room, title="门"), by=await cast.actor(cast.other_safety))
    for wrong in (second, other, 999_999):
        with pytest.raises(Invalid) as refusal:
            await go(cast, second, "closed", cast.safety, outcome="duplicate", duplicate_of_id=wrong)
        assert set(refusal.value.fields) == {"duplicate_of"}
    await go(cast, second, "closed", cast.safety, outcome="duplicate", duplicate_of_id=first)
    found = await card(second, cast)
    assert (found.outcome, found.duplicate_of_id) == ("duplicate", first)


# -- listing, helpers, plan


async def test_a_listed_hazard_is_closed_and_unlisted_by_its_supervisor_only(cast: Cast) -> None:
    hazard_id = await stories.rechecking(cast)
    version = (await card(hazard_id, cast)).version
    ask: dict[str, Any] = {"version": version, "supervisor_id": cast.vice_head, "condition": "换完全部线路"}
    for person in (cast.chief, cast.keeper):
        with pytest.raises(Refused, match="not_head"):
            await list_hazard(hazard_id, **ask, by=await cast.actor(person))
    with pytest.raises(Invalid):
        await list_hazard(hazard_id, **{**ask, "supervisor_id": cast.other_principal}, by=await cast.actor(cast.safety))
    await list_hazard(hazard_id, **ask, by=await cast.actor(cast.safety))
    with pytest.raises(Refused, match="listed_already"):
        await list_hazard(hazard_id, **{**ask, "version": version + 1}, by=await cast.actor(cast.safety))
    for person in (cast.safety, cast.principal, cast.bureau_officer, cast.floor_chief):
        with pytest.raises(Refused, match="needs_supervisor"):
            await go(cast, hazard_id, "closed", person, conclusion="好")
        with pytest.raises(Refused, match="needs_supervisor"):
            await unlist_hazard(hazard_id, version=version + 1, reason="好了", by=await cast.actor(person))
    await go(cast, hazard_id, "closed", cast.vice_head, conclusion="全部换完")
    assert (
        await fetch_value("SELECT count(*) FROM hazard_listing WHERE hazard_id = {} AND ended_at IS NULL", hazard_id)
        == 0
    )


async def test_helpers_and_holders_of_a_helping_post_work_on_it_and_may_take_it(cast: Cast) -> None:
    hazard_id = await stories.assigned(cast, responsible_person_id=cast.floor_chief)
    sibling_post = await fetch_value("SELECT id FROM post WHERE grid_id = {}", cast.sibling_room)
    assert await _places_that_show(cast, hazard_id, cast.sibling_keeper) == set()
    with pytest.raises(Refused):
        await add_helper(hazard_id, post_id=sibling_post, by=await cast.actor(cast.teacher))
    with pytest.raises(Invalid):
        await add_helper(hazard_id, person_id=cast.other_safety, by=await cast.actor(cast.chief))
    chief = await cast.actor(cast.chief)
    await asyncio.gather(*[add_helper(hazard_id, post_id=sibling_post, by=chief) for _ in range(2)])
    await add_helper(hazard_id, person_id=cast.teacher, by=chief)
    await add_helper(hazard_id, person_id=cast.teacher, by=chief)
    assert [h.id for h in await helpers_of(hazard_id, at=now())] == sorted([cast.teacher, cast.sibling_keeper])
    assert await fetch_value("SELECT count(*) FROM hazard_helper WHERE hazard_id = {}", hazard_id) == 2, "each once"
    await go(cast, hazard_id, "rectifying", cast.teacher)
    with pytest.raises(Refused):
        await go(cast, hazard_id, "recheck", cast.chief, measure="我替他")
    await take(cast, hazard_id, cast.sibling_keeper)
    assert (await card(hazard_id, cast)).responsible_person_id == cast.sibling_keeper
    await go(cast, hazard_id, "recheck", cast.sibling_keeper, measure="换好了")
    for worker in (cast.teacher, cast.sibling_keeper):
        with pytest.raises(Refused):
            await go(cast, hazard_id, "closed", worker, conclusion="好")


async def test_only_somebody_who_holds_a_post_of_the_school_now_can_be_asked_to_help(cast: Cast) -> None:
    hazard_id = await stories.assigned(cast)
    chief = await cast.actor(cast.chief)
    pupils_post = await fetch_value("SELECT id FROM post WHERE role = 'pupil'")
    await _end_all(cast.sibling_keeper)
    await execute("UPDATE person SET left_at = {} WHERE id = {}", now(), cast.floor_chief)
    await execute("UPDATE post SET ended_at = {} WHERE id = {}", now(), cast.chief_post)
    for person_id in (cast.monitor, cast.nobody, cast.sibling_keeper, cast.floor_chief, cast.chief, cast.other_safety):
        with pytest.raises(Invalid) as refusal:
            await add_helper(hazard_id, person_id=person_id, by=chief)
        assert refusal.value.fields == {"helper": "hazard.need_helper"}
    for post_id in (pupils_post, cast.chief_post, 999_999, None):
        with pytest.raises(Invalid):
            await add_helper(hazard_id, post_id=post_id, by=chief)
    assert await fetch_value("SELECT count(*) FROM hazard_helper") == 0
    vacant = await fetch_value("SELECT id FROM post WHERE grid_id = {}", cast.sibling_room)
    await add_helper(hazard_id, post_id=vacant, by=chief)
    await add_helper(hazard_id, person_id=cast.teacher, by=chief)
    assert await fetch_value("SELECT count(*) FROM hazard_helper") == 2


async def test_a_listed_hazard_is_supervised_by_somebody_who_is_there(cast: Cast) -> None:
    hazard_id = await stories.rechecking(cast)
    version = (await card(hazard_id, cast)).version
    await _end_all(cast.vice_head)
    for person_id in (cast.vice_head, cast.nobody, cast.monitor):
        with pytest.raises(Invalid) as refusal:
            await list_hazard(
                hazard_id, version=version, supervisor_id=person_id, condition="换完", by=await cast.actor(cast.safety)
            )
        assert refusal.value.fields == {"supervisor": "hazard.need_supervisor"}


async def _end_all(person_id: int) -> None:
    """Every appointment of a person is over."""
    await execute("UPDATE appointment SET ends_at = {} WHERE person_id = {}", now(), person_id)


async def test_of_two_holders_who_take_a_card_at_once_one_does(cast: Cast) -> None:
    hazard_id = await stories.assigned(cast)
    await add_helper(hazard_id, person_id=cast.sibling_keeper, by=await cast.actor(cast.chief))
    version = (await card(hazard_id, cast)).version
    takers = [await cast.actor(person) for person in (cast.keeper, cast.sibling_keeper)]
    results = await asyncio.gather(
        *[take_hazard(hazard_id, version=version, by=t) for t in takers], return_exceptions=True
    )
    assert sorted(type(result).__name__ for result in results) == ["Conflict", "NoneType"]


async def test_a_plan_has_five_parts_and_steps_that_are_ticked_once(cast: Cast) -> None:
    hazard_id = await stories.assigned(cast, level="red")
    version = (await card(hazard_id, cast)).version
    keeper = await cast.actor(cast.keeper)
    steps = (("断电", START + timedelta(days=1)), ("换线", None))
    await plan_hazard(
        hazard_id, version=version, by=keeper, measure="换线", money="办公经费", contingency="停用", steps=steps
    )
    found = await card(hazard_id, cast)
    assert (found.plan_measure, found.plan_money, found.plan_contingency) == ("换线", "办公经费", "停用")
    first, second = await steps_of(hazard_id)
    assert (first.title, first.due_at, second.title) == ("断电", START + timedelta(days=1), "换线")
    await finish_step(hazard_id, first.id, by=keeper)
    events = "SELECT count(*) FROM event WHERE subject_id = {}"
    count = await fetch_value(events, hazard_id)
    await finish_step(hazard_id, first.id, by=keeper)
    assert await fetch_value(events, hazard_id) == count
    await plan_hazard(
        hazard_id, version=found.version, by=keeper, measure="换线", money="", contingency="", steps=(("验收", None),)
    )
    assert [(step.title, step.done_at is not None) for step in await steps_of(hazard_id)] == [
        ("断电", True),
        ("验收", False),
    ]


async def test_only_people_of_the_card_write_on_it(cast: Cast) -> None:
    hazard_id = await stories.assigned(cast)
    with pytest.raises(Refused, match="not_yours"):
        await note_hazard(hazard_id, "我路过", by=await cast.actor(cast.teacher))
    with pytest.raises(NotFound):
        await note_hazard(hazard_id, "我路过", by=await cast.actor(cast.sibling_keeper))
    with pytest.raises(Invalid):
        await note_hazard(hazard_id, "", by=await cast.actor(cast.keeper))


# -- limits (A3)


async def test_a_soft_limit_shows_and_stops_nobody(cast: Cast) -> None:
    await set_limit(cast.floor, "reported", most=2, is_hard=False, by=await cast.actor(cast.safety))
    for _ in range(3):
        await stories.reported(cast)
    from portal.hazards.queries import board_surroundings

    actor = await cast.actor(cast.floor_chief)
    place = await board_place(cast.floor, by=actor)
    cards, around = await board_cards(place, by=actor, at=now()), await board_surroundings(place)
    view = board_view(place, cards, [], around, by=actor, at=now(), wish=Wish(), language="zh-Hans")
    column = view.columns[0]
    assert (column.key, len(column.cards), column.most, column.is_full) == ("reported", 3, 2, True)


async def test_a_hard_limit_holds_each_responsible_back_unless_they_say_why(cast: Cast) -> None:
    await set_limit(cast.building, "rectifying", most=2, is_hard=True, by=await cast.actor(cast.safety))
    for _ in range(2):
        await stories.rectifying(cast)
    third = await stories.assigned(cast)
    before = await card(third, cast)
    for person in (cast.keeper, cast.chief):
        with pytest.raises(Invalid) as refusal:
            await go(cast, third, "rectifying", person)
        assert refusal.value.fields == {"over_reason": "hazard.need_over_reason"}
    assert await card(third, cast) == before
    await stories.reported(cast)  # reporting is never blocked
    somebody_else = await stories.assigned(cast, responsible_person_id=cast.floor_chief)
    await go(cast, somebody_else, "rectifying", cast.floor_chief)
    elsewhere = await stories.assigned(cast, grid=cast.sibling_room)
    await go(cast, elsewhere, "rectifying", cast.keeper)
    await go(cast, third, "rectifying", cast.keeper, over_reason="同一个闸，一起断电")
    sql = "SELECT t.body FROM event_text t JOIN event e ON e.id = t.event_id WHERE e.subject_id = {} AND t.field = 'over_reason'"
    assert await fetch_value(sql, third) == "同一个闸，一起断电", "the log says why"
    back = await stories.assigned(cast, responsible_person_id=cast.chief)
    await go(cast, back, "rectifying", cast.chief)
    await go(cast, back, "recheck", cast.chief, measure="好了")
    for _ in range(2):
        more = await stories.assigned(cast, responsible_person_id=cast.chief)
        await go(cast, more, "rectifying", cast.chief)
    await go(cast, back, "rectifying", cast.safety, reason="没好")
    assert (await card(back, cast)).status == "rectifying", "what failed its recheck comes back whatever the limit says"


async def test_limits_are_set_by_those_who_may_over_their_own_part(cast: Cast) -> None:
    for person in (cast.chief, cast.keeper, cast.other_principal):
        with pytest.raises(NotFound):
            await set_limit(cast.floor, "rectifying", most=1, is_hard=True, by=await cast.actor(person))
    with pytest.raises(Invalid):
        await set_limit(cast.floor, "closed", most=1, is_hard=True, by=await cast.actor(cast.safety))


# -- the trail


class _Event(NamedTuple):
    kind: str
    details: str


async def test_events_hold_ids_and_digests_only_and_the_texts_beside_them_verify(cast: Cast) -> None:
    written = ["插座面板松脱", "断电，贴条", "换了面板", "已换好", "要换整条线路", "又松了", "看过了", "换线"]
    await stories.escalated(cast)
    hazard_id = await stories.closed(cast, level="orange")
    await go(cast, hazard_id, "rectifying", cast.principal, reason="又松了")
    await note_hazard(hazard_id, "看过了", by=await cast.actor(cast.keeper))
    version = (await card(hazard_id, cast)).version
    await plan_hazard(
        hazard_id, version=version, by=await cast.actor(cast.keeper), measure="换线", money="", contingency=""
    )
    names = await fetch_column("SELECT name FROM person")
    grids = await fetch_column("SELECT name FROM grid")
    events = await fetch(_Event, "SELECT kind, details FROM event")
    for event in events:
        for word in [*written, *names, *grids]:
            assert word not in event.details, (event.kind, word)
        assert event.details.isascii(), event
    bodies = "".join(await fetch_column("SELECT body FROM event_text"))
    for text in written:
        assert text in bodies, "there is something to hide"
    for org in (cast.school, cast.bureau):
        assert await verify_chain(org) is None
        assert await first_altered_text(org) is None
    await execute("UPDATE event_text SET body = 'x' WHERE field = 'note'")
    assert await first_altered_text(cast.school) is not None
