"""Leave from calendar files: what is read, what is refused, whom it hits, and how it is taken back."""

from datetime import UTC, date, datetime, timedelta

import pytest

from portal.core.actors import SYSTEM
from portal.core.clock import start_of_day, today
from portal.core.database import fetch_column, fetch_value
from portal.core.refusals import Conflict, NotFound
from portal.duty.feeds.rules import MOST_EVENTS, Trouble, Unreadable, named_in, read_leave
from portal.duty.feeds.services import drop_leave, enter_leave, stage_leave, undo_leave
from portal.duty.rules import Line
from portal.duty.services import NewShift, add_shift, adopt_proposal, seed_duty_words
from portal.people.services import record_absence
from portal.permissions.rules import Permission
from tests.browser import Browser
from tests.cast import Cast
from tests.conftest import Browsers, MovingClock


def calendar(*events: str) -> bytes:
    """A calendar with these events; each is the lines between BEGIN and END."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:x"]
    for event in events:
        lines += ["BEGIN:VEVENT", *event.strip().split("\n"), "END:VEVENT"]
    return ("\r\n".join([*lines, "END:VCALENDAR"]) + "\r\n").encode()


def days(title: str, first: date, after: date) -> str:
    return f"SUMMARY:{title}\nDTSTART;VALUE=DATE:{first:%Y%m%d}\nDTEND;VALUE=DATE:{after:%Y%m%d}"


def at(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type, misc]


@pytest.mark.parametrize(
    ("lines", "start", "end"),
    [
        ("DTSTART;VALUE=DATE:20271231\nDTEND;VALUE=DATE:20280102", at(2027, 12, 30, 16), at(2028, 1, 1, 16)),
        ("DTSTART;VALUE=DATE:20280229", at(2028, 2, 28, 16), at(2028, 2, 29, 16)),
        ("DTSTART;VALUE=DATE:20271125\nDURATION:P2D", at(2027, 11, 24, 16), at(2027, 11, 26, 16)),
        ("DTSTART;TZID=Asia/Shanghai:20271125T080000\nDTEND;TZID=Asia/Shanghai:20271125T120000",
         at(2027, 11, 25, 0), at(2027, 11, 25, 4)),
        ("DTSTART:20271125T080000\nDURATION:PT4H", at(2027, 11, 25, 0), at(2027, 11, 25, 4)),
        ("DTSTART:20271125T000000Z\nDTEND:20271125T040000Z", at(2027, 11, 25, 0), at(2027, 11, 25, 4)),
        ('DTSTART;TZID="China Standard Time":20271125T080000\nDTEND;TZID=China Standard Time:20271125T090000',
         at(2027, 11, 25, 0), at(2027, 11, 25, 1)),
        ("DTSTART;TZID=/example.org/Asia/Urumqi:20271125T080000\nDTEND;TZID=America/Chicago:20271125T090000",
         at(2027, 11, 25, 2), at(2027, 11, 25, 15)),
        ("DTSTART:20271125T080000\nDTEND:20271126T\n 080000", at(2027, 11, 25, 0), at(2027, 11, 26, 0)),
    ],
)  # fmt: skip
def test_times_are_read_as_they_are_meant(lines: str, start: datetime, end: datetime) -> None:
    [found] = read_leave(calendar(lines))
    assert (found.starts_at, found.ends_at, found.trouble) == (start, end, None)


@pytest.mark.parametrize(
    ("lines", "trouble", "line"),
    [
        ("DTSTART;VALUE=DATE:20271125\nRRULE:FREQ=DAILY", Trouble.RECURS, 6),
        ("DTSTART;VALUE=DATE:20271125\nRECURRENCE-ID:20271125", Trouble.RECURS, 6),
        ("DTSTART;VALUE=DATE:20271125\nSTATUS:CANCELLED", Trouble.CANCELLED, 4),
        ("DTSTART;TZID=Mars/Olympus:20271125T080000\nDURATION:PT1H", Trouble.ZONE, 4),
        ("DTSTART;TZID=../../etc/passwd:20271125T080000\nDURATION:PT1H", Trouble.ZONE, 4),
        ("SUMMARY:x", Trouble.NO_TIME, 4),
        ("DTSTART:20271340T080000", Trouble.NO_TIME, 4),
        ("DTSTART:20271125T080000", Trouble.NO_TIME, 4),
        ("DTSTART:20271125T080000\nDTEND:20271125T080000", Trouble.NO_TIME, 4),
        ("DTSTART:20271125T080000\nDTEND;VALUE=DATE:20271126", Trouble.NO_TIME, 4),
        ("DTSTART;VALUE=DATE:00010101", Trouble.NO_TIME, 4),
        ("DTSTART;VALUE=DATE:99991231", Trouble.NO_TIME, 4),
        ("DTSTART;VALUE=DATE:２０２７１１２５", Trouble.NO_TIME, 4),
        ("DTSTART;VALUE=DATE:20271125\nDURATION:-P1D", Trouble.NO_TIME, 4),
        ("DTSTART;VALUE=DATE:20271125\nDURATION:P" + "9" * 500 + "D", Trouble.NO_TIME, 4),
    ],
)
def test_what_is_no_plain_time_away_is_told_with_its_line(lines: str, trouble: Trouble, line: int) -> None:
    [found] = read_leave(calendar(lines))
    assert (found.trouble, found.line, found.starts_at) == (trouble, line, None)


@pytest.mark.parametrize(
    ("data", "code", "line"),
    [
        (b"", "empty", 0),
        (b"x" * 600_000, "too_large", 0),
        (b"BEGIN:VCALENDAR\r\nSUMMARY:\xff\r\n", "not_utf8", 2),
        (b"name,phone\r\n1,2\r\n", "broken", 1),
        (b"BEGIN:VEVENT\r\nEND:VEVENT\r\n", "no_calendar", 1),
        (b"<html>", "broken", 1),
        (b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n", "cut_off", 0),
        (b"BEGIN:VCALENDAR\r\nEND:VEVENT\r\n", "broken", 2),
        (b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n", "empty", 0),
        (b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\nEND:VCALENDAR\r\n", "no_calendar", 3),
        (b"BEGIN:VCALENDAR\r\n" + b"X:" + b"a" * 30_000, "long_line", 2),
        (b"BEGIN:VCALENDAR\r\nX:a\r\n" + b" aaaaaaaaa\r\n" * 3_000, "long_line", 2),
        (b"BEGIN:VCALENDAR\r\n" + b"BEGIN:X\r\n" * 30_000, "cut_off", 0),
        (calendar(*["SUMMARY:x"] * (MOST_EVENTS + 1)), "too_many", 4 + 3 * MOST_EVENTS),
        (b'BEGIN:VCALENDAR\r\nX;A="' + b";A=" * 6_000 + b"\r\n", "broken", 2),
    ],
)
def test_a_file_that_is_no_calendar_says_where(data: bytes, code: str, line: int) -> None:
    begun = datetime.now(UTC)
    with pytest.raises(Unreadable) as told:
        read_leave(data)
    assert (told.value.code, told.value.line) == (code, line)
    assert datetime.now(UTC) - begun < timedelta(seconds=2)


def test_whoever_is_named_in_a_title() -> None:
    names = {1: "甄实验", 2: "甄实", 3: "贾图书", 4: "贾图书"}
    assert named_in("甄实验 事假", names) == 1
    assert named_in("甄实 病假", names) == 2
    assert named_in("甄实验、甄实", names) == 1, "the longer name is meant where one lies in the other"
    assert named_in("贾图书", names) is None and named_in("谁也不是", names) is None and named_in("", names) is None


class School:
    """A school with a plan; the keeper is at the gate the day after tomorrow, all day long."""

    def __init__(self, browsers: Browsers, cast: Cast) -> None:
        self.browsers, self.cast, self.area, self.shift = browsers, cast, 0, 0

    async def upload(self, browser: Browser, data: bytes, person: int | None = None, name: str = "a.ics") -> None:
        await browser.get("/duty/leave")
        await browser.submit(
            browser.form("/duty/leave"), files={"file": (name, data, "text/calendar")}, person=str(person or "")
        )


@pytest.fixture
async def school(browsers: Browsers, cast: Cast) -> School:
    await seed_duty_words()
    await adopt_proposal(cast.school, by=SYSTEM)
    made = School(browsers, cast)
    made.area = int(await fetch_value("SELECT min(id) FROM duty_area WHERE org_id = {}", cast.school))
    begin = start_of_day(today() + timedelta(days=2)) + timedelta(hours=8)
    new = NewShift(Line(made.area, "guard"), begin, begin + timedelta(hours=8), cast.keeper)
    made.shift = await add_shift(cast.school, new, by=SYSTEM)
    return made


@pytest.mark.parametrize("htmx", [False, True])
async def test_leave_from_the_file_to_the_shift_that_nobody_does(school: School, cast: Cast, htmx: bool) -> None:
    office = await school.browsers.of(cast.safety, htmx=htmx)
    first = today() + timedelta(days=1)
    data = calendar(
        days("甄实验 事假", first, first + timedelta(days=3)),
        days("甄图书 病假", first + timedelta(days=9), first + timedelta(days=10)),
        days("开会", first, first + timedelta(days=1)),
        days("甄班主 培训", first, first + timedelta(days=1)) + "\nRRULE:FREQ=WEEKLY",
    )
    await school.upload(office, data)
    assert "共 3 天" in office.text and "重复的，不能从文件里记" in office.text and "第 23 行" in office.text
    form = office.form("/entries")
    meant = {name: value for name, value in form.fields.items() if name.startswith("person-")}
    assert sorted(meant.values()) == sorted([[str(cast.keeper)], [str(cast.sibling_keeper)], [""]])
    await office.submit(form)
    assert "记下的请假 2 条" in office.text and "1 班没有人了" in office.text
    assert any(href == f"/duty/shifts/{school.shift}" for href, _ in office.links)
    rows = await fetch_column("SELECT person_id FROM absence WHERE undone_at IS NULL ORDER BY id")
    assert rows == [cast.keeper, cast.sibling_keeper]
    assert await fetch_value("SELECT starts_at FROM absence ORDER BY id LIMIT 1") == start_of_day(first)
    assert await fetch_value("SELECT ends_at FROM absence ORDER BY id LIMIT 1") == start_of_day(
        first + timedelta(days=3)
    )
    assert set(await fetch_column("SELECT title FROM duty_leave_row")) == {""}, "why somebody is away is not kept"
    await office.submit(office.form("/undo"))
    assert "撤回了" in office.text
    assert await fetch_value("SELECT count(*) FROM absence WHERE undone_at IS NULL") == 0
    kinds = await fetch_column("SELECT kind FROM event WHERE kind LIKE 'duty.leave%' ORDER BY id")
    assert kinds == ["duty.leave_read", "duty.leave_entered", "duty.leave_undone"]


async def test_nothing_is_entered_twice_nor_before_today(school: School, cast: Cast) -> None:
    day = today()
    await record_absence(
        cast.keeper, starts_at=start_of_day(day + timedelta(days=5)), ends_at=start_of_day(day + timedelta(days=6)),
        by=SYSTEM, permission=Permission.CHANGE_MAKE,
    )  # fmt: skip
    office = await school.browsers.of(cast.safety)
    data = calendar(
        days("一", day - timedelta(days=9), day - timedelta(days=7)),
        days("二", day - timedelta(days=2), day + timedelta(days=1)),
        days("三", day + timedelta(days=5), day + timedelta(days=7)),
        days("四", day + timedelta(days=8), day + timedelta(days=9)),
        days("五", day + timedelta(days=8), day + timedelta(days=11)),
        days("六", day + timedelta(days=3000), day + timedelta(days=3001)),
    )
    await school.upload(office, data, cast.keeper)
    assert office.text.count("已经请假") == 2 and "已经过去" in office.text and "太早" in office.text
    assert "从今天起记" in office.text
    await office.submit(office.form("/entries"))
    starts = await fetch_column("SELECT starts_at FROM absence ORDER BY starts_at")
    assert starts == [start_of_day(day), start_of_day(day + timedelta(days=5)), start_of_day(day + timedelta(days=8))]
    await school.upload(office, data, cast.keeper)
    assert 'id="row-' not in (office.page.text if office.page else ""), "everything is known already"
    answer = await office.submit(office.form("/entries"))
    assert answer.status_code == 422 and "没有可以记的" in office.text


async def test_only_whoever_enters_absences_may(school: School, cast: Cast) -> None:
    for who in (cast.keeper, cast.vice_head, cast.chief):
        browser = await school.browsers.of(who)
        assert (await browser.get("/duty/leave")).status_code == 403, who
    found = read_leave(calendar(days("甄实验", today(), today() + timedelta(days=1))))
    file_id = await stage_leave(cast.school, "a.ics", found, by=await cast.actor(cast.safety))
    other = await school.browsers.of(cast.other_safety)
    await other.get("/duty/leave")
    token = other.form("/duty/leave").fields["_csrf_token"][0]
    assert (await other.get(f"/duty/leave/{file_id}")).status_code == 404
    for act in ("entries", "undo", "removal"):
        answer = await other.post(f"/duty/leave/{file_id}/{act}", {"_csrf_token": token, "version": "1"})
        assert answer.status_code == 404, act
    row = int(await fetch_value("SELECT min(id) FROM duty_leave_row"))
    stranger = await cast.actor(cast.other_safety)
    with pytest.raises(NotFound):
        await enter_leave(file_id, {row: cast.keeper}, version=1, by=stranger)
    with pytest.raises(NotFound):
        await stage_leave(cast.school, "a.ics", found, by=stranger)


async def test_somebody_of_another_school_is_nobody_here(school: School, cast: Cast) -> None:
    by = await cast.actor(cast.safety)
    found = read_leave(calendar(days("x", today(), today() + timedelta(days=1))))
    file_id = await stage_leave(cast.school, "a.ics", found, by=by)
    office = await school.browsers.of(cast.safety)
    await office.get(f"/duty/leave/{file_id}")
    form = office.form("/entries")
    name = next(name for name in form.fields if name.startswith("person-"))
    answer = await office.submit(form, **{name: str(cast.other_safety)})
    assert answer.status_code == 422
    assert await fetch_value("SELECT count(*) FROM absence") == 0


async def test_of_two_who_enter_a_file_one_is_told(school: School, cast: Cast) -> None:
    by = await cast.actor(cast.safety)
    found = read_leave(calendar(days("甄实验", today(), today() + timedelta(days=1))))
    file_id = await stage_leave(cast.school, "a.ics", found, by=by)
    row = int(await fetch_value("SELECT min(id) FROM duty_leave_row"))
    office = await school.browsers.of(cast.safety)
    await office.get(f"/duty/leave/{file_id}")
    form = office.form("/entries")
    await enter_leave(file_id, {row: cast.keeper}, version=1, by=by)
    with pytest.raises(Conflict):
        await drop_leave(file_id, version=1, by=by)
    assert (await office.submit(form)).status_code == 409
    assert "记下的请假" in office.text
    assert await fetch_value("SELECT count(*) FROM absence") == 1


async def test_leave_past_its_first_day_stays(school: School, cast: Cast, clock: MovingClock) -> None:
    by = await cast.actor(cast.safety)
    found = read_leave(calendar(days("甄实验", today(), today() + timedelta(days=3))))
    file_id = await stage_leave(cast.school, "a.ics", found, by=by)
    row = int(await fetch_value("SELECT min(id) FROM duty_leave_row"))
    await enter_leave(file_id, {row: cast.keeper}, version=1, by=by)
    clock.forward(days=1)
    office = await school.browsers.of(cast.safety)
    await office.get(f"/duty/leave/{file_id}")
    answer = await office.submit(office.form("/undo"))
    assert answer.status_code == 422 and "不能整批撤回" in office.text
    clock.forward(days=-1)
    assert await undo_leave(file_id, version=2, by=by) == 1


async def test_a_file_with_mistakes_keeps_what_was_chosen(school: School, cast: Cast) -> None:
    office = await school.browsers.of(cast.safety)
    await school.upload(office, b"name,phone\r\n", cast.keeper)
    assert office.page and office.page.status_code == 422
    assert "第 1 行不是日历的写法" in office.text
    assert office.form("/duty/leave").fields["person"] == [str(cast.keeper)]
    await school.upload(office, b"")
    assert office.page.status_code == 422


async def test_hostile_titles_stay_text(school: School, cast: Cast) -> None:
    """TW1: what a file says is shown as text, and directions of writing are not turned round."""
    office = await school.browsers.of(cast.safety)
    first = today() + timedelta(days=1)
    title = "<img src=x onerror=alert(1)>{{7*7}}\u202egnp.\\n\\,"
    await school.upload(
        office, calendar(days(title, first, first + timedelta(days=1))), name="<script>alert(1)</script>.ics"
    )
    page = office.page.text if office.page else ""
    assert "<img src=x" not in page and "<script>alert" not in page and "\u202e" not in page
    assert "<img src=x onerror=alert(1)>{{7*7}}" in office.text


async def test_what_nobody_came_back_to_is_forgotten(school: School, cast: Cast, clock: MovingClock) -> None:
    by = await cast.actor(cast.safety)
    found = read_leave(calendar(days("甄实验 病假", today(), today() + timedelta(days=1))))
    await stage_leave(cast.school, "a.ics", found, by=by)
    clock.forward(days=8)
    await stage_leave(cast.school, "b.ics", found, by=by)
    assert await fetch_column("SELECT state FROM duty_leave_file ORDER BY id") == ["dropped", "draft"]
    assert await fetch_column("SELECT title FROM duty_leave_row ORDER BY id") == ["", "甄实验 病假"]
