"""Every route × everybody × own, parent, child, sibling, another school, missing: one policy, no surprise (TA1).

What is expected is read from the policy (`portal/permissions/rules.py`) and from the rule of sight, never from a
handler. Outside of the scope a page must be the same page, byte for byte, as that of something that does not exist.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest

from portal.changes.queries.sheets import sheet_part, sheet_row
from portal.changes.rules import Change, Giving, Plan, Then
from portal.changes.services import enter_change
from portal.changes.services.years import draft_year
from portal.contact_boards.printing.rules import Kind
from portal.contact_boards.printing.services import ask_print
from portal.contact_boards.queries.boards import open_board
from portal.contact_boards.services import PublicNews, board_of, report_publicly
from portal.core.actors import SYSTEM, Actor
from portal.core.clock import now, today
from portal.core.database import fetch_value, insert
from portal.duty.feeds.rules import FeedKind, read_leave
from portal.duty.feeds.services import make_feed, stage_leave
from portal.duty.planning.services import (
    NewArea,
    NewFallback,
    NewPeriod,
    NewSlot,
    add_slot,
    make_area,
    make_day_kind,
    make_fallback,
    make_period,
    make_role,
)
from portal.duty.rostering.rules import Brief, one_team
from portal.duty.rostering.services import draft_roster, publish_roster
from portal.duty.rules import LEADING
from portal.duty.services import seed_duty_words, set_duty_leader
from portal.duty.sheets.services import make_screen
from portal.duty.swapping.queries import swap_found
from portal.duty.swapping.services import Ask, ask_swap
from portal.hazards.queries.cards import hazard_row
from portal.hazards.rules import may_see
from portal.hazards.rules.standing import sight_of
from portal.hazards.services import NewPhoto, Report, report_hazard, seed_categories
from portal.importing.services import stage_import
from portal.letters.document import wording_from
from portal.letters.queries.letters import letter_whole
from portal.letters.services.drafting import draft_for_appointment, wording_of
from portal.letters.services.rounds import start_round
from portal.letters.services.seeding import seed_wordings
from portal.letters.tables import LetterArchive, SigningKey, SigningPasskey
from portal.letters.wordings.queries import wording_seen
from portal.letters.wordings.services import publish
from portal.people.services import make_person
from portal.permissions.rules import OWN, Permission, has, scope
from portal.responsibilities.services import copy_list, seed_duties, set_mapping
from portal.responsibilities.services.mappings import Takes
from portal.web.guards import PUBLIC
from tests.cast import Cast
from tests.conftest import Browsers
from tests.letters.letter_stories import with_wording

MISSING = 999_999
PARAMETER = re.compile(r"\{(\w+):\w+\}")
# Their parameter is a secret or a path, not a row of a school; they have tests of their own.
ELSEWHERE = ("/static/", "/health/", "/join/{", "/account/sessions/", "/b/", "/feeds/", "/screen/", "/v/")


@dataclass
class World:
    """The cast, a card in each place, and everything with an id that a route may name."""

    cast: Cast
    hazards: dict[str, int] = field(default_factory=dict)
    subjects: dict[str, dict[str, int]] = field(default_factory=dict)


@pytest.fixture
async def world(cast: Cast) -> World:
    await seed_categories()
    await set_duty_leader(cast.school, cast.leader, [today()], by=SYSTEM)
    made = World(cast)
    grids = {
        "school": cast.school, "building": cast.building, "floor": cast.floor, "room": cast.room,
        "sibling": cast.sibling_room, "class": cast.school_class, "other": cast.other_room,
        "other_school": cast.other_school, "bureau": cast.bureau, "missing": MISSING,
    }  # fmt: skip
    for place in ("room", "sibling", "class", "other"):
        report = Report(grid_id=grids[place], title=f"card in {place}", photos=(NewPhoto("0" * 64, "0" * 64, 1, 1),))
        made.hazards[place] = await report_hazard(report, by=SYSTEM)
    made.hazards["missing"] = MISSING
    people = {
        "keeper": cast.keeper, "sibling": cast.sibling_keeper, "teacher": cast.teacher, "other": cast.other_safety,
        "bureau": cast.bureau_officer, "missing": MISSING,
    }  # fmt: skip
    posts = {name: await _post_of(person) for name, person in people.items() if name != "missing"}
    appointments = {name: await _appointment_of(person) for name, person in people.items() if name != "missing"}
    made.subjects = {
        "grid_id": grids, "hazard_id": made.hazards, "person_id": people,
        "post_id": {**posts, "missing": MISSING}, "appointment_id": {**appointments, "missing": MISSING},
        "batch_id": {**await _batches(cast), "missing": MISSING},
        "job_id": {**await _prints(cast), "missing": MISSING},
        "report_id": {**await _reports(cast), "missing": MISSING},
        "org_id": {"own": cast.school, "second": cast.other_school, "bureau": cast.bureau, "missing": MISSING},
        "shift_id": {**await _shifts(cast), "missing": MISSING},
        "swap_id": {**await _swaps(cast), "missing": MISSING},
        **await _calendars(cast),
        **await _plans(cast),
        **await _lists(cast),
        **await _changes(cast),
        "roster_id": {**await _rosters(cast), "missing": MISSING},
        "letter_id": {**await _letters(cast), "missing": MISSING},
        "round_id": {**await _letter_rounds(cast), "missing": MISSING},
        "template_id": {**await _wordings(cast), "missing": MISSING},
        "archive_id": {**await _archives(cast), "missing": MISSING},
        "passkey_id": {"another's": await _passkey(cast), "missing": MISSING},
    }  # fmt: skip
    return made


async def _batches(cast: Cast) -> dict[str, int]:
    """An uploaded register in each school."""
    file = "parent_path,name,kind,responsible,role\n,学校,school,甄校长,校长\n学校,新楼,building,甄楼长,楼总负责\n".encode()
    schools = {"own": cast.school, "other": cast.other_school}
    return {name: await stage_import(file, "a.csv", school_id=school, by=SYSTEM) for name, school in schools.items()}


async def _shifts(cast: Cast) -> dict[str, int]:
    """Somebody who leads in each school in some days."""
    day = [today() + timedelta(days=9)]
    schools = {"own": (cast.school, cast.leader), "other": (cast.other_school, cast.other_principal)}
    return {name: (await set_duty_leader(org, who, day, by=SYSTEM))[0] for name, (org, who) in schools.items()}


async def _swaps(cast: Cast) -> dict[str, int]:
    """In each school whoever leads in some more days asks a colleague to do it."""
    day = [today() + timedelta(days=12)]
    parties = {
        "own": (cast.school, cast.leader, cast.vice_head),
        "other": (cast.other_school, cast.other_principal, cast.other_safety),
    }
    shifts = {name: (await set_duty_leader(org, who, day, by=SYSTEM))[0] for name, (org, who, _) in parties.items()}
    return {name: await ask_swap(shifts[name], Ask((asked,)), by=SYSTEM) for name, (_, _, asked) in parties.items()}


async def _calendars(cast: Cast) -> dict[str, dict[str, int]]:
    """The calendar of each school, a file of leave that was handed in there, a screen on the wall."""
    found: dict[str, dict[str, int]] = {name: {"missing": MISSING} for name in ("feed_id", "leave_id", "screen_id")}
    event = f"BEGIN:VEVENT\r\nDTSTART;VALUE=DATE:{today():%Y%m%d}\r\nEND:VEVENT\r\n"
    file = read_leave(f"BEGIN:VCALENDAR\r\n{event}END:VCALENDAR\r\n".encode())
    for name, school in (("own", cast.school), ("other", cast.other_school)):
        found["feed_id"][name] = (await make_feed(school, FeedKind.SCHOOL, by=SYSTEM)).id
        found["leave_id"][name] = await stage_leave(school, "a.ics", file, by=SYSTEM)
        found["screen_id"][name] = (await make_screen(school, "门卫室", by=SYSTEM)).id
    return found


async def _plans(cast: Cast) -> dict[str, dict[str, int]]:
    """In each school an area with a slot, a period, a role and a kind of day of its own, and somebody for gaps."""
    await seed_duty_words()
    names = ("area_id", "slot_id", "period_id", "duty_role_id", "day_kind_id", "fallback_id")
    found: dict[str, dict[str, int]] = {name: {"missing": MISSING} for name in names}
    day = today() + timedelta(days=30)
    for name, school, leader in (
        ("own", cast.school, cast.vice_head),
        ("other", cast.other_school, cast.other_principal),
    ):
        area = await make_area(school, NewArea("校门"), by=SYSTEM)
        slot = NewSlot("guard", 0, 1440, 1, "守门", "", day)
        rows = (
            area,
            await add_slot(school, area, "school_day", slot, by=SYSTEM),
            await make_period(school, NewPeriod("exam_day", "期末考试", day, day), by=SYSTEM),
            await make_role(school, "护学岗", "", "security", by=SYSTEM),
            await make_day_kind(school, "军训", "", "school_day", by=SYSTEM),
            await make_fallback(school, NewFallback(LEADING, leader, day, day), by=SYSTEM),
        )
        for key, row in zip(names, rows, strict=True):
            found[key][name] = row
    return found


async def _changes(cast: Cast) -> dict[str, dict[str, int]]:
    """In each school somebody leaves in a while, with a sheet for their post; and a school year is drafted."""
    found: dict[str, dict[str, int]] = {name: {} for name in ("change_id", "sheet_id", "year_id")}
    later = today() + timedelta(days=20)
    for name, school, person in (
        ("own", cast.school, cast.sibling_keeper),
        ("other", cast.other_school, cast.other_safety),
    ):
        held = Giving(await _appointment_of(person), Then.NOBODY)
        plan = Plan(Change.LEAVING, person, today(), later, gives=(held,))
        found["change_id"][name] = await enter_change(plan, org_id=school, by=SYSTEM)
        found["sheet_id"][name] = int(await fetch_value("SELECT max(id) FROM handover_sheet"))
        found["year_id"][name] = await draft_year("2027", handover_on=later, org_id=school, by=SYSTEM)
    return {name: {**rows, "missing": MISSING} for name, rows in found.items()}


async def _rosters(cast: Cast) -> dict[str, int]:
    """A published roster in each school: its leaders of tomorrow."""
    found, day = {}, today() + timedelta(days=1)
    for name, school, people in (
        ("own", cast.school, (cast.principal, cast.vice_head)),
        ("other", cast.other_school, (cast.other_principal, cast.other_safety)),
    ):
        brief = Brief(name, day, day, (LEADING,), {"leader": one_team(people)})
        found[name] = await draft_roster(school, brief, by=SYSTEM)
        await publish_roster(found[name], version=1, by=SYSTEM, without_leader=True)
    return found


async def _letters(cast: Cast) -> dict[str, int]:
    """A letter in each school: the keeper's, whom the floor's chief gives it; and one of the other school."""
    await with_wording()
    people = {"own": cast.keeper, "other": cast.other_safety}
    return {
        name: int(await draft_for_appointment(await _appointment_of(person), by=SYSTEM) or 0)
        for name, person in people.items()
    }


async def _passkey(cast: Cast) -> int:
    """The device of a colleague: nobody's but theirs."""
    owner = await make_person("甄钥匙", org_id=cast.school, by=SYSTEM)
    whose = {"org_id": cast.school, "person_id": owner, "made_at": now(), "wrapped": "{}"}
    [key] = await insert(SigningKey, {**whose, "serial": "1", "certificate": ""})
    [passkey] = await insert(
        SigningPasskey, {**whose, "key_id": key, "credential": "AA", "public_key": "", "prf_salt": ""}
    )
    return int(passkey)


