"""Finding the place without script: candidates on the same form, and nothing that was written is lost."""

from portal.core.database import fetch_value
from tests.cast import Cast
from tests.conftest import Browsers


async def test_looking_for_a_place_keeps_the_report_and_offers_what_fits(cast: Cast, browsers: Browsers) -> None:
    safety = await browsers.of(cast.safety)
    await safety.get("/hazards/new")
    await safety.submit(safety.form("/hazards"), place="楼", title="写好的一句", find="1")
    assert await fetch_value("SELECT count(*) FROM hazard") == 0, "looking reports nothing"
    form = safety.form("/hazards")
    assert form.fields["title"] == ["写好的一句"]
    assert "_csrf_token" not in str(safety.page.url)  # type: ignore[union-attr]
    assert "文德楼" in safety.text
    await safety.submit(form, grid_id=str(cast.sibling_room))
    assert await fetch_value("SELECT grid_id FROM hazard WHERE title = {}", "写好的一句") == cast.sibling_room


async def test_somebody_with_one_place_of_their_own_is_there_already(cast: Cast, browsers: Browsers) -> None:
    teacher = await browsers.of(cast.teacher)
    await teacher.get("/hazards/new")
    assert teacher.form("/hazards").fields["grid_id"] == [str(cast.school_class)]
    await teacher.get("/hazards/new?grid=")
    assert "place" in teacher.form("/hazards").fields
