"""Swaps, take-overs and corrections as people use them, plain and as htmx; who is told; how many statements."""

from datetime import timedelta
from typing import Any, NamedTuple

import pytest

from portal.core.actors import SYSTEM
from portal.core.clock import now
from portal.core.database import fetch, fetch_value, watchers
from portal.duty.rules import Line
from portal.duty.services import NewShift, add_shift, adopt_proposal, cancel_shift, seed_duty_words
from portal.duty.swapping.services import Ask, accept_swap, ask_swap
from portal.people.services import appoint, make_person, make_post
from tasks.duty_swaps import sweep_swaps
from tasks.outbox import drain
from tests.browser import Browser
from tests.cast import Cast
from tests.conftest import Browsers, MovingClock

HOUR = timedelta(hours=1)


class _Asked(NamedTuple):
    person_id: int


class House:
    """A school with a plan; the keeper is at the gate in three days, the librarian in five, the teacher now."""

    def __init__(self, browsers: Browsers, cast: Cast) -> None:
        self.browsers, self.cast = browsers, cast
        self.of = browsers.of
        self.area = self.mine = self.theirs = self.running = 0

    async def shift(self, person: int, starts: timedelta, hours: int = 8) -> int:
        begin = now() + starts
        return await add_shift(
            self.cast.school, NewShift(Line(self.area, "guard"), begin, begin + hours * HOUR, person), by=SYSTEM
        )


@pytest.fixture
async def house(browsers: Browsers, cast: Cast) -> House:
    await seed_duty_words()
    await adopt_proposal(cast.school, by=SYSTEM)
    made = House(browsers, cast)
    made.area = int(await fetch_value("SELECT min(id) FROM duty_area WHERE org_id = {}", cast.school))
    made.mine = await made.shift(cast.keeper, timedelta(days=3))
    made.theirs = await made.shift(cast.sibling_keeper, timedelta(days=5))
    made.running = await made.shift(cast.teacher, timedelta(minutes=1))
    return made


@pytest.mark.parametrize("htmx", [False, True])
async def test_a_swap_from_the_first_question_to_the_gate(
    house: House, cast: Cast, clock: MovingClock, htmx: bool
) -> None:
    keeper = await house.of(cast.keeper, htmx=htmx)
    await keeper.get("/duty/swaps")
    assert "你往后的班" in keeper.text
    await keeper.follow("请人换班")
    assert "前后三天没有班" in keeper.text
    form = keeper.form(f"/duty/shifts/{house.mine}/swap")
    answer = await keeper.submit(form, people=[str(cast.sibling_keeper), str(cast.chief)], reason="家里有事")
    assert answer.status_code == 200
    assert "等同事答应" in keeper.text
    if not htmx:
        assert "问出去了" in keeper.text
    swap = int(str(answer.url).rsplit("/", 1)[1])

    chief = await house.of(cast.chief, htmx=htmx)
    await chief.get("/duty/swaps")
    await chief.follow("去回答")
    assert "家里有事" in chief.text
    await chief.submit(_act(chief, "accept"))
    assert "等批准" in chief.text

    slow = await house.of(cast.sibling_keeper, htmx=htmx)
    answer = await slow.post(
        f"/duty/swaps/{swap}/moves", {**_act(chief, "untake").fields, "act": "accept", "version": "1",
                                      "_csrf_token": await _token(slow)},
    )  # fmt: skip
    assert answer.status_code == 409
    assert "甄楼长" in slow.text, "it says who was quicker"

    office = await house.of(cast.safety, htmx=htmx)
    await office.get("/duty/swaps")
    await office.follow("去批准")
    assert "没有冲突" in office.text
    await office.submit(_act(office, "approve"))
    assert "换好了" in office.text
    assert "批准了换班，由甄楼长值" in office.text
    assert {form.fields["act"][0] for form in office.forms if "act" in form.fields} == {"undo"}