async def _archives(cast: Cast) -> dict[str, int]:
    """The letters of a year, taken out in each school."""
    schools = {"own": cast.school, "other": cast.other_school}
    rows = [{"org_id": school, "year": 2026, "asked_at": now(), "version": 1} for school in schools.values()]
    return dict(zip(schools, await insert(LetterArchive, *rows), strict=True))


async def _letter_rounds(cast: Cast) -> dict[str, int]:
    """A round of letters in each school that is being made."""
    found, day = {}, today() + timedelta(days=1)
    for name, school, person in (("own", cast.school, cast.safety), ("other", cast.other_school, cast.other_safety)):
        found[name] = await start_round(
            school, "post", name, starts_on=day, ends_on=None, sign_by=None, by=await cast.actor(person)
        )
    return found


async def _wordings(cast: Cast) -> dict[str, int]:
    """In each school a wording of its own."""
    await seed_wordings()
    found = {}
    for name, school, person in (("own", cast.school, cast.safety), ("other", cast.other_school, cast.other_safety)):
        shared = await wording_of(school, "yearly")
        assert shared is not None
        base = wording_from((await wording_seen(shared, org_id=school)).body)
        found[name] = await publish(shared, replace(base, title=name), by=await cast.actor(person))
    return found


async def _reports(cast: Cast) -> dict[str, int]:
    """A report from outside in each school."""
    found = {}
    for name, grid in (("own", cast.room), ("other", cast.other_room)):
        board = await open_board((await board_of(grid, by=SYSTEM)).key)
        assert board is not None
        await report_publicly(board, PublicNews(title=f"report in {name}", form_key=name, network="street"))
        found[name] = int(await fetch_value("SELECT max(id) FROM public_report"))
    return found


