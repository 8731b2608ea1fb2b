"""The pages of the matrix: what they show, to whom, at what cost; the acts as a browser does them."""

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import openpyxl
import pytest

from portal.core.actors import SYSTEM
from portal.core.clock import local, now
from portal.core.database import fetch_value, insert, watchers
from portal.grids.services import make_grid
from portal.hazards.services import seed_categories
from portal.people.services import appoint, end_appointment, make_person, make_post
from portal.responsibilities.rules import Mark
from portal.responsibilities.services import Marking, seed_duties, set_mark
from portal.responsibilities.tables import Responsibility
from tests.browser import Browser
from tests.cast import Cast
from tests.conftest import Browsers, MovingClock


@pytest.fixture(autouse=True)
async def library(cast: Cast) -> None:
    await seed_categories()
    await seed_duties()


@contextmanager
def counted() -> Iterator[list[str]]:
    """The statements of what happens inside; BEGIN and COMMIT do not pass here."""
    seen: list[str] = []
    watchers.append(seen.append)
    try:
        yield seen
    finally:
        watchers.remove(seen.append)


def row_of(html: str, code: str) -> str:
    found = re.search(rf'<tr[^>]*><th scope="row"><a href="/matrix/\d+/{code}">.*?</tr>', html, re.DOTALL)
    assert found, code
    return found[0]


# -- what it shows


async def test_a_mark_says_where_it_comes_from(cast: Cast, browsers: Browsers) -> None:
    browser = await browsers.of(cast.principal)
    await set_mark(cast.building, Marking("FIRE", cast.chief_post, Mark.MAIN), by=SYSTEM)
    await set_mark(cast.building, Marking("FIRE", cast.keeper_post, Mark.ASSIST), by=SYSTEM)
    here = row_of((await browser.get(f"/matrix?grid={cast.building}")).text, "FIRE")
    assert 'class="part a"' in here
    below = row_of((await browser.get(f"/matrix?grid={cast.floor}")).text, "FIRE")
    assert 'class="part a up"' in below
    assert below.count("承自 博学楼") == 2
    assert "甄楼长" in below


async def test_nobody_there_is_a_red_row(cast: Cast, browsers: Browsers) -> None:
    browser = await browsers.of(cast.principal)
    empty = await make_post("资料管理", role="member", grid_id=cast.office, by=SYSTEM, is_accountable=False)
    await set_mark(cast.building, Marking("FIRE", empty, Mark.MAIN), by=SYSTEM)
    page = (await browser.get(f"/matrix?grid={cast.building}")).text
    assert '<tr class="lack">' in row_of(page, "FIRE")
    assert "缺主责" in row_of(page, "FIRE")
    gaps = (await browser.get(f"/matrix?grid={cast.building}&rows=gaps")).text
    assert "缺主责" in gaps
    assert 'href="/matrix/' in row_of(gaps, "FIRE")
    assert "甄楼长" in (await browser.get(f"/matrix/{cast.building}/FIRE")).text, "who has to see to it"


async def test_a_post_without_both_sides_is_named(cast: Cast, browsers: Browsers) -> None:
    browser = await browsers.of(cast.safety)
    post = await make_post("资料管理", role="member", grid_id=cast.office, by=SYSTEM)
    answer = await browser.get("/matrix")
    assert f"/duty-mappings/{post}" in answer.text
    assert "没有本职工作，也没有安全职责" in answer.text


async def test_people_instead_of_posts_and_one_persons_rows(cast: Cast, browsers: Browsers) -> None:
    browser = await browsers.of(cast.principal)
    await set_mark(cast.school, Marking("FIRE", cast.keeper_post, Mark.ASSIST), by=SYSTEM)
    page = (await browser.get(f"/matrix?grid={cast.school}&view=people")).text
    head = page[page.index("<thead>") : page.index("</thead>")]
    assert "甄实验" in head
    mine = (await browser.get(f"/matrix?grid={cast.school}&person={cast.keeper}")).text
    codes = set(re.findall(r'scope="row"><a href="/matrix/\d+/([^"]+)"', mine))
    assert "FIRE" in codes
    assert "FOOD" not in codes


