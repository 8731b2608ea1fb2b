"""Duty: a term of a whole school drafted for 120 people; the books of a bureau looked through; who is on duty now."""

import asyncio
import json
import sys
import time
from collections.abc import Mapping
from datetime import timedelta
from statistics import median

from portal.core.actors import SYSTEM
from portal.core.clock import now, start_of_day, today
from portal.core.database import execute, fetch_column, fetch_value, insert, is_postgres
from portal.duty.gaps.services import look_through_stale
from portal.duty.queries import plan_of
from portal.duty.rostering.rules import Brief, one_team, spread
from portal.duty.rostering.services import draft_roster, publish_roster
from portal.duty.rostering.services.drawing import Drawn, draw
from portal.duty.rules import LEADING, needs_between
from portal.duty.services import adopt_proposal, seed_calendar, seed_duty_words
from portal.duty.sheets.services import make_screen
from portal.duty.tables import DutyArea, DutyPeriod, DutyShift
from portal.grids.services import make_organisation
from portal.grids.tables import Grid, Organisation
from portal.people.tables import Appointment, Person, Post
from tests.bench.measures import ROUNDS, FloorProcess, Row, _answers, _cpu
from tests.bench.processes import cpu_each
from tests.bench.world import World
from tests.faults.web import WebProcess, Wire

DAYS = 130
LISTS = {
    "leader": 8, "guard": 24, "dormitory": 14, "fire_room": 12, "canteen": 6, "weekly": 16, "teaching": 14, "yard": 12,
    "meals": 8, "sleep": 6,
}  # fmt: skip
"""120 people, each on one list."""
ROLES = {"leader": "member"}


async def drafting(world: World) -> list[Row]:
    """Drafts a term: the rule alone, and the whole service with its rows; then the publication."""
    await seed_calendar()
    await seed_duty_words()
    school = await make_organisation("值班学校", kind="school", bureau_id=world.cast.bureau, by=SYSTEM)
    await adopt_proposal(school, by=SYSTEM)
    people = await _people(school)
    plan = await plan_of(school)
    lines = tuple(plan.in_order([LEADING, *(slot.line for slot in plan.slots)]))
    first = today() + timedelta(days=1)
    rotas = {role: one_team(theirs) for role, theirs in people.items()}
    brief = Brief("term", first, first + timedelta(days=DAYS - 1), lines, rotas)
    began = time.process_time()
    drawn = await draw(school, brief)
    seconds = time.process_time() - began
    began = time.process_time()
    roster_id = await draft_roster(school, brief, by=SYSTEM)
    whole = time.process_time() - began
    began = time.process_time()
    await publish_roster(roster_id, version=1, by=SYSTEM, without_leader=True)
    publication = time.process_time() - began
    turns = f"{len(drawn.proposal.given)} shifts, {len(drawn.proposal.holes)} holes"
    most = max(seconds, whole)
    return [
        Row(f"A term ({DAYS} days, {len(lines)} lanes) drafted for 120 people, one core", "≤ 5 s", turns,
            f"rule {seconds:.2f} s, with its rows {whole:.2f} s, publication {publication:.2f} s", most <= 5),
        _fairness(drawn, people),
    ]  # fmt: skip


def _fairness(drawn: Drawn, people: Mapping[str, tuple[int, ...]]) -> Row:
    """Of each list: how far apart the one with most and the one with least are, in shares of its heaviest shift."""
    shares = {}
    for role, theirs in people.items():
        heaviest = max((one.weight for one in drawn.proposal.given if one.turn.line.role == role), default=1)
        shares[role] = spread(theirs, drawn.proposal.balances) / heaviest
    role, worst = max(shares.items(), key=lambda item: item[1])
    return Row(
        "Fairness of each list: most − least weighted hours", "≤ 1 shift", "", f"{worst:.2f} shifts ({role})",
        worst <= 1,
    )  # fmt: skip


