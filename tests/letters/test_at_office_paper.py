"""Letters on paper: all of a letter or nothing of it, a scan that a second person compares, honest on every page (R110)."""

from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO

import pytest
from PIL import Image
from pyhanko.pdf_utils.reader import PdfFileReader

from portal.core.actors import Actor
from portal.core.clock import now, today
from portal.core.database import execute, fetch_value
from portal.core.files import FolderStore
from portal.core.refusals import Conflict, Invalid, NotFound, Refused
from portal.hazards.photos import Photo, make_photo
from portal.hazards.photos import shutdown as end_photos
from portal.letters import sealing
from portal.letters.at_office.queries import paper_of
from portal.letters.at_office.routes.scans import page_of, pdf_of_photos, written
from portal.letters.at_office.services.paper import confirm_scan, hand_in_scan, refuse_scan, take_to_paper
from portal.letters.document import from_json
from portal.letters.queries.letters import awaiting, file_now, files_of
from portal.letters.rules import State, state_of
from portal.letters.running import run_waiting_letters
from portal.letters.services.signing import note_reading, place_to_sign
from portal.letters.verification.checking import check_file
from portal.letters.verification.packing import take_pack
from portal.letters.verification.queries import letter_by_code
from portal.letters.verification.views import file_page, letter_page
from portal.rendering import pdf
from portal.settings import Settings
from tasks.letters import sweep_letters
from tasks.outbox import drain
from tests.cast import Cast
from tests.conftest import Browsers, MovingClock
from tests.letters.at_office_kit import waiting
from tests.letters.letter_stories import whole
from tests.letters.living import ready


@pytest.fixture(autouse=True)
def ended() -> Iterator[None]:
    """The processes of this test end with it."""
    yield
    pdf.shutdown()
    sealing.shutdown()
    end_photos()


@pytest.fixture(autouse=True)
async def shared(cast: Cast) -> None:
    await ready()


def picture(colour: str = "white", kind: str = "JPEG", size: tuple[int, int] = (700, 1000)) -> bytes:
    out = BytesIO()
    Image.new("RGB", size, colour).save(out, kind)
    return out.getvalue()


async def on_paper(cast: Cast, settings: Settings) -> tuple[int, Actor]:
    letter, by = await waiting(cast, settings), await cast.actor(cast.safety)
    await take_to_paper(letter, version=(await whole(letter)).row.version, by=by)
    assert await run_waiting_letters(settings) == 1
    await drain()
    return letter, by


async def handed_in(letter: int, by: Actor, settings: Settings, colour: str = "white") -> str:
    photo = await make_photo(picture(colour), owner=by.person_id or 0)
    stored = await FolderStore(settings.files).put(pdf_of_photos([photo]), media_type="application/pdf")
    row = await paper_of(letter)
    assert row is not None
    await hand_in_scan(letter, stored, 1, today(), version=row.version, by=by)
    return stored.digest


async def put_away(letter: int, seen: str, by: Actor) -> None:
    row = await paper_of(letter)
    assert row is not None
    await confirm_scan(letter, seen=seen, kept_where="政治处 2 号柜", version=row.version, by=by)


async def test_a_letter_goes_to_paper_as_a_whole_and_says_so(cast: Cast, settings: Settings) -> None:
    letter, by = await on_paper(cast, settings)
    found = await whole(letter)
    assert found.row.text is not None and from_json(found.row.text).signature_kind == "paper"
    assert [one.role for one in await files_of(letter)] == ["draft", "draft"]
    file = await file_now(letter)
    body = await FolderStore(settings.files).open(file.digest if file else "")
    assert body is not None
    fields = PdfFileReader(BytesIO(body)).root.get("/AcroForm", {}).get("/Fields", [])
    assert len(fields) == 0, "a letter on paper has no place for an electronic signature"
    taker = await cast.actor(found.row.person_id)
    assert await awaiting(found.row.person_id) == 0
    await note_reading(letter, file.digest if file else "", network="", device="", by=taker)
    with pytest.raises(Refused, match="on_paper"):
        await place_to_sign(letter, seen=file.digest if file else "", by=taker)
    with pytest.raises(Conflict, match="on_paper_already"):
        await take_to_paper(letter, version=found.row.version, by=by)


