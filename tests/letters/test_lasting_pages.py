"""How letters are kept, on the pages: one more try for a stamp, the years, the archives, what is removed (F20, F24)."""

import asyncio
import hashlib
import os
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from portal.core import database
from portal.core.clock import now
from portal.core.database import execute, fetch_column, fetch_value
from portal.core.refusals import Busy, Invalid, Refused
from portal.letters import sealing
from portal.letters.lasting.forms import parse_removal, parse_where, parse_years
from portal.letters.lasting.queries import past_letters
from portal.letters.lasting.rules import YEARS, years_before
from portal.letters.lasting.services.retention import confirm_archive, remove_letters
from portal.letters.queries.letters import file_now, files_of
from portal.letters.running import run_waiting_letters
from portal.settings import Settings
from tasks.tidying import tidy
from tests.cast import Cast
from tests.conftest import START, Browsers, MovingClock
from tests.letters.letter_stories import with_wording
from tests.letters.sealing_kit import TimeServer, serving
from tests.letters.verifying_kit import Made, complete

KEEPING = "/letters/keeping"


@pytest.fixture(autouse=True)
def ended() -> Iterator[None]:
    yield
    sealing.shutdown()


@pytest.fixture(autouse=True)
async def shared(cast: Cast) -> None:
    await with_wording()


def test_forms() -> None:
    assert parse_years({"years": "10"}) == 10 and parse_where({"where": "档案室"}) == "档案室"
    assert parse_removal({"year": "2026", "count": "3", "checked": "1"}) == (2026, 3)
    for wrong in ("", "2", "51", "-5", "五", "１０", "1e1", "10.5"):
        with pytest.raises(Invalid):
            parse_years({"years": wrong})
    for where in ("", "x" * 121):
        with pytest.raises(Invalid):
            parse_where({"where": where})
    for texts in ({}, {"year": "2026", "count": "3"}, {"year": "x", "count": "3", "checked": "1"}):
        with pytest.raises(Invalid):
            parse_removal(texts)


def test_years_are_those_of_the_calendar() -> None:
    assert years_before(START, 10) == START.replace(year=2016)
    leap = START.replace(year=2028, month=2, day=29)
    assert years_before(leap, 3) == leap.replace(year=2025, day=28)


async def test_without_a_server_the_page_says_so_and_offers_no_try(
    cast: Cast, browsers: Browsers, settings: Settings
) -> None:
    made = await complete(cast, settings)
    page = await (await browsers.of(cast.safety)).client.get(f"/letters/{made.id}")
    assert "没有配置时间戳服务器" in page.text and "马上再试" not in page.text
    keeping = await (await browsers.of(cast.safety)).client.get(KEEPING)
    assert "没有配置时间戳服务器" in keeping.text and "没有时间戳，只有本校记下的时间" in keeping.text


async def test_why_a_letter_waits_is_on_its_page_and_the_office_may_try_at_once(
    cast: Cast, browsers: Browsers, settings: Settings, clock: MovingClock
) -> None:
    with serving(TimeServer(at=now())) as server:
        (settings.data / "time-stamp-authorities.pem").write_text(server.root)
        named = replace(settings, time_stamp_url=server.url)
        browsers.app.state.settings = named
        made = await complete(cast, named)
        server.is_down = True
        assert await run_waiting_letters(named) == 0
        office, signer = await browsers.of(cast.safety), (await made.whole()).parties[1].person_id
        address = f"/letters/{made.id}"
        page = await office.get(address)
        assert "等着给全文加时间戳" in page.text and "马上再试" in page.text and "时间戳" in page.text
        assert "1 份等着加时间戳" in (await office.get(KEEPING)).text
        other = await (await browsers.of(signer)).client.get(address)
        assert "等着给全文加时间戳" in other.text and "马上再试" not in other.text
        assert await run_waiting_letters(named) == 0, "not before its time"
        server.is_down = False
        sealing.shutdown()
        await office.get(address)
        answer = await office.submit(office.form(f"{address}/stamps"))
        assert "马上再试一次" in answer.text
        assert await run_waiting_letters(named) == 1
        page = await office.get(address)
        assert "全文加了时间戳，可以长期核验" in page.text and "等着" not in page.text
    assert await fetch_column("SELECT kind FROM event WHERE kind LIKE 'letter.stamp%'") == ["letter.stamp_asked"]


