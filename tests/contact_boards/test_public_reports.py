"""From a stranger's form to the board and back: danger first, screening, duplicates, limits, "not fixed"."""

import re
from typing import Any

import pytest

from portal.contact_boards.queries.reports import report_to_screen
from portal.contact_boards.services import (
    Acceptance,
    accept_report,
    board_of,
    erase_phones,
    merge_report,
    refuse_report,
)
from portal.core.actors import SYSTEM
from portal.core.clock import today
from portal.core.database import fetch_value
from portal.core.refusals import Conflict, NotFound
from portal.duty.services import set_duty_leader
from portal.hazards.queries.cards import hazard_row
from portal.hazards.rules import Level
from portal.settings import Settings
from tasks.outbox import drain
from tasks.public_reports import sweep_screening
from tests.browser import Browser
from tests.cast import Cast
from tests.conftest import Browsers, MovingClock
from tests.hazards.photos.pictures import phone_photo
from tests.hazards.stories import assigned as assigned_card
from tests.hazards.stories import category, go


async def key_of(cast: Cast, grid: int) -> str:
    return (await board_of(grid, by=await cast.actor(cast.safety))).key


async def send(browser: Browser, key: str, title: str, files: Any = None, **fields: Any) -> Any:
    await browser.get(f"/b/{key}/report")
    return await browser.submit(browser.form("/reports"), title=title, files=files, **fields)


async def newest() -> int:
    return int(await fetch_value("SELECT max(id) FROM public_report"))


async def accepted(cast: Cast, report_id: int, **given: Any) -> int:
    report = await report_to_screen(report_id, by=await cast.actor(cast.safety))
    given = {"title": report.title, **given}
    return await accept_report(report_id, Acceptance(version=report.version, **given), by=await cast.actor(cast.safety))


async def closed(cast: Cast, hazard_id: int) -> None:
    given = {"responsible_post_id": cast.keeper_post, "category": await category(), "level": Level.YELLOW}
    await go(cast, hazard_id, "assigned", cast.safety, **given)
    await go(cast, hazard_id, "rectifying", cast.keeper)
    await go(cast, hazard_id, "recheck", cast.keeper, measure="换了")
    await go(cast, hazard_id, "closed", cast.chief, conclusion="好了")


async def test_a_parent_reports_and_follows_without_account_cookie_or_name(cast: Cast, browsers: Browsers) -> None:
    key, parent = await key_of(cast, cast.room), browsers.stranger()
    form = await parent.get(f"/b/{key}/report")
    assert form.text.index("有人正处于危险") < form.text.index("<form"), "danger first"
    assert "tel:0000-8800110" in form.text and form.headers["cache-control"] == "no-store"
    done = await send(parent, key, "通风橱的门关不上")
    assert done.status_code == 200 and "收到了" in parent.text
    secret = re.search(r'class="code">([0-9A-Z-]{29})<', done.text)[1]
    assert not parent.client.cookies, "no cookie"
    later = await parent.get(f"/b/{key}/reports/{secret}")
    assert secret not in later.text.replace(f"/reports/{secret}", ""), "the key is shown once"
    assert "已收到" in later.text and "通风橱" in later.text and "甄" not in later.text
    await parent.get(f"/b/{key}/reports")
    found = await parent.submit(parent.form("/reports"), report_key=secret.lower().replace("-", " "))
    assert found.status_code == 200 and "通风橱" in found.text, "copied by hand"
    assert (await parent.client.get(f"/b/{key}/reports/{'2222-' * 5}2222")).status_code == 404
    stored = await fetch_value("SELECT key_digest FROM public_report")
    assert secret not in stored


async def test_a_report_waits_for_somebody_and_never_goes_onto_the_board_by_itself(
    cast: Cast, browsers: Browsers, settings: Settings, clock: MovingClock
) -> None:
    await set_duty_leader(cast.school, cast.leader, [today()], by=SYSTEM)
    key = await key_of(cast, cast.room)
    await send(browsers.stranger(), key, "通风橱的门关不上")
    assert await fetch_value("SELECT count(*) FROM hazard") == 0
    await drain()
    told = "SELECT count(*) FROM reminder WHERE kind = {} AND person_id = {}"
    assert await fetch_value(told, "public_waiting", cast.leader) == 1
    assert await fetch_value(told, "public_waiting", cast.safety) == 1
    leader = await browsers.of(cast.leader)
    await leader.get("/screening")
    assert "通风橱" in leader.text
    assert any(href == "/screening" for href, _ in (await _inbox(leader)).links)
    clock.forward(hours=4, minutes=1)
    await sweep_screening(settings, clock())
    await sweep_screening(settings, clock())
    assert await fetch_value(told, "public_overdue", cast.principal) == 1, "the clock ran out"
    assert await fetch_value(told, "public_overdue", cast.bureau_officer) == 0
    clock.forward(hours=20)
    await sweep_screening(settings, clock())
    assert await fetch_value(told, "public_overdue", cast.bureau_officer) == 1
    hazard = await accepted(cast, await newest(), level=Level.ORANGE)
    await drain()
    assert (
        await fetch_value("SELECT count(*) FROM reminder WHERE read_at IS NULL AND subject_kind = 'public_report'") == 0
    )
    card = await hazard_row(hazard, by=await cast.actor(cast.safety))
    assert card is not None and (card.source, card.status, card.level, card.grid_id) == (
        "public",
        "reported",
        "orange",
        cast.room,
    )