async def test_a_second_person_compares_and_the_letter_is_complete_from_then(
    cast: Cast, settings: Settings, clock: MovingClock
) -> None:
    letter, by = await on_paper(cast, settings)
    made = await whole(letter)
    clock.forward(days=1)
    scan = await handed_in(letter, by, settings)
    with pytest.raises(Refused, match="scan_own"):
        await put_away(letter, scan, by)
    with pytest.raises(NotFound):
        await put_away(letter, scan, await cast.actor(cast.other_safety))
    principal = await cast.actor(cast.principal)
    with pytest.raises(Conflict, match="scan_changed"):
        await put_away(letter, "0" * 64, principal)
    clock.forward(hours=3)
    await put_away(letter, scan, principal)
    await drain()
    found = await whole(letter)
    assert state_of(found.facts, at=now()) is State.PENDING and found.facts.is_complete
    assert {one.method for one in found.parties} == {"paper"}
    assert {one.signed_at for one in found.parties} == {now()}, (
        "the instant at which it is known: nothing is back-dated"
    )
    assert found.row.starts_at == made.row.starts_at and found.row.sealed_at == now()
    assert await run_waiting_letters(settings) == 0, "there is nothing to seal"
    with pytest.raises(Conflict, match="scan_checked"):
        await put_away(letter, scan, principal)


async def test_what_differs_goes_back_and_only_the_compared_scan_counts(cast: Cast, settings: Settings) -> None:
    letter, by = await on_paper(cast, settings)
    wrong = await handed_in(letter, by, settings, "black")
    principal, store = await cast.actor(cast.principal), FolderStore(settings.files)
    row = await paper_of(letter)
    assert row is not None
    await refuse_scan(letter, "第二页没有", version=row.version, by=principal)
    with pytest.raises(Refused, match="scan_missing"):
        await put_away(letter, wrong, principal)
    right = await handed_in(letter, by, settings)
    await put_away(letter, right, principal)
    bodies = {one: await store.open(one) for one in (wrong, right)}
    checked = {one: await check_file(body or b"", code="", settings=settings) for one, body in bodies.items()}
    assert (checked[wrong].beside, checked[right].beside) == ("scan_open", "scan")
    assert not any(one.is_green for one in checked.values())
    page = file_page(checked[right], language="zh-Hans", base_url="https://a.example")
    assert page.look == "orange" and not page.signatures and page.letter is not None
    known = await letter_by_code((await whole(letter)).row.code)
    assert known is not None and known.final is not None and known.final.digest == right
    public = letter_page(known, language="zh-Hans", base_url="https://a.example")
    assert public.look == "" and "纸质签署，扫描件存档" in public.line
    assert not any("印章" in one.part or "章" in one.line for one in public.parties)
    assert any("照纸上填" in one.line for one in public.parties)
    _, pack = await take_pack(letter, base_url="https://a.example", store=store, by=by)
    assert b"scan.pdf" in pack and b"seal.pem" not in pack


async def test_days_and_files_that_cannot_be_are_refused(cast: Cast, settings: Settings) -> None:
    letter, by = await on_paper(cast, settings)
    store = FolderStore(settings.files)
    stored = await store.put(b"%PDF-1.7 something", media_type="application/pdf")
    row = await paper_of(letter)
    assert row is not None
    for day in (today() + timedelta(days=1), today() - timedelta(days=1)):
        with pytest.raises(Invalid) as refused:
            await hand_in_scan(letter, stored, 1, day, version=row.version, by=by)
        assert refused.value.fields == {"signed_on": "letter.signed_on_wrong"}
    draft = await file_now(letter)
    assert draft is not None
    with pytest.raises(Invalid) as known:
        await hand_in_scan(letter, stored._replace(digest=draft.digest), 1, today(), version=row.version, by=by)
    assert known.value.fields == {"scan": "letter.scan_known"}
    with pytest.raises(Conflict):
        await hand_in_scan(letter, stored, 1, today(), version=row.version + 1, by=by)