async def _lists(cast: Cast) -> dict[str, dict[str, int]]:
    """A list of duties that each school has taken over, a duty of it, and a mapping of its own."""
    await seed_duties()
    found: dict[str, dict[str, int]] = {name: {} for name in ("list_id", "item_id", "mapping_id")}
    shared = int(await fetch_value("SELECT min(id) FROM duty_list"))
    for name, school in (("own", cast.school), ("other", cast.other_school)):
        own = await copy_list(shared, org_id=school, by=SYSTEM)
        mapping = await set_mapping(school, Takes("门卫", "", "", own, "", ""), version=0, by=SYSTEM)
        assert mapping is not None
        item = int(await fetch_value("SELECT min(id) FROM duty_item WHERE list_id = {}", own))
        for key, value in (("list_id", own), ("item_id", item), ("mapping_id", mapping)):
            found[key][name] = value
    return {name: {**rows, "missing": MISSING} for name, rows in found.items()}


async def _prints(cast: Cast) -> dict[str, int]:
    """Something that is being printed in each school."""
    places = {"own": cast.building, "other": cast.other_building}
    return {name: await ask_print(grid, Kind.PLATES, language="zh-Hans", by=SYSTEM) for name, grid in places.items()}


async def _post_of(person_id: int) -> int:
    return int(await fetch_value("SELECT post_id FROM appointment WHERE person_id = {} ORDER BY id", person_id))


