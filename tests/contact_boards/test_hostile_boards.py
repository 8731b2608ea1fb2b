"""What an attack on public boards, the screening and printing tried; each failed or was mended."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from portal.contact_boards.copying import copy_boards, copy_if_withdrawn
from portal.contact_boards.printing.running import run_waiting_prints
from portal.contact_boards.queries.reports import report_to_screen
from portal.contact_boards.rules import Field
from portal.contact_boards.services import record_consent, revoke_board, set_counts, set_own_consent
from portal.core.actors import SYSTEM
from portal.core.clock import today
from portal.core.database import fetch_value
from portal.core.files import FolderStore
from portal.core.refusals import Busy, Conflict
from portal.duty.services import set_duty_leader
from portal.rendering import pdf
from portal.responsibilities.rules import Mark
from portal.responsibilities.services.marking import Marking, set_mark
from portal.settings import Settings
from tests.browser import Browser
from tests.cast import Cast
from tests.conftest import Browsers, MovingClock
from tests.contact_boards.test_public_reports import accepted, key_of, newest, send
from tests.hazards.photos.pictures import phone_photo

NONSENSE = ("²", "１", "9" * 30, "-1", "1e3", "\x00", "٣", "' OR 1=1")


async def asked(cast: Cast, browsers: Browsers) -> tuple[Browser, int]:
    browser = await browsers.of(cast.safety)
    await browser.get("/prints")
    await browser.submit(browser.form("/prints"), grid=str(cast.room), kind="poster")
    return browser, int(await fetch_value("SELECT max(id) FROM print_job"))


@pytest.mark.parametrize("text", NONSENSE)
async def test_no_number_breaks_the_pages_of_printing(cast: Cast, browsers: Browsers, text: str) -> None:
    browser, job_id = await asked(cast, browsers)
    page = await browser.get(f"/prints/{job_id}")
    token = browser.forms[0].fields.get("_csrf_token", [""])[0]
    answers = [
        await browser.client.get("/prints", params={"grid": text, "kind": text}),
        await browser.post("/prints", {"grid": text, "kind": "poster", "_csrf_token": token}),
        await browser.post(f"/prints/{job_id}/retries", {"version": text, "_csrf_token": token}),
    ]
    assert page.status_code == 200
    assert all(answer.status_code < 500 for answer in answers), [answer.status_code for answer in answers]


async def test_photos_without_a_report_are_counted_too(
    cast: Cast, browsers: Browsers, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A flood of photos with an empty line leaves no report: it must run into a limit all the same (TF8)."""
    from portal.contact_boards.rules import LIMITS, Limit

    monkeypatch.setitem(LIMITS, "photo", Limit(3, LIMITS["photo"].within))
    key, robot, codes = await key_of(cast, cast.room), browsers.stranger(), []
    for _ in range(5):
        files = {"photos": ("a.jpg", phone_photo(), "image/jpeg")}
        codes.append((await send(robot, key, "", files=files)).status_code)
    assert codes == [422, 422, 422, 429, 429]
    assert await fetch_value("SELECT count(*) FROM public_report") == 0


async def test_a_report_that_became_a_sensitive_card_is_seen_like_the_card(cast: Cast, browsers: Browsers) -> None:
    """Whoever leads tomorrow and is not named does not read in the screening what the card would not show (B20)."""
    await set_duty_leader(cast.school, cast.leader, [today()], by=SYSTEM)
    key = await key_of(cast, cast.room)
    await send(browsers.stranger(), key, "有同学天天被欺负")
    report_id = await newest()
    leader, office = await browsers.of(cast.leader), await browsers.of(cast.safety)
    assert (await leader.get(f"/screening/{report_id}")).status_code == 200, "while it waits, it has to be screened"
    await accepted(cast, report_id, confidential=True)
    assert "欺负" not in (await leader.get("/screening")).text
    there, missing = await leader.get(f"/screening/{report_id}"), await leader.get("/screening/999999")
    assert there.status_code == missing.status_code == 404
    assert (await leader.get(f"/screening/{report_id}/photos/1")).status_code == 404
    assert "欺负" in (await office.get("/screening")).text, "whoever took it in is involved"
    assert (await office.get(f"/screening/{report_id}")).status_code == 200