async def ended_letter(cast: Cast, settings: Settings, clock: MovingClock, *, years: int = YEARS) -> Made:
    """A letter whose years are over."""
    made = await complete(cast, settings)
    row = (await made.whole()).row
    assert row.ends_at is not None
    clock.set(row.ends_at.replace(year=row.ends_at.year + years))
    return made


async def test_the_years_are_the_schools_own(cast: Cast, browsers: Browsers, settings: Settings) -> None:
    office = await browsers.of(cast.safety)
    page = await office.get(KEEPING)
    assert "再留 10 年" in page.text
    answer = await office.submit(office.form("/letters/keeping/periods"), years="5")
    assert "再留 5 年" in answer.text
    late = office.form("/letters/keeping/periods")
    assert "再留 6 年" in (await office.submit(late, years="6")).text
    beaten = await office.submit(late, years="7")
    assert beaten.status_code == 409 and "再留 6 年" in beaten.text
    await office.get(KEEPING)
    wrong = await office.submit(office.form("/letters/keeping/periods"), years="2")
    assert wrong.status_code == 422 and "写 3 到 50 之间的年数" in wrong.text and 'value="2"' in wrong.text


async def test_nothing_is_removed_before_it_is_archived_confirmed_and_decided(
    cast: Cast, browsers: Browsers, settings: Settings, clock: MovingClock
) -> None:
    made = await complete(cast, settings)
    row = (await made.whole()).row
    office = await browsers.of(cast.safety)
    early = await office.client.get(f"/letters/archive?year={row.year}")
    assert row.ends_at is not None and early.status_code == 200
    clock.set(row.ends_at.replace(year=row.ends_at.year + YEARS) - timedelta(seconds=1))
    office = await browsers.of(cast.safety)
    assert row.number not in (await office.get(KEEPING)).text
    clock.forward(seconds=1)
    page = await office.get(KEEPING)
    assert row.number in page.text and "1 份还没有归档" in page.text and "/letters/keeping/removals" not in page.text
    first = office.form("/letters/archives/1/confirmations")
    page = await office.submit(first, where="档案室三号柜")
    assert "确认收好" in page.text and "1 份还没有归档" in page.text, "it was taken out before the letter ended"
    archive = await office.client.get(f"/letters/archive?year={row.year}")
    page = await office.get(KEEPING)
    digest = hashlib.sha256(archive.content).hexdigest()
    assert digest[:16] in page.text and "/letters/keeping/removals" not in page.text
    empty = await office.submit(office.form("/letters/archives/2/confirmations"), where="")
    assert empty.status_code == 422 and "写一写放在哪里" in empty.text
    page = await office.submit(office.form("/letters/archives/2/confirmations"), where="档案室三号柜")
    assert "还没有归档" not in page.text
    form = office.form("/letters/keeping/removals")
    refused = await office.submit(form)
    assert refused.status_code == 422 and "核对过归档" in refused.text and await file_now(made.id) is not None
    assert "移除了" in (await office.submit(form, checked="1")).text
    again = await office.submit(form, checked="1")
    assert again.status_code == 422 and "没有可以移除的" in again.text
    await check_removed(made, settings, digest, clock)
    gone = await office.get(f"/letters/{made.id}")
    assert gone.status_code == 200 and "文件和个人信息已经移除" in gone.text and row.number in gone.text
    stranger = browsers.stranger()
    told = await stranger.client.post(
        "/v/files", files={"file": ("a.pdf", made.final)}, headers={"Origin": stranger.origin}
    )
    assert re.search(r'<h1 id="verdict">是原件，但已经不再有效</h1>', told.text), "a paper that turns up is still known"
    assert (await stranger.client.get(f"/v/{row.code}")).status_code == 200
    later = await office.client.get(f"/letters/archive?year={row.year}")
    assert later.status_code == 200 and row.number.encode() not in later.content


