"""When a letter takes effect: the day after, as a rule; at once, by the principal's reason; never before (F3, R112)."""

import asyncio
from datetime import datetime, timedelta

import pytest

from portal.core.actors import SYSTEM
from portal.core.clock import now, start_of_day, today
from portal.core.database import execute, fetch_value
from portal.core.refusals import Conflict, Invalid, NotFound, Refused
from portal.letters.document import filled, shipped_wordings
from portal.letters.queries.letters import letter_whole
from portal.letters.rules import State, state_of
from portal.letters.running import text_of
from portal.letters.services.at_once import take_effect_now
from portal.letters.services.drafting import draft_for_appointment
from portal.letters.services.making import claim_letter, fail_letter, finish_letter
from portal.letters.services.seeding import seed_edges, seed_wordings
from portal.people.services import appoint, end_appointment, make_person
from portal.responsibilities.queries.lists import lists_of
from portal.responsibilities.services import confirm_list, seed_duties
from tasks.outbox import drain
from tests.cast import Cast
from tests.conftest import Browsers, MovingClock
from tests.letters.document_kit import facts
from tests.letters.letter_stories import letter_of, stored, taken, whole

REASON = "原来的人突发疾病，{grid}没有人看。"


@pytest.fixture(autouse=True)
async def shared(cast: Cast, clock: MovingClock) -> None:
    """The shared chain and wordings, on a working afternoon."""
    await drain()
    await seed_edges()
    await seed_wordings()
    clock.set(start_of_day(today()) + timedelta(hours=15, minutes=20))


async def appointed_today(cast: Cast, name: str = "甄急") -> int:
    """Somebody new is put into the keeper's post from this instant on; gives their letter."""
    person = await make_person(name, org_id=cast.school, by=SYSTEM)
    appointment = await appoint(person, post_id=cast.keeper_post, by=await cast.actor(cast.safety), is_primary=False)
    await drain()
    return await letter_of(appointment)


async def version(letter: int) -> int:
    return (await whole(letter)).row.version


async def test_whoever_is_put_into_a_post_today_bears_it_from_the_day_after(cast: Cast) -> None:
    row = (await whole(await appointed_today(cast))).row
    assert row.starts_at == start_of_day(today() + timedelta(days=1))
    assert row.sign_by == today() + timedelta(days=7)
    later = (await whole(await letter_of(await _drafted(cast)))).row
    assert later.starts_at == start_of_day(today() + timedelta(days=2)) and later.sign_by is None


async def _drafted(cast: Cast) -> int:
    appointment = await taken(cast)
    await drain()
    return appointment


async def test_the_principal_s_reason_makes_it_take_effect_at_that_very_instant(
    cast: Cast, browsers: Browsers, clock: MovingClock
) -> None:
    first = await appointed_today(cast)
    browser = await browsers.of(cast.principal)
    await browser.get(f"/letters/{first}")
    asking = next(one for one in browser.forms if one.action.endswith("/at-once"))
    answer = await browser.submit(asking, at_once=" ")
    assert answer.status_code == 422 and "为什么不能等到明天" in browser.text
    clock.forward(minutes=7)
    answer = await browser.submit(asking, at_once=REASON)
    assert answer.status_code == 200 and "立即生效的一份拟好了" in browser.text
    made = await fetch_value("SELECT letter_id FROM letter_at_once WHERE instead_id = {}", first)
    old, new = await whole(first), await whole(made)
    assert new.row.starts_at == now() and new.row.ends_at == old.row.ends_at
    assert state_of(old.facts, at=now()) is State.VOID and old.row.reason == "letter.at_once_instead"
    assert (old.row.number, new.row.number) == ("安责〔2026〕0001号", "安责〔2026〕0002号")
    assert [(one.part, one.person_id, one.field) for one in new.parties] == [
        (one.part, one.person_id, one.field) for one in old.parties
    ]
    assert await fetch_value("SELECT count(*) FROM event WHERE kind = 'letter.at_once' AND subject_id = {}", made) == 1
    told = await fetch_value("SELECT body FROM event_text WHERE field = 'reason' AND body = {}", REASON)
    assert told == REASON


async def test_the_reason_is_printed_with_the_instant_and_its_braces_are_no_places(cast: Cast) -> None:
    await seed_duties()
    for one in await lists_of(cast.school):
        if one.asks:
            await confirm_list(one.id, org_id=cast.school, version=one.version, by=SYSTEM)
    first = await appointed_today(cast)
    made = await take_effect_now(first, REASON, version=await version(first), by=await cast.actor(cast.principal))
    found = await letter_whole(made)
    assert found is not None
    text = await text_of(found, "https://anwang.example")
    clause = next(one.text for one in text.clauses if one.key == "period")
    assert REASON.rstrip("。") in clause and "15时20分" in clause and "零时起生效" not in clause


