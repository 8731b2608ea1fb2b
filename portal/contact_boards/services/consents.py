"""Consent, field by field: given and withdrawn by the person, or recorded from paper by an office (TA10)."""

from collections.abc import Collection

from portal.audit.catalogue import ConsentChanged
from portal.audit.services import record_event
from portal.contact_boards.queries.consents import TEXT_EDITION, Consenting, consenting
from portal.contact_boards.rules import OFFERED, Field
from portal.core.actors import Actor
from portal.core.clock import now
from portal.core.database import execute, unit_of_work
from portal.core.refusals import NotFound
from portal.permissions.rules import Permission


async def set_own_consent(fields: Collection[Field], *, by: Actor) -> None:
    """Exactly these fields of the actor are public from now on; what is left out is withdrawn at once."""
    await _set(by.person_id or 0, fields, on_paper=False, by=by)


async def record_consent(person_id: int, fields: Collection[Field], *, by: Actor) -> None:
    """The same for somebody who has signed on paper. Outside the office's scope the person does not exist."""
    await consenting(person_id, by=by, permission=Permission.CONSENT_RECORD)
    await _set(person_id, fields, on_paper=True, by=by)


async def _set(person_id: int, fields: Collection[Field], *, on_paper: bool, by: Actor) -> None:
    async with unit_of_work():
        # The person's row is the lock: two forms at once are one after the other.
        if not await execute("UPDATE person SET version = version WHERE id = {} RETURNING id", person_id):
            raise NotFound()
        person = await consenting(person_id)
        given = tuple(field for field in OFFERED if field in fields and field not in person.fields)
        withdrawn = tuple(field for field in OFFERED if field not in fields and field in person.fields)
        if not given and not withdrawn:
            return
        await _write(person, given, withdrawn, by)
        if withdrawn:
            await _forget_papers(person.org_id)
        details = ConsentChanged(given=given, withdrawn=withdrawn, on_paper=on_paper)
        await record_event(details, org_id=person.org_id, subject_id=person_id, by=by)


async def _forget_papers(org_id: int) -> None:
    """Files that were printed may hold what was withdrawn: they are given out no more, and are made anew by a press.

    What a worker is setting at this instant loses its lease, and is set again of today's rows.
    """
    gone = (
        "UPDATE print_job SET state = 'gone', file_digest = NULL, version = version + 1 WHERE org_id = {} AND state = "
    )
    await execute(f"{gone}'done'", org_id)
    again = "UPDATE print_job SET state = 'waiting', lease = NULL, leased_until = NULL WHERE org_id = {} AND state = "
    await execute(f"{again}'running'", org_id)


async def _write(person: Consenting, given: Collection[Field], withdrawn: Collection[Field], by: Actor) -> None:
    for field in withdrawn:
        await execute(
            "UPDATE consent SET withdrawn_at = {}, withdrawn_by = {} WHERE person_id = {} AND field = {} "
            "AND withdrawn_at IS NULL",
            now(), by.person_id, person.id, str(field),
        )  # fmt: skip
    for field in given:
        await execute(
            "INSERT INTO consent (person_id, field, text_edition, given_at, given_by) VALUES ({}, {}, {}, {}, {})",
            person.id, str(field), TEXT_EDITION, now(), by.person_id,
        )  # fmt: skip
