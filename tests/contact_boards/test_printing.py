"""Print jobs: who may ask, what stands on the paper, and that a killed worker loses nothing and repeats nothing."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from portal.contact_boards.printing import labels, services
from portal.contact_boards.printing.papers import paper_of, plates_of, short, steps_path
from portal.contact_boards.printing.queries import print_row, print_seen, printable_grids, recent_prints
from portal.contact_boards.printing.rules import MOST_ERRORS, PAPER, Kind, State, tries_again
from portal.contact_boards.printing.running import run_print, run_waiting_prints
from portal.contact_boards.printing.services import (
    ask_print,
    claim_print,
    fail_print,
    finish_print,
    give_back_print,
    keep_print,
    retry_print,
    tidy_prints,
)
from portal.contact_boards.rules import Field
from portal.contact_boards.services import set_own_consent
from portal.core.actors import SYSTEM
from portal.core.clock import now
from portal.core.database import execute, fetch_column, fetch_value, unit_of_work
from portal.core.files import FolderStore
from portal.core.refusals import Conflict, NotFound, Refused
from portal.grids.services import make_grid
from portal.rendering import pdf
from portal.rendering.pdf import PdfFailed
from portal.rendering.pdf.codes import code_of
from tests.rendering.test_pdf import opened, pages

ROOT = Path(__file__).parents[2]
MOBILE = "13800000000"
BASE = "https://anwang.example"


async def asked(cast, kind=Kind.PLATES, grid=None, person=None):
    by = await cast.actor(person or cast.safety)
    return await ask_print(grid or cast.building, kind, language="zh-Hans", by=by)


async def events(kind: str) -> int:
    return await fetch_value("SELECT count(*) FROM event WHERE kind = {}", kind)


def test_every_kind_has_its_words_and_paper():
    assert set(labels.KINDS) == set(labels.PAPERS) == set(Kind) == set(PAPER)
    assert set(labels.STATES) == set(State)


@pytest.mark.parametrize(
    ("error", "errors", "again"),
    [
        ("pdf.busy", 1, True),
        ("pdf.crashed", MOST_ERRORS, False),
        ("pdf.glyph_missing", 1, False),
        ("pdf.no_pango", 1, False),
    ],
)
def test_what_passes_by_itself_is_tried_again(error, errors, again):
    assert tries_again(error, errors) is again


def test_a_code_is_drawn_as_it_is():
    import segno

    text = "https://anwang.example/b/AbCdEfGh1234567890xyzABC"
    code = code_of(text)
    drawn = [[0] * code.size for _ in range(code.size)]
    for bar in code.path.removeprefix("M").split("M"):
        x, rest = bar.split(" ")
        y, rest = rest.split("h", 1)
        width = int(rest.split("v")[0])
        assert rest == f"{width}v1h-{width}z"
        for column in range(int(x), int(x) + width):
            drawn[int(y)][column] += 1
    matrix = segno.make_qr(text, error="q", boost_error=False, mask=4).matrix
    assert drawn == [list(row) for row in matrix]


def test_addresses_and_ways_are_short():
    assert short("https://anwang.example:8443/b/abc") == "anwang.example:8443/b/abc"
    assert steps_path("/1/5/19/", 5) == "/1/5/" and steps_path("/5/19/", 5) == "/5/"


async def test_a_building_gets_a_plate_for_each_of_its_rooms_and_boards_that_it_lacked(cast):
    job = await print_row(await asked(cast))
    assert (job.state, job.total, job.done) == ("waiting", 2, 0)
    boards = await fetch_column("SELECT grid_id FROM contact_board")
    assert {cast.room, cast.second_room} <= set(boards)
    plates = await plates_of(job, base_url=BASE, at=now())
    assert [plate.name for plate in plates] == ["化学实验室(东)", "配电室"]
    plate = plates[0]
    code = await fetch_value("SELECT check_code FROM contact_board WHERE grid_id = {}", cast.room)
    key = await fetch_value("SELECT key FROM contact_board WHERE grid_id = {}", cast.room)
    assert plate.check_code == code and plate.short == f"anwang.example/b/{key}"
    assert plate.code == code_of(f"{BASE}/b/{key}")
    assert (plate.school, plate.where, plate.duty_phone) == ("明德中学", "博学楼 一楼", "0000-8800110")


async def test_asking_twice_is_one_job_until_it_is_begun(cast):
    first = await asked(cast)
    assert await asked(cast) == first
    assert await asked(cast, Kind.CARDS) != first
    assert await events("print.asked") == 2
    await claim_print()
    assert await asked(cast) != first


async def test_two_who_press_at_once_get_one_job(cast):
    jobs = await asyncio.gather(*(asked(cast) for _ in range(5)))
    assert len(set(jobs)) == 1 and await events("print.asked") == 1


async def test_only_who_may_change_boards_prints_and_only_at_home(cast):
    assert await print_seen(await asked(cast, person=cast.principal), by=await cast.actor(cast.safety))
    for person in (cast.keeper, cast.teacher, cast.nobody, cast.other_safety):
        with pytest.raises(NotFound):
            await asked(cast, person=person)
    job = await asked(cast)
    stranger = await cast.actor(cast.other_safety)
    with pytest.raises(NotFound):
        await print_seen(job, by=stranger)
    assert await recent_prints(by=stranger) == []
    assert {choice.org_id for choice in await printable_grids(by=stranger)} == {cast.other_school}


async def test_too_many_are_refused_before_anything_is_made(cast, monkeypatch):
    monkeypatch.setattr(services, "MOST_PIECES", 1)
    with pytest.raises(Refused) as refusal:
        await asked(cast)
    assert refusal.value.code == "print.too_many" and refusal.value.params == {"pieces": 2, "most": 1}
    assert not await fetch_value("SELECT count(*) FROM print_job") and not await events("contact_board.made")


# -- what stands on the paper


async def told_on(job_id: int) -> str:
    job = await print_row(job_id)
    return repr((await paper_of(job, base_url=BASE, at=now(), store=FolderStore(Path("nowhere")))).contexts)


@pytest.mark.parametrize("kind", Kind)
async def test_without_consent_no_name_and_no_whole_number_gets_onto_paper(cast, kind):
    names = [name for name in await fetch_column("SELECT name FROM person") if name]
    told = await told_on(await asked(cast, kind, cast.floor))
    assert MOBILE not in told and not [name for name in names if name in told]
    assert "138****0000" in told


@pytest.mark.parametrize("kind", [Kind.PLATES, Kind.CARDS])
async def test_with_consent_both_stand_there(cast, kind):
    keeper = await cast.actor(cast.keeper)
    await set_own_consent([Field.NAME, Field.MOBILE], by=keeper)
    job = await asked(cast, kind)
    assert keeper.name in await told_on(job) and MOBILE in await told_on(job)
    await set_own_consent([], by=keeper)
    assert keeper.name not in await told_on(job) and MOBILE not in await told_on(job)


async def test_a_poster_says_what_the_public_page_says(cast):
    keeper = await cast.actor(cast.keeper)
    await set_own_consent([Field.NAME, Field.MOBILE], by=keeper)
    told = await told_on(await asked(cast, Kind.POSTER, cast.room))
    assert keeper.name in told and MOBILE in told and "0000-8800110" in told


async def test_pupils_stand_on_no_paper(cast):
    grid = await fetch_value(
        "SELECT p.grid_id FROM post p JOIN appointment a ON a.post_id = p.id WHERE a.person_id = {}", cast.monitor
    )
    await execute(
        "INSERT INTO consent (person_id, field, text_edition, given_at) VALUES ({}, 'name', 1, {})", cast.monitor, now()
    )
    name = await fetch_value("SELECT name FROM person WHERE id = {}", cast.monitor)
    for kind in Kind:
        assert name not in await told_on(await asked(cast, kind, grid))


async def test_plates_take_a_fixed_number_of_statements(cast, monkeypatch):
    from portal.core import database

    async def statements() -> int:
        seen = []
        job = await print_row(await asked(cast))
        monkeypatch.setattr(database, "watchers", [seen.append])
        await plates_of(job, base_url=BASE, at=now())
        monkeypatch.setattr(database, "watchers", [])
        return len(seen)

    few = await statements()
    await execute("DELETE FROM print_job")
    for n in range(20):
        await make_grid(f"房间{n}", parent_id=cast.floor, kind="room", by=SYSTEM)
    assert await statements() == few


# -- the worker


async def test_a_job_becomes_a_file_with_a_page_for_each_plate(cast, settings):
    job_id = await asked(cast)
    assert await run_waiting_prints(settings) == 1
    job = await print_row(job_id)
    assert (job.state, job.done, job.total, job.error) == ("done", 2, 2, None)
    body = await FolderStore(settings.files).open(job.file_digest)
    assert body.startswith(b"%PDF-") and pages(body) == 2
    assert MOBILE.encode() not in opened(body)
    assert await events("print.made") == 1
    assert await run_waiting_prints(settings) == 0
    await asked(cast)
    await run_waiting_prints(settings)
    digests = await fetch_column("SELECT file_digest FROM print_job")
    assert digests[0] == digests[1]  # the same input gives the same bytes
    pdf.shutdown()


@pytest.mark.parametrize("kind", [Kind.POSTER, Kind.CARDS])
async def test_posters_and_cards_too(cast, settings, kind):
    job_id = await asked(cast, kind)
    assert await run_waiting_prints(settings) == 1
    job = await print_row(job_id)
    assert pages(await FolderStore(settings.files).open(job.file_digest)) == 1
    pdf.shutdown()


async def test_a_worker_that_died_is_followed_by_the_next_and_comes_too_late(cast, clock, settings):
    await asked(cast)
    job, dead = await claim_print()
    assert await claim_print() is None
    assert await keep_print(job.id, dead, done=1, total=2)
    clock.forward(seconds=46)
    again, token = await claim_print()
    assert again.id == job.id and again.done == 0
    assert not await keep_print(job.id, dead, done=2, total=2)
    assert not await finish_print(job, dead, file_digest="0" * 64, pieces=2)
    assert await fail_print(job, dead, error="pdf.broken", params={}) is False
    assert await finish_print(again, token, file_digest="1" * 64, pieces=2)
    assert not await finish_print(again, token, file_digest="1" * 64, pieces=2)
    assert await events("print.made") == 1 and await events("print.failed") == 0


async def test_a_lost_lease_stops_the_printing(cast, settings, monkeypatch):
    await asked(cast)
    job, token = await claim_print()
    began = asyncio.Event()

    async def endless(*_, **__):
        began.set()
        await asyncio.sleep(60)

    monkeypatch.setattr(pdf, "pdf_of_many", endless)
    monkeypatch.setattr("portal.contact_boards.printing.running.KEEP_SECONDS", 0.05)
    running = asyncio.create_task(run_print(job, token, settings=settings))
    await began.wait()
    async with unit_of_work():
        await execute("UPDATE print_job SET lease = 'other' WHERE id = {}", job.id)
    assert await asyncio.wait_for(running, 5) is False
    assert (await print_row(job.id)).state == "running"


async def test_a_worker_that_stops_gives_its_job_back(cast, settings, monkeypatch):
    await asked(cast)
    job, token = await claim_print()
    began = asyncio.Event()

    async def endless(*_, **__):
        began.set()
        await asyncio.sleep(60)

    monkeypatch.setattr(pdf, "pdf_of_many", endless)
    running = asyncio.create_task(run_print(job, token, settings=settings))
    await began.wait()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert (await print_row(job.id)).state == "waiting"
    assert await claim_print() is not None


async def test_a_job_waits_while_the_file_store_is_away(cast, clock, settings):
    job_id = await asked(cast)
    away = replace(settings, files_url="s3://files?endpoint=http://127.0.0.1:1", files_key="id:secret")
    for _ in range(4):
        assert await run_waiting_prints(away) == 0
        assert await fetch_value("SELECT state FROM print_job WHERE id = {}", job_id) == "waiting"
        assert await run_waiting_prints(settings) == 0, "not again at once: the paper would be set for nothing"
        clock.forward(seconds=31)
    assert await fetch_value("SELECT attempts FROM print_job WHERE id = {}", job_id) == 0
    assert await run_waiting_prints(settings) == 1


async def test_what_cannot_be_printed_says_why_and_can_be_made_again(cast, settings, monkeypatch):
    job_id = await asked(cast)

    async def poisoned(*_, **__):
        raise PdfFailed("pdf.glyph_missing", characters="\ue123")

    with monkeypatch.context() as patch:
        patch.setattr(pdf, "pdf_of_many", poisoned)
        assert await run_waiting_prints(settings) == 0
    job = await print_row(job_id)
    assert (job.state, job.attempts) == ("failed", 1)
    assert job.failure == ("pdf.glyph_missing", {"characters": "\ue123"})
    assert await events("print.failed") == 1
    by = await cast.actor(cast.safety)
    with pytest.raises(Conflict):
        await retry_print(job_id, version=job.version + 1, by=by)
    with pytest.raises(NotFound):
        await retry_print(job_id, version=job.version, by=await cast.actor(cast.other_safety))
    await retry_print(job_id, version=job.version, by=by)
    assert await run_waiting_prints(settings) == 1
    with pytest.raises(Refused):
        await retry_print(job_id, version=(await print_row(job_id)).version, by=by)
    pdf.shutdown()


async def test_a_machine_out_of_breath_is_tried_three_times(cast, clock, settings, monkeypatch):
    job_id = await asked(cast)
    tries = []

    async def breathless(*_, **__):
        tries.append(now())
        raise PdfFailed("pdf.crashed", kind=-11)

    monkeypatch.setattr(pdf, "pdf_of_many", breathless)
    for _ in range(10):
        await run_waiting_prints(settings)
        clock.forward(seconds=10)
    assert len(tries) == MOST_ERRORS
    assert (await print_row(job_id)).state == "failed" and await events("print.failed") == 1


async def test_one_poisoned_job_does_not_keep_the_others(cast, settings, monkeypatch):
    jobs = [await asked(cast, Kind.PLATES), await asked(cast, Kind.POSTER), await asked(cast, Kind.CARDS)]
    real = pdf.pdf_of_many

    async def sometimes(template, *rest, **more):
        if "poster" in template:
            raise RuntimeError("a mistake of ours")
        return await real(template, *rest, **more)

    monkeypatch.setattr(pdf, "pdf_of_many", sometimes)
    monkeypatch.setattr("portal.contact_boards.printing.running.log.error", lambda *_, **__: None)
    assert await run_waiting_prints(settings) == 2
    assert [(await print_row(job)).state for job in jobs] == ["done", "failed", "done"]
    pdf.shutdown()


async def test_paper_is_kept_for_a_month_and_its_files_are_not_swept_before(cast, clock, settings):
    from tasks.tidying import _referred

    await asked(cast)
    job, token = await claim_print()
    await finish_print(job, token, file_digest="1" * 64, pieces=2)
    clock.forward(days=29)
    assert await tidy_prints() == 0 and await _referred(["1" * 64]) == {"1" * 64}
    clock.forward(days=2)
    assert await tidy_prints() == 1 and await _referred(["1" * 64]) == set()
    gone = await print_row(job.id)
    assert gone.state == "gone" and gone.file_digest is None
    await retry_print(job.id, version=gone.version, by=await cast.actor(cast.safety))


async def test_giving_back_needs_the_lease(cast):
    await asked(cast)
    job, token = await claim_print()
    await give_back_print(job.id, "not mine")
    assert await claim_print() is None
    await give_back_print(job.id, token)
    assert await claim_print() is not None


WORKER = """
import asyncio, sys
from datetime import UTC, datetime, timedelta
from portal.contact_boards.printing.running import run_waiting_prints
from portal.core import clock
from portal.core.crypto import use_key_file
from portal.core.database import close_database, open_database
from portal.settings import load_settings

