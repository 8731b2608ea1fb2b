"""Rounds on their pages: how far, what needs somebody, the tree; each kind with its takers; the bureau's (R104-R108)."""

from datetime import timedelta

import pytest

from portal.core.actors import SYSTEM
from portal.core.clock import now, today
from portal.core.database import execute, fetch_column, fetch_value
from portal.core.refusals import NotFound, Refused
from portal.letters.queries.letters import letter_whole
from portal.letters.services.making import claim_letter, fail_letter, finish_letter, retry_round
from portal.letters.services.rounds import start_round, takers_in
from portal.letters.services.seeding import seed_edges, seed_wordings
from portal.letters.views.rounds import PAUSES, pulse_of
from portal.people.services import appoint, make_person, make_post
from tasks.outbox import drain
from tests.cast import Cast
from tests.conftest import Browsers, MovingClock
from tests.letters.letter_stories import stored
from tests.letters.test_letter_pages import counted


@pytest.fixture(autouse=True)
async def shared(cast: Cast) -> None:
    """The shared chains and wordings; nobody has a letter yet."""
    await drain()
    await seed_edges()
    await seed_wordings()


async def started(cast: Cast, kind: str = "post", *, by: int = 0, org: int = 0, sign_by: int | None = None) -> int:
    return await start_round(
        org or cast.school, kind, f"{kind} 2026", starts_on=today() + timedelta(days=1), ends_on=None,
        sign_by=today() + timedelta(days=sign_by) if sign_by is not None else None,
        by=await cast.actor(by or cast.safety),
    )  # fmt: skip


async def worked(*, failing: int = 0, most: int = 1_000) -> int:
    """The worker's rows without its files: the first so many fail for good."""
    done = 0
    while done < most and (held := await claim_letter()) is not None:
        if done < failing:
            await fail_letter(held, Refused("letter.list_unconfirmed", list="楼长"), is_final=True)
        else:
            assert await finish_letter(held, "{}", "1" * 64, stored(f"{held.id}"))
        done += 1
    return done


async def takers(round_id: int) -> set[int]:
    return set(await fetch_column("SELECT person_id FROM letter WHERE round_id = {}", round_id))


async def giver_of(round_id: int, person: int) -> int:
    sql = (
        "SELECT y.person_id FROM letter_party y JOIN letter l ON l.id = y.letter_id "
        "WHERE l.round_id = {} AND l.person_id = {} AND y.part = 'giver'"
    )
    return int(await fetch_value(sql, round_id, person))


# -- the page


@pytest.mark.parametrize("htmx", [False, True], ids=["plain", "htmx"])
async def test_a_round_leads_to_its_page_and_tells_how_far_it_is(cast: Cast, browsers: Browsers, htmx: bool) -> None:
    browser = await browsers.of(cast.safety, htmx=htmx)
    await browser.get("/letters/rounds/new")
    asking = next(one for one in browser.forms if one.action == "/letters/rounds")
    assert asking.fields["starts_on"] == [(today() + timedelta(days=1)).isoformat()]
    await browser.submit(asking, label="2026 秋季")
    round_id = await fetch_value("SELECT max(id) FROM letter_round")
    whole = await fetch_value("SELECT count(*) FROM letter")
    await browser.get(f"/letters/rounds/{round_id}")
    assert "2026 秋季" in browser.text and f"0 / {whole}" in browser.text and "正在做" in browser.text
    assert f"/letters/rounds/{round_id}/progress" in browser.page.text
    await worked(most=2)
    await browser.get(f"/letters/rounds/{round_id}")
    assert f"2 / {whole}" in browser.text
    await worked()
    await browser.get(f"/letters/rounds/{round_id}")
    assert "正在做" not in browser.text and "hx-trigger" not in browser.page.text
    await browser.get("/letters/rounds")
    assert (f"/letters/rounds/{round_id}", "2026 秋季") in browser.links


