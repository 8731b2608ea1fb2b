"""Cards that were named to somebody who leaves: they go to the post that follows, at the same instant (E8, R112).

Until the person is gone the card keeps both, person and post; everybody who asks passes over a person who has left. So
nothing has to run at the instant itself; the tidying afterwards only writes down what is already so.
"""

from datetime import datetime
from typing import NamedTuple

from portal.audit.catalogue import HazardFollowed
from portal.audit.services import record_event
from portal.core.actors import SYSTEM, Actor
from portal.core.clock import now
from portal.core.database import execute, fetch, fetch_column, fetch_value, in_list, unit_of_work
from portal.grids.queries import ids_in
from portal.responsibilities.queries import holders_of_posts


class _Named(NamedTuple):
    id: int
    org_id: int
    path: str
    post_id: int | None


class _Stand(NamedTuple):
    post_id: int
    grid_id: int
    path: str
    is_own: int


NAMED = (
    "SELECT h.id, h.org_id, g.path, h.responsible_post_id FROM hazard h JOIN grid g ON g.id = h.grid_id "
    "WHERE h.responsible_person_id = {} AND h.closed_at IS NULL ORDER BY h.id"
)


async def cards_will_follow(person_id: int, *, by: Actor) -> list[int]:
    """Gives each open card that is named to the person, and to no post, the post that will answer; gives those cards.

    That is the nearest post of the person that the card lies under, else the nearest post that answers for the place.
    Belongs inside the unit of work of the leaving.
    """
    cards = [card for card in await fetch(_Named, NAMED, person_id) if card.post_id is None]
    if not cards:
        return []
    stands = await _stands(person_id, cards)
    for card in cards:
        post_id = _nearest(card, stands)
        if post_id is None:
            continue
        await execute(
            "UPDATE hazard SET responsible_post_id = {}, version = version + 1 WHERE id = {} "
            "AND responsible_person_id = {} AND responsible_post_id IS NULL",
            post_id, card.id, person_id,
        )  # fmt: skip
        details = HazardFollowed(person_id=person_id, post_id=post_id)
        await record_event(details, org_id=card.org_id, subject_id=card.id, by=by)
    return [card.id for card in cards]


async def _stands(person_id: int, cards: list[_Named]) -> list[_Stand]:
    """The posts of the person, and those that answer for the places of the cards or above."""
    marks, ids = in_list(sorted({grid for card in cards for grid in ids_in(card.path)}))
    return await fetch(
        _Stand,
        "SELECT p.id, g.id, g.path, CASE WHEN EXISTS (SELECT 1 FROM appointment a WHERE a.post_id = p.id "
        "AND a.person_id = {} AND (a.ends_at IS NULL OR a.ends_at > {})) THEN 1 ELSE 0 END "
        f"FROM post p JOIN grid g ON g.id = p.scope_grid_id WHERE g.id IN {marks} "
        "AND p.ended_at IS NULL AND p.is_accountable AND p.role <> 'pupil' ORDER BY g.depth DESC, p.sort, p.id",
        person_id, now(), *ids,
    )  # fmt: skip


def _nearest(card: _Named, stands: list[_Stand]) -> int | None:
    over = [one for one in stands if card.path.startswith(one.path)]
    own = [one for one in over if one.is_own]
    return (own or over)[0].post_id if over else None


async def cards_stay(hazard_id: int, person_id: int, *, by: Actor) -> None:
    """Takes `cards_will_follow` back for one card, if nobody has given it to somebody else meanwhile."""
    back = await fetch_value(
        "UPDATE hazard SET responsible_post_id = NULL, version = version + 1 WHERE id = {} "
        "AND responsible_person_id = {} AND closed_at IS NULL RETURNING org_id",
        hazard_id, person_id,
    )  # fmt: skip
    if back is not None:
        details = HazardFollowed(person_id=person_id, post_id=None)
        await record_event(details, org_id=back, subject_id=hazard_id, by=by)


async def cards_of_leaver(person_id: int, by: Actor) -> None:
    """Follows when somebody has left: nothing is named to them any more. Runs inside the same unit of work."""
    async with unit_of_work():
        await cards_will_follow(person_id, by=by)
        at = now()
        await execute(
            "UPDATE hazard SET responsible_person_id = NULL, version = version + 1 "
            "WHERE responsible_person_id = {} AND closed_at IS NULL",
            person_id,
        )
        await execute("UPDATE hazard_step SET person_id = NULL WHERE person_id = {} AND done_at IS NULL", person_id)
        await execute("UPDATE hazard_helper SET ended_at = {} WHERE person_id = {} AND ended_at IS NULL", at, person_id)
        await _pass_on(person_id, "watcher_id", "p.role <> 'pupil'", at)
        await _pass_on(person_id, "supervisor_id", "p.role IN ('principal', 'vice_head')", at)


class _Watched(NamedTuple):
    id: int
    path: str


async def _pass_on(person_id: int, column: str, role: str, at: datetime) -> None:
    """Whoever watches or supervises a danger is never nobody: the next who holds the place or a place above it."""
    cards = await fetch(
        _Watched,
        f"SELECT h.id, g.path FROM hazard h JOIN grid g ON g.id = h.grid_id WHERE h.{column} = {{}} "
        "AND h.closed_at IS NULL",
        person_id,
    )
    for card in cards:
        marks, ids = in_list(ids_in(card.path))
        posts = await fetch_column(
            f"SELECT p.id FROM post p JOIN grid g ON g.id = p.scope_grid_id WHERE g.id IN {marks} AND {role} "
            "AND p.ended_at IS NULL ORDER BY g.depth DESC, p.is_accountable DESC, p.sort, p.id",
            *ids,
        )
        holders = await holders_of_posts(posts, at=at)
        answering = (held.person_id for post_id in posts if (held := holders.held(post_id)) is not None)
        heir = next((one for one in answering if one != person_id), None)
        await execute(f"UPDATE hazard SET {column} = {{}}, version = version + 1 WHERE id = {{}}", heir, card.id)


LEFT_WITH = (
    "SELECT DISTINCT s.id FROM person s JOIN hazard h ON h.closed_at IS NULL AND "
    "(h.responsible_person_id = s.id OR h.watcher_id = s.id OR h.supervisor_id = s.id) WHERE s.left_at <= {} "
    "UNION SELECT s.id FROM person s JOIN hazard_step t ON t.person_id = s.id AND t.done_at IS NULL "
    "WHERE s.left_at <= {} "
    "UNION SELECT s.id FROM person s JOIN hazard_helper x ON x.person_id = s.id AND x.ended_at IS NULL "
    "WHERE s.left_at <= {}"
)


async def settle_cards() -> int:
    """Writes down, for everybody who has left since, that their cards follow their posts; gives how many people."""
    at = now()
    people = await fetch_column(LEFT_WITH, at, at, at)
    for person_id in people:
        await cards_of_leaver(person_id, SYSTEM)
    return len(people)
