"""Whether the page of a letter offers that it takes effect at once (F3)."""

from datetime import datetime

from portal.core.actors import Actor
from portal.letters.queries.letters import Whole
from portal.letters.rules import state_of
from portal.letters.rules.states import TO_BE_SIGNED
from portal.permissions.rules import Permission, scope


def may_take_effect_now(found: Whole, by: Actor, at: datetime) -> bool:
    """To whoever heads the place, of somebody else's letter that lies ahead and that nobody has signed."""
    row = found.row
    if not scope(by, Permission.LETTER_AT_ONCE).holds(row.path, row.org_id) or by.person_id in (None, row.person_id):
        return False
    is_open = state_of(found.facts, at=at) in TO_BE_SIGNED and all(one.signed_at is None for one in found.parties)
    return is_open and row.cause == "appointment" and row.starts_at > at
