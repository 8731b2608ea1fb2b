"""Signing in under attack: CSRF (TA5), sessions that come back or are planted (TA6), guessing (TA7), telling who has an
account (TA8), leading people away (TW5). Each test prints one line of figures."""

import asyncio
import statistics
import time
from collections.abc import AsyncIterator
from datetime import timedelta

import httpx
import pytest
from argon2 import PasswordHasher

from portal.accounts import passwords
from portal.accounts.queries import open_invitations
from portal.accounts.routes import HANDLERS
from portal.accounts.services import (
    Place,
    change_password,
    disable_account,
    enable_account,
    invite,
    join,
    make_account,
    sign_in,
)
from portal.accounts.services.invitations import code_of
from portal.accounts.tables import Account
from portal.core import database as portal_database
from portal.core.actors import SYSTEM
from portal.core.clock import now
from portal.core.database import fetch_column, fetch_value, insert
from portal.core.refusals import Refused, TooMany
from portal.people.tables import Person
from portal.web.respond import safe_path
from portal.web.sessions import signed_request
from tests.accounts.conftest import PASSWORD, Doors, knock
from tests.accounts.conftest import doors as doors
from tests.accounts.conftest import people as people
from tests.browser import Browser
from tests.cast import Cast
from tests.conftest import MovingClock

