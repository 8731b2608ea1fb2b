"""The responsibility map: every grid with its holder or its gap, drawn anew by itself, editions kept."""

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from portal.core.actors import SYSTEM
from portal.core.database import fetch_value
from portal.core.files import FolderStore
from portal.coverage.drawing import Spot, draw, sheets
from portal.coverage.services import draw_map, draw_stale_maps
from portal.people.services import appoint, make_post
from tests.cast import Cast
from tests.conftest import Browsers, MovingClock
from tests.coverage.conftest import RealSchool

SPOTS = [
    Spot("明德中学", "甄校长", 0),
    Spot("博学楼", "甄楼长", 1),
    Spot("一楼", "空缺", 2, is_gap=True),
    Spot("<script>alert(1)</script>" * 3, "甄&实验", 3, href='/grids/1"x'),
    Spot("班级网格", "", 1, is_heading=True),
]


@pytest.mark.parametrize("columns", [0, 1, 3])
def test_a_drawing_is_well_formed_escaped_and_has_no_style(columns: int) -> None:
    drawing = draw(SPOTS, label='明德"中学', columns=columns)
    tree = ElementTree.fromstring(str(drawing.svg))
    texts = [one.text for one in tree.iter("{http://www.w3.org/2000/svg}text")]
    assert "空缺" in texts
    assert "甄&实验" in texts
    assert "style" not in {name for one in tree.iter() for name in one.attrib}
    assert not list(tree.iter("{http://www.w3.org/2000/svg}script"))
    assert len(list(tree.iter("{http://www.w3.org/2000/svg}rect"))) == len(SPOTS) + 2
    for one in tree.iter("{http://www.w3.org/2000/svg}rect"):
        if "x" in one.attrib:
            assert float(one.attrib["x"]) + float(one.attrib["width"]) <= drawing.width
            assert float(one.attrib["y"]) + float(one.attrib["height"]) <= drawing.height


def test_a_large_school_has_several_sheets_with_every_grid_once() -> None:
    spots = [Spot("学校", "甄校长", 0)]
    for building in range(12):
        spots.append(Spot(f"{building}号楼", "", 1))
        spots += [Spot(f"{building}-{room}", "甄", 3) for room in range(60)]
    found = sheets(spots, label="图")
    assert len(found) > 1
    drawn = "".join(str(one.svg) for one in found)
    for spot in spots:
        assert len(re.findall(f">{spot.name}<", drawn)) == 1


async def test_the_map_draws_itself_anew_when_its_rows_change_and_editions_stay(
    browsers: Browsers, cast: Cast, clock: MovingClock, settings
) -> None:
    store = FolderStore(settings.files)
    assert await draw_stale_maps(store=store) == 2
    assert await draw_stale_maps(store=store) == 0
    assert await draw_map(cast.school, store=store) is None, "the same rows are the same map"
    clock.forward(days=1)
    post = await make_post("负责人", role="keeper", grid_id=cast.sibling_building, by=SYSTEM)
    assert await draw_stale_maps(store=store) == 0, "a vacant post shows what was there: nobody"
    await appoint(cast.nobody, post_id=post, by=SYSTEM)
    assert await draw_stale_maps(store=store) == 1
    assert await fetch_value("SELECT max(edition) FROM responsibility_map WHERE org_id = {}", cast.school) == 2
    told = "SELECT count(*) FROM event WHERE kind = 'map.drawn' AND org_id = {}"
    assert await fetch_value(told, cast.school) == 2
    browser = await browsers.of(cast.principal)
    await browser.get("/map")
    assert "第 2 版" in browser.text
    assert "甄无岗" in browser.text
    first = await browser.get(f"/map/{cast.school}/editions/1")
    assert first.status_code == 200
    assert "甄无岗" not in browser.text
    assert "甄楼长" in browser.text
    assert (await browser.get(f"/map/{cast.school}/editions/9")).status_code == 404


async def test_a_holder_who_begins_at_midnight_is_drawn_then(cast: Cast, clock: MovingClock, settings) -> None:
    from datetime import timedelta

    store = FolderStore(settings.files)
    post = await make_post("负责人", role="keeper", grid_id=cast.sibling_building, by=SYSTEM)
    await appoint(cast.nobody, post_id=post, by=SYSTEM, starts_at=clock.at + timedelta(hours=14))
    await draw_stale_maps(store=store)
    assert await draw_stale_maps(store=store) == 0
    clock.forward(hours=14)
    assert await draw_stale_maps(store=store) == 1


async def test_one_building_is_opened_alone(browsers: Browsers, cast: Cast) -> None:
    browser = await browsers.of(cast.chief)
    await browser.get("/map")
    assert "化学实验室(东)" in browser.text
    assert "文德楼" not in browser.text
    principal = await browsers.of(cast.principal)
    await principal.get(f"/map?part={cast.building}")
    assert "化学实验室(东)" in principal.text
    assert "图书室" not in principal.text
    bureau = await browsers.of(cast.bureau_officer)
    await bureau.get("/map")
    assert f"/map/{cast.school}" in [href for href, _ in bureau.links]


async def test_the_real_school_fits_on_paper(browsers: Browsers, real_school: RealSchool, tmp_path: Path) -> None:
    browser = await browsers.of(real_school.principal)
    answer = await browser.client.get(f"/map/{real_school.org}/sheet.pdf")
    assert answer.headers["content-disposition"].startswith('inline; filename="map.pdf"; filename*=UTF-8')
    assert answer.status_code == 200
    assert answer.content.startswith(b"%PDF")
    assert await fetch_value("SELECT count(*) FROM event WHERE kind = 'register.exported'") == 1
    (tmp_path / "map.pdf").write_bytes(answer.content)


async def test_a_file_of_an_edition_is_never_swept(cast: Cast, settings, clock: MovingClock) -> None:
    from tasks.tidying import tidy

    store = FolderStore(settings.files)
    await draw_map(cast.school, store=store)
    digest = await fetch_value("SELECT digest FROM responsibility_map WHERE org_id = {}", cast.school)
    clock.forward(days=2)
    await tidy(settings, clock.at)
    assert await store.exists(digest)