async def test_another_day_shows_who_it_was_then(cast: Cast, browsers: Browsers, clock: MovingClock) -> None:
    appointment = await fetch_value("SELECT id FROM appointment WHERE person_id = {}", cast.chief)
    first = local(now()).date()
    clock.forward(days=3)
    await end_appointment(appointment, version=1, by=SYSTEM)
    follower = await make_person("甄接任", org_id=cast.school, by=SYSTEM)
    await appoint(follower, post_id=cast.chief_post, by=SYSTEM)
    clock.forward(days=1)
    browser = await browsers.of(cast.principal)
    then = row_of((await browser.get(f"/matrix?grid={cast.building}&at={first}")).text, "all")
    assert ("甄楼长" in then, "甄接任" in then) == (True, False)
    now_row = row_of((await browser.get(f"/matrix?grid={cast.building}")).text, "all")
    assert ("甄楼长" in now_row, "甄接任" in now_row) == (False, True)


async def test_no_pupil_stands_in_a_matrix(cast: Cast, browsers: Browsers) -> None:
    browser = await browsers.of(cast.principal)
    assert await fetch_value("SELECT count(*) FROM appointment WHERE person_id = {}", cast.monitor)
    for address in (f"/matrix?grid={cast.school_class}", f"/matrix/{cast.school_class}/all"):
        assert "甄小班" not in (await browser.get(address)).text
    assert (await browser.get(f"/people/{cast.monitor}/duty-sheet")).status_code == 404


async def test_the_other_school_never_sees_it(cast: Cast, browsers: Browsers) -> None:
    mine = await browsers.of(cast.principal)
    addresses = [
        f"/matrix?grid={cast.building}", f"/matrix/{cast.building}/FIRE", f"/posts/{cast.chief_post}/duty-sheet",
        f"/people/{cast.chief}/duty-sheet", f"/grids/{cast.building}/duty-sheet", f"/matrix-proposals/{cast.building}",
        f"/duties?org={cast.school}", f"/duty-mappings?org={cast.school}", f"/duty-mappings/{cast.chief_post}",
    ]  # fmt: skip
    for address in addresses:
        assert (await mine.get(address)).status_code == 200, address
    stranger = await browsers.of(cast.other_principal)
    for address in addresses:
        assert (await stranger.get(address)).status_code == 404, address


# -- the acts


async def change(browser: Browser, address: str, **fields: str) -> int:
    await browser.get(address)
    answer = await browser.submit(browser.form("/marks"), **fields)
    return answer.status_code


@pytest.mark.parametrize("htmx", [False, True])
async def test_a_cell_is_set_and_ended_by_its_form(cast: Cast, browsers: Browsers, htmx: bool) -> None:
    browser = await browsers.of(cast.safety, htmx=htmx)
    address = f"/matrix/{cast.building}/FIRE?post={cast.keeper_post}"
    assert await change(browser, address, mark="main", basis="manages", reason="懂电") == 200
    assert "定好了" in browser.text or htmx
    assert "懂电" in browser.text
    assert browser.text.count("谁主管谁负责") >= 2, "beside the mark and in its history"
    assert "危险时可以先停用" in browser.text, "what the post may do (R49)"
    assert await fetch_value("SELECT post_id FROM responsibility WHERE ends_at IS NULL") == cast.keeper_post
    await browser.get(address)
    form = browser.form("/marks")
    assert form.fields["mark"] == ["main"]
    await browser.submit(form, end="1")
    assert await fetch_value("SELECT count(*) FROM responsibility WHERE ends_at IS NULL") == 0


