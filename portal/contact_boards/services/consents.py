"""Consent, field by field: given and withdrawn by the person, or recorded from paper by an office (TA10).

A portrait is kept only with the consent to show it: it comes in the same form and goes when that consent goes.
"""

from collections.abc import Collection

from portal.audit.catalogue import ConsentChanged
from portal.audit.services import record_event
from portal.contact_boards.queries.consents import TEXT_EDITION, Consenting, consenting
from portal.contact_boards.rules import OFFERED, Field
from portal.contact_boards.services.papers import forget_papers
from portal.contact_boards.services.portraits import NewPortrait, drop_portrait, keep_portrait, lock_person
from portal.core.actors import Actor
from portal.core.clock import now
from portal.core.database import execute, unit_of_work
from portal.core.refusals import Invalid
from portal.permissions.rules import Permission


async def set_own_consent(fields: Collection[Field], *, by: Actor, portrait: NewPortrait | None = None) -> None:
    """Exactly these fields of the actor are public from now on; what is left out is withdrawn at once."""
    await _set(by.person_id or 0, fields, portrait, on_paper=False, by=by)


async def record_consent(
    person_id: int, fields: Collection[Field], *, by: Actor, portrait: NewPortrait | None = None
) -> None:
    """The same for somebody who has signed on paper. Outside the office's scope the person does not exist."""
    await consenting(person_id, by=by, permission=Permission.CONSENT_RECORD)
    await _set(person_id, fields, portrait, on_paper=True, by=by)


def check_portrait(fields: Collection[Field]) -> None:
    """A picture of somebody who does not agree to show it is not taken in at all."""
    if Field.PHOTO not in fields:
        raise Invalid({"portrait": "portrait.need_consent"})


async def _set(
    person_id: int, fields: Collection[Field], portrait: NewPortrait | None, *, on_paper: bool, by: Actor
) -> None:
    if portrait is not None:
        check_portrait(fields)
    async with unit_of_work():
        await lock_person(person_id)
        person = await consenting(person_id)
        given = tuple(field for field in OFFERED if field in fields and field not in person.fields)
        withdrawn = tuple(field for field in OFFERED if field not in fields and field in person.fields)
        if given or withdrawn:
            await _write(person, given, withdrawn, by)
            details = ConsentChanged(given=given, withdrawn=withdrawn, on_paper=on_paper)
            await record_event(details, org_id=person.org_id, subject_id=person_id, by=by)
        if withdrawn:
            await forget_papers(person.org_id)
        if Field.PHOTO not in fields:
            await drop_portrait(person_id, person.org_id, on_paper=on_paper, by=by)
        elif portrait is not None:
            await keep_portrait(person, portrait, on_paper=on_paper, by=by)


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
