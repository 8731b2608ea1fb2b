"""Revoking a letter: it ends at once, with a reason that everybody in it reads; the file and its signatures stay."""

from portal.core.actors import Actor
from portal.core.clock import now
from portal.core.database import compare_and_set, unit_of_work
from portal.core.refusals import Refused
from portal.letters.queries.letters import letter_seen
from portal.letters.rules import EndKind, State, state_of
from portal.letters.rules.states import OVER
from portal.letters.services.ending import end_letter
from portal.letters.tables import Letter
from portal.permissions.rules import Permission


async def revoke_letter(letter_id: int, reason: str, *, version: int, by: Actor) -> None:
    """Ends a letter from this instant on (F19). Refused: one that is over, and one whose file is still being made."""
    async with unit_of_work():
        found = await letter_seen(letter_id, by=by, permission=Permission.LETTER_END)
        state = state_of(found.facts, at=now())
        if state in OVER:
            raise Refused("letter.over_already")
        if state is State.MAKING:
            raise Refused("letter.not_made_yet")
        await compare_and_set(Letter, letter_id, version=version)
        await end_letter(letter_id, found.row.org_id, EndKind.REVOKED, ends_at=now(), by=by, reason=reason)
