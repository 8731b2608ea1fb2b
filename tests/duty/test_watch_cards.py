"""Lines of the log that name a hazard: by its number, or by reporting it from the line; seen by who may see it (B20)."""

import json
from datetime import timedelta

import pytest

from portal.core.actors import SYSTEM
from portal.core.clock import now, start_of_day, today
from portal.core.database import execute, fetch_column, fetch_value, watchers
from portal.core.refusals import Invalid, NotFound, Refused
from portal.duty.rules import LEADING, Line
from portal.duty.services import NewShift, add_shift, adopt_proposal, seed_calendar, seed_duty_words
from portal.duty.watching.queries import log_between, log_of_area
from portal.duty.watching.rules import Kind
from portal.duty.watching.services import NewLine, name_card, write_line
from portal.duty.watching.views import digest_of
from portal.hazards.services import Report, report_hazard, seed_categories
from tests.browser import Browser, Form
from tests.cast import Cast
from tests.conftest import Browsers, MovingClock

HOUR = timedelta(hours=1)


class Gate:
    """The gate, which is the keeper's room; the keeper is on duty, the vice head leads. It is 10:00."""

    def __init__(self, browsers: Browsers, cast: Cast, area: int) -> None:
        self.of, self.cast, self.area = browsers.of, cast, area

    @property
    def line(self) -> Line:
        return Line(self.area, "guard")

    async def card(self, grid: int, title: str = "门轴松了") -> tuple[int, str]:
        card = await report_hazard(Report(grid_id=grid, title=title), by=SYSTEM)
        return card, str(await fetch_value("SELECT number FROM hazard WHERE id = {}", card))

    async def write(self, text: str, card: str = "", key: str = "") -> int:
        new = NewLine(self.line, Kind.EVENT, key, text, card=card)
        return await write_line(self.cast.school, new, by=await self.cast.actor(self.cast.keeper))


@pytest.fixture
async def gate(browsers: Browsers, cast: Cast, clock: MovingClock) -> Gate:
    await seed_calendar()
    await seed_duty_words()
    await seed_categories()
    await adopt_proposal(cast.school, by=SYSTEM)
    area = int(await fetch_value("SELECT id FROM duty_area WHERE org_id = {} AND name = {}", cast.school, "校门"))
    await execute("UPDATE duty_area SET grid_id = {} WHERE id = {}", cast.room, area)
    await execute("UPDATE organisation SET rights_version = rights_version + 1")
    zero = start_of_day(today())
    clock.set(zero + HOUR)
    for line, person in ((Line(area, "guard"), cast.keeper), (LEADING, cast.vice_head)):
        await add_shift(cast.school, NewShift(line, zero + 8 * HOUR, zero + 20 * HOUR, person), by=SYSTEM)
    clock.set(zero + 10 * HOUR)
    return Gate(browsers, cast, area)


def form_of(browser: Browser, **fields: str) -> Form:
    return next(one for one in browser.forms if all(one.fields.get(name) == [value] for name, value in fields.items()))


@pytest.mark.parametrize("htmx", [False, True])
async def test_a_line_names_a_card_by_its_number(gate: Gate, cast: Cast, htmx: bool) -> None:
    card, number = await gate.card(cast.room)
    keeper = await gate.of(cast.keeper, htmx=htmx)
    await keeper.get("/duty/log")
    await keeper.submit(form_of(keeper, form="line"), kind="event", text="门关不上", card=f" {number} ")
    assert (f"/hazards/{card}", f"隐患 {number}：门轴松了") in keeper.links
    [row] = [row for row in await log_between(cast.school, now() - HOUR, now() + HOUR) if row.kind == Kind.EVENT]
    assert row.hazard_id == card
    details = await fetch_value("SELECT details FROM event WHERE kind = 'duty.log_written' ORDER BY id DESC LIMIT 1")
    assert json.loads(details)["hazard_id"] == card
    assert not [href for href, text in keeper.links if href.startswith("/hazards/new") and "line=" in href], "named"


async def test_a_number_that_is_none_comes_back_with_everything_typed(gate: Gate, cast: Cast) -> None:
    keeper = await gate.of(cast.keeper)
    await keeper.get("/duty/log")
    answer = await keeper.submit(form_of(keeper, form="line"), kind="event", text="门关不上", card="2026-9999")
    assert answer.status_code == 422
    assert "没有找到这个编号的隐患" in keeper.text
    form = form_of(keeper, form="line")
    assert (form.fields["card"], form.fields["text"][0].strip()) == (["2026-9999"], "门关不上")
    assert await fetch_value("SELECT count(*) FROM duty_log") == 0


async def test_a_hazard_is_reported_from_a_line_without_script(gate: Gate, cast: Cast) -> None:
    line = await gate.write("配电箱门掉了")
    keeper = await gate.of(cast.keeper)
    await keeper.get("/duty/log")
    [there] = [href for href, _ in keeper.links if f"line={line}" in href]
    await keeper.get(there)
    await keeper.submit(keeper.form("/hazards"), title="配电箱门掉了")
    [card] = await fetch_column("SELECT id FROM hazard")
    assert await fetch_column("SELECT hazard_id FROM duty_log WHERE corrects_id = {}", line) == [card]
    await keeper.get("/duty/log")
    number = await fetch_value("SELECT number FROM hazard WHERE id = {}", card)
    assert f"隐患 {number}：配电箱门掉了" in keeper.text
    assert not [href for href, _ in keeper.links if f"line={line}" in href], "reported is reported"


