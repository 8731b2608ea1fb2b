"""A round of letters, asked for on a phone: its page says how far it is and who has to do what; every page judged."""

import re

import pytest

from tests.journeys.chromium.judge import Judge
from tests.journeys.chromium.parts import People, phone


@pytest.mark.timeout(240)
def test_a_round_of_letters_and_the_pages_around_it(people: People) -> None:
    office = people.of("outsider", **phone(java_script_enabled=False))
    office.goto("/letters/rounds/new?kind=yearly")
    assert office.locator("select[name=kind] option:checked").inner_text() == "年度目标责任书"
    office.fill("input[name=label]", "2026 年度")
    office.click("main form .btn.main")
    assert re.search(r"/letters/rounds/\d+$", office.url)
    assert office.locator("h1:has-text('2026 年度')").count()
    place = re.sub(r"^https?://[^/]+", "", office.url)
    judge = Judge(people, "outsider")
    wording = office.context.request.get(office.url.replace(place, "/letters/wordings"))
    found = re.search(r"/letters/wordings/\d+", wording.text())
    assert found
    for path in (place, "/letters/rounds", "/letters/chains", found[0], f"{found[0]}/edit"):
        judge.open(path)
    judge.verdict()