async def test_a_form_with_errors_keeps_what_was_typed(cast: Cast, browsers: Browsers) -> None:
    browser = await browsers.of(cast.safety)
    yesterday = str(local(now()).date() - timedelta(days=1))
    address = f"/matrix/{cast.building}/FIRE?post={cast.keeper_post}"
    assert await change(browser, address, mark="assist", reason="记得这句", from_day=yesterday) == 422
    assert "最早从今天算起" in browser.text
    assert browser.form("/marks").fields["reason"][-1].strip() == "记得这句"
    assert await fetch_value("SELECT count(*) FROM responsibility") == 0


async def test_who_came_second_sees_the_fresh_state_and_keeps_the_text(cast: Cast, browsers: Browsers) -> None:
    browser = await browsers.of(cast.safety)
    address = f"/matrix/{cast.building}/FIRE?post={cast.keeper_post}"
    await browser.get(address)
    form = browser.form("/marks")
    await set_mark(cast.building, Marking("FIRE", cast.floor_post, Mark.MAIN), by=await cast.actor(cast.principal))
    answer = await browser.submit(form, mark="main", reason="记得这句")
    assert answer.status_code == 409
    assert "甄校长" in browser.text
    assert "甄层长" in browser.text
    assert browser.form("/marks").fields["reason"][-1].strip() == "记得这句"


async def test_a_mark_for_a_day_ahead_waits_for_it(cast: Cast, browsers: Browsers, clock: MovingClock) -> None:
    browser = await browsers.of(cast.principal)
    day = str(local(now()).date() + timedelta(days=2))
    address = f"/matrix/{cast.building}/FIRE?post={cast.keeper_post}"
    assert await change(browser, address, mark="main", from_day=day) == 200
    assert "还没到" in browser.text
    assert "甄实验" not in row_of((await browser.get(f"/matrix?grid={cast.building}")).text, "FIRE")
    clock.forward(days=2)
    again = await browsers.of(cast.principal)
    assert "甄实验" in row_of((await again.get(f"/matrix?grid={cast.building}")).text, "FIRE")


async def test_readers_find_no_form(cast: Cast, browsers: Browsers) -> None:
    browser = await browsers.of(cast.teacher)
    answer = await browser.get(f"/matrix/{cast.building}/FIRE")
    assert answer.status_code == 200
    assert "/marks" not in answer.text
    assert "按清单补齐" not in (await browser.get("/matrix")).text


async def test_the_proposal_is_shown_before_it_is_made(cast: Cast, browsers: Browsers) -> None:
    browser = await browsers.of(cast.safety)
    answer = await browser.get(f"/matrix-proposals/{cast.building}")
    assert "对整栋" in answer.text
    assert await fetch_value("SELECT count(*) FROM responsibility") == 0
    form = browser.form(f"/matrix-proposals/{cast.building}")
    refused = await browser.submit(form, post="")
    assert refused.status_code == 422
    await browser.get(f"/matrix-proposals/{cast.building}")
    await browser.submit(browser.form(f"/matrix-proposals/{cast.building}"))
    assert await fetch_value("SELECT count(*) FROM responsibility WHERE mark = 'main'") == 7
    assert "没有要补的" in (await browser.get(f"/matrix-proposals/{cast.building}")).text


async def test_a_list_is_taken_over_changed_and_confirmed_in_the_browser(cast: Cast, browsers: Browsers) -> None:
    browser = await browsers.of(cast.principal)
    shared = await fetch_value("SELECT id FROM duty_list WHERE name = '楼长（区域楼长）'")
    await browser.get(f"/duties/{shared}")
    await browser.submit(browser.form("/copies"))
    copy = await fetch_value("SELECT id FROM duty_list WHERE copy_of = {}", shared)
    item = await fetch_value("SELECT min(id) FROM duty_item WHERE list_id = {}", copy)
    await browser.get(f"/duty-items/{item}")
    await browser.submit(browser.form("/editions"), text="本校自己的说法")
    assert "本校自己的说法" in browser.text
    assert "第 2 版" in browser.text
    await browser.submit(browser.form("/confirmations"))
    assert "确认了" in browser.text
    assert "要学校确认" not in browser.text
    await browser.get(f"/duty-mappings/{cast.chief_post}")
    await browser.submit(browser.form("/duty-mappings"), line_of_work="教学楼管理")
    assert "教学楼管理" in browser.text
    sheet = (await browser.get(f"/posts/{cast.chief_post}/duty-sheet")).text
    assert "教学楼管理" in sheet
    assert "本校自己的说法" in sheet