async def main():
    settings = load_settings()
    use_key_file(settings.key_file)
    clock.set_clock(lambda: datetime.now(UTC) + timedelta(minutes=int(sys.argv[1])))
    await open_database(settings.database_url)
    print(await run_waiting_prints(settings))
    await close_database()

asyncio.run(main())
"""


@pytest.mark.slow
async def test_a_killed_worker_loses_nothing_and_repeats_nothing(cast, settings, database):
    if not database.startswith("sqlite"):
        pytest.skip("the lease is the same; one engine is enough for real kills")
    for n in range(60):
        await make_grid(f"房间{n}", parent_id=cast.floor, kind="room", by=SYSTEM)
    job_id = await asked(cast)
    environ = {**os.environ, **replace(settings, database_url=database).environ()}

    def worker(minutes):
        command = [sys.executable, "-c", WORKER, str(minutes)]
        return subprocess.Popen(command, cwd=ROOT, env=environ, stdout=subprocess.PIPE, text=True)

    for minutes in (0, 5, 10):
        killed = worker(minutes)
        for _ in range(300):
            if await fetch_value("SELECT done FROM print_job WHERE id = {} AND state = 'running'", job_id):
                break
            await asyncio.sleep(0.05)
        killed.send_signal(signal.SIGKILL)
        killed.communicate()
        assert (await print_row(job_id)).state == "running"
    last = worker(15)
    assert (await asyncio.to_thread(last.communicate))[0].strip() == "1"
    job = await print_row(job_id)
    assert (job.state, job.done, job.attempts) == ("done", 62, 0) and await events("print.made") == 1
    assert pages(await FolderStore(settings.files).open(job.file_digest)) == 62


@pytest.mark.slow
async def test_three_hundred_plates_take_less_than_a_minute_and_tell_how_far_they_are(cast, settings, monkeypatch):
    for n in range(298):
        await make_grid(f"房间{n}", parent_id=cast.floor, kind="room", by=SYSTEM)
    job_id = await asked(cast)
    monkeypatch.setattr("portal.contact_boards.printing.running.KEEP_SECONDS", 0.2)
    monkeypatch.setattr("portal.contact_boards.printing.services.LEASE", timedelta(seconds=45))
    far, begin = [], time.monotonic()
    printing = asyncio.create_task(run_waiting_prints(settings))
    while not printing.done():
        far.append(await fetch_value("SELECT done FROM print_job WHERE id = {}", job_id))
        await asyncio.sleep(0.2)
    took = time.monotonic() - begin
    assert await printing == 1
    assert took < 60, took
    assert far == sorted(far) and len(set(far)) > 3
    job = await print_row(job_id)
    assert (job.total, json.loads(job.params)) == (300, {"language": "zh-Hans"})
    assert pages(await FolderStore(settings.files).open(job.file_digest)) == 300
    pdf.shutdown()