def _act(browser: Browser, act: str) -> Any:
    return next(form for form in browser.forms if form.fields.get("act") == [act])


async def _token(browser: Browser) -> str:
    await browser.get("/account")
    return next(form.fields["_csrf_token"][0] for form in browser.forms if "_csrf_token" in form.fields)


@pytest.mark.parametrize("htmx", [False, True])
async def test_an_exchange_and_what_speaks_against_it(house: House, cast: Cast, htmx: bool) -> None:
    await house.shift(cast.keeper, timedelta(days=5, hours=9))
    keeper = await house.of(cast.keeper, htmx=htmx)
    await keeper.get(f"/duty/shifts/{house.mine}/swap")
    form = next(form for form in keeper.forms if form.fields.get("way") == ["exchange"])
    answer = await keeper.submit(form)
    assert answer.status_code == 422
    assert "选对方的一班" in keeper.text
    form = next(form for form in keeper.forms if form.fields.get("way") == ["exchange"])
    await keeper.submit(form, back=str(house.theirs))
    assert "甄实验 → 甄图书" in keeper.text
    swap = int(str(keeper.page.url).rsplit("/", 1)[1])  # type: ignore[union-attr]
    await accept_swap(swap, version=1, by=await cast.actor(cast.sibling_keeper))
    await house.shift(cast.sibling_keeper, timedelta(days=3, hours=2), 2)

    office = await house.of(cast.vice_head, htmx=htmx)
    await office.get(f"/duty/swaps/{swap}")
    assert "不合适的地方" in office.text
    assert "甄图书：" in office.text
    answer = await office.submit(_act(office, "approve"))
    assert answer.status_code == 422
    assert "写一句为什么" in office.text
    await office.submit(_act(office, "approve"), reason="两班挨着，能赶到")
    assert "换好了" in office.text
    assert "两班挨着，能赶到" in office.text


async def test_nobody_is_chosen_and_everything_typed_stays(house: House, cast: Cast) -> None:
    keeper = await house.of(cast.keeper)
    await keeper.get(f"/duty/shifts/{house.mine}/swap")
    answer = await keeper.submit(keeper.form("/swap"), reason="出差三天")
    assert answer.status_code == 422
    assert "选至少一个人" in keeper.text
    assert keeper.form("/swap").fields["reason"] == ["\n出差三天"] or "出差三天" in keeper.text


async def test_the_office_asks_for_somebody_and_answers_for_them(house: House, cast: Cast) -> None:
    office = await house.of(cast.safety)
    await office.get(f"/duty/shifts/{house.mine}/swap")
    assert "替甄实验问" in office.text
    await office.submit(office.form("/swap"), people=[str(cast.chief), str(cast.teacher)])
    form = _act(office, "accept")
    answer = await office.submit(form, person="")
    assert answer.status_code == 422
    assert "选一下是替谁回答" in office.text
    await office.submit(_act(office, "accept"), person=str(cast.chief))
    assert "等批准" in office.text


async def test_an_emergency_is_one_press(house: House, cast: Cast, clock: MovingClock) -> None:
    clock.forward(hours=1)
    office = await house.of(cast.vice_head)
    await office.get(f"/duty/shifts/{house.running}/takeover")
    assert "现在是谁 甄班主" in office.text
    assert any(href.startswith("tel:") for href, _ in office.links)
    form = next(form for form in office.forms if form.fields.get("person", [""])[0].isdigit())
    await office.submit(form)
    assert "从现在起由" in office.text
    assert "替班" in office.text
    answer = await office.submit(office.form("/takeover"), person="999999")
    assert answer.status_code == 422
    clock.forward(hours=9)
    await office.get(f"/duty/shifts/{house.running}/takeover")
    assert "已经结束" in office.text
    assert not [form for form in office.forms if "takeover" in form.action]