async def test_paper_with_a_number_is_not_given_out_once_consent_is_withdrawn(
    cast: Cast, browsers: Browsers, settings: Settings
) -> None:
    by = await cast.actor(cast.safety)
    await record_consent(cast.keeper, [Field.NAME, Field.MOBILE], by=by)
    browser, job_id = await asked(cast, browsers)
    assert await run_waiting_prints(settings) == 1
    file = await browser.get(f"/prints/{job_id}/file.pdf")
    assert file.headers["content-type"] == "application/pdf"
    await record_consent(cast.keeper, [Field.NAME], by=by)
    again = await browser.get(f"/prints/{job_id}/file.pdf")
    assert "html" in again.headers["content-type"], "it has to be made anew"
    assert await fetch_value("SELECT file_digest FROM print_job WHERE id = {}", job_id) is None
    pdf.shutdown()


@pytest.mark.parametrize(
    "key",
    ["..%2f..%2fstatic", "%2e%2e", "a%0d%0aSet-Cookie:x=1", "%00", "A" * 24, "A" * 4000, "<script>", "密"],
)
async def test_no_key_is_more_than_a_missing_page(cast: Cast, browsers: Browsers, key: str) -> None:
    stranger = browsers.stranger()
    missing = await stranger.client.get("/b/" + "B" * 24)
    for path in ("", "/report", "/noted", "/reports", "/reports/2222-2222-2222-2222-2222-2222"):
        answer = await stranger.client.get(f"/b/{key}{path}")
        assert answer.status_code in (400, 404) and "set-cookie" not in answer.headers
    assert missing.status_code == 404


async def test_pages_of_two_schools_never_answer_for_each_other(cast: Cast, browsers: Browsers) -> None:
    """One school's ETag, key of a report or form, or person never opens anything at another's board."""
    here = await key_of(cast, cast.room)
    from portal.contact_boards.services import board_of

    there = (await board_of(cast.other_room, by=await cast.actor(cast.other_safety))).key
    stranger = browsers.stranger()
    one, other = await stranger.client.get(f"/b/{here}"), await stranger.client.get(f"/b/{there}")
    assert one.headers["etag"] != other.headers["etag"] and one.headers["vary"] == "Accept-Encoding"
    crossed = await stranger.client.get(f"/b/{there}", headers={"If-None-Match": one.headers["etag"]})
    assert crossed.status_code == 200 and "明德" not in crossed.text
    english = await stranger.client.get(f"/b/{here}?language=en", headers={"If-None-Match": one.headers["etag"]})
    assert english.status_code == 200 and english.headers["content-language"] == "en"
    forged = await stranger.client.get(
        f"/b/{here}", headers={"Host": "evil.example", "X-Forwarded-Host": "evil.example", "Accept-Language": "en"}
    )
    assert "evil.example" not in forged.text and forged.headers["content-language"] != "en"
    done = await send(stranger, here, "通风橱的门关不上")
    secret = str(done.url.path).rsplit("/", 1)[1]
    assert (await stranger.client.get(f"/b/{there}/reports/{secret}")).status_code == 404
    await stranger.get(f"/b/{here}/report")
    form = stranger.form("/reports")
    answer = await stranger.post(f"/b/{there}/reports", {**form.fields, "title": "借来的表"})
    assert answer.status_code == 403, "a form of one board is none of another"
    for person in (cast.other_safety, cast.keeper, cast.monitor, cast.leader):
        asked_for = await stranger.post(f"/b/{there}/phones", {"person": str(person)})
        assert asked_for.status_code == 404


