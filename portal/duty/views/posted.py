"""Who is at their post at an instant: one row for each person, with the phone, until when, and who follows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from portal.core.crypto import unseal
from portal.duty import labels
from portal.duty.rules import As, Line, Stretch, stretches
from portal.duty.views.lanes import Laid


@dataclass(frozen=True, slots=True)
class AtPost:
    """Somebody on duty. `late` says that nobody follows where somebody should."""

    lane: str
    slot: str
    name: str
    phone: str
    until: datetime
    following: str
    is_late: bool
    stands: str
    shift_id: int | None
    person_id: int


@dataclass(frozen=True, slots=True)
class Posted:
    """A lane now: who is there, and how many are missing."""

    lane: str
    slot: str
    people: tuple[AtPost, ...]
    missing: int
    until: datetime
    href: str


def posted_now(laid: Laid, at: datetime) -> tuple[Posted, ...]:
    """Every lane in which somebody is on duty or needed at an instant, the leader's first."""
    found = []
    for line in laid.found:
        rows = stretches(laid.opened.book, line, at, laid.end) if at < laid.end else ()
        if rows and (rows[0].people or rows[0].needed):
            found.append(_posted(laid, line, rows))
    return tuple(found)


def _posted(laid: Laid, line: Line, rows: Sequence[Stretch]) -> Posted:
    words, now = laid.words, rows[0]
    lane, slot = words.line(line), words.chosen(now.name, now.name_en)
    people = []
    for one in now.people:
        last, after = _until(rows, one.person_id)
        new = [laid.opened.name(other.person_id) for other in after.people] if after else []
        sealed = laid.opened.phones.get(one.person_id)
        people.append(
            AtPost(
                lane, slot, laid.opened.name(one.person_id), (unseal(sealed) if sealed else None) or "", last,
                words.say(labels.AND).join(new), bool(after and after.missing and not new),
                words.say(labels.STANDS[one.stands]) if one.stands is not As.OWN else "", one.shift_id, one.person_id,
            )
        )  # fmt: skip
    return Posted(lane, slot, tuple(people), now.missing, now.ends_at, laid.hole_href(line, now))


def _until(rows: Sequence[Stretch], person_id: int) -> tuple[datetime, Stretch | None]:
    """When somebody goes off duty, and what comes then; nothing where the book was not read further."""
    for one in rows:
        if all(who.person_id != person_id for who in one.people):
            return one.starts_at, one
    return rows[-1].ends_at, None