async def test_a_correction_is_seen_beside_the_shift(house: House, cast: Cast, clock: MovingClock) -> None:
    office = await house.of(cast.safety)
    await office.get(f"/duty/shifts/{house.running}/correction")
    assert "还没有结束" in office.text
    clock.forward(hours=9)
    await office.get(f"/duty/shifts/{house.running}/correction")
    answer = await office.submit(office.form("/correction"), person=str(cast.chief), reason="")
    assert answer.status_code == 422
    assert office.form("/correction").fields["person"] == [str(cast.chief)]
    await office.submit(office.form("/correction"), person=str(cast.chief), reason="当天电话里换的")
    assert "更正：实际是甄楼长值的" in office.text
    assert "表上是谁 甄班主" in office.text, "what the roster said stays"
    assert "当天电话里换的" in office.text


@pytest.mark.parametrize("who", ["other_safety", "other_principal", "bureau_officer", "chief", "floor_chief"])
async def test_what_is_not_theirs_is_not_there(house: House, cast: Cast, who: str) -> None:
    swap = await ask_swap(house.mine, Ask((cast.sibling_keeper,)), by=await cast.actor(cast.keeper))
    seen = await (await house.of(cast.sibling_keeper)).get(f"/duty/swaps/{swap}")
    assert seen.status_code == 200
    browser = await house.of(getattr(cast, who))
    for path in ("/duty/swaps/{}", "/duty/shifts/{}/swap"):
        missing = await browser.get(path.format(999_999))
        here = await browser.get(path.format(swap if "swaps" in path else house.mine))
        assert (here.status_code, here.text.count("<")) == (404, missing.text.count("<"))
    token = await _token(browser)
    answer = await browser.post(f"/duty/swaps/{swap}/moves", {"_csrf_token": token, "act": "accept", "version": "1"})
    assert answer.status_code == 404


async def test_whoever_left_and_whoever_has_no_post_does_nothing(house: House, cast: Cast) -> None:
    browser = await house.of(cast.nobody)
    assert (await browser.get("/duty/swaps")).status_code == 403
    assert (await browser.get(f"/duty/shifts/{house.mine}/takeover")).status_code == 403


# Who is told.


async def _told(*, since: int = 0) -> dict[str, list[str]]:
    rows = await fetch(
        _Told, "SELECT r.kind, p.name FROM reminder r JOIN person p ON p.id = r.person_id "
        "WHERE r.subject_kind IN ('duty_swap', 'duty') AND r.id > {} ORDER BY r.id", since,
    )  # fmt: skip
    found: dict[str, list[str]] = {}
    for row in rows:
        found.setdefault(row.kind, []).append(row.name)
    return found


class _Told(tuple[str, str]):
    kind = property(lambda self: self[0])
    name = property(lambda self: self[1])

    def __new__(cls, kind: str, name: str) -> "_Told":
        return super().__new__(cls, (kind, name))


async def _last() -> int:
    return int(await fetch_value("SELECT COALESCE(max(id), 0) FROM reminder"))


async def test_who_is_told_of_a_swap(house: House, cast: Cast, clock: MovingClock) -> None:
    clock.forward(minutes=2)  # the teacher is at the gate
    swap = await ask_swap(house.mine, Ask((cast.sibling_keeper, cast.chief)), by=await cast.actor(cast.keeper))
    await drain()
    assert await _told() == {"swap_asked": ["甄楼长", "甄图书"]}
    before = await _last()
    await accept_swap(swap, version=1, by=await cast.actor(cast.sibling_keeper))
    await drain()
    assert await _told(since=before) == {"swap_accepted": ["甄实验"], "swap_to_approve": ["甄安全"]}
    unread = await fetch_value("SELECT count(*) FROM reminder WHERE kind = 'swap_asked' AND read_at IS NULL")
    assert unread == 0, "whoever was slower need not answer any more"
    before = await _last()
    office = await house.of(cast.vice_head)
    await office.get(f"/duty/swaps/{swap}")
    await office.submit(_act(office, "approve"))
    await drain()
    assert await _told(since=before) == {"swap_approved": ["甄实验", "甄图书"], "swap_gate": ["甄班主"]}
    before = await _last()
    await cancel_shift(house.mine, version=2, by=await cast.actor(cast.principal))
    await drain()
    told = await _told(since=before)
    assert told == {"swap_cancelled": ["甄实验", "甄图书", "甄安全"], "swap_gate": ["甄班主"]}
    keeper = await house.of(cast.keeper)
    await keeper.get("/inbox")
    assert "班有变动，换班取消了" in keeper.text
    assert ("/duty/swaps", "班有变动，换班取消了，看看你的班") in keeper.links


