"""The coverage page: the real school's number, what closes each gap, who sees what, and how few statements it takes."""

import pytest

from portal.core.actors import SYSTEM
from portal.core.clock import now
from portal.core.database import fetch_column, fetch_value
from portal.coverage.queries import read_facts, read_school
from portal.coverage.rules import GridGap, uncovered
from portal.hazards.services import seed_categories
from portal.people.services import appoint, make_person, make_post
from portal.responsibilities.services.seeding import seed_duties
from tests.cast import Cast
from tests.conftest import Browsers
from tests.coverage.conftest import RealSchool, counted

MOST_STATEMENTS = 6


async def fraction_of(org_id: int) -> tuple[int, int]:
    school = await read_school(org_id, at=now())
    assert school is not None
    grids = school.counted()
    return len(grids) - len(uncovered(await read_facts(school, at=now()), grids, at=now())), len(grids)


async def gaps_of(org_id: int) -> list[GridGap]:
    school = await read_school(org_id, at=now())
    assert school is not None
    return uncovered(await read_facts(school, at=now()), school.counted(), at=now())


async def test_the_real_school_reads_176_of_183_and_177_once_somebody_is_appointed(
    browsers: Browsers, real_school: RealSchool
) -> None:
    assert await fraction_of(real_school.org) == (176, 183)
    browser = await browsers.of(real_school.principal)
    answer = await browser.get("/coverage")
    assert answer.status_code == 200
    assert "176" in browser.text
    assert "还差 7 个" in browser.text
    assert "2 个分组（班级网格、室外网格）不计" in browser.text
    post = next(gap.post_id for gap in await gaps_of(real_school.org) if gap.post_id is not None)
    new = await make_person("新来的", org_id=real_school.org, by=SYSTEM)
    await appoint(new, post_id=post, by=SYSTEM)
    assert await fraction_of(real_school.org) == (177, 183)
    await browser.get("/coverage")
    assert "还差 6 个" in browser.text


async def test_the_seven_are_five_places_one_zone_and_a_post(real_school: RealSchool) -> None:
    school = await read_school(real_school.org, at=now())
    assert school is not None
    gaps = await gaps_of(real_school.org)
    assert len(gaps) == 7
    assert sum(1 for gap in gaps if school.grid[gap.grid_id].kind in ("floor", "room")) == 5
    assert "校园" in [school.grid[gap.grid_id].name for gap in gaps]
    assert all(gap.why == "vacant" for gap in gaps), "the import has made a post for each of them"


async def test_a_page_takes_at_most_six_statements(browsers: Browsers, real_school: RealSchool, cast: Cast) -> None:
    await seed_duties()
    await seed_categories()
    whole = await fetch_value(
        "SELECT id FROM grid WHERE org_id = {} AND kind = 'building' ORDER BY id", real_school.org
    )
    pages = {
        real_school.principal: ["/coverage", f"/coverage?part={whole}", "/map"],
        cast.bureau_officer: ["/coverage", f"/coverage/{real_school.org}", f"/map/{real_school.org}"],
    }
    for person, addresses in pages.items():
        browser = await browsers.of(person)
        await browser.get("/coverage")  # rights and the leader are kept per process once they are read
        for address in addresses:
            with counted() as statements:
                answer = await browser.get(address)
            assert answer.status_code == 200, address
            assert len(statements) <= MOST_STATEMENTS, (address, statements)
            print(address, len(statements), "statements,", len(answer.text.encode()), "bytes")


async def test_each_number_leads_to_its_rows(browsers: Browsers, cast: Cast) -> None:
    browser = await browsers.of(cast.principal)
    await browser.get("/coverage")
    hrefs = [href for href, _ in browser.links]
    assert f"/coverage?part={cast.building}" in hrefs
    await browser.get(f"/coverage?part={cast.building}")
    assert "化学实验室(东)" in browser.text
    assert "图书室" not in browser.text


@pytest.mark.parametrize("who", ["safety", "principal", "vice_head", "chief", "bureau_officer"])
async def test_the_one_action_is_the_one_that_the_reader_may_take(browsers: Browsers, cast: Cast, who: str) -> None:
    """A grid without a post: the safety office makes one; the principal may not, and is offered nothing that refuses."""
    post = await make_post("负责人", role="keeper", grid_id=cast.sibling_building, by=SYSTEM)
    browser = await browsers.of(getattr(cast, who))
    await browser.get(f"/coverage/{cast.school}" if who == "bureau_officer" else "/coverage")
    hrefs = [href for href, _ in browser.links]
    back = f"/coverage/{cast.school}" if who == "bureau_officer" else "/coverage"
    appointing = f"/posts/{post}/appoint?next={back}"
    changing = f"/changes/new?org={cast.school}&take-0={post}"
    assert (appointing in hrefs) is (who in ("safety", "bureau_officer"))
    assert (changing in hrefs) is (who == "principal")


