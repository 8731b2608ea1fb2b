"""Named viewers across the school's wall: the bureau sees a sensitive card when the school has named somebody of it."""

import pytest

from portal.core.refusals import NotFound
from portal.hazards.queries import hazard_to_see
from portal.hazards.services import Report, end_viewer, name_viewer, report_hazard
from tests.cast import Cast


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