async def test_who_is_told_of_an_urgent_one_and_of_its_end(house: House, cast: Cast, clock: MovingClock) -> None:
    clock.forward(days=2, hours=10)
    swap = await ask_swap(house.mine, Ask((cast.sibling_keeper,)), by=await cast.actor(cast.keeper))
    await drain()
    assert await _told() == {"swap_asked_urgent": ["甄图书"]}
    before = await _last()
    clock.forward(days=1)
    settings: Any = None
    assert [await sweep_swaps(settings, now()), await sweep_swaps(settings, now())] == [1, 0]
    await drain()
    assert await _told(since=before) == {"swap_expired": ["甄实验", "甄图书"]}
    keeper = await house.of(cast.keeper)
    await keeper.get(f"/duty/swaps/{swap}")
    assert "过期作废" in keeper.text


async def test_who_is_told_of_an_emergency(house: House, cast: Cast, clock: MovingClock) -> None:
    clock.forward(hours=1)
    office = await house.of(cast.vice_head)
    await office.get(f"/duty/shifts/{house.running}/takeover")
    before = await _last()
    await office.submit(office.form("/takeover"), person=str(cast.chief))
    await drain()
    assert await _told(since=before) == {"taken_over": ["甄楼长"], "relieved": ["甄班主"]}


# What it costs.


async def _statements(browser: Browser, path: str) -> int:
    seen: list[str] = []
    await browser.get(path)
    watchers.append(seen.append)
    try:
        assert (await browser.get(path)).status_code == 200
    finally:
        watchers.remove(seen.append)
    return len(seen)


async def test_the_pages_cost_the_same_whatever_the_number_of_people_and_shifts(house: House, cast: Cast) -> None:
    swap = await ask_swap(house.mine, Ask((cast.sibling_keeper, cast.chief)), by=await cast.actor(cast.keeper))
    office = await house.of(cast.safety)
    paths = (
        "/duty/swaps", f"/duty/swaps/{swap}", f"/duty/shifts/{house.theirs}/swap",
        f"/duty/shifts/{house.running}/takeover",
    )  # fmt: skip
    few = [await _statements(office, path) for path in paths]
    for number in range(12):
        person = await make_person(f"教师{number:03}", org_id=cast.school, by=SYSTEM)
        await appoint(person, post_id=await make_post("教师", role="member", grid_id=cast.office, by=SYSTEM), by=SYSTEM)
        own = await house.shift(person, timedelta(days=6 + number))
        await ask_swap(own, Ask((cast.chief,)), by=SYSTEM)
    many = [await _statements(office, path) for path in paths]
    print("\nstatements, session included:", dict(zip(("list", "swap", "ask", "takeover"), many, strict=True)))
    assert many == few
    assert max(many) <= 9


NONSENSE = (
    "",
    "0",
    "-1",
    "9" * 40,
    "x",
    "<script>alert(1)</script>",
    "2026-13-45T99:99",
    "2026-11-25T18:00",
    "\x00",
    "१२",
)
FIELDS = ("act", "version", "person", "people", "back", "way", "reason", "until", "from", "to")


