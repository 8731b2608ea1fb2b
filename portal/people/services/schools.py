"""A school with its first safety officer."""

from typing import NamedTuple

from portal.core.actors import Actor
from portal.core.database import fetch_value, unit_of_work
from portal.core.refusals import Invalid
from portal.grids.queries import grid_seen
from portal.grids.services import bump_rights, make_organisation
from portal.people.services.appointments import appoint
from portal.people.services.persons import make_person
from portal.people.services.posts import make_post
from portal.permissions.rules import Permission, Role


class NewSchool(NamedTuple):
    """What was made: the school's grid, its first safety officer, and that officer's post."""

    school_id: int
    person_id: int
    post_id: int


async def make_school(
    name: str, *, bureau_id: int, duty_phone: str, officer: str, officer_title: str, by: Actor,
    officer_phone: str | None = None,
) -> NewSchool:  # fmt: skip
    """A school below a bureau with its first safety officer, who can then be invited and make the rest."""
    async with unit_of_work():
        bureau = await grid_seen(bureau_id, by=by, permission=Permission.SCHOOL_MAKE)
        await bump_rights(bureau.org_id)
        taken = await fetch_value(
            "SELECT count(*) FROM grid WHERE parent_id = {} AND name = {} AND ended_at IS NULL", bureau_id, name
        )
        if bureau.kind != "bureau" or taken:
            raise Invalid({"name": "school.name_taken"})
        school_id = await make_organisation(name, kind="school", bureau_id=bureau_id, duty_phone=duty_phone, by=by)
        person_id = await make_person(officer, org_id=school_id, by=by, phone=officer_phone)
        post_id = await make_post(officer_title, role=Role.SAFETY_OFFICER, grid_id=school_id, by=by)
        await appoint(person_id, post_id=post_id, by=by)
    return NewSchool(school_id, person_id, post_id)
