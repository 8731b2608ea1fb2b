"""Calendar addresses as people and programs use them: made, read, given another secret, dead; what they cost."""

import re
from datetime import timedelta

import pytest

from portal.contact_boards.rules import LIMITS
from portal.core import logs
from portal.core.actors import SYSTEM
from portal.core.clock import now, today
from portal.core.database import execute, fetch_column, fetch_value, watchers
from portal.core.ids import digest, new_token
from portal.duty.feeds.rules import FeedKind
from portal.duty.feeds.services import end_feed, make_feed
from portal.duty.queries import book_of, forget_plans
from portal.duty.rules import Line, stretches
from portal.duty.services import (
    NewShift,
    add_shift,
    adopt_proposal,
    cancel_shift,
    change_shift,
    seed_duty_words,
    set_duty_leader,
)
from portal.duty.swapping.services import Ask, TakeOver, accept_swap, approve_swap, ask_swap, take_over
from portal.grids.services import bump_rights
from portal.people.services import record_absence
from portal.permissions.rules import Permission
from tests.browser import Browser
from tests.cast import Cast
from tests.conftest import Browsers, MovingClock
from tests.duty.strict_ics import ReadEvent, read_strictly

HOUR = timedelta(hours=1)
ADDRESS = re.compile(r"http://testserver(/feeds/[\w-]{43}\.ics)")


class School:
    """A school with a plan; the keeper is at the gate in three days."""

    def __init__(self, browsers: Browsers, cast: Cast) -> None:
        self.browsers, self.cast = browsers, cast
        self.of = browsers.of
        self.area = self.mine = 0

    async def shift(self, person: int, starts: timedelta, hours: int = 8) -> int:
        begin = now() + starts
        new = NewShift(Line(self.area, "guard"), begin, begin + hours * HOUR, person)
        return await add_shift(self.cast.school, new, by=SYSTEM)

    async def feed(self, kind: FeedKind = FeedKind.PERSON, *, who: int = 0, area: int | None = None) -> str:
        """The path of a feed just made, by somebody with an account."""
        await self.browsers.stranger().sign_in_as(who or self.cast.keeper)
        made = await make_feed(self.cast.school, kind, area_id=area, by=await self.cast.actor(who or self.cast.keeper))
        return f"/feeds/{made.token}.ics"

    async def events(self, path: str) -> list[ReadEvent]:
        """What a calendar program gets."""
        answer = await self.browsers.stranger().client.get(path)
        assert answer.status_code == 200, answer.text
        assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
        return read_strictly(answer.content)[1]


@pytest.fixture
async def school(browsers: Browsers, cast: Cast) -> School:
    await seed_duty_words()
    await adopt_proposal(cast.school, by=SYSTEM)
    made = School(browsers, cast)
    made.area = int(await fetch_value("SELECT min(id) FROM duty_area WHERE org_id = {}", cast.school))
    made.mine = await made.shift(cast.keeper, timedelta(days=3))
    return made


def address_on(browser: Browser) -> str:
    found = ADDRESS.search(browser.page.text if browser.page else "")
    assert found, browser.text
    return found[1]


@pytest.mark.parametrize("htmx", [False, True])
async def test_an_address_is_shown_once_and_read_by_a_program(school: School, cast: Cast, htmx: bool) -> None:
    browser = await school.of(cast.keeper, htmx=htmx)
    await browser.get("/duty/feeds")
    assert "还没有地址" in browser.text and "区域和学校的日历" not in browser.text
    await browser.submit(browser.form("/duty/feeds"))
    path = address_on(browser)
    assert any(href == f"webcal://testserver{path}" for href, _ in browser.links)
    await browser.get("/duty/feeds")
    assert path[7:50] not in (browser.page.text if browser.page else ""), "once"
    rows = " ".join([str(one) for one in await fetch_column("SELECT token_digest FROM duty_feed")])
    assert rows == digest(path[7:50])
    [event] = await school.events(path)
    assert event.starts_at == now() + timedelta(days=3) and "门卫" in event.summary


