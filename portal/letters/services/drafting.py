"""A letter for somebody who takes a post: its row, its number, who signs it. The worker makes the file afterwards."""

import secrets
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

import structlog

from portal.audit.catalogue import LetterDrafted, LetterVoided
from portal.audit.rules import stamp
from portal.audit.services import record_event
from portal.core.actors import Actor
from portal.core.clock import local, now, start_of_day, today
from portal.core.database import execute, fetch, fetch_one, fetch_value, insert, unit_of_work
from portal.letters.queries.edges import edges_of, stations_above
from portal.letters.rules import Edge, Seat, Station, edge_for, number_text, school_year_end, seats_for
from portal.letters.tables import Letter, LetterPaper, LetterParty

log = structlog.get_logger(__name__)

POST_LETTER = "post"
CLASS_LETTER = "class"
WITH_LETTER = ("holder", "acting")
TO_SIGN = timedelta(days=7)  # for a letter whose first day is already here; others are signed before it
CODE_BYTES = 16  # 128 bits: nobody finds a letter by trying (TP8)


class _Taken(NamedTuple):
    """An appointment with its post."""

    id: int
    org_id: int
    post_id: int
    person_id: int
    kind: str
    starts_at: datetime
    ends_at: datetime | None
    role: str
    grid_id: int
    path: str
    entered_at: datetime
    entered_by: int | None

    @property
    def is_of_today(self) -> bool:
        """Somebody put them into the post on the very day on which it began."""
        return self.entered_by is not None and local(self.starts_at).date() == local(self.entered_at).date()


async def draft_for_appointment(appointment_id: int, *, by: Actor) -> int | None:
    """The letter of an appointment; gives its id. One statement tells that there is one already, and nothing happens.

    None where no letter is due: for a deputy or a pupil, for an appointment that was taken back, and for somebody above
    whom nobody stands. Called again, it gives the same letter: the appointment is its key.
    """
    taken = await fetch_one(
        _Taken,
        "SELECT a.id, a.org_id, a.post_id, a.person_id, a.kind, a.starts_at, a.ends_at, p.role, p.grid_id, g.path, "
        "a.entered_at, a.entered_by FROM appointment a JOIN post p ON p.id = a.post_id "
        "JOIN grid g ON g.id = p.grid_id WHERE a.id = {}",
        appointment_id,
    )
    if taken is None or taken.kind not in WITH_LETTER or taken.role == "pupil":
        return None
    if taken.ends_at is not None and taken.ends_at <= max(taken.starts_at, now()):
        return None
    async with unit_of_work():
        key = f"appointment:{taken.id}"
        known = await fetch_value("SELECT id FROM letter WHERE key = {}", key)
        if known is not None:
            return int(known)
        at = max(taken.starts_at, now())
        seats, edge = await _seats(taken, at)
        starts_at = first_instant(taken.starts_at, is_of_today=taken.is_of_today)
        ends_at = min(one for one in (taken.ends_at, school_year_end(starts_at)) if one is not None)
        if not seats or ends_at <= starts_at:
            return None
        kind = edge.kind if edge is not None else POST_LETTER
        if await wording_of(taken.org_id, kind) is None:
            log.warning("letters.no_wording", org=taken.org_id, kind=kind)
            return None
        return await write_letter(
            taken.org_id, kind, seats, key=key, grid_id=taken.grid_id, cause="appointment", appointment_id=taken.id,
            starts_at=starts_at, ends_at=ends_at, by=by,
            sign_by=today() + TO_SIGN if taken.starts_at <= now() else None,
        )  # fmt: skip


def first_instant(taken_at: datetime, *, is_of_today: bool) -> datetime:
    """When a letter takes effect: with the post, or from 00:00 of tomorrow where that has passed; never in the past.

    Whoever was put into a post today bears it from 00:00 of the day after, as after every handover (R112). Sooner is an
    emergency, and needs the principal's reason: `take_effect_now` (F3).
    """
    tomorrow = start_of_day(today() + timedelta(days=1))
    is_early = taken_at <= now() or (is_of_today and taken_at < tomorrow)
    return tomorrow if is_early else taken_at