async def _inbox(browser: Browser) -> Browser:
    await browser.get("/inbox")
    return browser


async def test_only_the_office_and_the_leader_of_this_school_screen(cast: Cast, browsers: Browsers) -> None:
    key = await key_of(cast, cast.room)
    await send(browsers.stranger(), key, "通风橱的门关不上")
    report = await newest()
    for who, seen in (("safety", 200), ("principal", 200), ("vice_head", 200), ("bureau_officer", 200),
                      ("keeper", 403), ("teacher", 403), ("other_safety", 404), ("other_principal", 404)):  # fmt: skip
        browser = await browsers.of(getattr(cast, who))
        assert (await browser.client.get(f"/screening/{report}")).status_code == seen, who
    other = await cast.actor(cast.other_safety)
    with pytest.raises(NotFound):
        await refuse_report(report, "不", version=1, by=other)
    assert "通风橱" not in (await (await browsers.of(cast.other_safety)).get("/screening")).text


async def test_the_screening_in_the_browser_accepts_refuses_and_tells_who_was_second(
    cast: Cast, browsers: Browsers
) -> None:
    key, parent = await key_of(cast, cast.room), browsers.stranger()
    await send(parent, key, "通风橱的门关不上")
    follow = str(parent.page.url.path)
    safety = await browsers.of(cast.safety)
    await safety.get("/screening")
    await safety.follow("通风橱")
    stale = safety.form("/acceptances")
    empty = await safety.submit(safety.form("/refusals"), reason="")
    assert empty.status_code == 422 and "写明为什么不受理" in safety.text
    done = await safety.submit(safety.form("/refusals"), reason="门没有坏，是上课时锁的")
    assert done.status_code == 200 and "没有受理" in safety.text
    second = await safety.submit(stale)
    assert second.status_code == 409 and "别人刚刚处理过" in safety.text
    assert "门没有坏" in (await parent.get(follow)).text
    with pytest.raises(Conflict):
        await accepted(cast, await newest(), version=1) if False else await merge_report(
            await newest(), "2026-0001", version=1, by=await cast.actor(cast.safety)
        )


async def test_a_merged_report_follows_the_card_that_was_there(cast: Cast, browsers: Browsers) -> None:
    key, parent = await key_of(cast, cast.room), browsers.stranger()
    await send(parent, key, "通风橱的门关不上")
    first = await accepted(cast, await newest())
    number = await fetch_value("SELECT number FROM hazard WHERE id = {}", first)
    await send(parent, key, "有一股煤气的味道")
    follow = str(parent.page.url.path)
    report = await report_to_screen(await newest(), by=await cast.actor(cast.safety))
    await merge_report(report.id, number, version=report.version, by=await cast.actor(cast.safety))
    await closed(cast, first)
    await parent.get(follow)
    assert 'aria-current="step">已办结' in parent.page.text
    note = "SELECT count(*) FROM event_text WHERE field = 'note' AND body LIKE '%煤气%'"
    assert await fetch_value(note) == 1, "the card's story says who else has seen it"


async def test_a_merged_reporter_is_heard_but_moves_nobody_elses_card(
    cast: Cast, browsers: Browsers, settings: Settings, clock: MovingClock
) -> None:
    """Their report was joined to a card of the staff: "not fixed" waits in the screening, with its clock."""
    key, parent = await key_of(cast, cast.room), browsers.stranger()
    card = await assigned_card(cast, title="通风橱老化")
    await send(parent, key, "张老师的通风橱的门关不上")
    follow, report = str(parent.page.url.path), await newest()
    number = await fetch_value("SELECT number FROM hazard WHERE id = {}", card)
    await merge_report(report, number, version=1, by=await cast.actor(cast.safety))
    await go(cast, card, "rectifying", cast.keeper)
    await go(cast, card, "recheck", cast.keeper, measure="换了")
    await go(cast, card, "closed", cast.chief, conclusion="好了")
    status = "SELECT status FROM hazard WHERE id = {}"
    await parent.get(follow)
    assert "第一次直接重新打开" not in parent.text
    await parent.submit(parent.form("/again"), text="门还是关不上")
    assert await fetch_value(status, card) == "closed", "somebody of the school looks first"
    assert "学校在看" in parent.text
    await drain()
    told = "SELECT count(*) FROM reminder WHERE kind = {} AND person_id = {} AND subject_id = {}"
    assert await fetch_value(told, "public_not_fixed", cast.safety, report) == 1
    clock.forward(hours=4, minutes=1)
    await sweep_screening(settings, clock())
    assert await fetch_value(told, "public_overdue", cast.principal, report) == 1, "with a clock"
    safety = await browsers.of(cast.safety)
    await safety.get(f"/screening/{report}")
    assert "门还是关不上" in safety.text
    await safety.submit(safety.form("/acceptances"))
    assert await fetch_value(status, card) == "rectifying"
    assert await fetch_value("SELECT state FROM public_report WHERE id = {}", report) == "merged"
    asked = await send(browsers.stranger(), key, "张老师的通风橱的门关不上")
    assert "是不是同一件事" not in asked.text, "the line of a merged report is shown to nobody else"