async def _people(school: int) -> dict[str, tuple[int, ...]]:
    """120 people with a post each, in bulk."""
    since = start_of_day(today() - timedelta(days=90))
    names = [(role, f"值班员{n:03}") for n, role in enumerate(r for r, size in LISTS.items() for _ in range(size))]
    persons = await insert(Person, *[
        {"org_id": school, "name": name, "kind": "staff", "created_at": since} for _, name in names
    ])  # fmt: skip
    posts = await insert(Post, *[
        {"org_id": school, "grid_id": school, "scope_grid_id": school, "title": role,
         "role": ROLES.get(role, "keeper"), "created_at": since} for role, _ in names
    ])  # fmt: skip
    await insert(Appointment, *[
        {"org_id": school, "post_id": post, "person_id": person, "starts_at": since, "entered_at": now()}
        for person, post in zip(persons, posts, strict=True)
    ])  # fmt: skip
    found: dict[str, list[int]] = {}
    for (role, _), person in zip(names, persons, strict=True):
        found.setdefault(role, []).append(person)
    return {role: tuple(theirs) for role, theirs in found.items()}


async def on_duty_now(world: World, *, times: int) -> list[Row]:
    """Processor time of "who is on duty now" on a wall screen, in turns with an empty handler."""
    await seed_calendar()
    await seed_duty_words()
    school = await _full_school(world)
    token = (await make_screen(school, "门卫室", by=SYSTEM)).token
    web = WebProcess(world.folder, world.url).start()
    floors = FloorProcess(world.folder, world.url).start_floors(world.url, world.cast.school)
    try:
        await web.ready()
        await _answers(floors)
        turns: list[dict[str, float]] = []
        async with Wire(web.port) as wire, Wire(floors.port) as floor:

            async def ask(_: int) -> None:
                assert (await wire.get(f"/screen/{token}", Accept_Encoding="br")).status == 200

            async def ask_floor(_: int) -> None:
                assert (await floor.get("/empty")).status == 200

            count = max(times // ROUNDS, 10) * 10
            for _ in range(ROUNDS):
                empty = await cpu_each(floors.pid, ask_floor, count)
                turns.append({"empty": empty, "now": await cpu_each(web.pid, ask, count, warm=3)})
    finally:
        web.stop()
        floors.stop()
    return [_cpu("CPU: on duty now, until the minute of change", turns, "now", "empty", "empty handler", 4)]


SCHOOLS = 200
ONE_LEFT_OUT = 400


async def no_hole(world: World, *, schools: int = SCHOOLS) -> list[Row]:
    """The gap check of a term for a whole bureau, as the worker does it: every book has moved."""
    await seed_calendar()
    await seed_duty_words()
    template = await _full_school(world)
    shifts = await fetch_value("SELECT count(*) FROM duty_shift WHERE org_id = {}", template)
    began = time.perf_counter()
    for number in range(schools - 1):
        await _copy(world, template, number)
    await execute("ANALYZE" if is_postgres() else "PRAGMA wal_checkpoint(TRUNCATE)")
    print(f"  {schools} books of {shifts} shifts written in {time.perf_counter() - began:.0f} s", flush=True)
    await execute("UPDATE organisation SET rights_version = rights_version + 1")
    web = WebProcess(world.folder, world.url).start()
    try:
        await web.ready()
        alone = await _asked(web.port, world, 5)
        asking = asyncio.create_task(_asked(web.port, world, 12))
        seconds, cpu = time.perf_counter(), time.process_time()
        looked = await look_through_stale(seconds=3600)
        seconds, cpu = time.perf_counter() - seconds, time.process_time() - cpu
        beside = await asking
    finally:
        web.stop()
    gaps = await fetch_value("SELECT sum(gaps) FROM duty_looked_through")
    quiet = time.perf_counter()
    await look_through_stale()
    quiet = time.perf_counter() - quiet
    kind = "PostgreSQL" if is_postgres() else "SQLite"
    return [
        Row(f"Gaps of a term, {schools} schools with {shifts:,} shifts each, {kind}", "< 60 s",
            f"{gaps:,} gaps found; nothing moved: {quiet * 1000:.1f} ms",
            f"{seconds:.1f} s, {cpu:.1f} s of it CPU, {seconds / looked * 1000:.0f} ms a school", seconds < 60),
        Row(f"The page of duty meanwhile, {kind}: median of its answers", "≤ 1.5×", f"{alone:.1f} ms alone",
            f"{beside:.1f} ms = {beside / alone:.2f}×", beside <= alone * 1.5),
    ]  # fmt: skip


async def _asked(port: int, world: World, seconds: float) -> float:
    """The median answer of /duty in milliseconds, asked for by another process."""
    asking = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.bench.asking", str(port), world.movers[0].cookie, "/duty", str(seconds),
        stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    told, _ = await asking.communicate()
    return float(median(json.loads(told)))


async def _full_school(world: World) -> int:
    """A school in which every need of a term has its people, but for some that are left out."""
    school = await make_organisation("全日学校", kind="school", bureau_id=world.cast.bureau, by=SYSTEM)
    await adopt_proposal(school, by=SYSTEM)
    first, last = today(), today() + timedelta(days=DAYS - 1)
    term = {"kind": "term", "name": "学期", "first_day": first, "last_day": last, "entered_at": now()}
    await insert(DutyPeriod, {"org_id": school, **term})
    people, plan = await _people(school), await plan_of(school)
    rows, count = list[dict[str, object]](), 0
    for line, needs in needs_between(plan.slots, plan.days, first, last).items():
        theirs = people.get(line.role) or people["guard"]
        for need in needs:
            for place in range(need.people):
                count += 1
                if count % ONE_LEFT_OUT:
                    rows.append({
                        "org_id": school, "area_id": line.area_id, "role": line.role,
                        "person_id": theirs[(need.starts_at.day + place) % len(theirs)], "starts_at": need.starts_at,
                        "ends_at": need.ends_at, "made_at": now(), "published_at": now(),
                    })  # fmt: skip
    await insert(DutyShift, *rows)
    return school


async def _copy(world: World, template: int, number: int) -> None:
    """The same school again, its book copied by the database itself."""
    begins = {"created_at": now()}
    [org] = await insert(
        Grid, {"kind": "school", "name": f"第{number}学校", "depth": 1, "parent_id": world.cast.bureau, **begins}
    )
    await execute("UPDATE grid SET path = {}, org_id = {} WHERE id = {}", f"/{world.cast.bureau}/{org}/", org, org)
    await insert(Organisation, {"grid_id": org, "kind": "school", "bureau_id": world.cast.bureau, **begins})
    areas = await fetch_column("SELECT id FROM duty_area WHERE org_id = {} ORDER BY id", template)
    made = await insert(DutyArea, *(
        {"org_id": org, "name": f"区域{n}", "name_en": "", "sort": n, "made_at": now()} for n in range(len(areas))
    ))  # fmt: skip
    people = await fetch_column("SELECT id FROM person WHERE org_id = {} ORDER BY id", template)
    theirs = await insert(Person, *(
        {"org_id": org, "name": f"教师{n:03}", "kind": "staff", "created_at": now()} for n in range(len(people))
    ))  # fmt: skip
    for table, more in (("duty_slot", ""), ("duty_shift", ", person_id"), ("duty_period", "")):
        own = OWN_COLUMNS[table]
        shift = f", person_id + {theirs[0] - people[0]}" if more else ""
        area = ", area_id" if table != "duty_period" else ""
        moved = f", area_id + {made[0] - areas[0]}" if area else ""
        await execute(
            f"INSERT INTO {table} (org_id{area}{more}, {own}) SELECT {org}{moved}{shift}, {own} FROM {table} "
            "WHERE org_id = {}",
            template,
        )  # fmt: skip


OWN_COLUMNS = {
    "duty_slot": "day_kind, from_minute, to_minute, name, name_en, role, people, first_day, last_day, source, "
    "entered_at, version",
    "duty_shift": "role, starts_at, ends_at, note, why, made_at, published_at, sequence, version",
    "duty_period": "kind, name, first_day, last_day, raise_by, entered_at, version",
}
