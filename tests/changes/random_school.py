"""A small school to which random changes of personnel happen, and the laws that must hold in it for every instant."""

import random
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from portal.changes.queries.facts import tenures_of_person
from portal.changes.rules import Change, Giving, Plan, Taking, Then
from portal.changes.services import enter_change, undo_change
from portal.changes.services.settling import LEFT_BEHIND
from portal.core.actors import SYSTEM
from portal.core.clock import now, start_of_day, today
from portal.core.database import fetch, fetch_column, fetch_value
from portal.core.refusals import Refused
from portal.grids.services import make_grid, make_organisation
from portal.hazards.services import Report, report_hazard
from portal.people.services import appoint, make_person, make_post
from portal.permissions.queries import grants_of
from portal.responsibilities.rules import Absence, Tenure, claimants_at, holder_at
from portal.responsibilities.rules.holding import changes_of
from tests.conftest import MovingClock

ROOMS, PEOPLE = 6, 9


@dataclass
class School:
    """The school, and what has happened to it."""

    rng: random.Random
    clock: MovingClock
    org: int = 0
    posts: list[int] = field(default_factory=list)
    live: list[int] = field(default_factory=list)
    begin: datetime = field(default_factory=now)
    counts: Counter[str] = field(default_factory=Counter)

    async def make(self, name: str) -> None:
        self.begin = now()
        self.org = await make_organisation(name, kind="school", by=SYSTEM)
        building = await make_grid("楼", kind="building", parent_id=self.org, by=SYSTEM)
        people = [await make_person(f"甄{number}", org_id=self.org, by=SYSTEM) for number in range(PEOPLE)]
        for number, role in enumerate(["safety_officer", "chief", *["keeper"] * ROOMS]):
            grid = (
                building if number < 2 else await make_grid(f"室{number}", kind="room", parent_id=building, by=SYSTEM)
            )
            post = await make_post(f"岗{number}", role=role, grid_id=grid, by=SYSTEM)
            self.posts.append(post)
            if number < 7:
                await appoint(people[number % 5], post_id=post, by=SYSTEM, starts_at=self.begin)
            hazard = await report_hazard(Report(grid_id=grid, title="隐患"), by=SYSTEM)
            await _name(hazard, self.rng.choice(people))

    async def step(self) -> None:
        """A change, a change taken back, or time that passes."""
        roll = self.rng.random()
        if roll < 0.12 and self.live:
            await self._undo(self.rng.choice(self.live[-4:]))
        elif roll < 0.3:
            self.clock.forward(hours=self.rng.choice([1, 7, 23, 48, 24 * 6]))
        else:
            await self._change()

    async def _undo(self, change_id: int) -> None:
        version = await fetch_value("SELECT version FROM personnel_change WHERE id = {}", change_id)
        try:
            await undo_change(change_id, version=version, by=SYSTEM)
        except Refused as refusal:
            self.counts[refusal.code] += 1
        else:
            self.live.remove(change_id)
            self.counts["undone"] += 1

    async def _change(self) -> None:
        plan = await self._plan()
        try:
            self.live.append(await enter_change(plan, org_id=self.org, by=SYSTEM))
        except Refused as refusal:
            self.counts[refusal.code] += 1
        else:
            self.counts[str(plan.kind)] += 1

    async def _plan(self) -> Plan:
        rng, kind = self.rng, self.rng.choice(list(Change))
        people = await fetch_column("SELECT id FROM person WHERE org_id = {} AND left_at IS NULL ORDER BY id", self.org)
        if kind is Change.LEAVING and len(people) < 5:
            kind = Change.JOINING
        person = rng.choice(people)
        new = kind is Change.JOINING and rng.random() < 0.8
        handover = today() + timedelta(days=rng.choice([0, 0, 1, 2, 5, 9]))
        last = handover + timedelta(days=rng.choice([1, 3, 8, 20]))
        held = () if new else await tenures_of_person(person, at=now())
        gives: tuple[Giving, ...] = ()
        if kind in (Change.LEAVING, Change.MOVING, Change.LEAVE):
            gives = tuple(self._give(kind, one, people, last) for one in held)
        takes: tuple[Taking, ...] = ()
        if kind in (Change.JOINING, Change.MOVING, Change.ACTING):
            wanted = rng.sample(self.posts, rng.choice([1, 1, 2]))
            how = ["acting"] if kind is Change.ACTING else ["replace", "replace", "replace", "beside", "deputy"]
            takes = tuple(Taking(post, rng.choice(how)) for post in wanted)
        return Plan(
            kind=kind, person_id=None if new else person, name=f"新{rng.random()}", announced_on=today(),
            handover_on=handover, last_day=last, gives=gives, takes=takes,
        )  # fmt: skip

    def _give(self, kind: Change, tenure: Tenure, people: list[int], last: object) -> Giving:
        choices = {
            Change.LEAVING: [Then.HOLDER, Then.HOLDER, Then.NOBODY, Then.ACTING],
            Change.MOVING: [Then.KEEP, Then.HOLDER, Then.NOBODY, Then.ACTING],
            Change.LEAVE: [Then.NOBODY, Then.ACTING],
        }[kind]
        then = self.rng.choice(choices)
        person = self.rng.choice(people) if then in (Then.HOLDER, Then.ACTING) else None
        return Giving(tenure.appointment_id, then, person, last)  # type: ignore[arg-type]

    async def check(self) -> dict[str, int]:
        """How often each law is broken, from the first instant on for ever: all three must be 0."""
        tenures = await fetch(
            Tenure,
            "SELECT id, post_id, person_id, kind, is_primary, starts_at, ends_at, entered_at FROM appointment "
            "WHERE org_id = {}", self.org,
        )  # fmt: skip
        absences = await fetch(
            Absence,
            "SELECT person_id, starts_at, ends_at FROM absence WHERE org_id = {} AND undone_at IS NULL",
            self.org,
        )
        declared = await self._declared()
        broken = Counter[str]()
        for post in self.posts:
            mine = [one for one in tenures if one.post_id == post]
            had = False
            for at in sorted({self.begin} | {one for one in changes_of(mine, absences) if one >= self.begin}):
                broken["two accountables"] += len(claimants_at(mine, absences, at=at)) > 1
                empty = holder_at(mine, absences, at=at) is None
                broken["undeclared gaps"] += empty and had and not any(since <= at for since in declared.get(post, ()))
                had = had or not empty
        for sql in LEFT_BEHIND:
            broken["rows left with a leaver"] += int(await fetch_value(sql))
        for person in await fetch_column("SELECT id FROM person WHERE org_id = {} AND left_at <= {}", self.org, now()):
            grants, _ = await grants_of(person, self.org, at=now())
            broken["rows left with a leaver"] += len(grants)
        return {law: broken[law] for law in ("two accountables", "undeclared gaps", "rows left with a leaver")}

    async def _declared(self) -> dict[int, list[datetime]]:
        import json

        found: dict[int, list[datetime]] = {}
        for change in self.live:
            plan = await fetch_value("SELECT plan FROM personnel_change WHERE id = {}", change)
            at = await fetch_value("SELECT effective_at FROM personnel_change WHERE id = {}", change)
            for post in json.loads(plan)["vacant"]:
                found.setdefault(post, []).append(at)
        return found


async def _name(hazard_id: int, person_id: int) -> None:
    from portal.core.database import execute

    await execute(
        "UPDATE hazard SET status = 'assigned', responsible_person_id = {} WHERE id = {}", person_id, hazard_id
    )


async def run(seed: int, clock: MovingClock, changes: int, *, of_each: int = 40) -> Counter[str]:
    """As many schools as it takes for so many changes; gives what happened, the broken laws among it."""
    told = Counter[str]()
    entered, number = 0, 0
    while entered < changes:
        rng = random.Random(f"{seed}:{number}")
        school = School(rng, clock)
        await school.make(f"校{seed}-{number}")
        want, tries = min(of_each, changes - entered), 0
        while sum(school.counts[str(kind)] for kind in Change) < want and tries < 12 * of_each:
            await school.step()
            tries += 1
        broken = await school.check()
        assert not any(broken.values()), (seed, number, broken)
        entered += sum(school.counts[str(kind)] for kind in Change)
        told += school.counts
        told.update(broken)
        clock.set(start_of_day(today()) + timedelta(days=1, hours=2))
        number += 1
    told["changes"] = entered
    return told
