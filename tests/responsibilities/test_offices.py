"""Whom to tell of an office: whoever answers for it now, else the next above, never nobody."""

from datetime import timedelta

import pytest

from portal.core.actors import SYSTEM
from portal.core.clock import now
from portal.core.database import insert
from portal.people.services import appoint
from portal.people.tables import Absence
from portal.permissions.rules import Role
from portal.responsibilities.queries import answering_for_offices
from portal.responsibilities.rules import told_for
from tests.cast import Cast
from tests.conftest import MovingClock

SAFETY, VICE, HEAD, BUREAU = Role.SAFETY_OFFICER, Role.VICE_HEAD, Role.PRINCIPAL, Role.BUREAU_OFFICER
ALL: dict[str, list[int]] = {SAFETY: [1, 2], VICE: [3], HEAD: [4], BUREAU: [5]}

TOLD = [
    ("everybody of the office", (SAFETY,), ALL, [1, 2]),
    ("an empty office falls to the next above", (SAFETY,), ALL | {SAFETY: []}, [3]),
    ("and past an empty one", (SAFETY,), ALL | {SAFETY: [], VICE: []}, [4]),
    ("the head's falls to the bureau", (HEAD,), ALL | {HEAD: []}, [5]),
    ("with nobody above, to the nearest below", (HEAD,), {HEAD: [], SAFETY: [1], VICE: [3]}, [3]),
    ("an office that the school does not have is passed over", (SAFETY, VICE), {SAFETY: [1], HEAD: [4]}, [1]),
    ("unless it is the only one meant", (VICE,), {SAFETY: [1], HEAD: [4]}, [4]),
    ("one of two that is empty still climbs", (SAFETY, HEAD), ALL | {HEAD: []}, [1, 2, 5]),
    ("nobody twice", (SAFETY, VICE), {SAFETY: [7], VICE: [7]}, [7]),
    ("above the bureau is nobody", (BUREAU,), {HEAD: [4]}, []),
]


@pytest.mark.parametrize(("case", "roles", "answering", "people"), TOLD, ids=[one[0] for one in TOLD])
def test_who_is_told(case: str, roles: tuple[Role, ...], answering: dict[str, list[int]], people: list[int]) -> None:
    assert told_for(roles, answering) == people


async def away(cast: Cast, person_id: int, *, days: int = 5) -> None:
    """Somebody is on leave from now on."""
    row = {
        "org_id": cast.school, "person_id": person_id, "kind": "leave", "starts_at": now(), "entered_at": now(),
        "ends_at": now() + timedelta(days=days),
    }  # fmt: skip
    await insert(Absence, row)


async def test_while_the_officer_is_away_the_next_above_is_told_or_whoever_acts(cast: Cast, clock: MovingClock) -> None:
    from portal.core.database import fetch_value

    async def told(*roles: Role) -> list[int]:
        return await answering_for_offices(cast.school, roles, at=now())

    assert await told(SAFETY) == [cast.safety]
    await away(cast, cast.safety)
    assert await told(SAFETY) == [cast.vice_head]
    await away(cast, cast.vice_head)
    assert await told(SAFETY) == [cast.principal]
    await away(cast, cast.principal)
    assert await told(SAFETY, HEAD) == [cast.bureau_officer]
    post = await fetch_value("SELECT id FROM post WHERE org_id = {} AND role = 'safety_officer'", cast.school)
    await appoint(cast.nobody, post_id=post, by=SYSTEM, kind="deputy", is_primary=False)
    assert await told(SAFETY) == [cast.nobody]
    await appoint(cast.teacher, post_id=post, by=SYSTEM, kind="acting", is_primary=False)
    assert await told(SAFETY) == [cast.teacher], "whoever acts comes before the deputy"
    clock.forward(days=5)
    assert await told(HEAD) == [cast.principal], "back from leave"
    assert await answering_for_offices(cast.other_school, (VICE,), at=now()) == [cast.other_principal]
    assert await answering_for_offices(cast.bureau, (BUREAU,), at=now()) == [cast.bureau_officer]
