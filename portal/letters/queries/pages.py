"""What the pages of letters show besides the letters themselves: the one before, what was read, rounds, failures."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from portal.core.actors import Actor
from portal.core.clock import now
from portal.core.database import fetch, fetch_one, fetch_value, in_list
from portal.letters.queries.letters import awaiting_ids_sql
from portal.permissions.queries import scope_sql
from portal.permissions.rules import Permission, scope


class Beside(NamedTuple):
    """What belongs to one letter for one reader: the wording's edition, the letter before, their reading and key."""

    edition: int
    before: str | None
    before_year: int | None
    before_seq: int | None
    read_digest: str | None
    read_at: datetime | None
    key_since: datetime | None
    passkeys: int
    consent: int | None
    by_letter_id: int | None
    end_reason: str | None
    waiting: int
    waiting_first: int | None
    waiting_before: int | None
    waiting_after: int | None
    waiting_last: int | None


async def beside(letter_id: int, person_id: int) -> Beside:
    """What the page of a letter needs for this reader, and what else waits for them. One statement."""
    waits, args = awaiting_ids_sql(person_id, at=now())
    found = await fetch_one(
        Beside,
        f"WITH waits AS ({waits}) SELECT t.edition, b.text, b.year, b.seq, r.file_digest, r.opened_at, k.made_at, "
        "(SELECT count(*) FROM signing_passkey d WHERE d.key_id = k.id AND d.ended_at IS NULL), "
        "(SELECT max(edition) FROM signing_consent WHERE person_id = {} AND withdrawn_at IS NULL), "
        "e.by_letter_id, e.reason, w.letters, w.lowest, w.below, w.above, w.highest "
        "FROM letter l JOIN letter_template t ON t.id = l.template_id "
        "LEFT JOIN letter b ON b.id = l.follows_id LEFT JOIN letter_reading r ON r.id = "
        "(SELECT max(id) FROM letter_reading WHERE letter_id = l.id AND person_id = {}) "
        "LEFT JOIN signing_key k ON k.person_id = {} AND k.ended_at IS NULL LEFT JOIN letter_end e ON e.id = "
        "(SELECT min(id) FROM letter_end WHERE letter_id = l.id AND undone_at IS NULL) CROSS JOIN (SELECT "
        "count(DISTINCT id) AS letters, min(id) AS lowest, max(CASE WHEN id < {} THEN id END) AS below, "
        "min(CASE WHEN id > {} THEN id END) AS above, max(id) AS highest FROM waits WHERE id <> {}) w WHERE l.id = {}",
        *args, person_id, person_id, person_id, letter_id, letter_id, letter_id, letter_id,
    )  # fmt: skip
    assert found is not None  # whoever asks has seen the letter
    return found


class _Text(NamedTuple):
    id: int
    text: str | None


async def texts_of(letter_ids: Iterable[int]) -> dict[int, str]:
    """The frozen texts of some letters. One statement, none for none."""
    wanted = sorted(set(letter_ids))
    if not wanted:
        return {}
    marks, ids = in_list(wanted)
    rows = await fetch(_Text, f"SELECT id, text FROM letter WHERE id IN {marks}", *ids)
    return {row.id: row.text for row in rows if row.text}


class RoundRow(NamedTuple):
    """A round of letters by its name."""

    id: int
    label: str


async def rounds_named(round_ids: Iterable[int]) -> dict[int, str]:
    """The names of some rounds. One statement, none for none."""
    wanted = sorted(set(round_ids))
    if not wanted:
        return {}
    marks, ids = in_list(wanted)
    return dict(await fetch(RoundRow, f"SELECT id, label FROM letter_round WHERE id IN {marks}", *ids))


async def failed_count(*, by: Actor) -> int:
    """How many letters that the actor looks after could not be made. One statement."""
    where, args = scope_sql(scope(by, Permission.LETTER_VIEW), path="g.path", org="l.org_id")
    found = await fetch_value(
        "SELECT count(*) FROM letter l JOIN grid g ON g.id = l.grid_id WHERE l.voided_at IS NOT NULL "
        f"AND l.made_at IS NULL AND l.attempts > 0 AND {where}",
        *args,
    )
    return int(found)
