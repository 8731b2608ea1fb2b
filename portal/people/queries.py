"""Reading people, posts and who holds what at an instant."""

from datetime import datetime
from typing import Any, NamedTuple

from portal.core.actors import Actor
from portal.core.database import fetch, fetch_one, fetch_value
from portal.core.refusals import NotFound
from portal.grids.queries import like
from portal.permissions.queries import scope_sql
from portal.permissions.rules import Permission, Role, scope

HELD_AT = "a.starts_at <= {} AND (a.ends_at IS NULL OR a.ends_at > {})"
"""The condition "in force at this instant" over `appointment a`; takes the instant twice."""

_RANKS = " ".join(f"WHEN '{role}' THEN {rank}" for rank, role in enumerate(Role))
KNOWN_BY = (
    "(SELECT s.title FROM appointment a JOIN post s ON s.id = a.post_id WHERE a.person_id = p.id "
    f"AND {HELD_AT} ORDER BY CASE s.role {_RANKS} END, s.id LIMIT 1)"
)
"""The title that stands beside the name of `person p`, wherever one is shown: of the post with the first role in the
order of roles. Takes the instant twice; null for whoever holds no post."""

KNOWN_PLACED = (
    "(SELECT g.name || ' ' || s.title FROM appointment a JOIN post s ON s.id = a.post_id JOIN grid g ON g.id = "
    f"s.grid_id WHERE a.person_id = p.id AND {HELD_AT} ORDER BY CASE s.role {_RANKS} END, s.id LIMIT 1)"
)
"""The same with its place, where people have to be told apart by it: many are keepers of something."""

PAGE_ROWS = 50


class PostRow(NamedTuple):
    """A post as it stands."""

    id: int
    org_id: int
    grid_id: int
    scope_grid_id: int
    title: str
    role: str
    is_accountable: bool
    version: int
    ended_at: datetime | None


class AppointmentRow(NamedTuple):
    """An appointment as it stands."""

    id: int
    org_id: int
    post_id: int
    person_id: int
    is_primary: bool
    kind: str
    starts_at: datetime
    ends_at: datetime | None
    version: int


async def post_row(post_id: int) -> PostRow | None:
    """A post by its id."""
    return await fetch_one(
        PostRow,
        "SELECT id, org_id, grid_id, scope_grid_id, title, role, is_accountable, version, ended_at FROM post "
        "WHERE id = {}",
        post_id,
    )


APPOINTMENT = "id, org_id, post_id, person_id, is_primary, kind, starts_at, ends_at, version"


async def appointment_row(appointment_id: int) -> AppointmentRow | None:
    """An appointment by its id."""
    return await fetch_one(AppointmentRow, f"SELECT {APPOINTMENT} FROM appointment WHERE id = {{}}", appointment_id)


async def open_posts_on(grid_id: int) -> int:
    """How many posts stand on a grid and have not been ended."""
    found = await fetch_value("SELECT count(*) FROM post WHERE grid_id = {} AND ended_at IS NULL", grid_id)
    return int(found)


# -- the post's page


class PostPlace(NamedTuple):
    """A post with the grid that it stands on and the one that it reaches."""

    id: int
    org_id: int
    title: str
    role: str
    is_accountable: bool
    version: int
    ended_at: datetime | None
    grid_id: int
    grid: str
    path: str
    scope_grid_id: int
    reach: str
    reach_path: str
    org_kind: str
    line_of_work: str


async def post_place(post_id: int, *, by: Actor, permission: Permission = Permission.GRID_VIEW) -> PostPlace:
    """A post whose grid lies in the actor's scope for this permission; anything else does not exist."""
    found = await fetch_one(
        PostPlace,
        "SELECT p.id, p.org_id, p.title, p.role, p.is_accountable, p.version, p.ended_at, g.id, g.name, g.path, "
        "r.id, r.name, r.path, o.kind, COALESCE(p.line_of_work, '') FROM post p JOIN grid g ON g.id = p.grid_id "
        "JOIN grid r ON r.id = p.scope_grid_id JOIN organisation o ON o.grid_id = p.org_id WHERE p.id = {}",
        post_id,
    )
    if found is None or not scope(by, permission).holds(found.path, found.org_id):
        raise NotFound()
    return found


class Holding(NamedTuple):
    """One appointment to a post, with the person."""

    id: int
    person_id: int
    name: str
    person_kind: str
    phone_sealed: str | None
    is_primary: bool
    kind: str
    starts_at: datetime
    ends_at: datetime | None
    version: int


async def holdings_of(post_id: int, *, most: int = 100) -> list[Holding]:
    """Every appointment to a post, the latest first."""
    return await fetch(
        Holding,
        "SELECT a.id, s.id, s.name, s.kind, s.phone_sealed, a.is_primary, a.kind, a.starts_at, a.ends_at, a.version "
        "FROM appointment a JOIN person s ON s.id = a.person_id WHERE a.post_id = {} "
        "ORDER BY a.is_primary DESC, a.starts_at DESC, a.id DESC LIMIT {}",
        post_id, most,
    )  # fmt: skip


# -- people


class PersonRow(NamedTuple):
    """A person as the page about them needs it; phone and mail are still sealed."""

    id: int
    org_id: int
    path: str
    school: str
    name: str
    kind: str
    staff_no: str | None
    phone_sealed: str | None
    email_sealed: str | None
    left_at: datetime | None
    version: int

    def has_left(self, at: datetime) -> bool:
        """True from the instant on at which the person leaves; it may lie ahead."""
        return self.left_at is not None and self.left_at <= at


