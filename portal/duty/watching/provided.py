"""What this part of the room lends to the pages of duty and to the leader's first page; `app.py` hands it over."""

from datetime import datetime, timedelta

from portal.core.actors import Actor
from portal.duty.lent import Told
from portal.duty.queries import book_version, kept_plan
from portal.duty.views.words import Words, span_text
from portal.duty.watching import labels
from portal.duty.watching.queries import untaken

DAY = timedelta(hours=24)


async def watch_lines(org_id: int, at: datetime, _by: Actor, language: str) -> list[Told]:
    """Posts that nobody has taken over, for `portal.duty.lent.handover_lines`. One statement where all is well."""
    late = [one for one in await untaken(org_id, at) if one.can_confirm]
    if not late:
        return []
    words = Words((await kept_plan(org_id, await book_version(org_id))).plan, language)
    return [
        Told(
            words.say(
                labels.TOLD, lane=words.line(one.line), hours=span_text(one.starts_at, one.ends_at), name=one.name
            ),
            f"/duty/handovers/{one.shift_id}", True,
        )
        for one in late
    ]  # fmt: skip
