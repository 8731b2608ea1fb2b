"""A class signs on paper: numbers, no names, no scan, and no way for a minor to sign electronically (R109)."""

import inspect
import re
from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO

import pytest
from pyhanko.pdf_utils.reader import PdfFileReader

from portal.core.actors import SYSTEM
from portal.core.clock import now, today
from portal.core.database import execute, fetch_column, fetch_value
from portal.core.files import FolderStore
from portal.core.refusals import Conflict, Invalid, NotFound, Refused
from portal.letters import sealing
from portal.letters.at_office.forms import numbers_text, parse_class, parse_numbers
from portal.letters.at_office.services.classes import ClassNote, note_class
from portal.letters.at_office.services.witnessing import place_to_witness
from portal.letters.queries.letters import awaiting, file_now
from portal.letters.rules import State, state_of
from portal.letters.running import run_waiting_letters
from portal.letters.services.ending import end_with_appointment
from portal.letters.services.keys import make_key
from portal.letters.services.rounds import start_round
from portal.letters.services.signing import place_to_sign
from portal.letters.tables import LetterClass, LetterPaper
from portal.letters.verification.queries import letter_by_code
from portal.rendering import pdf
from portal.settings import Settings
from tasks.outbox import drain
from tests.browser import Browser, Form
from tests.cast import Cast
from tests.conftest import Browsers
from tests.letters.letter_stories import whole
from tests.letters.living import ready


@pytest.fixture(autouse=True)
def ended() -> Iterator[None]:
    yield
    pdf.shutdown()
    sealing.shutdown()


@pytest.fixture(autouse=True)
async def shared(cast: Cast) -> None:
    await ready()


async def class_letter(cast: Cast, settings: Settings) -> int:
    by = await cast.actor(cast.safety)
    round_id = await start_round(
        cast.school,
        "class",
        "2026 秋季班级约定",
        starts_on=today() + timedelta(days=1),
        ends_on=None,
        sign_by=None,
        by=by,
    )
    [letter] = await fetch_column("SELECT id FROM letter WHERE round_id = {}", round_id)
    assert await run_waiting_letters(settings) >= 1
    await drain()
    return int(letter)


def note(pupils: int = 45, missing: tuple[int, ...] = (), *, is_done: bool = False, why: str = "") -> ClassNote:
    return ClassNote(pupils, missing, why, "班级档案盒", is_done)


async def test_a_round_gives_each_class_one_letter_with_no_pupil_in_it(cast: Cast, settings: Settings) -> None:
    letter = await class_letter(cast, settings)
    found = await whole(letter)
    assert (found.row.kind, found.row.person_id, found.row.grid_id) == ("class", cast.teacher, cast.school_class)
    assert [(one.part, one.person_id) for one in found.parties] == [("giver", cast.teacher)]
    assert found.row.paper_since is not None and state_of(found.facts, at=now()) is State.WAITING
    assert "甄小班" not in (found.row.text or "") and "甄班主" in (found.row.text or "")
    file = await file_now(letter)
    body = await FolderStore(settings.files).open(file.digest if file else "")
    opened = PdfFileReader(BytesIO(body or b""))
    assert len(opened.root.get("/AcroForm", {}).get("/Fields", [])) == 0
    assert int(opened.root["/Pages"]["/Count"]) == 1
    assert await letter_by_code(found.row.code) is None, "nobody looks up a class"
    with pytest.raises(Refused, match="nobody_due"):
        await class_letter(cast, settings)


async def test_the_teacher_counts_and_closes(cast: Cast, settings: Settings) -> None:
    letter, teacher = await class_letter(cast, settings), await cast.actor(cast.teacher)
    await note_class(letter, note(45, (3, 7, 21)), version=0, by=teacher)
    with pytest.raises(Conflict):
        await note_class(letter, note(), version=0, by=teacher)
    for stranger in (cast.sibling_keeper, cast.other_safety):
        with pytest.raises(NotFound):
            await note_class(letter, note(), version=1, by=await cast.actor(stranger))
    await note_class(letter, note(45, (21,), is_done=True, why="转学"), version=1, by=teacher)
    found = await whole(letter)
    assert state_of(found.facts, at=found.row.starts_at) is State.IN_FORCE and found.row.sealed_at == now()
    assert await run_waiting_letters(settings) == 0
    with pytest.raises(Refused, match="not_open"):
        await note_class(letter, note(), version=2, by=teacher)
    kinds = await fetch_column("SELECT kind FROM event WHERE subject_kind = 'letter' AND subject_id = {}", letter)
    assert kinds.count("letter.class_noted") == 2 and kinds.count("letter.class_done") == 1


async def test_the_letter_ends_with_its_teacher(cast: Cast, settings: Settings) -> None:
    letter = await class_letter(cast, settings)
    appointment = await fetch_value("SELECT appointment_id FROM letter WHERE id = {}", letter)
    await execute("UPDATE letter SET starts_at = {} WHERE id = {}", now().replace(year=2020), letter)
    await end_with_appointment(int(appointment), ends_at=now(), by=SYSTEM)
    assert state_of((await whole(letter)).facts, at=now()) is State.LEFT