PERSON = (
    "SELECT p.id, p.org_id, g.path, g.name, p.name, p.kind, p.staff_no, p.phone_sealed, p.email_sealed, p.left_at, "
    "p.version FROM person p JOIN grid g ON g.id = p.org_id"
)


async def person_row(person_id: int) -> PersonRow | None:
    """A person by id, whoever asks: for services that decide by the pure rule."""
    return await fetch_one(PersonRow, f"{PERSON} WHERE p.id = {{}}", person_id)


async def person_seen(person_id: int, *, by: Actor, permission: Permission = Permission.PERSON_VIEW) -> PersonRow:
    """A person whom the actor may see. Pupils exist for the staff of their own school only (R44)."""
    found = await person_row(person_id)
    if found is None or not scope(by, permission).holds(found.path, found.org_id):
        raise NotFound()
    if found.kind == "pupil" and not (by.is_system or by.org_id == found.org_id):
        raise NotFound()
    return found


class Away(NamedTuple):
    """When somebody is away."""

    starts_at: datetime
    ends_at: datetime | None


async def absences_ahead(person_id: int, *, at: datetime) -> list[Away]:
    """When somebody is or will be away, from an instant on."""
    return await fetch(
        Away,
        "SELECT starts_at, ends_at FROM absence WHERE person_id = {} AND undone_at IS NULL "
        "AND (ends_at IS NULL OR ends_at > {}) ORDER BY starts_at",
        person_id, at,
    )  # fmt: skip


class PersonLine(NamedTuple):
    """A line of the list of people: how many posts they hold now, and whether they can sign in."""

    id: int
    org_id: int
    school: str
    name: str
    kind: str
    staff_no: str | None
    phone_tail: str | None
    left_at: datetime | None
    posts: int
    account: int


class PeopleWanted(NamedTuple):
    """What the list of people is narrowed to. `who`: staff, pupil, left or without_post."""

    text: str = ""
    who: str = "staff"
    org_id: int | None = None


class FoundPerson:
    """A person who matches, with how many match in all."""

    def __init__(self, total: int, *columns: Any) -> None:
        self.total = total
        self.line = PersonLine(*columns)


async def find_people(
    wanted: PeopleWanted, *, by: Actor, at: datetime, first: int = 0, most: int = PAGE_ROWS
) -> tuple[list[PersonLine], int]:
    """People in the actor's scope by name, staff number or the last digits of the phone; and how many there are."""
    where, args = _wanted(wanted, by, at)
    rows = await fetch(
        FoundPerson,
        "SELECT count(*) OVER (), p.id, p.org_id, g.name, p.name, p.kind, p.staff_no, p.phone_tail, p.left_at, "
        f"(SELECT count(*) FROM appointment a WHERE a.person_id = p.id AND {HELD_AT}), "
        "(SELECT count(*) FROM account c WHERE c.person_id = p.id AND c.disabled_at IS NULL) "
        f"FROM person p JOIN grid g ON g.id = p.org_id WHERE {where} ORDER BY p.name, p.id LIMIT {{}} OFFSET {{}}",
        at, at, *args, most, first,
    )  # fmt: skip
    return [row.line for row in rows], rows[0].total if rows else 0


def _wanted(wanted: PeopleWanted, by: Actor, at: datetime) -> tuple[str, list[Any]]:
    where, args = scope_sql(scope(by, Permission.PERSON_VIEW), path="g.path", org="p.org_id")
    parts = [where]
    if wanted.org_id is not None:
        parts.append("p.org_id = {}")
        args.append(wanted.org_id)
    if wanted.who == "pupil":
        parts.append("p.kind = 'pupil' AND p.org_id = {}")
        args.append(by.org_id if by.org_id is not None else -1)
    else:
        parts.append("p.kind = 'staff'")
    parts.append("p.left_at <= {}" if wanted.who == "left" else "(p.left_at IS NULL OR p.left_at > {})")
    args.append(at)
    if wanted.who == "without_post":
        parts.append(f"NOT EXISTS (SELECT 1 FROM appointment a WHERE a.person_id = p.id AND {HELD_AT})")
        args += [at, at]
    for word in wanted.text.split()[:5]:
        parts.append(
            "(lower(p.name) LIKE {} ESCAPE '!' OR lower(COALESCE(p.staff_no, '')) LIKE {} ESCAPE '!' "
            "OR p.phone_tail = {})"
        )
        args += [like(word), like(word), word[-4:] if word.isascii() and word.isdigit() else "-"]
    return " AND ".join(parts), args


class Tenure(NamedTuple):
    """One post of a person, now or before."""

    appointment_id: int
    post_id: int
    title: str
    role: str
    grid_id: int
    grid: str
    kind: str
    is_primary: bool
    starts_at: datetime
    ends_at: datetime | None
    version: int


async def tenures_of(person_id: int) -> list[Tenure]:
    """Every post of a person, the latest first."""
    return await fetch(
        Tenure,
        "SELECT a.id, p.id, p.title, p.role, g.id, g.name, a.kind, a.is_primary, a.starts_at, a.ends_at, a.version "
        "FROM appointment a JOIN post p ON p.id = a.post_id JOIN grid g ON g.id = p.grid_id WHERE a.person_id = {} "
        "ORDER BY a.starts_at DESC, a.id DESC",
        person_id,
    )
