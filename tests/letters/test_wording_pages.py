"""Wordings and chains on their pages: an edition of one's own, two editors, strangers, and letters on their way (F2, R104)."""

import asyncio
from dataclasses import replace

import pytest

from portal.core.actors import SYSTEM
from portal.core.database import execute, fetch_value
from portal.core.refusals import Conflict, NotFound, Refused
from portal.letters.document import wording_from
from portal.letters.queries.edges import edges_of
from portal.letters.rules import edge_for
from portal.letters.services.drafting import draft_for_appointment, wording_of
from portal.letters.services.seeding import seed_edges, seed_wordings
from portal.letters.wordings.queries import links_of, wording_seen
from portal.letters.wordings.services import change_chain, go_back, mark_of, publish, restore_chain
from portal.letters.wordings.texts import wording_of_texts
from tasks.outbox import drain
from tests.browser import Browser, Form
from tests.cast import Cast
from tests.conftest import Browsers
from tests.letters.letter_stories import taken
from tests.letters.test_letter_pages import counted

HERE = "/letters/wordings"


@pytest.fixture(autouse=True)
async def shared(cast: Cast) -> None:
    """The shared chains and wordings, as the portal brings them."""
    await drain()
    await seed_edges()
    await seed_wordings()


async def template(org_id: int, kind: str = "post") -> int:
    found = await wording_of(org_id, kind)
    assert found is not None
    return found


async def published(cast: Cast, person: int, title: str = "{school}我们的责任书") -> int:
    org = int(await fetch_value("SELECT org_id FROM person WHERE id = {}", person))
    read = await template(org)
    base = wording_from((await wording_seen(read, org_id=org)).body)
    return await publish(read, wording_of_texts(base, {"title": title}), by=await cast.actor(person))


def form(browser: Browser, action: str) -> Form:
    return next(one for one in browser.forms if one.action == action)


# -- editions


@pytest.mark.parametrize("htmx", [False, True], ids=["plain", "htmx"])
async def test_the_office_publishes_an_edition_of_its_own(cast: Cast, browsers: Browsers, htmx: bool) -> None:
    shared = await template(cast.school)
    browser = await browsers.of(cast.safety, htmx=htmx)
    await browser.get(HERE)
    assert "岗位责任书" in browser.text and "共用第 1 版" in browser.text
    await browser.get(f"{HERE}/{shared}/edit")
    assert "{grid}" in browser.text and "网格名称" in browser.text
    standing = form(browser, f"{HERE}/{shared}/editions").fields["standing"][0]
    await browser.submit(form(browser, f"{HERE}/{shared}/editions"), standing=standing + "\n课间看护走廊。")
    own = await template(cast.school)
    assert (own != shared and "发布了" in browser.text) or htmx
    await browser.get(f"{HERE}/{own}")
    assert "本校第 2 版" in browser.text and "改了什么" in browser.text and "课间看护走廊。" in browser.text
    assert await template(cast.other_school) == shared
    row = await wording_seen(shared, org_id=cast.school)
    assert row.ended_at is None and "课间看护走廊" not in row.body


async def test_what_is_wrong_stands_at_its_field_and_everything_typed_stays(cast: Cast, browsers: Browsers) -> None:
    shared = await template(cast.school)
    browser = await browsers.of(cast.principal)
    await browser.get(f"{HERE}/{shared}/edit")
    wrong = {"opening": "为{学校}。", "give-time": "", "title": "我们的{school}书"}
    answer = await browser.submit(form(browser, f"{HERE}/{shared}/editions"), **wrong)
    assert answer.status_code == 422
    assert "没有“学校”这一项" in browser.text and "grid_code" in browser.text
    assert form(browser, f"{HERE}/{shared}/editions").fields["title"] == ["我们的{school}书"]
    answer = await browser.submit(form(browser, f"{HERE}/{shared}/editions"), opening="为了安全。")
    assert answer.status_code == 422 and "只写了要做的，没有写学校给的：缺 时间" in browser.text
    answer = await browser.submit(form(browser, f"{HERE}/{shared}/editions"), **{"give-time": "每周一小时。"})
    assert answer.status_code == 200 and await template(cast.school) != shared


async def test_the_same_again_is_no_edition(cast: Cast, browsers: Browsers) -> None:
    shared = await template(cast.school)
    browser = await browsers.of(cast.safety)
    await browser.get(f"{HERE}/{shared}/edit")
    answer = await browser.submit(form(browser, f"{HERE}/{shared}/editions"))
    assert answer.status_code == 422 and "说的一样，没有发布" in browser.text


async def test_of_two_editors_the_second_sees_what_the_first_published(cast: Cast, browsers: Browsers) -> None:
    shared = await template(cast.school)
    browser = await browsers.of(cast.safety)
    await browser.get(f"{HERE}/{shared}/edit")
    first = await published(cast, cast.principal, "{school}校长改的")
    answer = await browser.submit(form(browser, f"{HERE}/{shared}/editions"), title="{school}办公室改的")
    assert answer.status_code == 409 and "没有保存，别人先改了" in browser.text
    again = form(browser, f"{HERE}/{first}/editions")
    assert again.fields["title"] == ["{school}办公室改的"]
    answer = await browser.submit(again)
    assert answer.status_code == 200
    row = await wording_seen(await template(cast.school), org_id=cast.school)
    assert (row.edition, wording_from(row.body).title) == (3, "{school}办公室改的")
    assert (await wording_seen(first, org_id=cast.school)).ended_at is not None