async def test_long_and_strange_texts_are_refused_or_plain(cast: Cast, browsers: Browsers) -> None:
    key, stranger = await key_of(cast, cast.room), browsers.stranger()
    tries: list[dict[str, Any]] = [
        {"title": "长" * 100_000}, {"title": "\x00\x01"}, {"title": "好", "phone": "1" * 5000},
        {"title": "好", "kept": "../../etc/passwd.x.1.1.mark"}, {"title": "好", "too": "9" * 40},
        {"title": "好", "too": "²"},
    ]  # fmt: skip
    for fields in tries:
        await stranger.get(f"/b/{key}/report")
        answer = await stranger.submit(stranger.form("/reports"), **fields)
        assert answer.status_code < 500, fields
    await stranger.get(f"/b/{key}/report")
    mass = {"state": "accepted", "org_id": str(cast.other_school), "hazard_id": "1", "screened_by": "1", "id": "77"}
    await stranger.submit(stranger.form("/reports"), title="<b>坏了</b>", **mass)
    row = await newest()
    report = await report_to_screen(row, by=await cast.actor(cast.safety))
    assert (report.state, report.org_id, report.hazard_id) == ("waiting", cast.school, None)


async def test_a_revoked_key_is_not_on_the_shelf_longer_than_its_neighbours(cast: Cast, browsers: Browsers) -> None:
    by, key = await cast.actor(cast.safety), await key_of(cast, cast.room)
    stranger = browsers.stranger()
    await stranger.get(f"/b/{key}/report")
    form = stranger.form("/reports")
    await revoke_board(cast.room, version=1, replace=True, by=by)
    answer = await stranger.submit(form, title="旧牌子上的")
    assert answer.status_code == 404 and await fetch_value("SELECT count(*) FROM public_report") == 0


async def test_whoever_answers_from_the_bureau_withdraws_within_a_minute_too(
    cast: Cast, browsers: Browsers, clock: MovingClock
) -> None:
    """The matrix may name a post of the bureau: what happens there stands in another chain of events."""
    by, officer = await cast.actor(cast.principal), await cast.actor(cast.bureau_officer)
    post_id = int(await fetch_value("SELECT post_id FROM appointment WHERE person_id = {}", cast.bureau_officer))
    await set_mark(cast.room, Marking(duty="", post_id=post_id, mark=Mark.MAIN), by=by)
    await set_own_consent([Field.NAME], by=officer)
    key, stranger = await key_of(cast, cast.room), browsers.stranger()
    assert "甄局安" in (await stranger.get(f"/b/{key}")).text
    await set_own_consent([], by=officer)
    clock.forward(seconds=60)
    assert "甄局安" not in (await stranger.get(f"/b/{key}")).text


async def test_of_many_who_set_the_counts_at_once_one_does(cast: Cast) -> None:
    by = await cast.actor(cast.safety)
    answers = await asyncio.gather(
        *[set_counts(cast.school, shows=False, version=0, by=by) for _ in range(6)], return_exceptions=True
    )
    assert all(answer is None or isinstance(answer, Conflict | Busy) for answer in answers), answers
    assert await fetch_value("SELECT count(*) FROM event WHERE kind LIKE '%setting%'") == 1


async def test_what_was_withdrawn_leaves_the_copy_before_the_night(
    cast: Cast, tmp_path: Path, clock: MovingClock
) -> None:
    """The copy is for the day on which the portal is down: it must not say then what was taken back in the morning."""
    by, root = await cast.actor(cast.safety), tmp_path / "boards"
    await record_consent(cast.keeper, [Field.NAME], by=by)
    key = await key_of(cast, cast.room)
    assert await copy_if_withdrawn(root, FolderStore(tmp_path / "files")) == 0, (
        "before the first night there is no copy"
    )
    await copy_boards(root, FolderStore(tmp_path / "files"))
    page = root / "current" / "public" / "b" / key / "index.html"
    assert "甄实验" in page.read_text()
    clock.forward(minutes=5)
    assert await copy_if_withdrawn(root, FolderStore(tmp_path / "files")) == 0, "nothing was taken back"
    await record_consent(cast.keeper, [], by=by)
    clock.forward(minutes=5)
    assert await copy_if_withdrawn(root, FolderStore(tmp_path / "files")) > 0 and "甄实验" not in page.read_text()
    assert await copy_if_withdrawn(root, FolderStore(tmp_path / "files")) == 0
    await revoke_board(cast.room, version=1, replace=False, by=by)
    clock.forward(minutes=5)
    await copy_if_withdrawn(root, FolderStore(tmp_path / "files"))
    assert not page.exists()
