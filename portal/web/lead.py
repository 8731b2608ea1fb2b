"""Who leads now, for the top bar of every page: kept per organisation until it changes, asked of the duty room."""

from collections.abc import Awaitable, Callable
from datetime import datetime

from portal.core.actors import Actor
from portal.core.clock import now
from portal.web.state import LeadNow

LeadSource = Callable[[int, datetime], Awaitable[LeadNow]]
_source: LeadSource | None = None
_kept: dict[int, tuple[int, LeadNow]] = {}


def use_lead_source(source: LeadSource) -> None:
    """Sets who is asked; called in `app.py` only."""
    global _source
    _source = source
    _kept.clear()


async def lead_now(actor: Actor, rights_version: int) -> LeadNow | None:
    """The leader of the person's school at this instant; None for a bureau officer, who has no school."""
    org_id = actor.org_id
    if _source is None or org_id is None or "bureau_officer" in actor.roles:
        return None
    at = now()
    known = _kept.get(org_id)
    if known is None or known[0] != rights_version or (known[1].until is not None and known[1].until <= at):
        known = _kept[org_id] = (rights_version, await _source(org_id, at))
    return known[1]
