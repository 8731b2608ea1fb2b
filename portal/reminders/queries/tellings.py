"""Who was told about a card, and who will be if nobody acts (G12)."""

import json
from datetime import datetime
from typing import NamedTuple

from portal.core.actors import Actor
from portal.core.clock import now
from portal.core.database import fetch, in_list
from portal.core.refusals import NotFound
from portal.duty.queries import calendar_for
from portal.hazards.queries import hazard_to_see
from portal.reminders.queries.circles import card, circle_of
from portal.reminders.rules import STEP_CODES, cycle_of, who_will_be_told


class Told(NamedTuple):
    """One person told at an instant, or to be told (`is_future`). `name` None: the step would reach nobody.

    `state`: known | later | read | moot | mailed | mail_failed | unread for the past; "" for the future. `until` is
    when somebody wants to hear of it again; `about` the step of the plan that it speaks of.
    """

    at: datetime
    code: str
    person_id: int | None
    name: str | None
    title: str
    state: str
    is_future: bool
    id: int = 0
    until: datetime | None = None
    about: str = ""

    @property
    def is_answered(self) -> bool:
        """Its person has said "I know" or "later"."""
        return self.state in ("known", "later")


class _Past(NamedTuple):
    id: int
    at: datetime
    code: str
    person_id: int
    name: str
    read_at: datetime | None
    sent_at: datetime | None
    failed_at: datetime | None
    params: str
    key: str
    answered_at: datetime | None
    snoozed_until: datetime | None


class _Title(NamedTuple):
    id: int
    title: str


class _Name(NamedTuple):
    person_id: int | None
    name: str | None
    title: str | None


async def tellings_of(hazard_id: int, *, by: Actor) -> list[Told]:
    """What was told about a card and what will be, in order of time; `NotFound` outside the actor's sight."""
    await hazard_to_see(hazard_id, by=by)
    return [*await told_before(hazard_id), *await told_later(hazard_id, at=now())]


async def told_before(hazard_id: int) -> list[Told]:
    """Reminders that were written, with how far each has come. One statement."""
    rows = await fetch(
        _Past,
        "SELECT r.id, r.made_at, r.kind, r.person_id, p.name, r.read_at, m.sent_at, m.failed_at, r.params, r.key, "
        "r.answered_at, r.snoozed_until FROM reminder r JOIN person p ON p.id = r.person_id "
        "LEFT JOIN mail m ON m.id = r.mail_id WHERE r.subject_kind = 'hazard' "
        "AND r.subject_id = {} ORDER BY r.made_at, r.id",
        hazard_id,
    )
    titles = await _titles(hazard_id) if any(row.code in STEP_CODES for row in rows) else {}
    return [
        Told(
            row.at, row.code, row.person_id, row.name, "", _state(row), False, row.id, row.snoozed_until,
            titles.get(cycle_of(row.key).rpartition(".")[2], "") if row.code in STEP_CODES else "",
        )
        for row in rows
    ]  # fmt: skip


async def _titles(hazard_id: int) -> dict[str, str]:
    rows = await fetch(_Title, "SELECT id, title FROM hazard_step WHERE hazard_id = {}", hazard_id)
    return {str(row.id): row.title for row in rows}


def _state(row: _Past) -> str:
    if row.answered_at is not None:
        return "known" if row.snoozed_until is None else "later"
    if row.read_at is not None:
        return "moot" if json.loads(row.params).get("moot") else "read"
    if row.sent_at is not None:
        return "mailed"
    return "mail_failed" if row.failed_at is not None else "unread"


async def told_later(hazard_id: int, *, at: datetime) -> list[Told]:
    """The steps that are still to come, by the same rule as the sweep's; nothing for a closed card."""
    found = await card(hazard_id)
    if found is None:
        raise NotFound()
    if found.status == "closed":
        return []
    circle = await circle_of(found, at=at)
    ladder = who_will_be_told(found, circle, await calendar_for(found.org_id), after=at)
    coming = [telling for telling in ladder if telling.at > at]
    names = await _names({person for telling in coming for person in telling.people}, at)
    later = []
    for telling in coming:
        people: list[_Name | None] = [names[person] for person in telling.people if person in names]
        for one in people or [None]:
            who = one or _Name(None, None, None)
            later.append(
                Told(telling.at, telling.code, who.person_id, who.name, who.title or "", "", True, about=telling.title)
            )
    return later


async def _names(people: set[int], at: datetime) -> dict[int | None, _Name]:
    marks, ids = in_list(sorted(people))
    rows = await fetch(
        _Name,
        "SELECT s.id, s.name, (SELECT p.title FROM appointment a JOIN post p ON p.id = a.post_id "
        "WHERE a.person_id = s.id AND a.starts_at <= {} AND (a.ends_at IS NULL OR a.ends_at > {}) "
        "ORDER BY p.is_accountable DESC, p.id LIMIT 1) "
        f"FROM person s WHERE s.id IN {marks}",
        at, at, *ids,
    )  # fmt: skip
    return {row.person_id: row for row in rows}