def test_the_clause_takes_the_place_of_the_usual_one() -> None:

    post = next(one for one in shipped_wordings() if one.kind == "post")
    text = filled(post, facts(at_once="自2026年11月22日15时20分起立即生效。理由：{grid}没有人。"))
    assert [one.text for one in text.clauses if one.key == "period"] == [
        "自2026年11月22日15时20分起立即生效。理由：{grid}没有人。"
    ]


@pytest.mark.parametrize("who", ["safety", "vice_head", "floor_chief", "other_principal"])
async def test_nobody_but_the_head_may_say_so(cast: Cast, browsers: Browsers, who: str) -> None:
    letter = await appointed_today(cast)
    by = await cast.actor(getattr(cast, who))
    with pytest.raises(NotFound):
        await take_effect_now(letter, REASON, version=await version(letter), by=by)
    browser = await browsers.of(getattr(cast, who))
    await browser.get(f"/letters/{letter}")
    assert "/at-once" not in (browser.page.text if browser.page else "")


async def test_the_bureau_may_for_a_principal_and_nobody_for_themselves(cast: Cast) -> None:
    appointment = await fetch_value("SELECT id FROM appointment WHERE person_id = {}", cast.principal)
    letter = await draft_for_appointment(appointment, by=SYSTEM)
    assert letter is not None
    with pytest.raises(Refused, match="at_once_own"):
        await take_effect_now(letter, REASON, version=1, by=await cast.actor(cast.principal))
    made = await take_effect_now(letter, REASON, version=1, by=await cast.actor(cast.bureau_officer))
    assert (await whole(letter)).row.starts_at > (await whole(made)).row.starts_at == now()


async def test_there_is_no_way_into_the_past_nor_before_the_post(cast: Cast, clock: MovingClock) -> None:
    by = await cast.actor(cast.principal)
    ahead = await letter_of(await _drafted(cast))
    with pytest.raises(Refused, match="at_once_not_held"):
        await take_effect_now(ahead, REASON, version=await version(ahead), by=by)
    letter = await appointed_today(cast)
    for reason in ("", "   ", "长" * 201):
        with pytest.raises(Invalid):
            await take_effect_now(letter, reason, version=await version(letter), by=by)
    clock.forward(hours=12)
    with pytest.raises(Refused, match="at_once_already"):
        await take_effect_now(letter, REASON, version=await version(letter), by=by)


async def test_a_letter_that_somebody_has_signed_stays(cast: Cast) -> None:

    letter = await appointed_today(cast)
    await execute("UPDATE letter_party SET signed_at = {} WHERE letter_id = {} AND part = 'taker'", now(), letter)
    with pytest.raises(Refused, match="at_once_late"):
        await take_effect_now(letter, REASON, version=await version(letter), by=await cast.actor(cast.principal))


async def test_of_ten_who_ask_at_once_one_is_first_and_there_is_one_letter(cast: Cast) -> None:
    letter, by = await appointed_today(cast), await cast.actor(cast.principal)
    seen = await version(letter)
    asked = [take_effect_now(letter, f"{number}：{REASON}", version=seen, by=by) for number in range(10)]
    done = await asyncio.gather(*asked, return_exceptions=True)
    assert len([one for one in done if isinstance(one, int)]) == 1
    assert all(isinstance(one, int | Conflict | Refused) for one in done), done
    assert await fetch_value("SELECT count(*) FROM letter_at_once") == 1
    assert await fetch_value("SELECT count(*) FROM letter WHERE voided_at IS NULL AND person_id = "
                             "(SELECT person_id FROM letter WHERE id = {})", letter) == 1  # fmt: skip


async def test_the_worker_that_holds_the_first_one_lets_go_of_it(cast: Cast) -> None:
    letter = await appointed_today(cast)
    held = await claim_letter()
    assert held is not None and held.id == letter
    await take_effect_now(letter, REASON, version=await version(letter), by=await cast.actor(cast.principal))
    assert not await finish_letter(held, "{}", "1" * 64, stored("late"))
    await fail_letter(held, Refused("pdf.broken"))
    row = (await whole(letter)).row
    assert isinstance(row.voided_at, datetime) and row.reason == "letter.at_once_instead"


async def test_whoever_leaves_takes_the_urgent_letter_with_them(cast: Cast) -> None:

    first = await appointed_today(cast)
    made = await take_effect_now(first, REASON, version=await version(first), by=await cast.actor(cast.principal))
    appointment = await fetch_value("SELECT appointment_id FROM letter WHERE id = {}", made)
    ends = now() + timedelta(days=3)
    seen = await fetch_value("SELECT version FROM appointment WHERE id = {}", appointment)
    await end_appointment(appointment, version=seen, by=SYSTEM, ends_at=ends)
    await drain()
    assert state_of((await whole(made)).facts, at=ends) is State.LEFT
    assert await draft_for_appointment(appointment, by=SYSTEM) == first  # asked again, nothing new is made