async def test_the_page_looks_again_later_and_later_and_stops_when_all_is_made(cast: Cast, browsers: Browsers) -> None:
    assert [pulse_of(1, 5, 9, step=step, seen=5).pause for step in range(9)] == [*PAUSES[1:], PAUSES[-1], PAUSES[-1]]
    assert pulse_of(1, 6, 9, step=7, seen=5).pause == PAUSES[0]
    round_id = await started(cast)
    browser = await browsers.of(cast.safety, htmx=True)
    address = f"/letters/rounds/{round_id}/progress"
    answer = await browser.client.get(f"{address}?seen=0&step=3", headers={"HX-Request": "true"})
    assert 'hx-trigger="every 8s"' in answer.text and "hx-refresh" not in answer.headers
    await worked()
    answer = await browser.client.get(f"{address}?seen=0&step=3", headers={"HX-Request": "true"})
    assert answer.headers["hx-refresh"] == "true" and "hx-get" not in answer.text
    plain = await browser.client.get(f"{address}?seen=x&step=99999999")
    assert plain.status_code == 303 and plain.headers["location"] == f"/letters/rounds/{round_id}"


async def test_what_needs_somebody_stands_first_and_is_tried_again_at_once(
    cast: Cast, browsers: Browsers, clock: MovingClock
) -> None:
    round_id = await started(cast, sign_by=1)
    await worked(failing=2)
    whole = await fetch_value("SELECT count(*) FROM letter")
    refusing = await fetch_value("SELECT min(id) FROM letter WHERE made_at IS NOT NULL")
    await execute("UPDATE letter_party SET refused_at = {}, refusal = {} WHERE letter_id = {} AND part = 'taker'",
                  clock.at, "不同意", refusing)  # fmt: skip
    browser = await browsers.of(cast.principal)
    await browser.get(f"/letters/rounds/{round_id}")
    text = browser.text
    assert "2 份：职责清单还没有人确认" in text and "有人不签 1 份" in text and "过了日子还没签" not in text
    assert text.index("没有做成") < text.index("有人不签") < text.index("等谁签") < text.index("谁给谁签")
    clock.forward(days=3)
    browser = await browsers.of(cast.principal)
    await browser.get(f"/letters/rounds/{round_id}")
    assert f"过了日子还没签 {whole - 3} 份" in browser.text
    retry = next(one for one in browser.forms if one.action == f"/letters/rounds/{round_id}/retries")
    await browser.submit(retry)
    assert "2 份马上再做一次" in browser.text
    assert await fetch_value("SELECT count(*) FROM letter WHERE voided_at IS NOT NULL") == 0
    answer = await browser.submit(retry)
    assert answer.status_code == 422 and "没有要重做的" in browser.text
    assert await fetch_value("SELECT count(*) FROM event WHERE kind = 'letter.retried'") == 2
    assert await worked() == 2


async def test_a_letter_whose_cause_is_gone_is_not_tried_again(cast: Cast) -> None:
    round_id = await started(cast)
    await worked(failing=2)
    gone = await fetch_value("SELECT min(id) FROM letter WHERE voided_at IS NOT NULL")
    await execute("UPDATE letter SET reason = 'letter.cause_taken_back' WHERE id = {}", gone)
    assert await retry_round(round_id, by=await cast.actor(cast.safety)) == 1
    assert await fetch_value("SELECT voided_at FROM letter WHERE id = {}", gone) is not None


async def test_the_tree_says_how_many_of_how_many_signed_below_each(cast: Cast, browsers: Browsers) -> None:
    round_id = await started(cast)
    await worked()
    sql = "UPDATE letter SET signed_at = made_at WHERE person_id = {}"
    await execute(sql, cast.keeper)
    await execute("UPDATE letter_party SET signed_at = {} WHERE letter_id IN (SELECT id FROM letter WHERE person_id = {})",
                  await fetch_value("SELECT made_at FROM letter WHERE person_id = {}", cast.keeper), cast.keeper)  # fmt: skip
    browser = await browsers.of(cast.safety)
    await browser.get(f"/letters/rounds/{round_id}")
    whole = await fetch_value("SELECT count(*) FROM letter")
    assert f"已签 2 / {whole}" in browser.text  # the keeper holds two rooms; the bureau's branch holds them all
    floor_chief = await fetch_value("SELECT name FROM person WHERE id = {}", cast.floor_chief)
    below = browser.text.split(floor_chief)
    assert any("已签 2 / 2" in part[:40] for part in below), browser.text
    await browser.get("/letters?show=school")
    assert (f"/letters/rounds/{round_id}", "post 2026") in browser.links