WRONG = "not the password at all"


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hashes that cost nothing: for floods in which the hash is not what is looked at."""
    monkeypatch.setattr(passwords, "HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    passwords.dummy_hash.cache_clear()


@pytest.fixture(autouse=True)
def fresh_dummy() -> AsyncIterator[None]:  # type: ignore[misc]
    yield
    passwords.dummy_hash.cache_clear()


async def teachers(cast: Cast, count: int) -> list[str]:
    """So many more teachers of the school with accounts; gives their logins."""
    stored = passwords.HASHER.hash(PASSWORD)
    at = now()
    ids = await insert(
        Person, *[{"org_id": cast.school, "name": f"教师{n:03}", "created_at": at} for n in range(count)]
    )
    rows = [
        {"org_id": cast.school, "person_id": person, "login": f"t{n:03}", "password_hash": stored, "created_at": at}
        for n, person in enumerate(ids)
    ]
    await insert(Account, *rows)
    return [f"t{n:03}" for n in range(count)]


async def outcome(login: str, password: str, place: Place) -> str:
    """in, wrong, or wait."""
    try:
        await sign_in(login, password, place=place)
    except TooMany:
        return "wait"
    except Refused:
        return "wrong"
    return "in"


async def evaluated() -> int:
    return int(await fetch_value("SELECT count(*) FROM sign_in_attempt WHERE ok = FALSE"))


# -- TA7


async def test_two_hundred_teachers_behind_one_address_are_never_stopped(quick: None, cast: Cast, doors: Doors) -> None:
    logins = await teachers(cast, 200)
    gate = asyncio.Semaphore(20)
    blocked: list[str] = []

    async def arrive(number: int, login: str) -> None:
        async with gate:
            browser = doors.at("203.0.113.5")
            if number % 3 == 0:  # a third of them mistypes first
                await knock(browser, login, WRONG)
            await knock(browser, login)
            if not browser.client.cookies.get("anwang"):
                blocked.append(login)

    await asyncio.gather(*[arrive(number, login) for number, login in enumerate(logins)])
    print(f"TA7 school: 200 teachers, 67 mistakes, blocked {len(blocked)}")
    assert blocked == []


async def test_one_account_is_guessed_at_twenty_times_a_day(quick: None, people: Cast, clock: MovingClock) -> None:
    told: list[str] = []
    for number in range(1000):  # from a new address and with a new visit each time
        told.append(
            await outcome("teacher", f"{WRONG}{number}", Place(f"198.51.100.{number % 250}", visit=str(number)))
        )
        clock.forward(seconds=86)
    figure = await evaluated()
    print(f"TA7 one account: 1000 guesses in a day, weighed {figure}, refused {told.count('wait')}")
    assert figure <= 20
    assert told.count("in") == 0


async def test_a_burst_of_guesses_slips_nothing_through(quick: None, people: Cast) -> None:
    place = Place("198.51.100.7", visit="burst")
    told = await asyncio.gather(*[outcome("teacher", f"{WRONG}{n}", place) for n in range(100)])
    print(f"TA7 burst: 100 at once, weighed {await evaluated()}")
    assert await evaluated() <= 5
    assert "in" not in told


async def test_a_spray_over_a_thousand_accounts_is_weighed_sixty_times_an_hour(
    quick: None, cast: Cast, clock: MovingClock
) -> None:
    logins = [*await teachers(cast, 30), *[f"nobody{n}" for n in range(970)]]
    for round_ in range(3):
        for number, login in enumerate(logins):
            await outcome(login, f"{WRONG}{round_}", Place("198.51.100.8", visit=f"{round_}.{number}"))
            clock.forward(seconds=1.1)
    figure = await evaluated()
    print(f"TA7 spray: 1000 accounts x 3 in 55 minutes, weighed {figure}")
    assert figure <= 60


async def test_the_attacked_come_in_from_a_browser_that_they_know(quick: None, people: Cast, doors: Doors) -> None:
    victim = doors.at("203.0.113.5")
    await knock(victim, "teacher")
    came = 0
    for number in range(100):
        for guess in range(3):  # from inside the same school, at everybody
            await outcome("teacher", WRONG, Place("203.0.113.5", visit=f"{number}.{guess}"))
            await outcome(f"x{number}{guess}", WRONG, Place("203.0.113.5", visit=f"{number}.{guess}"))
        if number % 10 == 0:
            victim.client.cookies.delete("anwang")
            answer = await knock(victim, "teacher")
            came += answer.status_code == 200 and bool(victim.client.cookies.get("anwang"))
    print(f"TA7 victim: came in {came} of 10 during {await evaluated()} weighed guesses")
    assert came == 10
    assert await outcome("teacher", PASSWORD, Place("203.0.113.5", visit="new")) == "wait"


async def test_a_refusal_says_when_and_keeps_the_login(
    quick: None, people: Cast, doors: Doors, clock: MovingClock
) -> None:
    browser = doors.at()
    for _ in range(5):
        assert (await knock(browser, "teacher", WRONG)).status_code == 422
    answer = await knock(browser, "teacher")
    assert answer.status_code == 429
    assert answer.headers["retry-after"] == "61"
    assert "分钟后再试" in browser.text
    assert browser.form("/sign-in").fields["login"] == ["teacher"]
    clock.forward(seconds=61)
    assert (await knock(browser, "teacher")).status_code == 200


async def test_a_made_up_forwarded_address_gains_nothing(quick: None, people: Cast, doors: Doors) -> None:
    browser = doors.at("198.51.100.9")
    for number in range(12):
        browser.client.headers["X-Forwarded-For"] = f"203.0.113.{number}"
        browser.client.headers["Forwarded"] = f"for=203.0.113.{number}"
        await knock(browser, f"someone{number}", WRONG)
    assert set(await fetch_column("SELECT DISTINCT network FROM sign_in_attempt")) == {"198.51.100.9"}


async def test_behind_a_proxy_that_is_trusted_the_real_client_counts(quick: None, people: Cast, doors: Doors) -> None:
    from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

    behind = ProxyHeadersMiddleware(doors.app, trusted_hosts=["10.0.0.1"])  # type: ignore[arg-type]
    for peer, real in (("10.0.0.1", "203.0.113.77"), ("10.9.9.9", "10.9.9.9")):
        browser = doors.at()
        browser.client._transport = httpx.ASGITransport(app=behind, client=(peer, 1))  # type: ignore[arg-type]
        browser.client.headers["X-Forwarded-For"] = "203.0.113.77"
        await knock(browser, f"from{peer}", WRONG)
        assert await fetch_value("SELECT network FROM sign_in_attempt ORDER BY id DESC LIMIT 1") == real


async def test_codes_cannot_be_tried_without_end(quick: None, people: Cast, doors: Doors) -> None:
    told = []
    for number in range(70):
        browser = doors.at("198.51.100.10")
        await browser.get("/join")
        told.append(
            (
                await browser.submit(
                    browser.form("/join"), code=f"AAAABBBB{number:04}".replace("0", "Z").replace("1", "Y")
                )
            ).status_code
        )
    assert told.count(422) == 60
    assert told[60:] == [429] * 10


# -- TA8


async def test_known_unknown_and_disabled_take_the_same_path(people: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    await disable_account(people.keeper, by=await people.actor(people.safety))
    verified: list[str] = []
    verify = passwords._verify

    def watched(stored: str, given: str) -> bool:
        verified.append(stored[:30])
        return verify(stored, given)

    monkeypatch.setattr(passwords, "_verify", watched)
    paths = {}
    for login in ("teacher", "keeper", "nobody-at-all"):
        statements: list[str] = []
        portal_database.watchers.append(statements.append)
        try:
            assert await outcome(login, WRONG, Place(f"net-{login}", visit=login)) == "wrong"
        finally:
            portal_database.watchers.remove(statements.append)
        paths[login] = statements
    print(f"TA8 path: {len(paths['teacher'])} statements and one hash each")
    assert paths["teacher"] == paths["keeper"] == paths["nobody-at-all"]
    assert len(verified) == 3
    assert len(set(verified)) == 1  # the same parameters for everybody


@pytest.mark.bench
async def test_the_time_tells_nothing(people: Cast, clock: MovingClock) -> None:
    times: dict[str, list[float]] = {"teacher": [], "nobody-at-all": []}
    for number in range(400):
        for login, taken in times.items():
            clock.forward(hours=25)
            start = time.perf_counter()
            assert await outcome(login, WRONG, Place(f"n{number}", visit=str(number))) == "wrong"
            taken.append(time.perf_counter() - start)
    pairs = [(a > b) + (a == b) / 2 for a in times["teacher"] for b in times["nobody-at-all"]]
    area = statistics.fmean(pairs)
    print(f"TA8 time: AUC {area:.3f}, median {statistics.median(times['teacher']) * 1000:.1f} ms")
    assert abs(area - 0.5) <= 0.06  # 400 pairs on a shared machine; 10,000 on a quiet one reach 0.02


# -- TA6


async def test_a_planted_session_is_never_taken_up(quick: None, people: Cast, doors: Doors) -> None:
    taken = 0
    for number in range(100):
        browser = doors.at()
        planted = f"planted{number:036}"
        browser.client.cookies.set("anwang", planted)
        await knock(browser, "teacher")
        values = [cookie.value for cookie in browser.client.cookies.jar if cookie.name == "anwang"]
        taken += await signed_request(__import__("portal.core.ids", fromlist=["digest"]).digest(planted)) is not None
        assert any(value != planted for value in values)
    print(f"TA6 fixation: {taken} of 100")
    assert taken == 0


async def test_signing_in_again_ends_the_session_before(quick: None, people: Cast, doors: Doors) -> None:
    browser = doors.at()
    await knock(browser, "teacher")
    first = browser.client.cookies["anwang"]
    token = browser.form("/account/contact").fields["_csrf_token"][0]
    await browser.post("/sign-in", {"_csrf_token": token, "login": "keeper", "password": PASSWORD})
    assert browser.client.cookies["anwang"] != first
    assert await fetch_value("SELECT revoked_why FROM session ORDER BY id LIMIT 1") == "replaced"


async def test_a_request_under_way_revives_nothing(quick: None, people: Cast, doors: Doors, clock: MovingClock) -> None:
    revived = 0
    for _ in range(200):
        browser = doors.at()
        await knock(browser, "teacher")
        old = browser.client.cookies["anwang"]
        token = browser.form("/account/contact").fields["_csrf_token"][0]
        clock.forward(minutes=6)  # so that each request writes down that the session was used
        await asyncio.gather(
            browser.client.get("/account"),
            browser.client.post("/sign-out", data={"_csrf_token": token}, headers={"Origin": browser.origin}),
            browser.client.get("/account/password"),
        )
        browser.client.cookies.clear()
        answer = await browser.client.get("/account", headers={"Cookie": f"anwang={old}"})
        revived += answer.status_code == 200
        await browser.client.aclose()
    print(f"TA6 revival: {revived} of 200")
    assert revived == 0


async def test_a_disabled_account_is_out_at_its_next_request(quick: None, people: Cast, doors: Doors) -> None:
    safety, refused = await people.actor(people.safety), 0
    for _ in range(50):
        browser = doors.at()
        await knock(browser, "teacher")
        await disable_account(people.teacher, by=safety)
        refused += (await browser.client.get("/account")).status_code == 303
        await enable_account(people.teacher, by=safety)
        refused += (await browser.client.get("/account")).status_code == 303
    print(f"TA6 disabled: refused {refused} of 100")
    assert refused == 100


async def test_signing_in_while_being_disabled_leaves_no_session(quick: None, people: Cast) -> None:
    safety, alive = await people.actor(people.safety), 0
    for number in range(50):
        await asyncio.gather(
            *[outcome("teacher", PASSWORD, Place("n", visit=f"{number}.{n}")) for n in range(3)],
            disable_account(people.teacher, by=safety),
        )
        alive += await fetch_value("SELECT count(*) FROM session WHERE revoked_at IS NULL")
        await enable_account(people.teacher, by=safety)
    print(f"TA6 disabling race: {alive} sessions left after 50")
    assert alive == 0


async def test_sessions_rest_and_end_in_time(quick: None, people: Cast, doors: Doors, clock: MovingClock) -> None:
    async def after(login: str, **by: float) -> bool:
        browser = doors.at()
        await knock(browser, login)
        clock.forward(**by)
        return (await browser.client.get("/account")).status_code == 200

    assert await after("teacher", hours=11, minutes=59)
    assert not await after("teacher", hours=12, minutes=1)
    assert await after("safety", minutes=29)
    assert not await after("safety", minutes=31)
    assert not await after("bureau_officer", minutes=31)
    own = doors.at()
    await knock(own, "safety")
    clock.forward(hours=1)
    await knock(own, "safety")  # the second time the browser is known
    clock.forward(minutes=31)
    assert (await own.client.get("/account")).status_code == 200
    phone = doors.at()
    await knock(phone, "teacher")
    start = now()
    while now() < start + timedelta(days=7) - timedelta(hours=6):
        assert (await phone.client.get("/account")).status_code == 200
        clock.forward(hours=6)
    clock.forward(hours=6, minutes=1)
    assert (await phone.client.get("/account")).status_code == 303


async def test_the_cookie_is_bound_to_the_host_behind_https(quick: None, people: Cast, doors: Doors) -> None:
    import dataclasses

    settings = doors.app.state.settings
    doors.app.state.settings = dataclasses.replace(settings, base_url="https://testserver")
    try:
        browser = doors.at()
        browser.client.base_url = httpx.URL("https://testserver")
        browser.origin = "https://testserver"
        await browser.get("/sign-in")
        form = browser.form("/sign-in")
        answer = await browser.client.post(
            "/sign-in",
            data={**form.fields, "login": "teacher", "password": PASSWORD},
            headers={"Origin": browser.origin},
        )
        for name in ("__Host-anwang", "__Host-anwang-device"):
            [cookie] = [line for line in answer.headers.get_list("set-cookie") if line.startswith(f"{name}=")]
            assert {"Secure", "HttpOnly", "Path=/", "SameSite=lax"} <= {part.strip() for part in cookie.split(";")}
            assert "Domain" not in cookie
        downgraded = await browser.client.post(
            "/sign-in", data={**form.fields}, headers={"Origin": "http://testserver"}
        )
        assert downgraded.status_code == 403
    finally:
        doors.app.state.settings = settings


async def test_only_digests_are_stored(quick: None, people: Cast, doors: Doors) -> None:
    browser = doors.at()
    await knock(browser, "teacher")
    await invite(people.chief, by=await people.actor(people.safety))
    code = code_of((await open_invitations([people.chief], at=now()))[people.chief])
    secrets = [browser.client.cookies["anwang"], browser.client.cookies["anwang-device"], code, code[:12], PASSWORD]
    stored = ""
    columns = {
        "session": "token_digest", "known_device": "token_digest", "invitation": "code_digest",
        "account": "password_hash", "event": "details", "sign_in_attempt": "login_digest",
    }  # fmt: skip
    for table, column in columns.items():
        stored += "".join(str(value) for value in await fetch_column(f"SELECT {column} FROM {table}"))
    assert not [secret for secret in secrets if secret in stored]


# -- invitations


async def test_of_twenty_who_use_one_slip_one_wins(quick: None, people: Cast) -> None:
    await invite(people.chief, by=await people.actor(people.safety))
    code = code_of((await open_invitations([people.chief], at=now()))[people.chief])

    async def use(number: int) -> str:
        try:
            await join(code, f"chief{number}", PASSWORD, place=Place("n"))
        except Refused as refusal:
            return refusal.code
        return "in"

    told = await asyncio.gather(*[use(number) for number in range(20)])
    print(f"I7 race: {told.count('in')} of 20 in")
    assert told.count("in") == 1
    # Whoever looked while the winner was being let in is told that the slip is used, or that it was taken back.
    assert set(told) <= {"in", "account.code_used", "account.code_revoked"}
    assert await fetch_value("SELECT count(*) FROM account WHERE login LIKE 'chief%'") == 1
    assert (
        await fetch_value("SELECT count(*) FROM event WHERE kind = 'account.made' AND actor_id = {}", people.chief) == 1
    )


async def test_two_people_who_want_one_login_get_one_each_told(quick: None, people: Cast) -> None:
    safety = await people.actor(people.safety)
    codes = []
    for person in (people.chief, people.floor_chief):
        await invite(person, by=safety)
        codes.append(code_of((await open_invitations([person], at=now()))[person]))

    async def use(code: str) -> str:
        try:
            await join(code, "boss", PASSWORD, place=Place("n"))
        except Refused as refusal:
            return refusal.code
        return "in"

    told = sorted(await asyncio.gather(*[use(code) for code in codes]))
    assert told == ["core.invalid", "in"]
    left = await fetch_value("SELECT count(*) FROM invitation WHERE used_at IS NULL AND revoked_at IS NULL")
    assert left == 1  # the one who was refused keeps the slip


async def test_a_password_changed_in_a_race_ends_every_session_but_one(quick: None, people: Cast) -> None:
    entry = await sign_in("teacher", PASSWORD, place=Place("n", visit="a"))
    from portal.core.ids import digest

    found = await signed_request(digest(entry.token))
    assert found is not None

    async def change(number: int) -> str:
        assert found is not None
        place = Place("n", session_id=found.actor.session_id)
        try:
            await change_password(PASSWORD, f"a new sentence {number}", place=place, by=found.actor)
        except Refused as refusal:
            return refusal.code
        return "changed"

    told = await asyncio.gather(*[change(number) for number in range(5)])
    assert told.count("changed") == 1
    assert await fetch_value("SELECT count(*) FROM session WHERE revoked_at IS NULL") == 1


# -- TA5


def unsafe_routes() -> list[str]:
    paths = {path for handler in HANDLERS if "POST" in handler.http_methods for path in handler.paths}
    return sorted(paths)


@pytest.mark.parametrize("path", unsafe_routes())
async def test_no_change_comes_from_elsewhere(quick: None, people: Cast, doors: Doors, path: str) -> None:
    mine, other, stranger = doors.at(), doors.at(), doors.at()
    await knock(mine, "safety")
    await knock(other, "keeper")
    await stranger.get("/sign-in")
    own = mine.form("/account/contact").fields["_csrf_token"][0]
    foreign = other.form("/account/contact").fields["_csrf_token"][0]
    planted = stranger.form("/sign-in").fields["_csrf_token"][0]
    visit = stranger.client.cookies["anwang-visit"]
    filled = (
        path.replace("{code:str}", "A" * 26)
        .replace("{person_id:int}", str(people.chief))
        .replace("{session_id:int}", "1")
    )
    ours = {"Origin": mine.origin}
    fields = {"login": "x", "password": "y", "language": "en", "act": "invite_all", "phone": "1234567"}
    before = await fetch_value("SELECT count(*) FROM event")

    async def send(token: str | None, headers: dict[str, str], **more: object) -> int:
        data = {**fields, **({"_csrf_token": token} if token is not None else {})}
        answer = await mine.client.post(filled, **{"data": data, "headers": headers, **more})  # type: ignore[arg-type]
        return answer.status_code

    told = {
        "none": await send(None, ours),
        "empty": await send("", ours),
        "wrong": await send("x" * 43, ours),
        "another session's": await send(foreign, ours),
        "foreign origin": await send(own, {"Origin": "https://evil.example"}),
        "null origin": await send(own, {"Origin": "null"}),
        "look-alike origin": await send(own, {"Origin": "http://testserver.evil.example"}),
        "no origin": await send(own, {}),
        "foreign referer": await send(own, {"Referer": "https://evil.example/testserver"}),
        "cross-site": await send(own, {"Sec-Fetch-Site": "cross-site"}),
        "same-site": await send(own, {"Sec-Fetch-Site": "same-site"}),
        "text/plain": await send(
            own, {**ours, "Content-Type": "text/plain"}, data=None, content=f"_csrf_token={own}&x=1"
        ),
        "json": await send(own, {**ours, "Content-Type": "application/json"}, data=None, content=b"{}"),
    }
    mine.client.cookies.set("anwang-visit", visit)
    told["planted pair"] = await send(planted, ours)
    assert set(told.values()) == {403}, told
    assert await fetch_value("SELECT count(*) FROM event") == before


async def test_looking_changes_nothing(quick: None, people: Cast, doors: Doors) -> None:
    browser = doors.at()
    await knock(browser, "safety")
    await invite(people.chief, by=await people.actor(people.safety))
    code = code_of((await open_invitations([people.chief], at=now()))[people.chief])

    async def state() -> list[object]:
        found: list[object] = []
        for table in ("account", "session", "invitation", "known_device", "sign_in_attempt", "event", "person"):
            found += await fetch_column(f"SELECT count(*) FROM {table}")
        return [*found, *await fetch_column("SELECT used_at FROM invitation")]

    before = await state()
    for path in (
        "/account",
        "/account/password",
        "/admin/accounts",
        "/admin/accounts/slips",
        "/join",
        f"/join/{code}",
        "/sign-in",
    ):
        for method in ("GET", "HEAD"):
            await browser.client.request(method, path)
    for path in ("/sign-out", "/language", "/account/contact"):
        assert (await browser.client.get(path)).status_code in (404, 405)
    assert await state() == before


# -- TW5

TRICKS = [
    "//evil.example", "///evil.example", "////evil.example", "/\\evil.example", "\\\\evil.example",
    "\\/evil.example", "/\\/evil.example", "https://evil.example", "http://evil.example", "https:evil.example",
    "https:/evil.example", "javascript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,x", "vbscript:x",
    "//evil.example/%2e%2e", "/\t/evil.example", "\t//evil.example", "/\n/evil.example", "/\r/evil.example",
    "/\r\nSet-Cookie: a=b", "\x00//evil.example", "/\x00/evil.example", " //evil.example", "/ /evil.example",
    "//evil.example\\@testserver", "//testserver@evil.example", "/\u200b/evil.example", "\u2028//evil.example",
    "/\u3002evil.example", "\uff0f\uff0fevil.example", "/\uff0fevil.example", "evil.example", "?//evil.example",
    "#//evil.example", "../evil", ".//evil.example", "//[::1]/", "//%65vil.example", "/" + "a" * 2000,
    "http:///evil.example", "//evil\u3002example", "/\x7f/evil.example", "ftp://evil.example",
]  # fmt: skip


@pytest.mark.parametrize("htmx", [False, True], ids=["plain", "htmx"])
async def test_nobody_is_led_away(quick: None, people: Cast, doors: Doors, htmx: bool) -> None:
    from urllib.parse import urljoin, urlsplit

    led = []
    for trick in TRICKS:
        browser = Browser(doors.app, htmx=htmx)
        async with browser.client:
            await browser.get("/sign-in")
            token = browser.form("/sign-in").fields["_csrf_token"][0]
            answer = await browser.client.post(
                "/sign-in", data={"_csrf_token": token, "login": "teacher", "password": PASSWORD, "next": trick},
                headers={"Origin": browser.origin},
            )  # fmt: skip
            target = answer.headers.get("location") or answer.headers.get("hx-redirect") or ""
            if (
                answer.status_code != 303
                or urlsplit(urljoin("http://testserver/sign-in", target)).netloc != "testserver"
            ):
                led.append((trick, target))
            answer = await browser.client.get("/sign-in", params={"next": trick})
            if urlsplit(urljoin("http://testserver/sign-in", answer.headers["location"])).netloc != "testserver":
                led.append((trick, answer.headers["location"]))
    print(f"TW5: {len(TRICKS)} tricks, led away {len(led)}")
    assert led == []
    assert safe_path("/grids/3/board?state=open") == "/grids/3/board?state=open"


# -- the command, and who leaves


async def test_make_account_refuses_a_second_one(quick: None, people: Cast) -> None:
    with pytest.raises(Refused):
        await make_account(people.teacher, "teacher2", password=PASSWORD, by=SYSTEM)
    with pytest.raises(Refused):
        await make_account(people.chief, "TEACHER", password=PASSWORD, by=SYSTEM)
