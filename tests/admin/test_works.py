"""Administrators see when the machinery stands still (TR16), and may send failed work round again (TR17)."""

from portal.audit.services import enqueue
from portal.core.clock import now
from portal.core.database import execute, fetch_value, unit_of_work
from tests.cast import Cast
from tests.conftest import Browsers


async def test_a_silent_worker_and_failed_work_are_shown_to_those_who_keep_order(
    cast: Cast, browsers: Browsers
) -> None:
    async with unit_of_work():
        entry = await enqueue("import.queued", org_id=cast.school, payload='{"batch": 1}')
    await execute("UPDATE outbox SET failed_at = {}, errors = 8 WHERE id = {}", now(), entry)
    safety = await browsers.of(cast.safety)
    await safety.get("/admin")
    assert "提醒现在发不出去" in safety.text
    assert "有 1 件后台的事没有办成" in safety.text
    await safety.submit(safety.form("/admin/retries"))
    assert "已放回去" in safety.text
    assert await fetch_value("SELECT failed_at FROM outbox WHERE id = {}", entry) is None
    keeper = await browsers.of(cast.keeper)
    await keeper.get("/admin")
    assert "提醒现在发不出去" not in keeper.text
