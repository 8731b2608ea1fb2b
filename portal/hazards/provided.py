"""What this room lends to rooms on its left; `app.py` hands it over."""

from collections.abc import Sequence
from typing import NamedTuple

from portal.core.actors import Actor
from portal.core.clock import now
from portal.core.database import fetch, fetch_one, fetch_value, in_list
from portal.core.provided import Held
from portal.duty.lent import Place, Told
from portal.hazards.labels import CARD_NAMED, GRID_OPEN, GRID_OVERDUE, OPEN_IN, OPEN_MAJOR_IN, WHOLE_SCHOOL
from portal.hazards.queries.cards import hazards_seen, numbered_seen
from portal.permissions.rules import Permission, scope
from portal.rendering.i18n import translator


class _Counts(NamedTuple):
    open: int
    overdue: int


async def open_on_grid(
    grid_id: int, path: str, org_id: int, *, by: Actor, language: str
) -> list[tuple[str, str, bool]]:
    """Open hazards of a grid and all below it as `(text, address, presses)`; nothing where the board is not theirs.

    Sensitive cards are not counted, whoever asks: a number must not tell of them (B20). One statement.
    """
    if not scope(by, Permission.HAZARD_BOARD).holds(path, org_id):
        return []
    found = await fetch_one(
        _Counts,
        "SELECT count(*), coalesce(sum(CASE WHEN h.due_at <= {} THEN 1 ELSE 0 END), 0) FROM hazard h "
        "JOIN grid g ON g.id = h.grid_id WHERE h.closed_at IS NULL AND h.is_restricted = FALSE AND g.path LIKE {} "
        "AND (h.org_id = {} OR h.org_id IN (SELECT grid_id FROM organisation WHERE bureau_id = {}))",
        now(), path + "%", org_id, grid_id,
    )  # fmt: skip
    assert found is not None
    board, translate = f"/grids/{grid_id}/board", translator(language)
    lines = [(translate(GRID_OPEN, count=found.open), board, False)]
    if found.overdue:
        lines.append((translate(GRID_OVERDUE, count=found.overdue), f"{board}?show=overdue", True))
    return lines


async def open_hazards_on(grid_id: int) -> int:
    """How many open hazards lie in a grid: it may not be ended before they are struck off."""
    return int(await fetch_value("SELECT count(*) FROM hazard WHERE grid_id = {} AND closed_at IS NULL", grid_id))


async def open_hazards_of_post(post_id: int) -> int:
    """How many open hazards wait for a post."""
    return int(
        await fetch_value("SELECT count(*) FROM hazard WHERE responsible_post_id = {} AND closed_at IS NULL", post_id)
    )


class _OfPerson(NamedTuple):
    named: int
    of_posts: int
    watched: int
    helped: int


async def hazards_of_person(person_id: int, _by: Actor, _language: str) -> list[Held]:
    """Open hazards that hang on somebody: by name, by post, watched or supervised, helped. Numbers only (B20).

    Sensitive ones are left out, whoever asks: a number must not tell of them. One statement.
    """
    at = now()
    found = await fetch_one(
        _OfPerson,
        "SELECT coalesce(sum(CASE WHEN h.responsible_person_id = {} THEN 1 ELSE 0 END), 0), "
        "coalesce(sum(CASE WHEN h.responsible_person_id IS NULL AND EXISTS (SELECT 1 FROM appointment a "
        "WHERE a.post_id = h.responsible_post_id AND a.person_id = {} AND a.starts_at <= {} "
        "AND (a.ends_at IS NULL OR a.ends_at > {})) THEN 1 ELSE 0 END), 0), "
        "coalesce(sum(CASE WHEN h.watcher_id = {} OR h.supervisor_id = {} THEN 1 ELSE 0 END), 0), "
        "coalesce(sum(CASE WHEN EXISTS (SELECT 1 FROM hazard_helper x WHERE x.hazard_id = h.id AND x.person_id = {} "
        "AND x.ended_at IS NULL) THEN 1 ELSE 0 END), 0) FROM hazard h "
        "WHERE h.closed_at IS NULL AND h.is_restricted = FALSE "
        "AND h.org_id = (SELECT org_id FROM person WHERE id = {})",
        person_id, person_id, at, at, person_id, person_id, person_id, person_id,
    )  # fmt: skip
    assert found is not None
    codes = ("hazards.named", "hazards.posts", "hazards.watching", "hazards.helping")
    return [Held(code, int(number)) for code, number in zip(codes, found, strict=True)]


class _OpenIn(NamedTuple):
    grid_id: int
    path: str
    org_id: int
    open: int
    major: int


async def open_in_areas(org_id: int, places: Sequence[Place], by: Actor, language: str) -> list[Told]:
    """Open hazards of a school and of its areas of duty, for the page of who is on duty: boards that are theirs only.

    Sensitive cards are not counted (B20), and an area without any is left out. One statement.
    """
    held, say = scope(by, Permission.HAZARD_BOARD), translator(language)
    if held.is_empty:
        return []
    names = {org_id: say(WHOLE_SCHOOL)} | {place.grid_id: place.name for place in places}
    marks, ids = in_list(names)
    rows = await fetch(
        _OpenIn,
        "SELECT g.id, g.path, g.org_id, count(h.id), coalesce(sum(CASE WHEN h.level = 'red' THEN 1 ELSE 0 END), 0) "
        "FROM grid g LEFT JOIN grid b ON b.org_id = g.org_id AND b.path LIKE g.path || '%' "
        "LEFT JOIN hazard h ON h.grid_id = b.id AND h.closed_at IS NULL AND h.is_restricted = FALSE "
        f"WHERE g.id IN {marks} AND g.org_id = {{}} GROUP BY g.id, g.path, g.org_id ORDER BY g.path, g.id",
        *ids, org_id,
    )  # fmt: skip
    return [
        Told(
            say(OPEN_MAJOR_IN if row.major else OPEN_IN, place=names[row.grid_id], count=row.open, major=row.major),
            f"/grids/{row.grid_id}/board", row.major > 0,
        )
        for row in rows
        if row.open and held.holds(row.path, row.org_id)
    ]  # fmt: skip


async def card_numbered(org_id: int, number: str, by: Actor) -> int | None:
    """The card that a line of the log of duty names. A sensitive one is not named there, whoever writes (B20). One
    statement."""
    found = await numbered_seen(org_id, number, by=by)
    return found.id if found is not None and not found.is_restricted else None


async def cards_told(org_id: int, hazard_ids: Sequence[int], by: Actor, language: str) -> dict[int, Told]:
    """Cards that lines of the log of duty name, as far as the reader sees them. A card that became sensitive
    afterwards is not told there any more: the log is everybody's, and goes on paper. One statement."""
    say = translator(language)
    return {
        row.id: Told(say(CARD_NAMED, number=row.number, title=row.title), f"/hazards/{row.id}")
        for row in await hazards_seen(org_id, hazard_ids, by=by)
        if not row.is_restricted
    }
