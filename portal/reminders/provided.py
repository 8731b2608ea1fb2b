"""What this room lends to rooms on its left; `app.py` hands it over."""

from collections.abc import Sequence

from portal.core.actors import Actor
from portal.core.clock import now
from portal.core.database import fetch_value
from portal.core.provided import Held
from portal.hazards.told import ToldView
from portal.reminders.queries import Told, card, told_before, told_later
from portal.reminders.rules import may_put_off, most_snooze
from portal.reminders.views import telling_lines


async def told_about(hazard_id: int, by: Actor, language: str) -> tuple[ToldView, ...]:
    """The card's "who is told what, when" (G12). The page has decided already that its reader may see the card."""
    before, later = await told_before(hazard_id), await told_later(hazard_id, at=now())
    mine, most = await _to_answer(hazard_id, before, by)
    return tuple(
        ToldView(
            line.at, line.text, line.small, line.past, answer=mine if mine in line.ids else 0,
            most_days=most if mine in line.ids else 0,
        )
        for line in telling_lines([*before, *later], language=language)
    )  # fmt: skip


async def _to_answer(hazard_id: int, before: Sequence[Told], by: Actor) -> tuple[int, int]:
    """The reader's newest reminder about the open card, if it is unanswered, and how many days it may be put off."""
    mine = [told for told in before if told.person_id == by.person_id]
    found = await card(hazard_id) if mine and not mine[-1].is_answered else None
    if found is None or found.status == "closed":
        return 0, 0
    return mine[-1].id, most_snooze(found.level) if may_put_off(mine[-1].code, found.status) else 0


async def unread_of_person(person_id: int, _by: Actor, _language: str) -> list[Held]:
    """How many messages somebody has not read: a number, never what they are about. One statement."""
    unread = await fetch_value(
        "SELECT count(*) FROM reminder WHERE person_id = {} AND read_at IS NULL AND made_at <= {}", person_id, now()
    )
    return [Held("reminders.unread", int(unread))]
