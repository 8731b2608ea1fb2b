"""A real school beside the cast, and statements that are counted."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest

from portal.core import database
from portal.core.actors import SYSTEM
from portal.core.database import fetch_value
from portal.grids.services import make_organisation
from portal.importing.queries import batch_row
from portal.importing.services import apply_import, stage_import
from tests.cast import Cast
from tests.importing.files import REAL_SCHOOL

ANSWERS = ("same_path_other_holders", "same_path_same_holders", "two_heads")


@contextmanager
def counted() -> Iterator[list[str]]:
    """The statements of what runs inside, but BEGIN and COMMIT."""
    found: list[str] = []
    database.watchers.append(found.append)
    try:
        yield found
    finally:
        database.watchers.remove(found.append)


@dataclass
class RealSchool:
    """The register of the real school, imported, with a safety officer of its own."""

    org: int
    principal: int
    safety: int


@pytest.fixture
async def real_school(cast: Cast) -> RealSchool:
    """185 grids, 129 people of the real register, under the bureau of the cast."""
    org = await make_organisation("真实中学", kind="school", bureau_id=cast.bureau, by=SYSTEM)
    batch = await stage_import(REAL_SCHOOL.read_bytes(), "表.csv", school_id=org, by=SYSTEM)
    version = (await batch_row(batch, by=SYSTEM)).version
    await apply_import(batch, version=version, by=SYSTEM, answers=ANSWERS)
    principal = await fetch_value(
        "SELECT a.person_id FROM appointment a JOIN post p ON p.id = a.post_id WHERE p.org_id = {} AND p.role = 'principal'",
        org,
    )
    officer = await fetch_value(
        "SELECT a.person_id FROM appointment a JOIN post p ON p.id = a.post_id "
        "WHERE p.org_id = {} AND p.role = 'safety_officer'",
        org,
    )
    return RealSchool(org, principal, officer)