# -- what it costs


async def full_matrix(cast: Cast, *, density: int) -> int:
    """A building with 40 posts near it and 60 duties, every row with marks that come from the school above."""
    posts = [cast.chief_post]
    for number in range(33):
        grid = await make_grid(f"第{number + 1}间实验室", kind="room", parent_id=cast.building, by=SYSTEM)
        post = await make_post("实验室管理员", role="keeper", grid_id=grid, by=SYSTEM)
        person = await make_person(f"甄某{number:02d}", org_id=cast.school, by=SYSTEM)
        await appoint(person, post_id=post, by=SYSTEM)
        posts.append(post)
    domains = [f"d22-{number}" for number in range(1, 8)] + [f"d20-{number}" for number in range(1, 13)]
    rows = []
    for place, duty in enumerate([*domains, "FIRE", "FOOD", "elec", "fire"]):
        for step in range(density):
            mark = ("main", "assist", "supervise", "inform")[min(step, 3)]
            rows.append({
                "org_id": cast.school, "grid_id": cast.school, "duty": duty, "mark": mark, "starts_at": now(),
                "post_id": posts[(place + step) % len(posts)], "entered_at": now(),
            })  # fmt: skip
    await insert(Responsibility, *rows)
    for step, post in enumerate(posts[:density]):
        await insert(Responsibility, {
            "org_id": cast.school, "grid_id": cast.school, "duty": "", "post_id": post, "starts_at": now(),
            "mark": "assist" if step % 2 else "inform", "entered_at": now(),
        })  # fmt: skip
    return cast.building


async def test_forty_posts_by_sixty_duties_stay_small_and_take_five_statements(cast: Cast, browsers: Browsers) -> None:
    """Counted: the statements that the handler adds to those of the session (which a page of one's own account has as
    well), and the bytes of the whole page before it is packed, with marks inherited from the school in half of all
    cells: 40 posts × 60 duties."""
    grid = await full_matrix(cast, density=40)
    browser = await browsers.of(cast.principal)
    await browser.get("/matrix")
    with counted() as session:
        await browser.get("/kinds")  # two statements of its own
    with counted() as seen:
        answer = await browser.get(f"/matrix?grid={grid}")
    own = [sql for sql in seen if sql not in session]
    assert len(own) <= 5, "\n\n".join(own)
    assert len(seen) - len(own) <= len(session)
    columns = answer.text.count('<th scope="col">') - 1
    rows = answer.text.count('<th scope="row">')
    cells = len(re.findall(r'<td class="p', answer.text))
    inherited = len(re.findall(r'class="part \w up"', answer.text))
    assert columns >= 38, columns
    assert rows >= 60, rows
    assert inherited > 1_000, (cells, inherited)
    size = len(answer.text.encode())
    print(f"\nmatrix {columns} × {rows}, {cells} marks, {inherited} inherited: {size:,} bytes, {len(own)} statements")
    assert size <= 400_000


async def test_the_number_of_statements_does_not_grow(cast: Cast, browsers: Browsers) -> None:
    browser = await browsers.of(cast.principal)
    await browser.get("/matrix")
    with counted() as empty:
        await browser.get(f"/matrix?grid={cast.building}")
    await full_matrix(cast, density=3)
    await browser.get("/matrix")  # new posts make the session read the rights anew, once
    for view in ("posts", "people"):
        with counted() as full:
            await browser.get(f"/matrix?grid={cast.building}&view={view}")
        assert len(full) == len(empty)


