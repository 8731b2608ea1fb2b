"""Portraits for the boards: one of a person, as long as they agree to show it. The files go with the tidying."""

from typing import NamedTuple

from portal.audit.catalogue import PortraitKept, PortraitRemoved
from portal.audit.services import record_event
from portal.contact_boards.queries.consents import Consenting, consenting, portrait_of
from portal.contact_boards.services.papers import forget_papers
from portal.contact_boards.tables import Portrait
from portal.core.actors import SYSTEM, Actor
from portal.core.clock import now
from portal.core.database import execute, fetch, insert, unit_of_work
from portal.core.refusals import NotFound
from portal.permissions.rules import Permission


class NewPortrait(NamedTuple):
    """Both pictures, in the store already."""

    digest: str
    small_digest: str


async def remove_own_portrait(*, by: Actor) -> None:
    """The actor's portrait is gone; the consent stays for another one."""
    await _remove(by.person_id or 0, on_paper=False, by=by)


async def remove_portrait(person_id: int, *, by: Actor) -> None:
    """The same for somebody who has said so on paper. Outside the office's scope the person does not exist."""
    await consenting(person_id, by=by, permission=Permission.CONSENT_RECORD)
    await _remove(person_id, on_paper=True, by=by)


async def _remove(person_id: int, *, on_paper: bool, by: Actor) -> None:
    async with unit_of_work():
        await lock_person(person_id)
        await drop_portrait(person_id, (await consenting(person_id)).org_id, on_paper=on_paper, by=by)


async def lock_person(person_id: int) -> None:
    """The person's row is the lock of consents and portrait: two forms at once are one after the other."""
    if not await execute("UPDATE person SET version = version WHERE id = {} RETURNING id", person_id):
        raise NotFound()


async def keep_portrait(person: Consenting, new: NewPortrait, *, on_paper: bool, by: Actor) -> None:
    """Puts it in the place of the one before; inside a unit of work, under the person's lock."""
    known = await portrait_of(person.id)
    if known is not None and known.digest == new.digest:
        return
    await execute("DELETE FROM portrait WHERE person_id = {}", person.id)
    row = {"person_id": person.id, "digest": new.digest, "small_digest": new.small_digest}
    await insert(Portrait, {**row, "kept_at": now(), "kept_by": by.person_id})
    details = PortraitKept(digest=new.digest, replaced=known.digest if known else None, on_paper=on_paper)
    await record_event(details, org_id=person.org_id, subject_id=person.id, by=by)
    if known is not None:
        await forget_papers(person.org_id)


async def drop_portrait(person_id: int, org_id: int, *, on_paper: bool, by: Actor) -> bool:
    """Deletes the row and what was printed with it; inside a unit of work, under the person's lock."""
    known = await portrait_of(person_id)
    if known is None:
        return False
    await execute("DELETE FROM portrait WHERE person_id = {}", person_id)
    await record_event(
        PortraitRemoved(digest=known.digest, on_paper=on_paper), org_id=org_id, subject_id=person_id, by=by
    )
    await forget_papers(org_id)
    return True


class _Whose(NamedTuple):
    id: int
    org_id: int


async def tidy_portraits() -> int:
    """Whoever has left stands on no board any more: their portrait has no purpose and goes (each a unit of work)."""
    rows = await fetch(
        _Whose,
        "SELECT p.id, p.org_id FROM person p JOIN portrait f ON f.person_id = p.id "
        "WHERE p.kind = 'pupil' OR p.left_at <= {} ORDER BY p.id",
        now(),
    )
    for row in rows:
        async with unit_of_work():
            await lock_person(row.id)
            await drop_portrait(row.id, row.org_id, on_paper=False, by=SYSTEM)
    return len(rows)
