"""Named viewers across the school's wall: the bureau sees a sensitive card when the school has named somebody of it."""

import re

import pytest

from portal.core.refusals import Invalid, NotFound
from portal.hazards.queries import hazard_to_see
from portal.hazards.services import Report, end_viewer, name_viewer, report_hazard
from tests.cast import Cast
from tests.conftest import Browsers
from tests.hazards import stories
from tests.journeys.test_hazard import picture


async def sensitive(cast: Cast) -> int:
    report = Report(grid_id=cast.school_class, title="confidential", confidential=True)
    return await report_hazard(report, by=await cast.actor(cast.teacher))


async def test_the_bureau_sees_a_sensitive_card_only_when_the_school_named_it(cast: Cast) -> None:
    hazard_id = await sensitive(cast)
    assert (await hazard_to_see(hazard_id, by=await cast.actor(cast.teacher))).title == "confidential"
    with pytest.raises(NotFound):
        await hazard_to_see(hazard_id, by=await cast.actor(cast.bureau_officer))
    await name_viewer(cast.bureau_officer, by=await cast.actor(cast.principal))
    assert (await hazard_to_see(hazard_id, by=await cast.actor(cast.bureau_officer))).id == hazard_id
    await end_viewer(cast.bureau_officer, by=await cast.actor(cast.principal))
    with pytest.raises(NotFound):
        await hazard_to_see(hazard_id, by=await cast.actor(cast.bureau_officer))


async def test_nobody_of_another_school_can_be_named(cast: Cast) -> None:
    with pytest.raises(NotFound):
        await name_viewer(cast.other_safety, by=await cast.actor(cast.principal))
    with pytest.raises(NotFound):
        await name_viewer(cast.safety, by=await cast.actor(cast.other_principal))
    with pytest.raises(NotFound):
        await name_viewer(cast.monitor, by=await cast.actor(cast.principal))


@pytest.mark.parametrize("typed", [{}, {"version": "9"}, {"outcome": ""}], ids=["whole", "outdated", "unfinished"])
async def test_the_number_of_a_card_out_of_sight_answers_as_one_that_does_not_exist(
    cast: Cast, browsers: Browsers, typed: dict[str, str]
) -> None:
    plain, hidden = await stories.reported(cast), await sensitive(cast)
    number = (await stories.card(hidden, cast)).number
    safety = await browsers.of(cast.safety)
    answers = []
    for tried in (number, "2026-9999"):
        await safety.get(f"/hazards/{plain}?to=closed")
        token = safety.form("/sign-out").fields["_csrf_token"][0]
        data = {
            "_csrf_token": token, "to": "closed", "version": "1", "outcome": "duplicate", "duplicate_of": tried,
            "reason": "同一处", **typed,
        }  # fmt: skip
        answer = await safety.post(f"/hazards/{plain}/moves", data)
        answers.append((answer.status_code, _without_tokens(answer.text).replace(tried, "")))
    assert answers[0] == answers[1]
    assert answers[0][0] == 422
    with pytest.raises(Invalid) as refusal:
        await stories.go(
            cast, plain, "closed", cast.safety, outcome="duplicate", duplicate_of_id=hidden, reason="同一处"
        )
    assert refusal.value.fields == {"duplicate_of": "hazard.need_duplicate_of"}
    await name_viewer(cast.safety, by=await cast.actor(cast.principal))
    await stories.go(cast, plain, "closed", cast.safety, outcome="duplicate", duplicate_of_id=hidden, reason="同一处")


async def test_a_photo_is_kept_for_the_session_that_saw_it_alone(cast: Cast, browsers: Browsers) -> None:
    teacher = await browsers.of(cast.teacher)
    await teacher.get(f"/hazards/new?grid={cast.room}")
    files = {"photos": ("a.jpg", picture(), "image/jpeg")}
    answer = await teacher.submit(teacher.form("/hazards"), title="loose", confidential="1", files=files)
    [address] = set(re.findall(r'href="(/hazards/\d+/photos/\d+)"', answer.text))
    for path in (address, f"{address}?size=small"):
        photo = await teacher.get(path)
        kept = {part.strip() for part in photo.headers["cache-control"].split(",")}
        assert photo.headers["content-type"] == "image/jpeg"
        assert {"private", "immutable"} <= kept
        assert "public" not in kept
        assert "cookie" in photo.headers["vary"].lower(), "whoever signs in next in this browser asks anew"
    await teacher.sign_in_as(cast.sibling_keeper)
    assert (await teacher.get(address)).status_code == 404
    teacher.client.cookies.clear()
    assert (await teacher.client.get(address)).status_code == 303


def _without_tokens(page: str) -> str:
    """Keys of forms and the like are new on each page."""
    return re.sub(r'(name="(?:_csrf_token|key)" value=)"[^"]*"', r"\1", page)
