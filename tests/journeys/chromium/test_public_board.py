"""A parent at a door: the board without script, a report with a photo, the school's answer; every page judged."""

import re

import pytest

from tests.hazards.photos.pictures import phone_photo
from tests.journeys.chromium.parts import People, Rows, phone
from tests.journeys.chromium.test_pages import Judge

LEAST_TARGET = 44


def board_of(people: People, rows: Rows, place: str) -> str:
    """The address of a place's board, made by the safety officer with the button on its page."""
    office = people.of("safety")
    office.goto(f"/grids/{rows.grid(place)}/contact-board")
    make = office.locator("main form button:has-text('建公示板')")
    if make.count():
        make.click()
        office.wait_for_selector("text=看公示板")
    found = office.get_attribute("main a:has-text('看公示板')", "href")
    assert found
    return found


@pytest.mark.timeout(180)
def test_a_parent_without_script_reads_reports_and_is_answered(people: People, rows: Rows) -> None:
    address = board_of(people, rows, "配电室")
    parent = people.stranger(**phone(java_script_enabled=False))
    parent.goto(address)
    assert parent.get_attribute(".alarm a", "href") == "tel:0000-8800110"
    parent.tap("a:has-text('拍照告诉我们')")
    parent.set_input_files(
        "input[type=file]", {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": phone_photo(640, 480)}
    )
    parent.fill("#title", "配电室的门锁坏了，孩子能进去")
    parent.tap("button:has-text('提交')")
    key = parent.inner_text(".code")
    assert re.fullmatch(r"[0-9A-Z]{4}(-[0-9A-Z]{4}){5}", key)
    assert not parent.context.cookies()
    office = people.of("safety")
    office.goto("/screening")
    office.click("a:has-text('配电室的门锁坏了')")
    office.click("button:has-text('受理'):not(:has-text('不'))")
    office.wait_for_selector("text=受理了，成为隐患")
    parent.goto(f"{address}/reports")
    parent.fill("#report_key", key.lower())
    parent.tap("main form button")
    assert parent.inner_text("[aria-current=step]") == "已收到"


@pytest.mark.timeout(240)
def test_every_public_page_and_the_screening_pass_the_judge(people: People, rows: Rows) -> None:
    address = board_of(people, rows, "博学楼")
    at = Judge(people, "")
    for path in (
        "", "?language=en", "/report", "/report?language=en", "/reports", "/noted", "/plate", "/plate?language=en",
        "/plate/noted",
    ):  # fmt: skip
        at.open(f"{address}{path}")
    at.page.goto(address)
    at.page.click("a[href$='/plate']")
    at.page.click("button[value=damaged]")
    at.page.wait_for_url("**/plate/noted")
    at.page.goto(f"{address}/report")
    at.page.evaluate("document.querySelector('main form').noValidate = true")
    at.page.click("main form .btn.main")
    at.page.wait_for_selector(".notice.red")
    at.page.wait_for_load_state()
    at.judge("a report refused (422)")
    at.page.fill("#title", "楼梯扶手松了一段，一靠就晃")
    at.page.click("main form .btn.main")
    at.page.wait_for_selector(".code")
    at.page.wait_for_load_state()
    at.judge("a report just sent")
    at.verdict()
    judge = Judge(people, "safety")
    judge.open("/screening")
    judge.open(f"/screening/{rows.value('SELECT max(id) FROM public_report WHERE plate_fault IS NOT NULL')}")
    judge.open(f"/screening/{rows.value('SELECT max(id) FROM public_report')}")
    judge.page.click("form[action$=acceptances] .btn.main")
    judge.page.wait_for_url("**/screening")
    judge.verdict()
    at.faults.clear()
    at.page.goto(f"{address}/report")
    at.page.fill("#title", "楼梯的扶手松了一段")
    at.page.click("main form .btn.main")
    at.page.wait_for_selector("text=是不是同一件事")
    at.page.wait_for_load_state()
    at.judge("what may be the same")
    at.verdict()


@pytest.mark.timeout(180)
@pytest.mark.parametrize("script", [True, False])
def test_a_keeper_puts_a_portrait_on_the_board_with_a_phone(people: People, rows: Rows, *, script: bool) -> None:
    address = board_of(people, rows, "化学实验室(西)")
    keeper = people.of("keeper", **phone(java_script_enabled=script))
    keeper.goto("/account/consents")
    keeper.set_checked("#field-photo", checked=True)
    photo = {"name": "me.jpg", "mimeType": "image/jpeg", "buffer": phone_photo(600 + script, 800)}
    keeper.set_input_files("#portrait", photo)
    keeper.tap("main form[enctype] .btn.main")
    keeper.wait_for_selector("text=记下了")
    assert keeper.evaluate("document.querySelector('img.portrait').naturalWidth") == 144
    parent = people.stranger(**phone())
    parent.goto(address)
    if not parent.locator(".rooms img").count():  # kept for some seconds
        parent.wait_for_timeout(15_500)
        parent.goto(address)
    parent.locator(".rooms img").first.scroll_into_view_if_needed()  # not loaded before
    parent.wait_for_function("document.querySelector('.rooms img').naturalWidth === 144")
    keeper.tap("button:has-text('删掉照片')")
    keeper.wait_for_selector("text=照片删了")
    assert not keeper.locator("img.portrait").count()
