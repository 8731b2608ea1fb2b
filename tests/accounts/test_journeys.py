"""Coming in, going out, accounts for real people: as plain browser and as htmx, on both databases."""

import re

import httpx
import pytest

from portal.accounts.queries import open_invitations
from portal.accounts.services import disable_account, invite, make_account
from portal.accounts.services.invitations import code_of
from portal.core.actors import SYSTEM
from portal.core.clock import now
from portal.core.database import fetch_column, fetch_value
from portal.people.queries import person_row
from portal.people.services import mark_left
from tests.accounts.conftest import PASSWORD, Doors, knock
from tests.cast import Cast
from tests.conftest import Browsers, MovingClock

NEW = "another good sentence"


@pytest.fixture(params=[False, True], ids=["plain", "htmx"])
def htmx(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


async def code_for(person_id: int) -> str:
    """The code of the slip that this person holds."""
    return code_of((await open_invitations([person_id], at=now()))[person_id])


async def test_a_teacher_signs_in_and_out(people: Cast, doors: Doors, htmx: bool) -> None:
    browser = doors.at(htmx=htmx)
    await browser.get("/account")
    assert browser.page is not None
    if htmx:
        assert browser.page.headers["hx-redirect"] == "/sign-in?next=/account"
    else:
        assert "next=/account" in str(browser.page.url)
        assert "家长和访客不用登录" in browser.text
    await knock(browser, " Teacher ")
    assert browser.page.status_code == 200
    assert "甄班主" in browser.text
    assert "高一1班 班主任" in browser.text
    answer = await browser.client.post(
        "/sign-out", data={"_csrf_token": browser.form("/account/contact").fields["_csrf_token"][0]},
        headers={"Origin": browser.origin},
    )  # fmt: skip
    assert answer.status_code == 303
    assert answer.headers["location"] == "/sign-in"
    assert answer.headers["clear-site-data"] == '"cache", "storage"'
    await browser.get("/account")
    assert "/sign-in" in str(browser.page.url if not htmx else browser.page.headers["hx-redirect"])
    assert await fetch_column("SELECT kind FROM event WHERE kind LIKE 'session.%' ORDER BY id") == [
        "session.started",
        "session.ended",
    ]


@pytest.mark.parametrize("who", ["unknown-login", "teacher", "disabled", "left"])
async def test_every_refusal_says_the_same(people: Cast, doors: Doors, who: str) -> None:
    safety = await people.actor(people.safety)
    password = "not the password at all"
    if who == "disabled":
        await disable_account(people.teacher, by=safety)
        who, password = "teacher", PASSWORD
    if who == "left":
        person = await person_row(people.teacher)
        assert person is not None
        await mark_left(people.teacher, version=person.version, by=safety)
        who, password = "teacher", PASSWORD
    browser = doors.at()
    answer = await knock(browser, who, password)
    assert answer.status_code == 422
    assert "账号或密码不对" in browser.text
    assert browser.form("/sign-in").fields["login"] == [who]
    assert password not in answer.text
    assert not browser.client.cookies.get("anwang")


async def test_an_empty_form_is_told_what_is_missing(people: Cast, doors: Doors, htmx: bool) -> None:
    browser = doors.at(htmx=htmx)
    answer = await knock(browser, "", "")
    assert answer.status_code == 422
    assert "填账号" in browser.text
    assert "填密码" in browser.text


async def test_somebody_without_an_account_is_invited_and_comes_in(people: Cast, doors: Doors, htmx: bool) -> None:
    office, new = doors.at(htmx=htmx), doors.at("192.0.2.9", htmx=htmx)
    await knock(office, "safety", next="/admin/accounts?state=none")
    assert "甄楼长" in office.text
    assert "贾校长" not in office.text
    form = next(form for form in office.forms if ("act", "invite", "发开通条") in form.buttons)
    await office.submit(form, person=[str(people.chief), str(people.other_principal)], act="invite")
    assert "甄楼长" in office.text
    assert "贾校长" not in office.text
    code = await code_for(people.chief)
    assert f"{code[:4]}-{code[4:8]}-{code[8:12]}" in office.text
    assert code not in office.text

    for _ in range(3):  # chat programs open every link: nothing is used up
        await new.get(f"/join/{code}")
        assert "这张条子是给 甄楼长 的" in new.text
    answer = await new.submit(new.form("/join/"), login="甄楼长", password="short", again="short")
    assert answer.status_code == 422
    assert "至少 10 位" in new.text
    answer = await new.submit(new.form("/join/"), login="teacher", password=NEW, again=NEW)
    assert answer.status_code == 422
    assert "这个账号有人用了" in new.text
    await new.submit(new.form("/join/"), login="甄楼长", password=NEW, again=NEW)
    await new.get("/account")
    assert "甄楼长" in new.text

    late = doors.at("192.0.2.10", htmx=htmx)
    answer = await late.get(f"/join/{code}")
    assert answer.status_code == 410
    assert "用过了" in late.text
    await knock(late, "甄楼长", NEW)
    assert "博学楼 楼总负责" in late.text


LOOKS_LIKE_TEACHER = "te\N{CYRILLIC SMALL LETTER A}cher"


async def test_nobody_chooses_a_login_that_looks_like_another(people: Cast, doors: Doors) -> None:
    await invite(people.chief, by=await people.actor(people.safety))
    new = doors.at()
    await new.get(f"/join/{await code_for(people.chief)}")
    answer = await new.submit(new.form("/join/"), login=LOOKS_LIKE_TEACHER, password=NEW, again=NEW)
    assert answer.status_code == 422
    assert "不是英文字母" in new.text
    assert await fetch_value("SELECT count(*) FROM account WHERE person_id = {}", people.chief) == 0


async def test_an_older_login_with_other_letters_goes_on_working(people: Cast, doors: Doors) -> None:
    await make_account(people.chief, LOOKS_LIKE_TEACHER, password=PASSWORD, by=SYSTEM)
    browser = doors.at()
    await knock(browser, LOOKS_LIKE_TEACHER)
    assert "博学楼 楼总负责" in browser.text


async def test_a_typed_code_leads_to_the_same_page(people: Cast, doors: Doors, htmx: bool) -> None:
    await invite(people.chief, by=await people.actor(people.safety))
    code = await code_for(people.chief)
    browser = doors.at(htmx=htmx)
    await browser.get("/join")
    await browser.submit(browser.form("/join"), code="AAAA-BBBB-CCCC")
    assert browser.page is not None and browser.page.status_code == 422
    assert "没有这个码" in browser.text
    await browser.submit(browser.form("/join"), code=f"{code[:4]} {code[4:8]}-{code[8:12].lower()}")
    assert "甄楼长" in browser.text
    answer = await browser.get(f"/join/{code[:12]}")  # the short code is typed, never an address
    assert answer.status_code == 404


async def test_old_and_replaced_slips_say_so(people: Cast, doors: Doors, clock: MovingClock) -> None:
    safety = await people.actor(people.safety)
    await invite(people.chief, by=safety)
    first = await code_for(people.chief)
    clock.forward(minutes=5)
    await invite(people.chief, by=safety)
    second = await code_for(people.chief)
    browser = doors.at()
    assert (await browser.get(f"/join/{first}")).status_code == 410
    assert "作废" in browser.text
    clock.forward(days=8)
    assert (await browser.get(f"/join/{second}")).status_code == 410
    assert "过期" in browser.text
    assert (await browser.get("/join/" + "A" * 26)).status_code == 404


async def test_a_reset_ends_everything_that_was_open(people: Cast, doors: Doors) -> None:
    phone, office, new = doors.at(), doors.at("192.0.2.2"), doors.at("192.0.2.3")
    await knock(phone, "teacher")
    await knock(office, "safety")
    form = office.form("/account/contact")
    token = form.fields["_csrf_token"][0]
    await office.post(f"/people/{people.teacher}/invitations", {"_csrf_token": token, "purpose": "reset"})
    assert "扫码换密码" in office.text
    code = await code_for(people.teacher)
    await new.get(f"/join/{code}")
    assert "teacher" in new.text
    await new.submit(new.form("/join/"), login="safety", password=NEW, again=NEW)  # the login is not to be chosen
    await new.get("/account")
    assert "甄班主" in new.text
    await phone.get("/account")
    assert phone.page is not None and "/sign-in" in str(phone.page.url)
    assert (await knock(doors.at("192.0.2.4"), "teacher")).status_code == 422
    assert (await knock(doors.at("192.0.2.4"), "teacher", NEW)).status_code == 200


async def test_a_changed_password_keeps_this_browser_and_ends_the_others(
    people: Cast, doors: Doors, htmx: bool
) -> None:
    here, there = doors.at(htmx=htmx), doors.at("192.0.2.2")
    await knock(here, "teacher")
    await knock(there, "teacher")
    before = here.client.cookies["anwang"]
    await here.get("/account/password")
    answer = await here.submit(here.form("/account/password"), old="wrong", password=NEW, again=NEW)
    assert answer.status_code == 422
    assert "原来的密码不对" in here.text
    answer = await here.submit(here.form("/account/password"), old=PASSWORD, password=NEW, again=NEW + "x")
    assert "两次填的密码不一样" in here.text
    await here.submit(here.form("/account/password"), old=PASSWORD, password=NEW, again=NEW)
    assert here.page is not None and here.page.status_code == 200
    assert here.client.cookies["anwang"] != before
    await here.get("/account")
    assert "甄班主" in here.text
    await there.get("/account")
    assert there.page is not None and "/sign-in" in str(there.page.url)


async def test_devices_are_listed_and_signed_out(people: Cast, doors: Doors, htmx: bool) -> None:
    here, there = doors.at(htmx=htmx), doors.at("192.0.2.2")
    there.client.headers["User-Agent"] = "Mozilla/5.0 (Linux; Android 13) Chrome/116 MicroMessenger/8.0"
    await knock(there, "teacher")
    await knock(here, "teacher")
    assert "安卓 微信" in here.text
    await here.submit(here.form("/sessions/"))
    await here.get("/account")
    assert "安卓 微信" not in here.text
    await there.get("/account")
    assert there.page is not None and "/sign-in" in str(there.page.url)


async def test_somebody_elses_session_is_not_there(people: Cast, doors: Doors) -> None:
    other, mine = doors.at(), doors.at("192.0.2.2")
    await knock(other, "keeper")
    await knock(mine, "teacher")
    theirs = await fetch_value(
        "SELECT max(s.id) FROM session s JOIN account a ON a.id = s.account_id WHERE a.login = 'keeper'"
    )
    token = mine.form("/account/contact").fields["_csrf_token"][0]
    assert (await mine.post(f"/account/sessions/{theirs}/end", {"_csrf_token": token})).status_code == 404
    assert (await mine.post("/account/sessions/999999/end", {"_csrf_token": token})).status_code == 404
    await other.get("/account")
    assert "甄实验" in other.text


async def test_ones_own_phone_is_kept_sealed(people: Cast, doors: Doors, htmx: bool) -> None:
    browser = doors.at(htmx=htmx)
    await knock(browser, "teacher")
    answer = await browser.submit(browser.form("/account/contact"), phone="call me", email="nobody")
    assert answer.status_code == 422
    assert "邮箱的写法不对" in browser.text
    form = browser.form("/account/contact")
    for _ in range(2):  # pressed twice: one change
        answer = await browser.submit(form, phone="139 1234 5678", email="zhen@example.org")
        assert answer.status_code == 200
    assert await fetch_value("SELECT count(*) FROM event WHERE kind = 'person.changed'") == 1
    assert browser.form("/account/contact").fields["email"] == ["zhen@example.org"]
    row = await fetch_column("SELECT phone_sealed || email_sealed FROM person WHERE id = {}", people.teacher)
    assert "1234" not in row[0] and "zhen" not in row[0]


async def test_language_stays_on_the_page_and_with_the_person(people: Cast, doors: Doors) -> None:
    browser = doors.at()
    await browser.get("/sign-in?next=/account")
    await browser.submit(browser.form("/language"), language="en")
    assert browser.page is not None and browser.page.url.path == "/sign-in"
    assert 'lang="en"' in browser.page.text
    await knock(browser, "teacher")
    assert 'lang="zh-Hans"' in browser.page.text
    await browser.submit(browser.form("/language"), language="en")
    assert browser.page.url.path == "/account"
    assert 'lang="en"' in browser.page.text
    assert await fetch_value("SELECT language FROM person WHERE id = {}", people.teacher) == "en"
    assert await fetch_value("SELECT count(*) FROM event WHERE kind = 'account.language_chosen'") == 1


async def test_one_time_passwords_are_changed_before_anything_else(people: Cast, doors: Doors, htmx: bool) -> None:
    await make_account(people.chief, "chief", password=PASSWORD, by=SYSTEM, must_change=True)
    browser = doors.at(htmx=htmx)
    await knock(browser, "chief")
    assert browser.page is not None
    assert "先换成自己的密码" in browser.text
    await browser.get("/account")
    if htmx:
        assert browser.page.headers["hx-redirect"] == "/account/password"
        await browser.get("/account/password")
    assert "先换成自己的密码" in browser.text
    answer = await browser.submit(browser.form("/account/password"), old=PASSWORD, password=PASSWORD, again=PASSWORD)
    assert answer.status_code == 422
    await browser.submit(browser.form("/account/password"), old=PASSWORD, password=NEW, again=NEW)
    await browser.get("/account")
    assert "怎么找到我" in browser.text


async def test_an_account_is_switched_off_and_on(people: Cast, doors: Doors, htmx: bool) -> None:
    teacher, office = doors.at(htmx=htmx), doors.at("192.0.2.2", htmx=htmx)
    await knock(teacher, "teacher")
    await knock(office, "safety", next="/admin/accounts?state=active")
    form = next(form for form in office.forms if ("act", "disable", "停用") in form.buttons)
    await office.submit(form, person=[str(people.teacher), str(people.safety)], act="disable")
    assert "不能停用自己" in office.text
    form = next(form for form in office.forms if ("act", "disable", "停用") in form.buttons)
    await office.submit(form, person=[str(people.teacher)], act="disable")
    answer = await teacher.client.get("/account")
    assert answer.status_code == 303
    assert await fetch_value("SELECT count(*) FROM session WHERE revoked_why = 'disabled'") == 1
    await office.submit(form, person=[str(people.teacher)], act="enable")
    answer = await teacher.client.get("/account")
    assert answer.status_code == 303  # what ended stays ended
    await knock(teacher, "teacher")
    assert "甄班主" in teacher.text


async def test_other_schools_are_not_there(people: Cast, doors: Doors) -> None:
    office = doors.at()
    await knock(office, "other_safety")
    token = office.form("/account/contact").fields["_csrf_token"][0]
    for purpose in ("invite", "reset"):
        for person in (people.teacher, people.chief, 999_999):
            answer = await office.post(f"/people/{person}/invitations", {"_csrf_token": token, "purpose": purpose})
            assert answer.status_code == 404
    for act in ("invite", "reset", "disable", "enable"):
        answer = await office.post(
            "/admin/accounts", {"_csrf_token": token, "person": [str(people.teacher)], "act": act}
        )
        assert answer.status_code == 422
        assert "甄班主" not in answer.text
    await office.get(f"/admin/accounts?org={people.school}")
    assert "甄" not in office.text
    assert await fetch_value("SELECT count(*) FROM invitation") == 0


async def test_a_bureau_chooses_the_school(people: Cast, doors: Doors) -> None:
    office = doors.at()
    await knock(office, "bureau_officer", next="/admin/accounts")
    assert "甄班主" in office.text and "贾校长" in office.text
    await office.get(f"/admin/accounts?org={people.other_school}")
    assert "甄班主" not in office.text and "贾校长" in office.text


async def test_a_principal_sees_the_list_and_changes_nothing(people: Cast, doors: Doors) -> None:
    browser = doors.at()
    await knock(browser, "principal", next="/admin/accounts")
    assert "甄班主" in browser.text
    assert not [form for form in browser.forms if form.action == "/admin/accounts" and form.method == "post"]
    await browser.get("/account")
    token = browser.form("/account/contact").fields["_csrf_token"][0]
    assert (await browser.post("/admin/accounts", {"_csrf_token": token, "act": "invite_all"})).status_code == 403


async def test_a_whole_school_gets_its_slips_at_once(people: Cast, doors: Doors) -> None:
    office, second = doors.at(), doors.at("192.0.2.2")
    await knock(office, "safety", next="/admin/accounts")
    form = next(
        form for form in office.forms if any(name == "act" and value == "invite_all" for name, value, _ in form.buttons)
    )
    await office.submit(form, act="invite_all")
    assert office.page is not None
    slips = re.findall(r'<p class="secret">([A-Z2-9-]{14})</p>', office.page.text)
    assert len(slips) == len(set(slips)) == 5  # vice head, leader, two chiefs, a keeper; no pupil, nobody twice
    assert "甄小班" not in office.text
    assert 'style="' not in office.page.text
    assert office.page.headers["cache-control"] == "no-store"
    await knock(second, "principal", next="/admin/accounts/slips")
    assert not re.findall(r'class="secret"', second.page.text if second.page else "")


async def test_slips_are_shown_for_half_an_hour(people: Cast, doors: Doors, clock: MovingClock) -> None:
    office = doors.at()
    await invite(people.chief, by=await people.actor(people.safety))
    await knock(office, "safety", next="/admin/accounts/slips")
    assert "甄楼长" in office.text
    clock.forward(minutes=29)
    await office.get("/admin/accounts/slips")
    assert "甄楼长" in office.text
    clock.forward(minutes=2)
    await office.get("/admin/accounts/slips")
    assert "没有刚做的条子" in office.text


async def test_a_second_press_makes_no_second_slip(people: Cast, doors: Doors) -> None:
    safety = await people.actor(people.safety)
    assert await invite(people.chief, by=safety) == await invite(people.chief, by=safety)
    assert await fetch_value("SELECT count(*) FROM event WHERE kind = 'account.invited'") == 1


async def test_pages_of_strangers_answer_english(people: Cast, doors: Doors) -> None:
    browser = doors.at()
    answer: httpx.Response = await browser.get("/sign-in", **{"Accept-Language": "en-GB,en;q=0.9"})
    assert 'lang="en"' in answer.text


async def test_signed_in_browsers_are_sent_on(people: Cast, doors: Doors, browsers: Browsers) -> None:
    browser = await browsers.of(people.teacher)
    answer = await browser.client.get("/sign-in?next=/account")
    assert (answer.status_code, answer.headers["location"]) == (303, "/account")
