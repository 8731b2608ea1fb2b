"""Plates of a building on a phone: asked for, watched without script, and the file is there; every page judged."""

import re

import pytest

from tests.journeys.chromium.judge import Judge
from tests.journeys.chromium.parts import People, Rows, phone


@pytest.mark.timeout(240)
def test_plates_of_a_building_without_script(people: People, rows: Rows) -> None:
    office = people.of("safety", **phone(java_script_enabled=False))
    office.goto(f"/prints?grid={rows.grid('生活服务楼')}")
    assert office.locator("select[name=grid] option:checked").inner_text() == "生活服务楼"
    office.check("input[value=plates]")
    office.click("main form .btn.main")
    for _ in range(60):
        if office.locator("a:has-text('打开 PDF')").count():
            break
        office.wait_for_timeout(1000)
        office.goto(office.url)
    address = office.get_attribute("a:has-text('打开 PDF')", "href")
    assert address and re.fullmatch(r"/prints/\d+/file\.pdf", address)
    file = office.context.request.get(office.url.split("/prints")[0] + address)
    assert file.ok and file.body().startswith(b"%PDF-")
    judge = Judge(people, "safety")
    judge.open("/prints")
    judge.open(address.removesuffix("/file.pdf"))
    judge.verdict()
