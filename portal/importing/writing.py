"""Writing a plan: grids level by level, then posts, people, appointments, in bulk. Belongs inside a unit of work.

One verb per person would be 15,000 statements for a large school, so rows are written here in bulk; what they mean is
decided in the rooms of grids and people alone.
"""

from collections import defaultdict
from datetime import datetime
from typing import Any, NamedTuple

from portal.core.actors import Actor
from portal.core.clock import now
from portal.core.database import execute, fetch_one, fetch_value, insert
from portal.grids.tables import Grid
from portal.importing.plan import NewGrid, Plan, Snapshot
from portal.importing.tree import SCHOOL
from portal.people.tables import Appointment, Person, Post


class Sealed(NamedTuple):
    """A phone as the register keeps it."""

    phone: str | None
    tail: str | None


UNKNOWN_PHONE = Sealed(None, None)


class _Place(NamedTuple):
    path: str
    depth: int


class Writer:
    """Writes one plan into one school, and remembers the ids by their keys."""

    def __init__(
        self,
        plan: Plan,
        snapshot: Snapshot,
        *,
        batch_id: int,
        school_id: int,
        phones: dict[str, Sealed],
        by: Actor,
    ) -> None:
        self.plan = plan
        self.batch_id = batch_id
        self.school_id = school_id
        self.at = now()
        self._by = by
        self._phones = phones
        self._grids = {grid.key: grid.id for grid in snapshot.grids} | {SCHOOL: school_id}
        self._posts = {(post.grid_key, post.title): post.id for post in snapshot.posts}
        self._persons = dict(plan.known_persons)

    def _stamps(self, at: datetime) -> dict[str, Any]:
        return {"org_id": self.school_id, "created_at": at, "import_batch_id": self.batch_id}

    async def write(self) -> None:
        """Everything of the plan, in four kinds of statements."""
        await self._write_grids()
        await self._link_places()
        await self._write_posts()
        await self._write_persons()
        await self._write_appointments()

    async def _write_grids(self) -> None:
        levels: dict[int, list[tuple[int, NewGrid]]] = defaultdict(list)
        first = 1 + int(await fetch_value("SELECT MAX(sort) FROM grid WHERE org_id = {}", self.school_id) or 0)
        for number, grid in enumerate(self.plan.grids, start=first):
            levels[grid.key.count("/")].append((number, grid))
        school = await fetch_one(_Place, "SELECT path, depth FROM grid WHERE id = {}", self.school_id)
        assert school is not None
        for level, grids in sorted(levels.items()):
            depth = school.depth + level + 1
            ids = await insert(Grid, *(self._grid(number, grid, depth) for number, grid in grids))
            self._grids.update({grid.key: own for (_, grid), own in zip(grids, ids, strict=True)})
            # ids are known only now; the parents' paths are whole, because they stand a level higher
            await execute(
                "UPDATE grid SET path = (SELECT p.path FROM grid p WHERE p.id = grid.parent_id) "
                "|| CAST(grid.id AS VARCHAR) || '/' WHERE import_batch_id = {} AND depth = {}",
                self.batch_id, depth,
            )  # fmt: skip

    def _grid(self, number: int, grid: NewGrid, depth: int) -> dict[str, Any]:
        return self._stamps(self.at) | {
            "parent_id": self._grids[grid.parent_key],
            "depth": depth,
            "kind": grid.kind,
            "name": grid.name,
            "is_heading": grid.is_heading,
            "level_label": grid.level_label or None,
            "area_m2": grid.area_m2,
            "location": grid.place or None,
            "sort": number,
        }

    async def _link_places(self) -> None:
        for grid in self.plan.grids:
            if grid.place_key:
                place, own = self._grids[grid.place_key], self._grids[grid.key]
                await execute("UPDATE grid SET place_id = {} WHERE id = {}", place, own)

    async def _write_posts(self) -> None:
        rows = [
            self._stamps(self.at)
            | {
                "grid_id": self._grids[post.grid_key],
                "scope_grid_id": self._grids[post.scope_key],
                "title": post.title,
                "role": post.role,
                "is_accountable": post.is_accountable,
                "sort": number,
            }
            for number, post in enumerate(self.plan.posts)
        ]
        ids = await insert(Post, *rows)
        keys = ((post.grid_key, post.title) for post in self.plan.posts)
        self._posts.update(zip(keys, ids, strict=True))

    async def _write_persons(self) -> None:
        rows = []
        for person in self.plan.persons:
            sealed = self._phones.get(person.ref, UNKNOWN_PHONE)
            rows.append(
                self._stamps(self.at)
                | {
                    "name": person.name,
                    "kind": person.kind,
                    "staff_no": person.staff_no or None,
                    "phone_sealed": sealed.phone,
                    "phone_tail": sealed.tail,
                }
            )
        ids = await insert(Person, *rows)
        self._persons.update({person.ref: own for person, own in zip(self.plan.persons, ids, strict=True)})

    async def _write_appointments(self) -> None:
        rows = [
            {
                "org_id": self.school_id,
                "post_id": self._posts[each.grid_key, each.title],
                "person_id": self._persons[each.person],
                "is_primary": each.is_primary,
                "starts_at": self.at,
                "entered_at": self.at,
                "entered_by": self._by.person_id,
                "import_batch_id": self.batch_id,
            }
            for each in self.plan.appointments
        ]
        await insert(Appointment, *rows)


async def delete_made(batch_id: int) -> None:
    """Takes away exactly what a batch made, children before parents (a parent is restricted while a child
    stands)."""
    for table in ("appointment", "post", "person"):
        await execute(f"DELETE FROM {table} WHERE import_batch_id = {{}}", batch_id)
    deepest = await fetch_value("SELECT MAX(depth) FROM grid WHERE import_batch_id = {}", batch_id)
    for depth in range(int(deepest or 0), 0, -1):
        await execute("DELETE FROM grid WHERE import_batch_id = {} AND depth = {}", batch_id, depth)