async def test_ten_who_publish_at_once_make_one_edition(cast: Cast) -> None:
    shared = await template(cast.school)
    base = wording_from((await wording_seen(shared, org_id=cast.school)).body)
    by = await cast.actor(cast.safety)
    wordings = [wording_of_texts(base, {"title": f"第{number}个人改的"}) for number in range(10)]
    done = await asyncio.gather(*(publish(shared, one, by=by) for one in wordings), return_exceptions=True)
    assert len([one for one in done if isinstance(one, int)]) == 1
    assert all(isinstance(one, int | Conflict) for one in done), done
    assert await fetch_value("SELECT count(*) FROM letter_template WHERE org_id = {}", cast.school) == 1


async def test_back_to_the_shared_one(cast: Cast, browsers: Browsers) -> None:
    shared, own = await template(cast.school), await published(cast, cast.safety)
    browser = await browsers.of(cast.safety)
    await browser.get(f"{HERE}/{own}")
    await browser.submit(form(browser, f"{HERE}/{own}/ends"))
    assert await template(cast.school) == shared and "改回共用的了" in browser.text
    by = await cast.actor(cast.safety)
    for refused, which in ((Conflict, own), (Refused, shared)):
        with pytest.raises(refused):
            await go_back(which, by=by)
    assert (await published(cast, cast.safety)) not in (own, shared)
    editions = await fetch_value("SELECT max(edition) FROM letter_template WHERE org_id = {}", cast.school)
    assert editions == 3


async def test_a_letter_on_its_way_keeps_its_words_and_a_new_one_has_the_new(cast: Cast) -> None:
    shared, first = await template(cast.school), await taken(cast)
    await drain()
    own = await published(cast, cast.safety)
    second = await taken(cast, "甄二", days=3)
    await drain()
    sql = "SELECT template_id FROM letter WHERE appointment_id = {}"
    assert [await fetch_value(sql, one) for one in (first, second)] == [shared, own]


async def test_a_wording_is_nobody_elses(cast: Cast, browsers: Browsers) -> None:
    own = await published(cast, cast.safety)
    for person in (cast.other_safety, cast.bureau_officer):
        browser = await browsers.of(person)
        for path in (f"{HERE}/{own}", f"{HERE}/{own}/edit", f"{HERE}/{own}/sample.pdf"):
            assert (await browser.client.get(path)).status_code == 404
        with pytest.raises(NotFound):
            await go_back(own, by=await cast.actor(person))
    keeper = await browsers.of(cast.keeper)
    assert (await keeper.client.get(HERE)).status_code == 403
    assert await template(cast.bureau) == await template(cast.other_school) != own


@pytest.mark.parametrize("kind", ["post", "guards", "class"])
async def test_the_sample_is_a_paper_of_nobody(cast: Cast, browsers: Browsers, kind: str) -> None:
    browser = await browsers.of(cast.safety)
    which = await template(cast.school, kind)
    more = "?variant=canteen" if kind == "guards" else ""
    answer = await browser.client.get(f"{HERE}/{which}/sample.pdf{more}")
    assert answer.status_code == 200 and answer.content.startswith(b"%PDF")
    await browser.get(f"{HERE}/{which}/edit")
    fields = {name: values[-1] for name, values in form(browser, f"{HERE}/{which}/editions").fields.items()}
    told = {**fields, "title": "样张的标题"}
    answer = await browser.client.post(f"{HERE}/{which}/previews", data=told, headers={"Origin": browser.origin})
    assert answer.status_code == 200 and answer.content.startswith(b"%PDF")
    assert await fetch_value("SELECT count(*) FROM letter_template WHERE org_id IS NOT NULL") == 0
    told["opening"] = "{什么}"
    answer = await browser.client.post(f"{HERE}/{which}/previews", data=told, headers={"Origin": browser.origin})
    assert answer.status_code == 422 and "样张的标题" in answer.text


async def test_statements_are_few_and_fixed(cast: Cast, browsers: Browsers) -> None:
    browser, found = await browsers.of(cast.safety), []
    await browser.get(HERE)
    for editions in (1, 4):
        for number in range(editions):
            await published(cast, cast.safety, f"第{editions}-{number}次")
        which = await template(cast.school)
        counts = []
        for path in (HERE, f"{HERE}/{which}", f"{HERE}/{which}/edit", "/letters/chains"):
            with counted() as statements:
                await browser.get(path)
            counts.append(len(statements))
        found.append(counts)
    assert found[0] == found[1] and max(found[0]) <= 6, found


# -- chains


