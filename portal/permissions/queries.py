"""Turning rights into conditions of a query, and people into actors."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any, NamedTuple

from portal.core.actors import Actor, Grant
from portal.core.database import fetch, fetch_column
from portal.permissions.rules import Scope

GrantSource = Callable[[int, int, datetime], Awaitable[tuple[list[Grant], datetime | None]]]
"""`(person, organisation, at)` to the grants from elsewhere (leading today) and the next instant they change."""

_sources: list[GrantSource] = []


def register_grants(source: GrantSource) -> None:
    """Lets a room to the right give rights for a time (the duty roster does); called in `app.py` only."""
    if source not in _sources:
        _sources.append(source)


class _Held(NamedTuple):
    role: str
    grid_id: int
    path: str
    org_id: int
    post_id: int
    starts_at: datetime
    ends_at: datetime | None


HELD = (
    "SELECT p.role, g.id, g.path, p.org_id, p.id, a.starts_at, a.ends_at FROM appointment a "
    "JOIN post p ON p.id = a.post_id JOIN grid g ON g.id = p.scope_grid_id "
    "WHERE a.person_id = {} AND (a.ends_at IS NULL OR a.ends_at > {}) "
    "AND (p.ended_at IS NULL OR p.ended_at > {}) AND (g.ended_at IS NULL OR g.ended_at > {}) ORDER BY p.id"
)


async def grants_of(person_id: int, org_id: int, *, at: datetime) -> tuple[list[Grant], datetime | None]:
    """The rights of a person at an instant, and the next instant at which they change by themselves (or None)."""
    held = await fetch(_Held, HELD, person_id, at, at, at)
    grants = [Grant(h.role, h.grid_id, h.path, h.org_id, h.post_id) for h in held if h.starts_at <= at]
    instants = [h.starts_at for h in held if h.starts_at > at] + [h.ends_at for h in held if h.ends_at]
    for source in _sources:
        more, change = await source(person_id, org_id, at)
        grants += more
        instants += [change] if change else []
    return grants, min(instants, default=None)


async def lasting_roles(person_id: int, *, begins: datetime, ends: datetime | None) -> set[str]:
    """The roles that a person holds by posts over the whole of `[begins, ends)`, as far as is entered now."""
    until = "a.ends_at >= {}" if ends is not None else "1 = 0"
    return set(
        await fetch_column(
            "SELECT p.role FROM appointment a JOIN post p ON p.id = a.post_id WHERE a.person_id = {} "
            f"AND p.ended_at IS NULL AND a.starts_at <= {{}} AND (a.ends_at IS NULL OR {until})",
            person_id, begins, *([ends] if ends is not None else []),
        )
    )  # fmt: skip


def scope_sql(scope: Scope, *, path: str, org: str) -> tuple[str, list[Any]]:
    """A condition that is true inside the scope: `(g.path LIKE {} OR h.org_id = {})` with its arguments.

    Paths hold digits and slashes only, so LIKE needs no escape. An empty scope is a condition that nothing meets.
    """
    parts = [f"{path} LIKE {{}}" for _ in scope.paths] + [f"{org} = {{}}" for _ in scope.orgs]
    args: list[Any] = [part + "%" for part in scope.paths] + list(scope.orgs)
    return ("(" + " OR ".join(parts) + ")" if parts else "(1 = 0)"), args


class _Someone(NamedTuple):
    id: int
    org_id: int
    name: str
    language: str


async def actor_for(person_id: int, *, at: datetime) -> Actor | None:
    """The person as an actor at an instant, without an account: for commands, demonstrations and tests."""
    found = await fetch(_Someone, "SELECT id, org_id, name, language FROM person WHERE id = {}", person_id)
    if not found:
        return None
    person = found[0]
    grants, _ = await grants_of(person.id, person.org_id, at=at)
    return Actor(
        person_id=person.id, account_id=None, org_id=person.org_id, name=person.name, grants=tuple(grants),
        language=person.language, via="cli", roles=frozenset(grant.role for grant in grants),
    )  # fmt: skip