async def _appointment_of(person_id: int) -> int:
    return int(await fetch_value("SELECT id FROM appointment WHERE person_id = {} ORDER BY id", person_id))


async def expected(actor: Actor, permission: str, name: str, subject: int) -> str:
    """What the policy says: `no` (403), `hidden` (404) or `in`."""
    if permission != PUBLIC and not has(actor, Permission(permission)):
        return "no"
    if not name:
        return "in"
    if subject == MISSING:
        return "hidden"
    if name == "passkey_id":
        return "hidden"
    if name == "hazard_id":
        found = await hazard_row(subject, by=actor)
        assert found is not None
        held = scope(actor, Permission.HAZARD_VIEW).holds(found.path, found.org_id)
        seen = may_see(restricted=found.is_restricted, sight=sight_of(actor, found, in_scope=held))
        return "in" if seen else "hidden"
    if name == "swap_id":
        swap = await swap_found(subject)
        if swap is not None and swap.concerns(actor.person_id):
            return "in"
    if name == "shift_id" and permission in (Permission.SWAP_VIEW, Permission.SWAP_ACT):
        whose = await fetch_value("SELECT person_id FROM duty_shift WHERE id = {}", subject)
        if whose == actor.person_id:
            return "in"
    if name == "sheet_id":
        sheet = await sheet_row(subject)
        if sheet.part(actor.person_id) or await sheet_part(sheet, by=actor):
            return "in"
    if name == "letter_id" and Permission(permission) in OWN:
        letter = await letter_whole(subject)
        if letter is not None and actor.person_id in {one.person_id for one in letter.parties}:
            return "in"
    place, org_id = await _place(name, subject)
    return "in" if scope(actor, Permission(permission)).holds(place, org_id) else "hidden"