async def test_a_card_is_named_afterwards_by_whoever_may_correct(gate: Gate, cast: Cast) -> None:
    card, number = await gate.card(cast.room)
    line = await gate.write("门关不上")
    keeper = await gate.of(cast.keeper)
    for _ in range(2):
        await keeper.get(f"/duty/log?correct={line}")
        await keeper.submit(form_of(keeper, form="card"), card=number)
        assert "这一条连到了隐患" in keeper.text
    assert await fetch_value("SELECT count(*) FROM duty_log WHERE hazard_id = {}", card) == 1, "once"
    await keeper.get(f"/duty/log?correct={line}")
    assert (await keeper.submit(form_of(keeper, form="card"), card="")).status_code == 422
    with pytest.raises(Refused, match=r"duty\.log_not_on_duty"):
        await name_card(cast.school, line, card, by=await cast.actor(cast.teacher))
    with pytest.raises(NotFound):
        await name_card(cast.other_school, line, card, by=await cast.actor(cast.other_safety))


async def test_a_report_from_a_line_that_is_not_theirs_is_a_report_and_no_more(gate: Gate, cast: Cast) -> None:
    line = await gate.write("门关不上")
    other = await gate.of(cast.other_safety)
    for wrong in (line, 999_999, "x"):
        await other.get(f"/hazards/new?grid={cast.other_school}&line={wrong}")
        await other.submit(other.form("/hazards"), title="别的学校的事")
    assert await fetch_value("SELECT count(*) FROM hazard") == 3
    assert await fetch_value("SELECT count(*) FROM duty_log WHERE hazard_id IS NOT NULL") == 0


async def test_a_sensitive_card_is_never_named_nor_told(gate: Gate, cast: Cast) -> None:
    card, number = await gate.card(cast.room, "课间推搡")
    await execute("UPDATE hazard SET is_restricted = {} WHERE id = {}", True, card)
    for person in (cast.keeper, cast.safety, cast.principal):
        new = NewLine(gate.line, Kind.EVENT, "", "x", card=number)
        with pytest.raises(Invalid) as refused:
            await write_line(cast.school, new, by=await cast.actor(person))
        assert refused.value.fields == {"card": "duty.log_no_card"}, "the same as for a number that is none"
    line = await gate.write("门口有人推搡")
    keeper = await gate.of(cast.keeper)
    await keeper.get(f"/hazards/new?grid={cast.room}&line={line}")
    await keeper.submit(keeper.form("/hazards"), title="推搡", confidential="1")
    assert await fetch_value("SELECT count(*) FROM duty_log WHERE hazard_id IS NOT NULL") == 0


async def test_what_becomes_sensitive_or_lies_elsewhere_is_as_if_it_were_not_named(
    gate: Gate, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    card, number = await gate.card(cast.room)
    line = await gate.write("门关不上", number)
    plain = await gate.write("又关不上")
    await name_card(cast.school, plain, card, by=await cast.actor(cast.keeper))
    month = start_of_day(today().replace(day=1)), start_of_day(today() + timedelta(days=1))
    before = digest_of([row for row in await log_of_area(cast.school, gate.area, *month) if row.kind != Kind.HAZARD])
    chief, teacher = await gate.of(cast.principal), await gate.of(cast.teacher)
    await chief.get("/duty/log")
    assert chief.text.count(number) == 2
    await teacher.get("/duty/log")
    assert number not in teacher.text and "门轴松了" not in teacher.text, "not their place"
    assert "门关不上" in teacher.text and "又关不上" in teacher.text
    await execute("UPDATE hazard SET is_restricted = {} WHERE id = {}", True, card)
    for reader in (chief, teacher):
        await reader.get("/duty/log")
        assert number not in reader.text and "门轴松了" not in reader.text
    from portal.duty.watching.routes import log as routes  # the paper, without the pages' process

    shown: list[object] = []

    async def keep(_template: str, _language: str, **context: object) -> bytes:
        shown.append(context["view"])
        return b"%PDF-"

    monkeypatch.setattr(routes, "pdf_of", keep)
    await chief.client.get(f"/duty/log.pdf?area={gate.area}")
    [view] = shown
    assert view.digest == before and view.count == 2  # type: ignore[attr-defined]
    assert number not in str(view) and line


async def test_cards_cost_the_page_one_statement(gate: Gate, cast: Cast) -> None:
    keeper = await gate.of(cast.keeper)

    async def count() -> int:
        seen: list[str] = []
        watchers.append(seen.append)
        try:
            await keeper.get("/duty/log")
        finally:
            watchers.remove(seen.append)
        return len(seen)

    await count()
    none = await count()
    for n in range(12):
        _, number = await gate.card(cast.room, f"第 {n} 处")
        await gate.write(f"第 {n} 件", number, f"k{n}")
    assert await count() == none + 1
