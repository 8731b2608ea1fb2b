"""Rosters: a term of a whole school drafted for 120 people, published, and looked at."""

import time
from collections.abc import Mapping
from datetime import timedelta

from portal.core.actors import SYSTEM
from portal.core.clock import now, start_of_day, today
from portal.core.database import insert
from portal.duty.queries import plan_of
from portal.duty.rostering.rules import Brief, one_team, spread
from portal.duty.rostering.services import draft_roster, publish_roster
from portal.duty.rostering.services.drawing import Drawn, draw
from portal.duty.rules import LEADING
from portal.duty.services import adopt_proposal, seed_calendar, seed_duty_words
from portal.grids.services import make_organisation
from portal.people.tables import Appointment, Person, Post
from tests.bench.measures import Row
from tests.bench.world import World

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