async def test_a_school_changes_its_chain_and_takes_the_shared_one_back(cast: Cast, browsers: Browsers) -> None:
    browser = await browsers.of(cast.safety)
    await browser.get("/letters/chains")
    assert "校长（第一责任人） → 副校长 → 楼、楼层、区域负责人 → 班主任" in browser.text
    ending = next(one for one in browser.forms if one.action.endswith("/ends") and one.fields["taker"] == ["member"])
    await browser.submit(ending)
    assert "本校的链" in browser.text
    adding = form(browser, "/letters/chains/steps")
    await browser.submit(adding, giver="safety_officer", taker="member", reach="school")
    edge = edge_for(await edges_of(cast.school), kind="post", role="member")
    assert edge is not None and (edge.giver_role, edge.is_own, edge.step) == ("safety_officer", True, 3)
    other = edge_for(await edges_of(cast.other_school), kind="post", role="member")
    assert other is not None and (other.giver_role, other.is_own) == ("chief", False)
    await browser.submit(form(browser, "/letters/chains/restorations"))
    edge = edge_for(await edges_of(cast.school), kind="post", role="member")
    assert edge is not None and edge.giver_role == "chief" and "共用的链" in browser.text


async def test_a_step_that_is_ended_is_not_found_in_the_shared_chain_again(cast: Cast) -> None:
    seen = mark_of(await links_of(cast.school, "post"))
    by = await cast.actor(cast.safety)
    await change_chain("post", seen, lambda links: [one for one in links if one.taker != "keeper"], what="ended", by=by)
    assert edge_for(await edges_of(cast.school), kind="post", role="keeper") is None
    assert edge_for(await edges_of(cast.school), kind="fire", role="keeper") is not None


@pytest.mark.parametrize(
    ("giver", "taker", "reach", "why"),
    [
        ("chief", "principal", "school", "已经有人给他签了"),
        ("keeper", "keeper", "above", "已经有人给他签了"),
        ("pupil", "member", "above", "选列出来的角色"),
        ("member", "pupil", "sideways", "选列出来的角色"),
    ],
)
async def test_what_is_no_step_is_told_and_nothing_changes(
    cast: Cast, browsers: Browsers, giver: str, taker: str, reach: str, why: str
) -> None:
    browser = await browsers.of(cast.safety)
    await browser.get("/letters/chains?kind=post")
    answer = await browser.submit(form(browser, "/letters/chains/steps"), giver=giver, taker=taker, reach=reach)
    assert answer.status_code == 422 and why in browser.text
    assert await fetch_value("SELECT count(*) FROM letter_edge WHERE org_id IS NOT NULL") == 0


async def test_two_who_change_a_chain_do_not_undo_each_other(cast: Cast, browsers: Browsers) -> None:
    browser = await browsers.of(cast.principal)
    await browser.get("/letters/chains?kind=fire")
    old = next(one for one in browser.forms if one.action.endswith("/ends") and one.fields["taker"] == ["keeper"])
    by, seen = await cast.actor(cast.safety), mark_of(await links_of(cast.school, "fire"))

    async def drop(taker: str) -> None:
        await change_chain(
            "fire", seen, lambda links: [one for one in links if one.taker != taker], what="ended", by=by
        )

    done = await asyncio.gather(drop("chief"), drop("principal"), return_exceptions=True)
    assert sorted(type(one).__name__ for one in done) == ["Conflict", "NoneType"]
    answer = await browser.submit(old)
    assert answer.status_code == 409 and "没有保存，别人先改了" in browser.text
    assert len(await links_of(cast.school, "fire")) == 2
    with pytest.raises(Conflict):
        await restore_chain("fire", seen, by=by)


async def test_chains_are_nobody_elses(cast: Cast, browsers: Browsers) -> None:
    keeper = await browsers.of(cast.keeper)
    assert (await keeper.client.get("/letters/chains")).status_code == 403
    seen = mark_of(await links_of(cast.other_school, "post"))
    await change_chain("post", seen, lambda links: links[:3], what="ended", by=await cast.actor(cast.other_safety))
    assert len(await links_of(cast.school, "post")) == 8 and len(await links_of(cast.other_school, "post")) == 3
    with pytest.raises(NotFound):
        await change_chain("post", seen, lambda links: links[:1], what="ended", by=await cast.actor(cast.vice_head))


async def test_letters_go_by_the_chain_of_the_school(cast: Cast) -> None:
    seen = mark_of(await links_of(cast.school, "post"))
    by = await cast.actor(cast.safety)

    async def giver() -> int:
        appointment = await fetch_value("SELECT id FROM appointment WHERE person_id = {} ORDER BY id", cast.floor_chief)
        letter = await draft_for_appointment(appointment, by=SYSTEM)
        sql = "SELECT person_id FROM letter_party WHERE letter_id = {} AND part = 'giver'"
        found = int(await fetch_value(sql, letter))
        await execute("UPDATE letter SET key = key || ' was ' || id, voided_at = drafted_at WHERE id = {}", letter)
        return found

    assert await giver() == cast.vice_head
    await change_chain(
        "post", seen, lambda links: [replace(one, giver="principal") if one.taker == "chief" else one for one in links],
        what="added", by=by,
    )  # fmt: skip
    assert await giver() == cast.principal
