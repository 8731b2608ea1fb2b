"""A roster in a browser: a list with a wrong name, a draft, its publication, "I have read it". Each page is judged."""

import pytest

from tests.journeys.chromium.judge import Judge
from tests.journeys.chromium.parts import People, Rows


@pytest.mark.timeout(300)
def test_a_roster_from_its_lists_to_the_receipt(people: People, rows: Rows) -> None:
    published = rows.value("SELECT min(id) FROM duty_roster")
    at = Judge(people, "safety")
    page = at.page
    page.goto("/duty/rosters/new")
    page.fill("[name=list_guard]", "不在的人")
    page.locator("main form .btn.main").click()
    page.wait_for_selector(".notice.red")
    at.judge("/duty/rosters 422")
    page.goto(f"/duty/rosters/{published}/brief")
    page.fill("[name=name]", "一天")
    page.fill("[name=list_guard]", "教师101\n教师102\n教师103")
    page.locator("main form .btn.main").click()
    page.wait_for_selector("form[action$=publication]")
    at.judge("a draft with holes")
    page.locator("form[action$=drop] .btn").click()
    page.wait_for_url("**/duty/rosters?org=*")
    at.open(f"/duty/rosters/{published}?role=guard")
    page.locator("form[action$=receipts] .btn.main").click()
    page.wait_for_selector(".flash.ok")
    at.verdict()
    teacher = Judge(people, "teacher")
    teacher.open("/duty/rosters")
    teacher.open(f"/duty/rosters/{published}")
    teacher.verdict()