async def test_nobody_is_named_anywhere_in_a_feed(school: School, cast: Cast) -> None:
    await set_duty_leader(cast.school, cast.vice_head, [today()], by=SYSTEM)
    names = await fetch_column("SELECT name FROM person WHERE org_id = {}", cast.school)
    for kind, area in ((FeedKind.PERSON, None), (FeedKind.AREA, school.area), (FeedKind.SCHOOL, None)):
        path = await school.feed(kind, who=cast.safety if area or kind is FeedKind.SCHOOL else cast.keeper, area=area)
        text = (await school.browsers.stranger().client.get(path)).text.replace("\r\n ", "")
        assert "VEVENT" in text and not [name for name in names if name in text]
        assert "138" not in re.sub(r"\d{8}T\d{6}|[0-9a-f]{32}", "", text)


async def test_what_really_is_so_with_swaps_takeovers_and_leave(school: School, cast: Cast, clock: MovingClock) -> None:
    """The same events as `stretches` tells, after each kind of change; SEQUENCE never goes back."""
    paths = {who: await school.feed(who=who) for who in (cast.keeper, cast.sibling_keeper)}
    office, last = await cast.actor(cast.safety), dict.fromkeys(paths, -1)
    version = "SELECT version FROM duty_shift WHERE id = {}"

    async def check(counts: dict[int, int]) -> None:
        book = (await book_of(cast.school, now() - timedelta(days=30), now() + timedelta(days=90))).book
        for who, path in paths.items():
            want = sorted(
                (one.starts_at, one.ends_at) for line in book.lines
                for one in stretches(book, line, now() - timedelta(days=30), now() + timedelta(days=90))
                if who in [person.person_id for person in one.people]
            )  # fmt: skip
            events = await school.events(path)
            told = [one for one in events if "兜底" not in one.summary]
            assert [(one.starts_at, one.ends_at) for one in told] == want
            assert len(told) == counts[who]
            assert all(one.sequence >= last[who] for one in events)
            last[who] = max([one.sequence for one in events], default=last[who])

    await check({cast.keeper: 1, cast.sibling_keeper: 0})
    await change_shift(
        school.mine, version=await fetch_value(version, school.mine), by=office,
        starts_at=now() + timedelta(days=4), ends_at=now() + timedelta(days=4, hours=6),
    )  # fmt: skip
    await check({cast.keeper: 1, cast.sibling_keeper: 0})
    swap = await ask_swap(school.mine, Ask((cast.sibling_keeper,), None, ""), by=await cast.actor(cast.keeper))
    accepted = await accept_swap(swap, version=1, by=await cast.actor(cast.sibling_keeper))
    await approve_swap(swap, version=accepted, by=office, reason="可以")
    await check({cast.keeper: 0, cast.sibling_keeper: 1})
    start = now() + timedelta(days=4, hours=2)
    await record_absence(
        cast.sibling_keeper, starts_at=start, ends_at=start + HOUR, by=SYSTEM, permission=Permission.CHANGE_MAKE
    )
    await bump_rights(cast.school)
    await check({cast.keeper: 0, cast.sibling_keeper: 2})
    running = await school.shift(cast.keeper, timedelta(minutes=5))
    clock.forward(hours=1)
    await take_over(running, TakeOver(cast.sibling_keeper, "不舒服"), by=office)
    await check({cast.keeper: 1, cast.sibling_keeper: 3})
    ahead = await school.shift(cast.keeper, timedelta(days=9))
    await cancel_shift(ahead, version=1, by=office)
    await check({cast.keeper: 1, cast.sibling_keeper: 3})