async def _place(name: str, subject: int) -> tuple[str, int]:
    """Where a grid, person, post or appointment lies: its path and organisation. A person lies at their organisation."""
    grid = {
        "grid_id": "SELECT id FROM grid WHERE id = {}",
        "org_id": "SELECT grid_id FROM organisation WHERE grid_id = {}",
        "person_id": "SELECT org_id FROM person WHERE id = {}",
        "post_id": "SELECT grid_id FROM post WHERE id = {}",
        "batch_id": "SELECT org_id FROM import_batch WHERE id = {}",
        "change_id": "SELECT org_id FROM personnel_change WHERE id = {}",
        "sheet_id": "SELECT org_id FROM handover_sheet WHERE id = {}",
        "year_id": "SELECT org_id FROM school_year WHERE id = {}",
        "job_id": "SELECT grid_id FROM print_job WHERE id = {}",
        "report_id": "SELECT grid_id FROM public_report WHERE id = {}",
        "roster_id": "SELECT org_id FROM duty_roster WHERE id = {}",
        "letter_id": "SELECT grid_id FROM letter WHERE id = {}",
        "round_id": "SELECT org_id FROM letter_round WHERE id = {}",
        "template_id": "SELECT org_id FROM letter_template WHERE id = {}",
        "archive_id": "SELECT org_id FROM letter_archive WHERE id = {}",
        "shift_id": "SELECT org_id FROM duty_shift WHERE id = {}",
        "swap_id": "SELECT org_id FROM duty_swap WHERE id = {}",
        "feed_id": "SELECT org_id FROM duty_feed WHERE id = {}",
        "leave_id": "SELECT org_id FROM duty_leave_file WHERE id = {}",
        "screen_id": "SELECT org_id FROM duty_screen WHERE id = {}",
        "area_id": "SELECT org_id FROM duty_area WHERE id = {}",
        "slot_id": "SELECT org_id FROM duty_slot WHERE id = {}",
        "period_id": "SELECT org_id FROM duty_period WHERE id = {}",
        "duty_role_id": "SELECT org_id FROM duty_role WHERE id = {}",
        "day_kind_id": "SELECT org_id FROM duty_day_kind WHERE id = {}",
        "fallback_id": "SELECT org_id FROM duty_fallback WHERE id = {}",
        "list_id": "SELECT org_id FROM duty_list WHERE id = {}",
        "item_id": "SELECT l.org_id FROM duty_list l JOIN duty_item i ON i.list_id = l.id WHERE i.id = {}",
        "mapping_id": "SELECT org_id FROM duty_mapping WHERE id = {}",
        "appointment_id": "SELECT p.grid_id FROM post p JOIN appointment a ON a.post_id = p.id WHERE a.id = {}",
    }[name]
    grid_id = await fetch_value(grid, subject)
    path = await fetch_value("SELECT path FROM grid WHERE id = {}", grid_id)
    return str(path), int(await fetch_value("SELECT org_id FROM grid WHERE id = {}", grid_id))


def routes(app: object) -> list[tuple[str, str, str]]:
    found = []
    for route in app.routes:  # type: ignore[attr-defined]
        for handler in getattr(route, "route_handlers", []):
            for method in handler.http_methods:
                if str(method) in ("GET", "POST") and not route.path.startswith(ELSEWHERE):
                    found.append((str(method), route.path, str(handler.opt["permission"])))
    return sorted(found)


def address(path: str, subject: int, world: World) -> str:
    """The route's address for this subject; a second parameter is filled with something that hangs on it, or nothing."""
    names = PARAMETER.findall(path)
    return PARAMETER.sub(lambda m: str(subject if m[1] == names[0] else 1), path)


def meaning(status: int, location: str) -> str:
    if status == 403:
        return "no"
    if status == 404:
        return "hidden"
    if status >= 500:
        return f"broken {status}"
    return "stranger" if location.startswith("/sign-in") else "in"


PEOPLE = (
    "bureau_officer principal vice_head safety leader chief floor_chief keeper teacher sibling_keeper nobody "
    "other_safety other_principal"
).split()


