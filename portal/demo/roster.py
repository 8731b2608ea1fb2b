"""The demonstration's book of duty: its plan, one published roster, and one gap to be closed."""

from datetime import date, timedelta
from typing import Any, NamedTuple

from portal.core.actors import SYSTEM
from portal.core.clock import now, set_clock, start_of_day, today
from portal.core.database import fetch_one
from portal.demo.plan import make_plan
from portal.duty.queries import plan_of
from portal.duty.rostering.queries import PostHeld, posts_held, proposed_lists
from portal.duty.rostering.rules import Brief, Member, Rota, one_team
from portal.duty.rostering.services import confirm_roster, draft_roster, publish_roster
from portal.duty.rules import LEADER, LEADING
from portal.duty.services import cancel_shift, set_duty_leader
from portal.permissions.queries import actor_for

BEFORE, AHEAD = timedelta(days=5), timedelta(days=42)
GAP_IN = timedelta(days=3)


class _Shift(NamedTuple):
    id: int
    version: int


async def make_roster(plan: dict[str, Any], school_id: int) -> None:
    """Everything about duty: the areas three weeks ago, the roster since some days ago, the gap today."""
    real = now()
    set_clock(lambda: real - BEFORE - timedelta(days=1))
    await make_plan(plan, school_id)
    set_clock(lambda: real)
    held = await posts_held(school_id)
    names = {one.name: one.person_id for one in held}
    first, last = today() - BEFORE, today() + AHEAD
    made = start_of_day(first) - timedelta(hours=9)
    set_clock(lambda: made)  # it was published on the afternoon before its first day
    brief = await _brief(plan, school_id, held, names[plan["leads_today"]], first, last)
    roster_id = await draft_roster(school_id, brief, by=SYSTEM)
    await publish_roster(roster_id, version=1, by=SYSTEM)
    set_clock(lambda: real)
    for name in plan["confirmed"]:
        if actor := await actor_for(names[name], at=real):
            await confirm_roster(roster_id, by=actor)
    await set_duty_leader(school_id, names[plan["leads_today"]], [today()], by=SYSTEM)
    await _gap(plan["gap"], school_id)
    set_clock(None)


async def _brief(
    plan: dict[str, Any], school_id: int, held: list[PostHeld], leads_today: int, first: date, last: date
) -> Brief:
    """All lanes. Whoever leads today by hand is left out of the rotation around it."""
    found = await plan_of(school_id)
    lines = found.in_order([LEADING, *(slot.line for slot in found.slots)])
    leaders = proposed_lists(held, [LEADER])[LEADER]
    around = ((first + BEFORE - timedelta(days=1), first + BEFORE + timedelta(days=1)),)
    members = tuple(Member(person, dates=around if person == leads_today else ()) for person in leaders)
    left_out = {one.person_id for one in held if one.name in plan["left_out"]} | set(leaders)
    lists = _lists([one for one in held if one.person_id not in left_out], plan["people"])
    rotas = {role: one_team(people) for role, people in lists.items()} | {LEADER: Rota((members,))}
    weekly = rotas["weekly"].members
    rotas["weekly"] = Rota(tuple(weekly[n::3] for n in range(3)))  # whole teams, a week each
    return Brief(plan["roster"].format(first=first, last=last), first, last, tuple(lines), rotas)


def _lists(held: list[PostHeld], sizes: dict[str, int]) -> dict[str, tuple[int, ...]]:
    """Each on one list: whoever has such a post, then those with the fewest posts."""
    proposed = proposed_lists(held, sizes)
    posts: dict[int, int] = {}
    for one in held:
        posts[one.person_id] = posts.get(one.person_id, 0) + 1
    taken, found = set[int](), dict[str, tuple[int, ...]]()
    for role, size in sizes.items():
        fitting = [person for person in proposed[role] if person not in taken][:size]
        rest = sorted((one for one in posts if one not in taken and one not in fitting), key=lambda one: posts[one])
        found[role] = tuple([*fitting, *rest][:size])
        taken |= set(found[role])
    return found


async def _gap(reason: str, school_id: int) -> None:
    """One evening in the dormitory for which nobody is left."""
    start = start_of_day(today() + GAP_IN)
    found = await fetch_one(
        _Shift,
        "SELECT id, version FROM duty_shift WHERE org_id = {} AND role = 'dormitory' AND cancelled_at IS NULL "
        "AND published_at IS NOT NULL AND starts_at >= {} AND starts_at < {} ORDER BY starts_at DESC, id DESC LIMIT 1",
        school_id, start, start + timedelta(days=1),
    )  # fmt: skip
    assert found is not None
    await cancel_shift(found.id, version=found.version, by=SYSTEM, reason=reason)