async def test_a_rotated_and_an_ended_address_lead_nowhere(school: School, cast: Cast) -> None:
    browser = await school.of(cast.keeper)
    await browser.get("/duty/feeds")
    await browser.submit(browser.form("/duty/feeds"))
    first = address_on(browser)
    uids = [one.uid for one in await school.events(first)]
    await browser.submit(browser.form("/rotations"))
    second = address_on(browser)
    stranger = school.browsers.stranger()
    assert first != second and (await stranger.client.get(first)).status_code == 404
    assert [one.uid for one in await school.events(second)] == uids, "the same events at another address"
    await browser.submit(browser.form("/end"))
    assert "停用了" in browser.text
    assert (await stranger.client.get(second)).status_code == 404
    kinds = await fetch_column("SELECT kind FROM event WHERE kind LIKE 'duty.feed%' ORDER BY id")
    assert kinds == ["duty.feed_made", "duty.feed_rotated", "duty.feed_ended"]


async def test_whatever_opens_nothing_is_the_same_missing_page(school: School, cast: Cast, clock: MovingClock) -> None:
    """Guessed, malformed, ended, of a leaver, of a closed account, of an area that ended, unread for a year."""
    dead = {}
    dead["guessed"] = f"/feeds/{new_token()}.ics"
    dead["malformed"] = "/feeds/x.ics"
    dead["no ending"] = f"/feeds/{new_token()}"
    dead["ended"] = await school.feed(FeedKind.SCHOOL, who=cast.safety)
    await end_feed(int(await fetch_value("SELECT max(id) FROM duty_feed")), by=await cast.actor(cast.safety))
    dead["leaver"] = await school.feed(who=cast.teacher)
    dead["closed account"] = await school.feed(who=cast.sibling_keeper)
    dead["area"] = await school.feed(FeedKind.AREA, who=cast.safety, area=school.area)
    alive = await school.feed()
    await school.events(dead["leaver"])
    await execute("UPDATE person SET left_at = {} WHERE id = {}", now(), cast.teacher)
    await execute("UPDATE account SET disabled_at = {} WHERE person_id = {}", now(), cast.sibling_keeper)
    await execute("UPDATE duty_area SET ended_at = {} WHERE id = {}", now(), school.area)
    stranger = school.browsers.stranger()
    missing = await stranger.client.get("/feeds/nothing/here")
    assert missing.status_code == 404
    for why, path in dead.items():
        answer = await stranger.client.get(path)
        assert (answer.status_code, answer.text) == (404, missing.text.replace("/feeds/nothing/here", path)), why
        assert "set-cookie" not in answer.headers, why
    await school.events(alive)
    clock.forward(days=366)
    assert (await stranger.client.get(alive)).status_code == 404


async def test_a_signed_in_reader_is_a_stranger_there(school: School, cast: Cast) -> None:
    """No session is looked for and no cookie set: what comes does not depend on who asks."""
    path, browser = await school.feed(), await school.of(cast.principal)
    await execute("UPDATE duty_feed SET read_at = {}", now())
    seen: list[str] = []
    watchers.append(seen.append)
    try:
        mine = await browser.client.get(path)
    finally:
        watchers.remove(seen.append)
    assert not [sql for sql in seen if " session " in sql]
    assert (
        "set-cookie" not in mine.headers and mine.content == (await school.browsers.stranger().client.get(path)).content
    )
    assert mine.headers["cache-control"] == "private, no-cache" and mine.headers["referrer-policy"] == "no-referrer"
    same = await browser.client.get(path, headers={"If-None-Match": mine.headers["etag"]})
    assert (same.status_code, same.content) == (304, b"")
    await school.shift(cast.keeper, timedelta(days=8))
    fresh = await browser.client.get(path, headers={"If-None-Match": mine.headers["etag"]})
    assert fresh.status_code == 200 and fresh.headers["etag"] != mine.headers["etag"]