async def test_every_action_that_is_offered_leads_to_a_form(browsers: Browsers, cast: Cast) -> None:
    await seed_duties()
    await seed_categories()
    await make_post("负责人", role="keeper", grid_id=cast.sibling_building, by=SYSTEM)
    await make_person("甄实演", org_id=cast.school, by=SYSTEM)
    await make_post("副负责人", role="keeper", grid_id=cast.room, by=SYSTEM)
    second = await fetch_value("SELECT max(id) FROM post")
    await appoint(cast.nobody, post_id=second, by=SYSTEM)
    for who in (cast.principal, cast.safety, cast.bureau_officer):
        browser = await browsers.of(who)
        address = f"/coverage/{cast.school}" if who == cast.bureau_officer else "/coverage"
        answer = await browser.get(address)
        offered = {
            href.replace("&amp;", "&")
            for href, _ in browser.links
            if href.endswith(("/posts/new", "/all"))
            or "/appoint?next=" in href
            or href.startswith(("/changes/new", "/duty-mappings/", "/matrix/"))
        }
        assert offered, answer.text
        for href in sorted(offered):
            found = await browser.client.get(href)
            assert found.status_code == 200, (who, href)


async def test_a_chief_sees_their_own_part_only(browsers: Browsers, cast: Cast) -> None:
    browser = await browsers.of(cast.chief)
    answer = await browser.get("/coverage")
    assert answer.status_code == 200
    assert "博学楼" in browser.text
    assert "文德楼" not in browser.text
    assert "甄无岗" not in browser.text
    assert (await browser.get(f"/coverage/{cast.school}")).status_code == 404
    await browser.get(f"/coverage?part={cast.sibling_building}")
    assert "文德楼" not in browser.text


async def test_outside_the_school_there_is_nothing(browsers: Browsers, cast: Cast) -> None:
    seen = await browsers.of(cast.principal)
    await seen.get(f"/coverage/{cast.school}")
    assert "博学楼" in seen.text
    for person in (cast.other_safety, cast.other_principal):
        browser = await browsers.of(person)
        await browser.get("/coverage")
        assert "博学楼" not in browser.text
        for address in ("/coverage/{}", "/map/{}", "/map/{}/sheet.pdf", "/map/{}/editions/1"):
            foreign = await browser.get(address.format(cast.school))
            missing = await browser.get(address.format(99999))
            same = missing.text.replace(address.format(99999), address.format(cast.school))
            assert (foreign.status_code, foreign.text) == (404, same)
    for person in (cast.teacher, cast.keeper, cast.nobody):
        browser = await browsers.of(person)
        assert (await browser.get("/coverage")).status_code == 403


async def test_names_that_look_alike_are_confirmed_once_and_not_asked_again(browsers: Browsers, cast: Cast) -> None:
    twin = await make_person("甄实演", org_id=cast.school, by=SYSTEM)
    browser = await browsers.of(cast.safety)
    await browser.get("/coverage")
    assert "甄实验 / 甄实演" in browser.text
    form = next(one for one in browser.forms if one.fields.get("other") == [str(twin)])
    answer = await browser.submit(form)
    assert answer.status_code == 200
    assert "是两个人，以后不再问" in browser.text
    assert "甄实验 / 甄实演" not in browser.text
    pairs = await fetch_column("SELECT one_id FROM look_alike_confirmed WHERE other_id = {}", twin)
    assert pairs == [cast.keeper]
    told = await fetch_value("SELECT count(*) FROM event WHERE kind = 'look_alike.confirmed'")
    assert told == 1


async def test_people_without_a_post_and_grids_with_two_posts_are_said(browsers: Browsers, cast: Cast) -> None:
    second = await make_post("副负责人", role="keeper", grid_id=cast.room, by=SYSTEM)
    browser = await browsers.of(cast.safety)
    await browser.get("/coverage")
    assert "甄无岗" in browser.text
    assert "现在有 2 个岗位都算主责" not in browser.text
    await appoint(cast.nobody, post_id=second, by=SYSTEM)
    await browser.get("/coverage")
    assert "现在有 2 个岗位都算主责" in browser.text
    assert "甄无岗" not in browser.text


async def test_an_appointment_that_runs_out_is_said_before(browsers: Browsers, cast: Cast, clock) -> None:
    from datetime import timedelta

    person = await make_person("甄短期", org_id=cast.school, by=SYSTEM)
    post = await make_post("负责人", role="keeper", grid_id=cast.sibling_building, by=SYSTEM)
    await appoint(person, post_id=post, by=SYSTEM, ends_at=now() + timedelta(days=10))
    browser = await browsers.of(cast.safety)
    await browser.get("/coverage")
    assert "30 天内任期满、没有人接的岗位" in browser.text
    assert "12月3日 周四起没有人" in browser.text
    clock.forward(days=10)
    browser = await browsers.of(cast.safety)
    await browser.get("/coverage")
    assert "30 天内任期满、没有人接的岗位" not in browser.text
    assert "负责人空缺，自 今天" in browser.text


async def test_the_history_of_the_number_stands_on_the_page(browsers: Browsers, cast: Cast, clock) -> None:
    from portal.coverage.services import write_spans

    browser = await browsers.of(cast.principal)
    await browser.get("/coverage")
    assert "近 30 天" not in browser.text, "one number is no history"
    await write_spans(cast.school)
    clock.forward(days=5)
    post = await make_post("负责人", role="keeper", grid_id=cast.sibling_building, by=SYSTEM)
    await appoint(cast.nobody, post_id=post, by=SYSTEM)
    await write_spans(cast.school)
    clock.forward(days=3)
    browser = await browsers.of(cast.principal)
    answer = await browser.get("/coverage")
    have, whole = await fraction_of(cast.school)
    assert f"30 天里从 {have - 1} / {whole} 到 {have} / {whole}" in browser.text
    assert 'class="line" d="M' in answer.text