async def check_removed(made: Made, settings: Settings, digest: str, clock: MovingClock) -> None:
    assert await fetch_value("SELECT text FROM letter WHERE id = {}", made.id) is None
    assert set(await fetch_column("SELECT proof FROM letter_party WHERE letter_id = {}", made.id)) == {None}
    assert set(await fetch_column("SELECT network FROM letter_reading WHERE letter_id = {}", made.id)) == {""}
    assert await file_now(made.id) is None
    files = await files_of(made.id)
    assert len(files) == 5 and all(len(one.digest) == 64 for one in files)
    clock.forward(hours=2)
    for one in files:
        assert await made.store.exists(one.digest)
    old = (now() - timedelta(days=1)).timestamp()
    for path in Path(settings.files).rglob("*"):
        if path.is_file():
            os.utime(path, (old, old))
    await tidy(settings, now())
    assert not any([await made.store.exists(one.digest) for one in files]), "the night's tidying takes them away"
    event = await fetch_value("SELECT details FROM event WHERE kind = 'letter.removed' AND subject_id = {}", made.id)
    assert digest in event


async def test_a_decision_on_other_numbers_than_the_page_told_is_a_conflict(
    cast: Cast, browsers: Browsers, settings: Settings, clock: MovingClock
) -> None:
    made = await ended_letter(cast, settings, clock)
    office = await browsers.of(cast.safety)
    row = (await made.whole()).row
    await office.client.get(f"/letters/archive?year={row.year}")
    await office.get(KEEPING)
    await office.submit(office.form("/letters/archives/1/confirmations"), where="柜")
    answer = await office.submit(office.form("/letters/keeping/removals"), checked="1", count="2")
    assert answer.status_code == 409 and "份数变了" in answer.text
    assert await fetch_value("SELECT count(*) FROM letter_removal") == 0


async def test_of_many_who_decide_at_once_one_removes(
    cast: Cast, browsers: Browsers, settings: Settings, clock: MovingClock
) -> None:
    made = await ended_letter(cast, settings, clock)
    row, by = (await made.whole()).row, await cast.actor(cast.safety)
    await (await browsers.of(cast.safety)).client.get(f"/letters/archive?year={row.year}")
    await confirm_archive(1, "柜", version=1, by=by)
    found = await asyncio.gather(*(remove_letters(row.year, count=1, by=by) for _ in range(8)), return_exceptions=True)
    assert [one for one in found if one == 1] == [1]
    assert {type(one) for one in found if one != 1} <= {Refused, Busy}, found
    assert await fetch_value("SELECT count(*) FROM letter_removal") == 1
    assert await fetch_value("SELECT count(*) FROM event WHERE kind = 'letter.removed'") == 1


async def test_an_archive_that_broke_off_cannot_be_confirmed(
    cast: Cast, browsers: Browsers, settings: Settings
) -> None:
    made = await complete(cast, settings)
    year = (await made.whole()).row.year
    office = await browsers.of(cast.safety)
    await office.client.get(f"/letters/archive?year={year}")
    await execute("UPDATE letter_archive SET finished_at = NULL")
    page = await office.get(KEEPING)
    assert "没有下载完" in page.text and "/confirmations" not in page.text
    answer = await office.client.post(
        "/letters/archives/1/confirmations", data={**office.form("/letters/keeping/periods").fields, "where": "柜"},
        headers={"Origin": office.origin},
    )  # fmt: skip
    assert answer.status_code == 422 and "不能确认" in answer.text


async def test_other_schools_and_other_people_see_nothing_of_it(
    cast: Cast, browsers: Browsers, settings: Settings, clock: MovingClock
) -> None:
    made = await ended_letter(cast, settings, clock)
    row = (await made.whole()).row
    other = await browsers.of(cast.other_safety)
    page = await other.get(KEEPING)
    assert page.status_code == 200 and row.number not in page.text
    assert (await (await browsers.of(cast.teacher)).client.get(KEEPING)).status_code == 403
    assert await past_letters(cast.school, YEARS, by=await cast.actor(cast.other_safety)) == []


async def test_the_page_asks_a_fixed_number_of_statements(cast: Cast, browsers: Browsers, settings: Settings) -> None:
    office = await browsers.of(cast.safety)
    counts = []
    for _ in range(2):
        await complete(cast, settings)
        asked: list[str] = []
        database.watchers.append(asked.append)
        try:
            assert (await office.client.get(KEEPING)).status_code == 200
        finally:
            database.watchers.remove(asked.append)
        counts.append(len(asked))
        assert not [one for one in asked if not one.startswith(("SELECT", "WITH"))]
    assert counts[0] == counts[1] <= 12, counts