async def test_the_workbook_holds_texts_and_leaves_an_event(cast: Cast, browsers: Browsers) -> None:
    browser = await browsers.of(cast.principal)
    await make_post("=1+1", role="member", grid_id=cast.building, by=SYSTEM)
    await set_mark(cast.school, Marking("FIRE", cast.floor_post, Mark.SUPERVISE), by=SYSTEM)
    answer = await browser.get(f"/matrix.xlsx?grid={cast.building}")
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    assert sheet is not None
    cells = [cell for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert all(cell.data_type == "s" for cell in cells)
    assert "督 承自 明德中学" in {cell.value for cell in cells}
    assert await fetch_value("SELECT count(*) FROM event WHERE kind = 'register.exported'") == 1


async def test_nonsense_in_an_address_is_not_there_or_means_nothing(cast: Cast, browsers: Browsers) -> None:
    browser = await browsers.of(cast.safety)
    for duty in ("%00", "'", "a" * 60, "d44-99", "%E4%B8%BB"):
        assert (await browser.get(f"/matrix/{cast.building}/{duty}")).status_code == 404
    assert (await browser.get("/matrix?grid=999999")).status_code == 404
    for query in (
        "grid=x",
        "grid=99999999999999",
        "at=9999-99-99",
        "at=9999-12-31",
        "person=-1",
        "person=99999999",
        "view=x&rows=x&domain=%00",
    ):
        assert (await browser.get(f"/matrix?{query}")).status_code == 200, query


async def test_a_sheet_is_a_pdf_as_well(cast: Cast, browsers: Browsers) -> None:
    browser = await browsers.of(cast.chief)
    answer = await browser.get(f"/people/{cast.keeper}/duty-sheet.pdf")
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["content-disposition"].startswith(f'inline; filename="duties-person-{cast.keeper}.pdf"')
    assert answer.content.startswith(b"%PDF")


async def test_every_post_that_is_offered_says_its_place(cast: Cast, browsers: Browsers) -> None:
    browser = await browsers.of(cast.principal)
    row = await browser.get(f"/matrix/{cast.room}/FIRE")
    title = await fetch_value("SELECT title FROM post WHERE id = {}", cast.keeper_post)
    assert f">化学实验室(东) {title} 甄实验</option>" in row.text
    await set_mark(cast.room, Marking(duty="FIRE", post_id=cast.keeper_post, mark=Mark.ASSIST), by=SYSTEM)
    assert "没有写理由。" in (await browser.get(f"/matrix/{cast.room}/FIRE")).text
    table = await browser.get(f"/matrix?grid={cast.school}")
    assert f">甄实验 化学实验室(东) {title}</option>" in table.text


async def test_a_school_writes_a_list_of_its_own_from_nothing(cast: Cast, browsers: Browsers) -> None:
    browser = await browsers.of(cast.safety)
    await browser.get("/duties")
    await browser.follow("新建清单")
    assert (await browser.submit(browser.form("/duties"))).status_code == 422 and "写清单名称" in browser.text
    answer = await browser.submit(browser.form("/duties"), name="班主任")
    assert answer.status_code == 422 and "已经有一份同名的清单" in browser.text
    await browser.submit(browser.form("/duties"), name="泳池救生员")
    assert "清单建好了：泳池救生员。" in browser.text and "还没有职责" in browser.text
    await browser.follow("加一条")
    wants = {"number": "1", "text": "备好急救箱", "domain": "GEN", "kind": "do", "rhythm": "monthly", "level": "post"}
    await browser.submit(browser.form("/items"), **wants)
    assert "备好急救箱" in browser.text and "本校自定" in browser.text and "文件依据" not in browser.text
    await browser.follow("还没有岗位用它，去定")
    teacher = await browsers.of(cast.teacher)
    await teacher.get("/duties")
    assert "新建清单" not in teacher.text
    assert (await teacher.get("/duties/new")).status_code == 403


async def test_where_a_duty_comes_from_is_said_in_words(cast: Cast, browsers: Browsers) -> None:
    browser = await browsers.of(cast.safety)
    shared = await fetch_value("SELECT min(id) FROM duty_list")
    await browser.get(f"/duties/{shared}")
    assert "文件依据" in browser.text and not re.search(r"R\d\d", browser.text)