FEW = ("bureau_officer", "safety", "keeper", "nobody", "other_safety")
"""A policy is the same on both databases, and so is most of the work: on the second one kind of each answers always,
and everybody by `make faults`."""


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("people", [FEW, pytest.param(PEOPLE, marks=pytest.mark.faults)], ids=["few", "everybody"])
async def test_every_route_answers_everybody_as_the_policy_says(
    world: World, browsers: Browsers, database: str, people: Sequence[str]
) -> None:
    """Each cell is one request. A POST carries a right token and nothing else, so that only the door is tried."""
    if people is PEOPLE and database.startswith("sqlite"):
        pytest.skip("everybody answers on SQLite always")
    wrong, cells = [], 0
    missing: dict[str, str] = {}
    for who in PEOPLE if database.startswith("sqlite") else people:
        person = getattr(world.cast, who)
        browser = await browsers.of(person)
        browser.client.headers["Accept-Encoding"] = "identity"  # thousands of pages: no time for packing them
        await browser.get("/account")
        token = next((form.fields["_csrf_token"][0] for form in browser.forms if "_csrf_token" in form.fields), "")
        assert token, who
        actor = await world.cast.actor(person)
        for method, path, permission in routes(browsers.app):
            if path in ("/sign-out", "/language", "/sign-in", "/join") or "/sessions/" in path:
                continue  # they would end this browser's session
            names = PARAMETER.findall(path)
            name = names[0] if names else ""
            for place, subject in (world.subjects[name] if name else {"": 0}).items():
                url = address(path, subject, world)
                if method == "GET":
                    answer = await browser.client.get(url)
                else:
                    answer = await browser.client.post(
                        url, data={"_csrf_token": token}, headers={"Origin": browser.origin}
                    )
                cells += 1
                browser.client.cookies.delete("anwang-flash")  # or the next page tells what this one did
                got = meaning(answer.status_code, answer.headers.get("location", ""))
                want = await expected(actor, permission, name, subject)
                if permission == Permission.VIEWER_NAME and subject == world.cast.bureau_officer and want == "hidden":
                    want = "in"  # a school may name somebody of the bureau above it (B20)
                second = len(names) > 1 and got == "hidden" and want == "in"  # the second row is not there
                nothing = method == "POST" and not name and got == "hidden"  # an empty form names nothing
                if got != want and not second and not nothing:
                    wrong.append(f"{who} {method} {url} ({place}, {permission}): {got}, policy says {want}")
                if got == "hidden":
                    plain = re.sub(r"\d+", "#", re.sub(r'value="[\w-]{43}"', "", answer.text))
                    key = f"{who} {method} {path}"
                    first = missing.setdefault(key, plain)
                    if first != plain:
                        told = set(plain.splitlines()) ^ set(first.splitlines())
                        wrong.append(f"{key}: the page of {place} tells that there is something: {told}")
    print(f"\nroutes × people × places: {cells} cells, {len(wrong)} wrong")
    assert cells > 230 * len(people)
    assert not wrong, "\n".join(wrong[:60])


async def test_strangers_are_sent_to_the_door(world: World, browsers: Browsers) -> None:
    stranger = browsers.stranger()
    for method, path, permission in routes(browsers.app):
        if permission == PUBLIC:
            continue
        url = address(path, world.cast.room, world)
        answer = await stranger.client.request(method, url, headers={"Origin": stranger.origin})
        assert (answer.status_code, answer.headers["location"][:8]) == (303, "/sign-in"), f"{method} {url}"


async def test_reading_changes_nothing(world: World, browsers: Browsers) -> None:
    """Every GET as everybody; the number of events and rows stays (TA5)."""
    before = await _digest()
    for who in ("principal", "safety", "keeper", "bureau_officer"):
        browser = await browsers.of(getattr(world.cast, who))
        known = await _digest()
        for method, path, permission in routes(browsers.app):
            names = PARAMETER.findall(path)
            if method == "GET" and has(
                await world.cast.actor(getattr(world.cast, who)),
                Permission(permission) if permission != PUBLIC else Permission.ACCOUNT_OWN,
            ):
                subject = _known(world, names[0]) if names else 0
                if path.endswith((".xlsx", ".zip", "/letters/archive", "/map/{org_id:int}/sheet.pdf")):
                    continue  # an export leaves its event, by the rule (TA11)
                await browser.client.get(address(path, subject, world))
        assert await _digest() == known, who
    assert before


def _known(world: World, name: str) -> int:
    subjects = world.subjects[name]
    return next(subjects[place] for place in ("room", "keeper", "own") if place in subjects)


async def _digest() -> tuple[int, ...]:
    tables = (
        "event",
        "hazard",
        "grid",
        "person",
        "post",
        "appointment",
        "account",
        "outbox",
        "hazard_photo",
        "submission",
    )
    return tuple([int(await fetch_value(f"SELECT count(*) FROM {table}")) for table in tables])
