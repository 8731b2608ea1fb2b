"""What this room lends to rooms on its left; `app.py` hands it over."""

from portal.core.actors import Actor
from portal.core.clock import now
from portal.hazards.told import ToldView
from portal.reminders.queries import told_before, told_later
from portal.reminders.views import telling_lines


async def told_about(hazard_id: int, _by: Actor, language: str) -> tuple[ToldView, ...]:
    """The card's "who is told what, when" (G12). The page has decided already that its reader may see the card."""
    told = [*await told_before(hazard_id), *await told_later(hazard_id, at=now())]
    return tuple(ToldView(line.at, line.text, line.small, line.past) for line in telling_lines(told, language=language))