async def test_nothing_goes_to_paper_once_somebody_has_signed(cast: Cast, settings: Settings) -> None:
    letter, by = await waiting(cast, settings), await cast.actor(cast.safety)
    sql = "UPDATE letter_party SET signed_at = {} WHERE id = {}"
    await execute(sql, now(), (await whole(letter)).parties[0].id)
    with pytest.raises(Refused, match="paper_too_late"):
        await take_to_paper(letter, version=(await whole(letter)).row.version, by=by)


async def test_the_office_is_reminded_of_paper_and_not_the_signers(
    cast: Cast, settings: Settings, clock: MovingClock
) -> None:
    letter, _ = await on_paper(cast, settings)
    taker, start = (await whole(letter)).row.person_id, now()
    for day in range(12):
        clock.set(start + timedelta(days=day, minutes=5))
        await sweep_letters(None, now())  # type: ignore[arg-type]
    sql = "SELECT count(*) FROM reminder WHERE kind = {} AND person_id = {} AND subject_id = {}"
    assert await fetch_value(sql, "letter_late", taker, letter) == 0
    assert await fetch_value(sql, "letter_late_head", cast.safety, letter) >= 1


async def test_the_pages_from_choosing_to_the_archive(cast: Cast, settings: Settings, browsers: Browsers) -> None:
    letter = await waiting(cast, settings)
    office, head = await browsers.of(cast.safety), await browsers.of(cast.principal)
    await office.get(f"/letters/{letter}")
    assert office.page is not None and "没有账号" in office.page.text
    await office.get(f"/letters/{letter}/paper")
    await office.submit(office.form("/paper"))
    assert await run_waiting_letters(settings) == 1
    await office.get(f"/letters/{letter}/paper")
    form = office.form("/scans")
    for body, said in (
        (b"\xff\xd8\xff not a picture", "打不开"), (b"%PDF-1.7 nothing", "打不开"), (b"MZ\x90 program", "不是照片"),
    ):  # fmt: skip
        files = {"scan": ("scan", body, "application/octet-stream")}
        answer = await office.submit(form, files=files, signed_on=today().isoformat())
        assert answer.status_code == 422 and said in answer.text, answer.text[:3000]
    answer = await office.submit(
        form, files={"scan": ("s.jpg", picture(), "image/jpeg")}, signed_on=today().isoformat()
    )
    assert answer.status_code == 200 and "不能核对" in answer.text
    scan = await office.client.get(f"/letters/{letter}/scan.pdf")
    assert scan.content.startswith(b"%PDF") and scan.headers["content-type"] == "application/pdf"
    await head.get(f"/letters/{letter}/paper")
    form = head.form("/scan-checks")
    answer = await head.submit(form, kept_where="2 号柜")
    assert answer.status_code == 422 and "勾上这一项" in answer.text
    answer = await head.submit(head.form("/scan-checks"), same="1", kept_where="2 号柜")
    assert answer.status_code == 200 and "存档" in answer.text
    public = browsers.stranger()
    found = await public.get(f"/v/{(await whole(letter)).row.code}")
    assert found.status_code == 200 and "纸质签署，扫描件存档" in found.text and "verdict ok" not in found.text


async def test_a_pdf_that_acts_by_itself_is_not_kept(cast: Cast, settings: Settings, browsers: Browsers) -> None:
    letter, _ = await on_paper(cast, settings)
    photo = Photo(picture(), b"", 700, 1000)
    plain = pdf_of_photos([photo])
    script = b"<</Type/Catalog/Pages 2 0 R/OpenAction<</S/JavaScript/JS(app.alert(1))>>>>"
    active = written([script, b"<</Type/Pages/Kids[3 0 R]/Count 1>>", *page_of(photo, 3)])
    office = await browsers.of(cast.safety)
    await office.get(f"/letters/{letter}/paper")
    form, day = office.form("/scans"), today().isoformat()
    answer = await office.submit(form, files={"scan": ("s.pdf", active, "application/pdf")}, signed_on=day)
    assert answer.status_code == 422 and "不能存" in answer.text
    answer = await office.submit(form, files={"scan": ("s.pdf", plain, "application/pdf")}, signed_on=day)
    assert answer.status_code == 200
    kept = await (FolderStore(settings.files)).open(
        str(await fetch_value("SELECT digest FROM letter_file WHERE role = 'scan'"))
    )
    assert kept == plain, "a scanner's own PDF is kept as it is"