async def test_what_others_have_reported_is_shown_before_sending(cast: Cast, browsers: Browsers) -> None:
    key, parent = await key_of(cast, cast.floor), browsers.stranger()
    room = await key_of(cast, cast.room)
    await send(parent, room, "通风橱的门关不上，电话13912345678")
    unscreened = await newest()
    again = await send(parent, key, "通风橱的门关不上了")
    assert "是不是同一件事" not in again.text, "what nobody has screened is shown to nobody"
    await refuse_report(await newest(), "重复", version=1, by=await cast.actor(cast.safety))
    await accepted(cast, unscreened)
    from portal.hazards.services import Report, report_hazard

    await report_hazard(Report(cast.room, "通风橱的门关不上，老师说"), by=await cast.actor(cast.teacher))
    asked = await send(parent, key, "通风橱的门关不上了", files={"photos": ("a.jpg", phone_photo(), "image/jpeg")})
    assert asked.status_code == 422 and "是不是同一件事" in asked.text
    assert "老师说" not in asked.text, "never a card of the staff's"
    assert "13912345678" not in asked.text
    assert "已收下 1 张照片" in parent.text
    count = await fetch_value("SELECT count(*) FROM public_report")
    form = parent.form("/reports")
    await parent.submit(form, too=str(unscreened), title="通风橱的门关不上了")
    assert "记下了" in parent.text
    assert await fetch_value("SELECT too_count FROM public_report WHERE id = {}", unscreened) == 1
    assert await fetch_value("SELECT count(*) FROM public_report") == count
    await parent.submit(form, title="通风橱的门关不上了")
    assert await fetch_value("SELECT count(*) FROM public_report") == count + 1, "sent all the same"
    assert await fetch_value("SELECT count(*) FROM public_photo WHERE report_id = {}", await newest()) == 1


async def test_sensitive_reports_are_suggested_to_nobody(cast: Cast, browsers: Browsers) -> None:
    key, parent = await key_of(cast, cast.room), browsers.stranger()
    await send(parent, key, "三班有人被打")
    await accepted(cast, await newest(), confidential=True)
    again = await send(parent, key, "三班有人被打了")
    assert "是不是同一件事" not in again.text
    page = await browsers.stranger().client.get(f"/b/{key}")
    assert ">0</b>已收到" in page.text or ">1</b>已收到" in page.text


async def test_the_same_form_sent_twice_is_one_report_with_one_key(cast: Cast, browsers: Browsers) -> None:
    key, parent = await key_of(cast, cast.room), browsers.stranger()
    await parent.get(f"/b/{key}/report")
    form = parent.form("/reports")
    first = await parent.submit(form, title="通风橱的门关不上")
    second = await parent.submit(form, title="通风橱的门关不上")
    assert first.url == second.url
    assert await fetch_value("SELECT count(*) FROM public_report") == 1


async def test_a_class_of_parents_passes_and_a_flood_does_not(
    cast: Cast, browsers: Browsers, clock: MovingClock
) -> None:
    key, parent = await key_of(cast, cast.room), browsers.stranger()
    answers = []
    for n in range(125):
        if n < 60:
            clock.forward(seconds=10)
        answers.append((await send(parent, key, f"第{n}件：{'甲乙丙丁戊己庚辛壬癸'[n % 10]}{n * 7919}")).status_code)
    assert answers[:60] == [200] * 60, "sixty in ten minutes"
    assert answers.count(429) == 5
    clock.forward(minutes=16)
    assert (await send(parent, key, "过了一会儿又看到一处")).status_code == 200