async def test_a_reading_costs_three_statements_at_most(school: School, cast: Cast, clock: MovingClock) -> None:
    path = await school.feed()
    counts: list[int] = []
    for hours, cold in ((0, True), (1, False), (1, False), (30, False), (1, True)):
        clock.forward(hours=hours)
        if cold:
            forget_plans()
            await school.shift(cast.keeper, timedelta(days=10 + len(counts)))
        client, seen = school.browsers.stranger().client, list[str]()
        watchers.append(seen.append)
        try:
            assert (await client.get(path)).status_code == 200
        finally:
            watchers.remove(seen.append)
        counts.append(len([sql for sql in seen if sql.split()[0] in ("SELECT", "UPDATE", "INSERT")]))
    print(f"\nstatements of a reading, cold and warm: {counts}")
    assert max(counts) <= 3, counts
    assert await fetch_value("SELECT read_at FROM duty_feed WHERE read_at IS NOT NULL") is not None


async def test_whoever_guesses_is_stopped_and_whoever_knows_is_not(school: School) -> None:
    path, stranger = await school.feed(), school.browsers.stranger()
    answers = [
        (await stranger.client.get(f"/feeds/{new_token()}.ics")).status_code for _ in range(LIMITS["feed"].most + 3)
    ]
    assert answers[0] == 404 and answers[-1] == 429
    assert (await stranger.client.get(path)).status_code == 200


async def test_areas_and_the_school_are_for_whoever_keeps_the_book(school: School, cast: Cast) -> None:
    office = await school.of(cast.safety)
    await office.get("/duty/feeds")
    form = next(one for one in office.forms if one.fields.get("kind") == ["school"])
    await office.submit(form)
    assert address_on(office)
    feed_id = int(await fetch_value("SELECT max(id) FROM duty_feed"))
    for who in (cast.keeper, cast.other_safety, cast.bureau_officer):
        other = await school.of(who)
        await other.get("/duty/feeds")
        fields = {"_csrf_token": other.form("/duty/feeds").fields["_csrf_token"][0]}
        for action in ("rotations", "end"):
            assert (await other.post(f"/duty/feeds/{feed_id}/{action}", fields)).status_code == 404, who
        area = {**fields, "kind": "area", "area": str(school.area)}
        assert (await other.post("/duty/feeds", area)).status_code == 404, who
    keeper = await school.of(cast.keeper)
    await keeper.get("/duty/feeds")
    assert [form.fields.get("kind") for form in keeper.forms if form.action == "/duty/feeds"] == [["person"]]


async def test_nobody_touches_the_address_of_somebody_else(school: School, cast: Cast) -> None:
    await school.feed()
    feed_id = int(await fetch_value("SELECT max(id) FROM duty_feed"))
    for who in (cast.principal, cast.teacher, cast.other_safety):
        browser = await school.of(who)
        await browser.get("/duty/feeds")
        token = next(form.fields["_csrf_token"][0] for form in browser.forms if "_csrf_token" in form.fields)
        for action in ("rotations", "end"):
            answer = await browser.post(f"/duty/feeds/{feed_id}/{action}", {"_csrf_token": token})
            assert answer.status_code == 404, who


async def test_there_is_one_address_for_each(school: School, cast: Cast) -> None:
    browser = await school.of(cast.keeper)
    await browser.get("/duty/feeds")
    form = browser.form("/duty/feeds")
    await browser.submit(form)
    assert (await browser.submit(form)).status_code == 422
    assert "已经有一个地址" in browser.text
    assert await fetch_value("SELECT count(*) FROM duty_feed") == 1


async def test_the_secret_is_in_no_log(
    school: School, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Not when something breaks on the way either (TO4)."""
    path = await school.feed()

    async def broken(*_: object, **__: object) -> None:
        raise RuntimeError("broken on purpose")

    logs.configure_logs()
    monkeypatch.setattr("portal.duty.feeds.routes.public.published_book", broken)
    answer = await school.browsers.stranger().client.get(path)
    told = capsys.readouterr()
    assert answer.status_code == 500 and "broken on purpose" in told.err
    assert path[7:50] not in told.err + told.out + answer.text
    assert logs.masked(path) == "/feeds/…" and logs.masked("/duty/feeds") == "/duty/feeds"
