"""A hazard from the phone of whoever found it to struck off, through the hands of those who answer for it."""

import io

import pytest
from PIL import Image

from portal.audit.queries import verify_chain
from portal.core.database import fetch_value
from portal.hazards.services import seed_categories
from tests.cast import Cast
from tests.conftest import Browsers, MovingClock


def picture() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (640, 480), "gray").save(out, "JPEG")
    return out.getvalue()


@pytest.mark.parametrize("htmx", [False, True], ids=["plain", "htmx"])
async def test_a_teachers_hazard_is_struck_off_by_those_who_answer_for_it(
    cast: Cast, browsers: Browsers, clock: MovingClock, htmx: bool
) -> None:
    await seed_categories()
    teacher = await browsers.of(cast.teacher, htmx=htmx)
    await teacher.get(f"/hazards/new?grid={cast.room}")
    answer = await teacher.submit(
        teacher.form("/hazards"), title="插座面板松脱，露出接线", files={"photos": ("a.jpg", picture(), "image/jpeg")}
    )
    assert answer.status_code == 200, answer.text
    hazard_id = int(str(answer.url).split("/hazards/")[1].split("?")[0])
    assert "插座面板松脱" in teacher.text
    assert not [form for form in teacher.forms if form.action.endswith("/moves")], "the reporter may look, not move"

    floor_chief = await browsers.of(cast.floor_chief, htmx=htmx)
    await floor_chief.get(f"/grids/{cast.floor}/board")
    assert "插座面板松脱" in floor_chief.text
    await floor_chief.get(f"/hazards/{hazard_id}")
    answer = await floor_chief.submit(floor_chief.form("/moves", to="assigned"), category="", level="")
    assert answer.status_code == 422
    assert "选一个类别" in floor_chief.text
    answer = await floor_chief.submit(
        floor_chief.form("/moves", to="assigned"), category="util-wire" if await _has("util-wire") else await _any(),
        level="orange", responsible=f"post:{cast.keeper_post}", interim_measure="断电，贴条",
    )  # fmt: skip
    assert answer.status_code == 200, answer.text

    keeper = await browsers.of(cast.keeper, htmx=htmx)
    await keeper.get(f"/hazards/{hazard_id}")
    assert "整改责任人" not in keeper.text
    await keeper.submit(keeper.form("/moves", to="rectifying"))
    answer = await keeper.submit(keeper.form("/moves", to="recheck"), measure="换了面板")
    assert answer.status_code == 422, "an orange hazard needs a photo"
    answer = await keeper.submit(
        keeper.form("/moves", to="recheck"), measure="换了面板", files={"photos": ("b.jpg", picture(), "image/jpeg")}
    )
    assert answer.status_code == 200, answer.text
    assert not [form for form in keeper.forms if form.fields.get("to") == ["closed"]], "nobody rechecks their own work"
    answer = await keeper.post(
        f"/hazards/{hazard_id}/moves",
        {
            "to": "closed",
            "version": "4",
            "conclusion": "好",
            "_csrf_token": keeper.form("/notes").fields["_csrf_token"][0],
        },
    )
    assert answer.status_code == 422
    assert "整改人不能复查自己的整改" in keeper.text

    await floor_chief.get(f"/hazards/{hazard_id}")
    answer = await floor_chief.submit(floor_chief.form("/moves", to="closed"), conclusion="已换好")
    assert answer.status_code == 200, answer.text
    assert await fetch_value("SELECT status FROM hazard WHERE id = {}", hazard_id) == "closed"

    for person, grid in ((cast.safety, cast.school), (cast.principal, cast.school), (cast.bureau_officer, cast.bureau)):
        browser = await browsers.of(person, htmx=htmx)
        await browser.get(f"/grids/{grid}/board")
        assert "插座面板松脱" in browser.text
    stranger = await browsers.of(cast.other_safety, htmx=htmx)
    missing = await stranger.get("/hazards/999999")
    hidden = await stranger.get(f"/hazards/{hazard_id}")
    assert hidden.status_code == missing.status_code == 404
    assert hidden.text.replace(f"/hazards/{hazard_id}", "") == missing.text.replace("/hazards/999999", "")
    assert (await stranger.get(f"/grids/{cast.school}/board")).status_code == 404
    assert await verify_chain(cast.school) is None


async def _has(code: str) -> bool:
    return bool(await fetch_value("SELECT count(*) FROM hazard_category WHERE code = {}", code))


async def _any() -> str:
    return str(await fetch_value("SELECT code FROM hazard_category WHERE parent_code = 'fire' ORDER BY sort LIMIT 1"))