async def _seats(taken: _Taken, at: datetime) -> tuple[tuple[Seat, ...], Edge | None]:
    edge = edge_for(await edges_of(taken.org_id), kind=POST_LETTER, role=taken.role)
    line = await stations_above(taken.path, taken.org_id, at=at)
    taker = Station(taken.post_id, taken.role, 0, taken.person_id)
    return seats_for(taker, line, edge), edge


async def write_letter(
    org_id: int,
    kind: str,
    seats: tuple[Seat, ...],
    *,
    key: str,
    grid_id: int,
    cause: str,
    starts_at: datetime,
    ends_at: datetime | None,
    by: Actor,
    appointment_id: int | None = None,
    round_id: int | None = None,
    sign_by: date | None = None,
) -> int:
    """Writes the row of a letter with its number and its places. Belongs inside a unit of work.

    The counter rises in the same transaction, so no number is ever missing.
    """
    at = now()
    year = local(at).year
    taker, giver = seats[0], seats[-1]
    seq = await fetch_value(
        "INSERT INTO letter_counter (org_id, year, seq) VALUES ({}, {}, 1) "
        "ON CONFLICT (org_id, year) DO UPDATE SET seq = letter_counter.seq + 1 RETURNING seq",
        org_id, year,
    )  # fmt: skip
    before = await fetch_value(
        "SELECT max(id) FROM letter WHERE post_id = {} AND kind = {} AND voided_at IS NULL", taker.post_id, kind
    )
    row: dict[str, Any] = {
        "org_id": org_id, "kind": kind, "template_id": await wording_of(org_id, kind), "key": key, "year": year,
        "seq": seq, "cause": cause, "appointment_id": appointment_id, "round_id": round_id, "grid_id": grid_id,
        "post_id": taker.post_id, "person_id": taker.person_id, "giver_post_id": giver.post_id, "follows_id": before,
        "starts_at": starts_at, "ends_at": ends_at, "sign_by": sign_by, "code": secrets.token_hex(CODE_BYTES),
        "drafted_at": at, "drafted_by": by.person_id, "reason_params": "{}", "attempts": 0, "version": 1,
    }  # fmt: skip
    [letter_id] = await insert(Letter, row)
    await insert(LetterParty, *(_party(letter_id, number, seat) for number, seat in enumerate(seats, 1)))
    if kind == CLASS_LETTER:  # children sign nothing electronically (R109)
        paper = {"letter_id": letter_id, "org_id": org_id, "chosen_at": at, "chosen_by": by.person_id, "version": 1}
        await insert(LetterPaper, paper)
    details = LetterDrafted(
        post_id=taker.post_id, person_id=taker.person_id, cause=cause, number=number_text(year, int(seq)),
        starts_at=stamp(starts_at),
    )  # fmt: skip
    await record_event(details, org_id=org_id, subject_id=letter_id, by=by)
    return letter_id


def _party(letter_id: int, number: int, seat: Seat) -> dict[str, Any]:
    return {
        "letter_id": letter_id, "part": str(seat.part), "turn": seat.turn, "field": f"party_{number}",
        "post_id": seat.post_id, "person_id": seat.person_id, "version": 1,
    }  # fmt: skip


async def wording_of(org_id: int, kind: str) -> int | None:
    """The wording in force: the school's own before the shared one, the newest edition; None where there is none."""
    found = await fetch_value(
        "SELECT id FROM letter_template WHERE kind = {} AND (org_id IS NULL OR org_id = {}) AND ended_at IS NULL "
        "ORDER BY org_id IS NULL, edition DESC LIMIT 1",
        kind, org_id,
    )  # fmt: skip
    return int(found) if found is not None else None


class _Open(NamedTuple):
    id: int
    org_id: int


async def void_of_appointment(appointment_id: int, *, by: Actor) -> None:
    """Takes back the letter of an appointment that was taken back before it began; signed or not, it is of nobody."""
    async with unit_of_work():
        for row in await fetch(
            _Open, "SELECT id, org_id FROM letter WHERE appointment_id = {} AND voided_at IS NULL", appointment_id
        ):
            await execute(
                "UPDATE letter SET voided_at = {}, reason = {}, attempts = 0, next_try_at = NULL, lease = NULL, "
                "leased_until = NULL, version = version + 1 WHERE id = {}",
                now(), "letter.cause_taken_back", row.id,
            )  # fmt: skip
            details = LetterVoided(reason="letter.cause_taken_back")
            await record_event(details, org_id=row.org_id, subject_id=row.id, by=by)