async def test_a_form_of_elsewhere_is_refused(cast: Cast, browsers: Browsers) -> None:
    key, other = await key_of(cast, cast.room), await key_of(cast, cast.floor)
    parent = browsers.stranger()
    await parent.get(f"/b/{other}/report")
    data = {"title": "x", "form_key": parent.form("/reports").fields["form_key"][0]}
    here = f"/b/{key}/reports"
    assert (await parent.client.post(here, data=data, headers={"Origin": parent.origin})).status_code == 403
    assert (await parent.client.post(here, data={"title": "x"}, headers={"Origin": parent.origin})).status_code == 403
    there = await parent.client.post(f"/b/{other}/reports", data=data, headers={"Origin": "https://evil.example"})
    assert there.status_code == 403
    assert await fetch_value("SELECT count(*) FROM public_report") == 0


async def test_not_fixed_reopens_once_and_then_goes_through_the_screening(
    cast: Cast, browsers: Browsers, clock: MovingClock
) -> None:
    key, parent = await key_of(cast, cast.room), browsers.stranger()
    await send(parent, key, "通风橱的门关不上")
    follow = str(parent.page.url.path)
    hazard = await accepted(cast, await newest())
    await closed(cast, hazard)
    await parent.get(follow)
    await parent.submit(parent.form("/again"), text="还是关不上")
    status = "SELECT status FROM hazard WHERE id = {}"
    assert await fetch_value(status, hazard) == "rectifying", "once without review"
    assert 'aria-current="step">在整改' in parent.page.text
    await go(cast, hazard, "recheck", cast.keeper, measure="又换了")
    await go(cast, hazard, "closed", cast.chief, conclusion="好了")
    await parent.get(follow)
    await parent.submit(parent.form("/again"), text="又坏了")
    assert await fetch_value(status, hazard) == "closed", "the second time somebody looks first"
    safety = await browsers.of(cast.safety)
    await safety.get("/screening")
    await safety.follow("通风橱")
    assert "又坏了" in safety.text
    await safety.submit(safety.form("/acceptances"))
    assert await fetch_value(status, hazard) == "rectifying"
    await go(cast, hazard, "recheck", cast.keeper, measure="再换")
    await go(cast, hazard, "closed", cast.chief, conclusion="好了")
    clock.forward(days=16)
    assert "没有修好？" not in (await parent.get(follow)).text, "after fifteen days it is a new report"


async def test_a_phone_is_sealed_and_erased_in_time(cast: Cast, browsers: Browsers, clock: MovingClock) -> None:
    key, parent = await key_of(cast, cast.room), browsers.stranger()
    await send(parent, key, "通风橱的门关不上", phone="139 1234 5678")
    hazard = await accepted(cast, await newest())
    sealed = await fetch_value("SELECT phone_sealed FROM public_report")
    assert sealed and "5678" not in sealed
    safety = await browsers.of(cast.safety)
    assert "tel:139 1234 5678" in (await safety.get(f"/screening/{await newest()}")).text
    await closed(cast, hazard)
    clock.forward(days=29)
    assert await erase_phones() == 0
    clock.forward(days=2)
    assert await erase_phones() == 1
    assert await fetch_value("SELECT phone_sealed FROM public_report") is None
    wrong = await send(parent, key, "又一件", phone="不告诉你")
    assert wrong.status_code == 422 and "又一件" in wrong.text


async def test_a_photo_loses_its_place_on_earth_and_survives_the_night(
    cast: Cast, browsers: Browsers, settings: Settings, clock: MovingClock
) -> None:
    from portal.core.files import FolderStore
    from tasks.tidying import tidy

    key, parent = await key_of(cast, cast.room), browsers.stranger()
    await send(parent, key, "通风橱的门关不上", files={"photos": ("a.jpg", phone_photo(), "image/jpeg")})
    digest = await fetch_value("SELECT digest FROM public_photo")
    clock.forward(hours=3)
    await tidy(settings, clock())
    body = await FolderStore(settings.files).open(digest)
    assert body is not None and b"Exif" not in body
    safety = await browsers.of(cast.safety)
    shown = await safety.client.get(f"/screening/{await newest()}/photos/1?size=small")
    assert shown.status_code == 200 and shown.headers["content-type"] == "image/jpeg"
    keeper = await browsers.of(cast.keeper)
    assert (await keeper.client.get(f"/screening/{await newest()}/photos/1")).status_code == 403
    hazard = await accepted(cast, await newest())
    assert await fetch_value("SELECT digest FROM hazard_photo WHERE hazard_id = {}", hazard) == digest


async def test_a_photo_that_is_none_keeps_what_was_typed(cast: Cast, browsers: Browsers) -> None:
    key, parent = await key_of(cast, cast.room), browsers.stranger()
    bad = await send(parent, key, "通风橱的门关不上", files={"photos": ("a.jpg", b"not a photo", "image/jpeg")})
    assert bad.status_code == 422 and "通风橱" in bad.text and "不是照片" in bad.text
    assert await fetch_value("SELECT count(*) FROM public_report") == 0