async def test_a_round_is_nobody_elses(cast: Cast, browsers: Browsers) -> None:
    round_id = await started(cast)
    for person, status in (
        (cast.other_safety, 404),
        (cast.keeper, 404),
        (cast.vice_head, 200),
        (cast.bureau_officer, 200),
    ):
        browser = await browsers.of(person)
        answer = await browser.client.get(f"/letters/rounds/{round_id}")
        assert answer.status_code == status, person
    for person in (cast.other_safety, cast.vice_head, cast.bureau_officer):
        with pytest.raises(NotFound):
            await retry_round(round_id, by=await cast.actor(person))
    other = await browsers.of(cast.other_safety)
    await other.get("/letters/rounds")
    assert "post 2026" not in other.text


async def test_statements_do_not_grow_with_the_round(cast: Cast, browsers: Browsers) -> None:
    browser, counts = await browsers.of(cast.safety), []
    small = await started(cast, "yearly")
    large = await started(cast)
    await worked()
    await browser.get(f"/letters/rounds/{small}")
    for path in (
        f"/letters/rounds/{small}",
        f"/letters/rounds/{large}",
        "/letters/rounds",
        f"/letters/rounds/{large}/progress",
    ):
        with counted() as statements:
            await browser.client.get(path, headers={"HX-Request": "true"})
        counts.append(len(statements))
    assert counts[0] == counts[1] <= 7 and max(counts[2:]) <= 4, counts


# -- kinds


async def test_the_principal_signs_yearly_with_each_of_the_school_s_heads(cast: Cast) -> None:
    found = await started(cast, "yearly")
    assert {cast.vice_head, cast.safety, cast.principal} <= await takers(found)
    assert not {cast.keeper, cast.teacher, cast.chief} & await takers(found)
    assert await giver_of(found, cast.vice_head) == cast.principal
    assert await giver_of(found, cast.principal) == cast.bureau_officer


async def test_fire_goes_level_by_level_and_area_down_to_the_room(cast: Cast) -> None:
    fire, area = await started(cast, "fire"), await started(cast, "area")
    assert await giver_of(fire, cast.chief) == cast.principal and await giver_of(fire, cast.keeper) == cast.floor_chief
    assert await giver_of(area, cast.chief) == cast.vice_head and await giver_of(area, cast.keeper) == cast.floor_chief
    assert cast.teacher in await takers(area) and cast.vice_head not in await takers(area)


async def test_everybody_has_one_letter_whatever_they_hold(cast: Cast) -> None:
    before = await takers_in(cast.school, "every", at=now())
    found = await started(cast, "every")
    people = await fetch_column("SELECT person_id FROM letter WHERE round_id = {}", found)
    assert len(people) == len(set(people)) == len(before)
    everybody = await fetch_column(
        "SELECT DISTINCT a.person_id FROM appointment a JOIN post p ON p.id = a.post_id WHERE a.org_id = {} "
        "AND a.kind <> 'deputy' AND p.role <> 'pupil' AND a.ends_at IS NULL", cast.school,
    )  # fmt: skip
    assert set(people) == set(everybody)
    with pytest.raises(Refused, match="nobody_due"):
        await started(cast, "every")


async def test_only_guards_and_canteen_staff_sign_as_such(cast: Cast) -> None:
    with pytest.raises(Refused, match="nobody_due"):
        await started(cast, "guards")
    ids = []
    for title, name in (("安保人员", "甄保安"), ("炊事员", "甄炊事"), ("校委会成员", "甄委员")):
        post = await make_post(title, role="member", grid_id=cast.school, by=SYSTEM)
        person = await make_person(name, org_id=cast.school, by=SYSTEM)
        await appoint(person, post_id=post, by=SYSTEM)
        ids.append(person)
    await drain()
    found = await started(cast, "guards")
    assert await takers(found) == set(ids[:2])
    assert await giver_of(found, ids[0]) == cast.safety


async def test_the_bureau_signs_with_each_of_its_schools(cast: Cast) -> None:
    found = await started(cast, "yearly", by=cast.bureau_officer, org=cast.bureau)
    assert await takers(found) == {cast.principal, cast.other_principal}
    assert await giver_of(found, cast.other_principal) == cast.bureau_officer
    letter = await letter_whole(await fetch_value("SELECT id FROM letter WHERE person_id = {}", cast.other_principal))
    assert letter is not None and letter.row.org_id == cast.bureau
    assert {one.person_id for one in letter.parties} == {cast.other_principal, cast.bureau_officer}
    own = await started(cast, "yearly")
    assert cast.principal not in await takers(own)  # the bureau has given it to the principal already
    with pytest.raises(NotFound):
        await started(cast, "fire", by=cast.safety, org=cast.bureau)
