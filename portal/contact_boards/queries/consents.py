"""Who has agreed to what, and people as public pages need them."""

from collections.abc import Iterable
from typing import NamedTuple

from portal.contact_boards.rules import PublicPerson, public_person
from portal.core.actors import Actor
from portal.core.crypto import unseal
from portal.core.database import fetch, fetch_column, fetch_one, in_list
from portal.core.refusals import NotFound
from portal.permissions.rules import Permission, scope

TEXT_EDITION = 1
"""Which wording of the consent people agree to; a new wording asks everybody anew."""


class _Row(NamedTuple):
    id: int
    org_id: int
    name: str
    kind: str
    org_path: str
    field: str | None


class Consenting(NamedTuple):
    """Somebody of the staff and the fields that they have agreed to."""

    id: int
    org_id: int
    name: str
    fields: frozenset[str]


async def consenting(person_id: int, *, by: Actor | None = None, permission: Permission | None = None) -> Consenting:
    """A person with their consents, inside the scope of whoever asks; pupils never consent to anything."""
    rows = await fetch(
        _Row,
        "SELECT p.id, p.org_id, p.name, p.kind, g.path, c.field FROM person p JOIN grid g ON g.id = p.org_id "
        "LEFT JOIN consent c ON c.person_id = p.id AND c.withdrawn_at IS NULL WHERE p.id = {}",
        person_id,
    )
    if not rows or rows[0].kind == "pupil":
        raise NotFound()
    first = rows[0]
    if by is not None and permission is not None and not scope(by, permission).holds(first.org_path, first.org_id):
        raise NotFound()
    return Consenting(first.id, first.org_id, first.name, frozenset(row.field for row in rows if row.field))


class Somebody(NamedTuple):
    """A person as the rows have it; the number is sealed."""

    id: int
    name: str
    kind: str
    phone_sealed: str | None
    digest: str
    small_digest: str
    """Of their portrait; empty where there is none."""
    fields: frozenset[str] = frozenset()

    def public(self, title: str) -> PublicPerson | None:
        """What strangers may read of them, as holder of a post."""
        number = (unseal(self.phone_sealed) or "") if self.phone_sealed else ""
        return public_person(
            title=title, name=self.name, mobile=number, portrait=self.small_digest, is_pupil=self.kind == "pupil",
            consents=self.fields,
        )  # fmt: skip


class _PersonRow(NamedTuple):
    id: int
    name: str
    kind: str
    phone_sealed: str | None
    digest: str
    small_digest: str
    field: str | None


async def people_for_strangers(people: Iterable[int | None]) -> dict[int, Somebody]:
    """Some people with their consents, by id. One statement."""
    marks, ids = in_list(sorted({one for one in people if one is not None}))
    rows = await fetch(
        _PersonRow,
        "SELECT p.id, p.name, p.kind, p.phone_sealed, COALESCE(f.digest, ''), COALESCE(f.small_digest, ''), c.field "
        "FROM person p LEFT JOIN portrait f ON f.person_id = p.id AND p.kind <> 'pupil' "
        f"LEFT JOIN consent c ON c.person_id = p.id AND c.withdrawn_at IS NULL WHERE p.id IN {marks}",
        *ids,
    )
    fields: dict[int, set[str]] = {}
    for row in rows:
        fields.setdefault(row.id, set()).update({row.field} if row.field else ())
    return {row.id: Somebody(*row[:-1], frozenset(fields[row.id])) for row in rows}


class Portrait(NamedTuple):
    """Both pictures of somebody."""

    digest: str
    small_digest: str


async def portrait_of(person_id: int) -> Portrait | None:
    """The portrait that is kept of somebody."""
    return await fetch_one(Portrait, "SELECT digest, small_digest FROM portrait WHERE person_id = {}", person_id)


async def portraits_shown() -> set[str]:
    """The small pictures that may be seen anywhere: of staff, with the consent open."""
    return set(
        await fetch_column(
            "SELECT f.small_digest FROM portrait f JOIN person p ON p.id = f.person_id JOIN consent c "
            "ON c.person_id = p.id AND c.field = 'photo' AND c.withdrawn_at IS NULL WHERE p.kind <> 'pupil'"
        )
    )


class _Phone(NamedTuple):
    phone_sealed: str | None


async def number_of(person_id: int) -> str:
    """The whole number of somebody who has agreed to have it shown; "" for everybody else."""
    found = await fetch_one(
        _Phone,
        "SELECT p.phone_sealed FROM person p JOIN consent c ON c.person_id = p.id WHERE p.id = {} AND p.kind = 'staff' "
        "AND c.field = 'mobile' AND c.withdrawn_at IS NULL",
        person_id,
    )
    return (unseal(found.phone_sealed) or "") if found and found.phone_sealed else ""
