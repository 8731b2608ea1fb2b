"""The dated rows that a plan is worked out and checked against."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from portal.changes.rules import Plan, Worked
from portal.core.database import fetch, in_list
from portal.responsibilities.rules import Absence, Tenure

TENURE = (
    "SELECT a.id, a.post_id, a.person_id, a.kind, a.is_primary, a.starts_at, a.ends_at, a.entered_at "
    "FROM appointment a "
)
NOT_OVER = "(a.ends_at IS NULL OR (a.ends_at > {} AND a.ends_at > a.starts_at))"


@dataclass(frozen=True, slots=True)
class Facts:
    """What a person has, everybody's tenures of the posts concerned, who is away."""

    held: tuple[Tenure, ...] = ()
    posts: Mapping[int, tuple[Tenure, ...]] = field(default_factory=dict)
    absences: tuple[Absence, ...] = ()

    def after(self, worked: Worked) -> tuple[dict[int, list[Tenure]], list[Absence]]:
        """The same rows as they would stand once a plan was written."""
        cuts = {one.appointment_id: one.at for one in worked.ends}
        posts = {
            post_id: [replace(one, ends_at=cuts.get(one.appointment_id, one.ends_at)) for one in tenures]
            for post_id, tenures in self.posts.items()
        }
        for number, one in enumerate(worked.starts):
            made = Tenure(
                2**40 + number, one.post_id, one.person_id, one.kind, one.is_primary, one.starts_at, one.ends_at
            )
            posts.setdefault(one.post_id, []).append(made)
        return posts, list(self.absences)


async def facts_for(plan: Plan, *, at: datetime) -> Facts:
    """The rows around a plan, from `at` on. Three statements."""
    held = await tenures_of_person(plan.person_id, at=at) if plan.person_id else ()
    posts = await tenures_on({one.post_id for one in held} | {one.post_id for one in plan.takes}, at=at)
    people = {one.person_id for tenures in posts.values() for one in tenures}
    people |= {one.person_id for one in plan.gives if one.person_id} | {plan.person_id or 0}
    return Facts(held, posts, await absences_of(people, at=at))


async def tenures_of_person(person_id: int, *, at: datetime) -> tuple[Tenure, ...]:
    """What somebody holds or will hold, from an instant on."""
    return tuple(await fetch(Tenure, f"{TENURE}WHERE a.person_id = {{}} AND {NOT_OVER} ORDER BY a.id", person_id, at))


async def tenures_on(post_ids: Iterable[int], *, at: datetime) -> dict[int, tuple[Tenure, ...]]:
    """Everybody's tenures of some posts that are not over; a vacant post has an empty entry."""
    wanted = sorted(set(post_ids))
    marks, ids = in_list(wanted)
    found: dict[int, tuple[Tenure, ...]] = dict.fromkeys(wanted, ())
    for one in await fetch(Tenure, f"{TENURE}WHERE a.post_id IN {marks} AND {NOT_OVER} ORDER BY a.id", *ids, at):
        found[one.post_id] = (*found[one.post_id], one)
    return found


async def absences_of(people: Iterable[int], *, at: datetime) -> tuple[Absence, ...]:
    """When some people are away, from an instant on."""
    marks, ids = in_list(sorted(set(people)))
    return tuple(
        await fetch(
            Absence,
            "SELECT person_id, starts_at, ends_at FROM absence WHERE undone_at IS NULL "
            f"AND person_id IN {marks} AND (ends_at IS NULL OR ends_at > {{}}) ORDER BY id",
            *ids, at,
        )
    )  # fmt: skip
