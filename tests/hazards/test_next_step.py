"""After a report or a move the page says who acts next and by when; of a sensitive card it says nothing."""

import pytest

from portal.core.database import execute
from tests.browser import Browser
from tests.cast import Cast
from tests.conftest import Browsers
from tests.hazards import stories


async def moved(browser: Browser, hazard_id: int, to: str, **fields: str) -> str:
    """Makes the move on the card's page; gives what is told afterwards."""
    await browser.get(f"/hazards/{hazard_id}?to={to}")
    form = next(form for form in browser.forms if form.action.endswith("/moves") and form.fields["to"] == [to])
    answer = await browser.submit(form, **fields)
    assert answer.status_code == 200
    return flash(browser)


def flash(browser: Browser) -> str:
    assert browser.page is not None
    return browser.page.text.partition('class="flash')[2].partition("</div>")[0]


async def reported(browser: Browser, cast: Cast, grid: int, **fields: str) -> str:
    await browser.get(f"/hazards/new?grid={grid}")
    await browser.submit(browser.form("/hazards"), title="插座面板松脱", **fields)
    return flash(browser)


async def test_a_report_says_who_looks_at_it_and_until_when(browsers: Browsers, cast: Cast) -> None:
    teacher = await browsers.of(cast.teacher)
    assert "已记下，编号 2026-0001。接下来由甄实验核实，11月24日 周二" in await reported(teacher, cast, cast.room)
    keeper = await browsers.of(cast.keeper)  # nobody looks at what they have reported themselves
    assert "接下来由甄层长核实" in await reported(keeper, cast, cast.room)
    assert "接下来由安全办公室核实" in await reported(teacher, cast, cast.school_class)


async def test_each_move_says_who_acts_next(browsers: Browsers, cast: Cast) -> None:
    hazard_id = await stories.assigned(cast)
    keeper, chief = await browsers.of(cast.keeper), await browsers.of(cast.floor_chief)
    assert "已移到“整改中”。接下来由你整改，" in await moved(keeper, hazard_id, "rectifying")
    await execute("UPDATE hazard SET after_photo_count = 1 WHERE id = {}", hazard_id)
    assert "已移到“待复查”。接下来由甄层长复查，" in await moved(keeper, hazard_id, "recheck", measure="换了面板")
    assert "已移到“整改中”。接下来由甄实验整改，" in await moved(chief, hazard_id, "rectifying", reason="还松")
    await stories.go(cast, hazard_id, "recheck", cast.keeper, measure="又换了", photos=(stories.PHOTO,))
    told = await moved(chief, hazard_id, "closed", conclusion="不松了")
    assert "已移到“已销号”。" in told and "接下来" not in told


async def test_a_major_one_is_rechecked_by_the_heads(browsers: Browsers, cast: Cast) -> None:
    plan = {"plan_measure": "换线", "plan_money": "公用", "plan_contingency": "停用"}
    hazard_id = await stories.rectifying(cast, level="red", **plan)
    await execute("UPDATE hazard SET after_photo_count = 1 WHERE id = {}", hazard_id)
    keeper = await browsers.of(cast.keeper)
    assert "接下来由校长或副校长复查" in await moved(keeper, hazard_id, "recheck", measure="换了面板")


@pytest.mark.parametrize("who", ["safety", "teacher"])
async def test_of_a_sensitive_card_nobody_is_named(browsers: Browsers, cast: Cast, who: str) -> None:
    browser = await browsers.of(getattr(cast, who))
    told = await reported(browser, cast, cast.room, confidential="1")
    assert "已记下" in told
    assert "接下来" not in told
