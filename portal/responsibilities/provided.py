"""What this room lends: lines of a grid's page, what hangs on a person."""

from portal.core.actors import Actor
from portal.core.clock import now
from portal.core.database import fetch_value
from portal.core.provided import Held
from portal.people.queries import person_row
from portal.permissions.rules import Permission, scope
from portal.rendering.i18n import translator
from portal.responsibilities.labels import MATRIX
from portal.responsibilities.queries.lists import copies_of, items_of, mappings_of, posts_held
from portal.responsibilities.rules.mapping import charge_of


async def matrix_of_grid(
    grid_id: int, path: str, org_id: int, *, by: Actor, language: str
) -> list[tuple[str, str, bool]]:
    """The way to the grid's matrix."""
    if not scope(by, Permission.MATRIX_VIEW).holds(path, org_id):
        return []
    return [(translator(language)(MATRIX), f"/matrix?grid={grid_id}", False)]


async def duties_of_person(person_id: int, _by: Actor, _language: str) -> list[Held]:
    """The duties of the lists that somebody's posts take, and the marks of the matrix on those posts. Six statements.

    Both go over with the post; nothing of them has to be moved.
    """
    at, person = now(), await person_row(person_id)
    posts = await posts_held(person_id, at=at) if person else []
    if person is None or not posts:
        return []
    rules, copies = [row.rule for row in await mappings_of(person.org_id)], await copies_of(person.org_id)
    taken = [charge_of(rules, title=one.title, kind=one.kind, name=one.grid, copies=copies).list_id for one in posts]
    items = await items_of({one for one in taken if one is not None}, at=at)
    duties = sum(len(items.get(one or 0, ())) for one in taken)
    marks = await fetch_value(
        "SELECT count(*) FROM responsibility r WHERE r.starts_at <= {} AND (r.ends_at IS NULL OR r.ends_at > {}) "
        "AND r.post_id IN (SELECT a.post_id FROM appointment a WHERE a.person_id = {} AND a.starts_at <= {} "
        "AND (a.ends_at IS NULL OR a.ends_at > {}))",
        at, at, person_id, at, at,
    )  # fmt: skip
    sheet = f"/people/{person_id}/duty-sheet"
    return [
        Held("responsibilities.duties", duties, sheet),
        Held("responsibilities.marks", int(marks), sheet),
    ]