@pytest.mark.parametrize(
    ("text", "numbers"),
    [("", ()), ("3、5-7", (3, 5, 6, 7)), ("7,3 3", (3, 7)), ("12，15至17。", (12, 15, 16, 17)), ("甄小班", None),
     ("3 甄", None), ("7-3", None), ("1-9999", None)],
)  # fmt: skip
def test_numbers_are_numbers_and_never_names(text: str, numbers: tuple[int, ...] | None) -> None:
    assert parse_numbers(text) == numbers
    if numbers:
        assert parse_numbers(numbers_text(numbers)) == numbers


def test_what_the_form_refuses() -> None:
    right = {"pupils": "45", "missing": "3", "kept_where": "盒"}
    assert parse_class(right).missing == (3,)
    for more, field in (
        ({"pupils": "0"}, "pupils"), ({"pupils": "x"}, "pupils"), ({"missing": "46"}, "missing"),
        ({"done": "1"}, "note"), ({"done": "1", "missing": "", "kept_where": ""}, "kept_where"),
    ):  # fmt: skip
        with pytest.raises(Invalid) as wrong:
            parse_class({**right, **more})
        assert list(wrong.value.fields) == [field]


async def test_no_route_lets_a_minor_sign(cast: Cast, settings: Settings, browsers: Browsers) -> None:
    """Neither their class teacher's place on the list, nor a place that somebody put into the rows by force."""
    letter = await class_letter(cast, settings)
    found, office = await whole(letter), await cast.actor(cast.safety)
    file = await file_now(letter)
    seen = file.digest if file else ""
    with pytest.raises(Refused, match="on_paper"):
        await place_to_sign(letter, seen=seen, by=await cast.actor(cast.teacher))
    with pytest.raises(Refused, match="on_paper"):
        await place_to_witness(letter, found.parties[0].id, seen=seen, by=office)
    assert await awaiting(cast.teacher) == 0
    await execute("UPDATE letter_party SET person_id = {} WHERE letter_id = {}", cast.monitor, letter)
    await execute("DELETE FROM letter_paper WHERE letter_id = {}", letter)  # as if it were electronic
    with pytest.raises(Refused, match="office_no_pupils"):
        await place_to_witness(letter, found.parties[0].id, seen=seen, by=office)
    with pytest.raises(NotFound):
        await make_key("东边化学实验室靠窗第三排", edition=1, text_digest="0", seal_name="章",
                       by=await cast.actor(cast.monitor))  # fmt: skip
    browser = await browsers.of(cast.safety)
    await browser.get("/letters")
    token = browser.forms[0].fields["_csrf_token"][0]
    tried = 0
    for route in browsers.app.routes:
        path = route.path
        if "{letter_id:int}" not in path or not re.search(r"signatures$|/together", path):
            continue
        url = re.sub(r"\{letter_id:int\}", str(letter), path)
        url = re.sub(r"\{party_id:int\}", str(found.parties[0].id), url)
        answer = await browser.client.post(
            url, data={"_csrf_token": token, "seen": seen, "read": "1", "agree": "1", "name": "甄小班", "passphrase": "x" * 14,
                       "second_login": "a", "second_passphrase": "b" * 14}, headers={"Origin": browser.origin},
        )  # fmt: skip
        tried += 1
        assert answer.status_code in (403, 404, 409, 422), (url, answer.status_code)
    assert tried >= 2
    assert (
        await fetch_value("SELECT count(*) FROM letter_party WHERE letter_id = {} AND signed_at IS NOT NULL", letter)
        == 0
    )
    assert await fetch_value("SELECT count(*) FROM letter_file WHERE letter_id = {} AND role = 'signed'", letter) == 0


def test_no_column_could_hold_a_pupils_name() -> None:
    names = {column._meta.name for table in (LetterClass, LetterPaper) for column in table._meta.columns}
    assert not any("name" in one or "pupil_" in one or "guardian" in one for one in names)
    assert "missing" in names and "pupils" in names
    assert "Numbers only" in (inspect.getdoc(LetterClass) or "")


def to_note(browser: Browser) -> Form:
    return next(one for one in browser.forms if one.action.endswith("/class"))


async def test_the_pages_of_a_class(cast: Cast, settings: Settings, browsers: Browsers) -> None:
    letter = await class_letter(cast, settings)
    teacher, keeper = await browsers.of(cast.teacher), await browsers.of(cast.sibling_keeper)
    await teacher.get("/letters")
    assert teacher.page is not None and f"/letters/{letter}" in teacher.page.text
    await teacher.get(f"/letters/{letter}")
    assert f"/letters/{letter}/class" in teacher.page.text
    await teacher.get(f"/letters/{letter}/class")
    listed = await teacher.client.get(f"/letters/{letter}/class/list.pdf?pupils=52")
    opened = PdfFileReader(BytesIO(listed.content))
    assert int(opened.root["/Pages"]["/Count"]) in (3, 4) and "/AcroForm" not in opened.root
    form = to_note(teacher)
    answer = await teacher.submit(form, pupils="52", missing="3、99")
    assert answer.status_code == 422 and "写座号" in answer.text and "3、99" in answer.text
    answer = await teacher.submit(to_note(teacher), pupils="52", missing="3、5-7", kept_where="盒")
    assert answer.status_code == 200 and "48" in answer.text
    assert (await keeper.client.get(f"/letters/{letter}/class")).status_code == 404
    office = await browsers.of(cast.safety)
    answer = await office.get("/letters/at-office")
    assert f"/letters/{letter}/class" in answer.text and "48 / 52" in answer.text
    answer = await teacher.submit(to_note(teacher), missing="", done="1", note="")
    assert answer.status_code == 200 and "收齐" in answer.text
