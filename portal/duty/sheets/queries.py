"""Screens on the wall: the one behind a secret, and those of a school."""

from datetime import datetime
from typing import NamedTuple

from portal.core.actors import Actor
from portal.core.database import fetch, fetch_one
from portal.core.ids import digest
from portal.core.refusals import NotFound
from portal.duty.queries.kept import Org
from portal.permissions.rules import Permission, scope


class OpenScreen(NamedTuple):
    """A screen that opens now, as its secret found it."""

    id: int
    org_id: int
    name: str
    seen_at: datetime | None
    rights_version: int
    path: str
    org_kind: str
    school: str
    phone: str

    @property
    def org(self) -> Org:
        """Its organisation."""
        return Org(self.org_id, self.path, self.org_kind, self.school, self.phone)


async def open_screen(token: str, *, at: datetime) -> OpenScreen | None:
    """The screen behind a secret, or None: unknown, ended, of a school that has ended. One statement."""
    return await fetch_one(
        OpenScreen,
        "SELECT s.id, s.org_id, s.name, s.seen_at, o.rights_version, g.path, g.kind, g.name, "
        "COALESCE(o.duty_phone, '') FROM duty_screen s JOIN organisation o ON o.grid_id = s.org_id "
        "JOIN grid g ON g.id = s.org_id "
        "WHERE s.token_digest = {} AND s.ended_at IS NULL AND (g.ended_at IS NULL OR g.ended_at > {})",
        digest(token), at,
    )  # fmt: skip


class ScreenLine(NamedTuple):
    """A screen in the list."""

    id: int
    name: str
    made_at: datetime
    maker: str
    seen_at: datetime | None


async def screens_of(org_id: int) -> list[ScreenLine]:
    """The screens of a school that are not ended. Whether the reader may see them is asked before. One statement."""
    return await fetch(
        ScreenLine,
        "SELECT s.id, s.name, s.made_at, COALESCE(p.name, ''), s.seen_at FROM duty_screen s "
        "LEFT JOIN person p ON p.id = s.made_by WHERE s.org_id = {} AND s.ended_at IS NULL ORDER BY s.id",
        org_id,
    )


class SeenScreen(NamedTuple):
    """A screen that is about to be ended."""

    id: int
    org_id: int
    path: str
    name: str


async def screen_seen(screen_id: int, *, by: Actor) -> SeenScreen:
    """A screen that the actor may end; any other one does not exist. One statement."""
    found = await fetch_one(
        SeenScreen,
        "SELECT s.id, s.org_id, g.path, s.name FROM duty_screen s JOIN grid g ON g.id = s.org_id WHERE s.id = {}",
        screen_id,
    )
    if found is None or not scope(by, Permission.DUTY_SCREEN_EDIT).holds(found.path, found.org_id):
        raise NotFound()
    return found
