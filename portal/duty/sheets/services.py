"""Screens on the wall: made and ended. Only the digest of an address is written anywhere."""

from datetime import datetime, timedelta
from typing import NamedTuple

from portal.audit.catalogue import DutyScreenEnded, DutyScreenMade
from portal.audit.services import record_event
from portal.core.actors import Actor
from portal.core.clock import now
from portal.core.database import execute, fetch_value, insert, unit_of_work
from portal.core.ids import digest, new_token
from portal.core.refusals import NotFound, Refused
from portal.duty.sheets.queries import OpenScreen, screen_seen
from portal.duty.tables import DutyScreen
from portal.grids.queries import grid_row
from portal.permissions.rules import Permission, scope

NOTED_EVERY = timedelta(minutes=10)


MOST_SCREENS = 50


class MadeScreen(NamedTuple):
    """A screen with its secret: the only time that anybody sees it."""

    id: int
    name: str
    token: str


async def make_screen(org_id: int, name: str, *, by: Actor) -> MadeScreen:
    """Makes the address of one screen; each device has one of its own, so that one alone can be ended.

    Refused: more than 50 in a school (`duty.screen_too_many`).
    """
    async with unit_of_work():
        grid = await grid_row(org_id)
        if grid is None or grid.id != grid.org_id:
            raise NotFound()
        if not scope(by, Permission.DUTY_SCREEN_EDIT).holds(grid.path, grid.org_id):
            raise NotFound()
        token = new_token()
        row = {
            "org_id": org_id, "name": name, "token_digest": digest(token), "made_at": now(), "made_by": by.person_id,
        }  # fmt: skip
        [screen_id] = await insert(DutyScreen, row)
        await record_event(DutyScreenMade(), org_id=org_id, subject_id=screen_id, by=by)
        # The event has locked the school's chain: of two who make the last one at once the second one sees the first.
        there = await fetch_value("SELECT count(*) FROM duty_screen WHERE org_id = {} AND ended_at IS NULL", org_id)
        if there > MOST_SCREENS:
            raise Refused("duty.screen_too_many", most=MOST_SCREENS)
    return MadeScreen(screen_id, name, token)


async def end_screen(screen_id: int, *, by: Actor) -> int:
    """Ends a screen for good: its address opens nothing any more. Gives the organisation."""
    async with unit_of_work():
        screen = await screen_seen(screen_id, by=by)
        changed = await execute(
            "UPDATE duty_screen SET ended_at = {} WHERE id = {} AND ended_at IS NULL RETURNING id", now(), screen_id
        )
        if not changed:
            raise Refused("duty.screen_gone")
        await record_event(DutyScreenEnded(), org_id=screen.org_id, subject_id=screen_id, by=by)
    return screen.org_id


async def note_seen(screen: OpenScreen, *, at: datetime) -> None:
    """Notes that a screen is on, every ten minutes: a line of the log of views, no event and no change (TA5)."""
    await execute("UPDATE duty_screen SET seen_at = {} WHERE id = {} AND ended_at IS NULL", at, screen.id)


def is_to_be_noted(screen: OpenScreen, *, at: datetime) -> bool:
    """Whether it is time to note that a screen is on."""
    return screen.seen_at is None or at - screen.seen_at >= NOTED_EVERY
