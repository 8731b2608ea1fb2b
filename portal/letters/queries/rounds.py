"""Reading rounds: the list with how far each is, one of them, its letters."""

from datetime import date, datetime
from typing import NamedTuple

from portal.core.actors import Actor
from portal.core.database import fetch, fetch_one
from portal.core.refusals import NotFound
from portal.permissions.queries import scope_sql
from portal.permissions.rules import Permission, scope

MOST_ROUNDS = 100
_FAILED = "l.voided_at IS NOT NULL AND l.made_at IS NULL AND l.attempts > 0"


class RoundRow(NamedTuple):
    """A round with how far its letters are: how many there are, are to be made, could not be made, are signed by all,
    and are over for another reason (`void`)."""

    id: int
    org_id: int
    kind: str
    label: str
    starts_at: datetime
    ends_at: datetime | None
    asked_at: datetime
    asked_by: str | None
    sign_by: date | None
    version: int
    path: str
    school: str
    letters: int
    unmade: int
    failed: int
    signed: int
    void: int

    @property
    def done(self) -> int:
        """How many the worker has finished with, made or not."""
        return self.letters - self.unmade

    @property
    def goes_on(self) -> bool:
        """Whether the worker still has some to make."""
        return self.done < self.letters

    @property
    def whole(self) -> int:
        """Of how many the signatures are counted: also those that could not be made, not those that are nobody's."""
        return self.letters - self.void


_ROUNDS = (
    "SELECT r.id, r.org_id, r.kind, r.label, r.starts_at, r.ends_at, r.asked_at, p.name, r.sign_by, r.version, g.path, "
    "g.name, count(l.id), count(CASE WHEN l.id IS NOT NULL AND l.made_at IS NULL AND l.voided_at IS NULL THEN 1 END), "
    f"count(CASE WHEN {_FAILED} THEN 1 END), count(CASE WHEN l.voided_at IS NULL THEN l.signed_at END), "
    f"count(CASE WHEN l.voided_at IS NOT NULL AND NOT ({_FAILED}) THEN 1 END) FROM letter_round r "
    "JOIN grid g ON g.id = r.org_id LEFT JOIN person p ON p.id = r.asked_by LEFT JOIN letter l ON l.round_id = r.id "
)
_GROUPED = " GROUP BY r.id, g.path, g.name, p.name ORDER BY r.id DESC"


async def rounds_seen(*, by: Actor) -> list[RoundRow]:
    """The rounds of the organisations whose letters somebody looks after, the newest first. One statement."""
    where, args = scope_sql(scope(by, Permission.LETTER_VIEW), path="g.path", org="r.org_id")
    return await fetch(RoundRow, f"{_ROUNDS} WHERE {where}{_GROUPED} LIMIT {MOST_ROUNDS:d}", *args)


async def round_seen(round_id: int, *, by: Actor, permission: Permission = Permission.LETTER_VIEW) -> RoundRow:
    """A round of an organisation whose letters somebody looks after. One statement. Refused: not found."""
    found = await fetch_one(RoundRow, f"{_ROUNDS} WHERE r.id = {{}}{_GROUPED}", round_id)
    if found is None or not scope(by, permission).holds(found.path, found.org_id):
        raise NotFound()
    return found