async def test_nonsense_is_refused_and_breaks_nothing(house: House, cast: Cast, clock: MovingClock) -> None:
    swap = await ask_swap(house.mine, Ask((cast.sibling_keeper,)), by=await cast.actor(cast.keeper))
    office = await house.of(cast.safety)
    token = await _token(office)
    paths = [
        f"/duty/swaps/{swap}/moves",
        *(f"/duty/shifts/{shift}/{what}" for shift in (house.theirs, house.running)
          for what in ("swap", "takeover", "correction")),
    ]  # fmt: skip
    for number, text in enumerate(NONSENSE):
        fields = {name: NONSENSE[(number * 3 + place) % len(NONSENSE)] for place, name in enumerate(FIELDS)}
        for way in (text, "give", "exchange"):
            for path in paths:
                act = "accept" if way == "give" else "refuse" if way == "exchange" else text
                data = {**fields, "way": way, "act": act, "_csrf_token": token, "reason": text}
                answer = await office.client.post(path, data=data, headers={"Origin": office.origin})
                assert answer.status_code < 500, (path, data)
                assert "<script>alert" not in answer.text
    assert await fetch_value("SELECT count(*) FROM duty_stand_in") == 0


async def test_a_reason_that_is_too_long_is_refused_beside_its_field(house: House, cast: Cast) -> None:
    swap = await ask_swap(house.mine, Ask((cast.sibling_keeper,)), by=await cast.actor(cast.keeper))
    browser = await house.of(cast.sibling_keeper)
    await browser.get(f"/duty/swaps/{swap}")
    answer = await browser.submit(_act(browser, "decline"), reason="长" * 501)
    assert answer.status_code == 422
    assert "理由写在 500 个字以内" in browser.text
    assert "长" * 501 in browser.text, "what was typed stays"
    await browser.submit(_act(browser, "decline"), reason="<b>有课</b>")
    assert "<b>有课</b>" in browser.text, "as text, not as an element"
    assert "没有换成" in browser.text


@pytest.mark.parametrize("htmx", [False, True])
async def test_everybody_who_is_free_is_asked_with_one_press(house: House, cast: Cast, htmx: bool) -> None:
    await house.shift(cast.chief, timedelta(days=8))
    keeper = await house.of(cast.keeper, htmx=htmx)
    await keeper.get(f"/duty/shifts/{house.mine}/swap")
    assert "问所有有空的 3 人" in keeper.text, "the librarian, the chief, the teacher: all who do such shifts"
    answer = await keeper.submit(keeper.form(f"/duty/shifts/{house.mine}/swap"), everyone="1", reason="家里有事")
    assert answer.status_code == 200
    swap = int(str(answer.url).rsplit("/", 1)[1])
    asked = await fetch(_Asked, "SELECT person_id FROM duty_swap_offer WHERE swap_id = {} ORDER BY person_id", swap)
    assert {one.person_id for one in asked} == {cast.sibling_keeper, cast.chief, cast.teacher}
    chief, slow = await house.of(cast.chief), await house.of(cast.teacher)
    await slow.get(f"/duty/swaps/{swap}")
    await chief.get(f"/duty/swaps/{swap}")
    late = _act(slow, "accept")
    await chief.submit(_act(chief, "accept"))
    assert "等批准" in chief.text
    assert (await slow.submit(late)).status_code in (409, 422)


async def test_nobody_is_free_and_there_is_no_button(house: House, cast: Cast) -> None:
    keeper = await house.of(cast.keeper)
    await keeper.get(f"/duty/shifts/{house.mine}/swap")
    assert "问所有有空的 2 人" in keeper.text
    await cancel_shift(house.theirs, version=1, by=SYSTEM)
    await keeper.get(f"/duty/shifts/{house.mine}/swap")
    assert "问所有有空的" not in keeper.text, "one is asked by name"
    form = keeper.form(f"/duty/shifts/{house.mine}/swap")
    assert (await keeper.submit(form, everyone="1")).status_code == 200
