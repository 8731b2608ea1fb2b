"""The office that keeps posts and accounts cannot become the principal: not by a slip, not by a puppet."""

from datetime import timedelta

import pytest

from portal.accounts.rules import Purpose
from portal.accounts.services import disable_account, invite, invite_many, make_account
from portal.core.actors import SYSTEM
from portal.core.clock import now
from portal.core.database import fetch_value
from portal.core.refusals import Refused
from portal.people.services import appoint, end_appointment, make_person, make_post, mark_left
from tests.cast import Cast


async def test_the_safety_office_takes_over_no_heads_account(cast: Cast) -> None:
    for head in (cast.principal, cast.vice_head):
        await make_account(head, f"head{head}", password="long-enough-words", by=SYSTEM)
        safety = await cast.actor(cast.safety)
        with pytest.raises(Refused, match=r"account\.head_by_bureau"):
            await invite(head, purpose=Purpose.RESET, by=safety)
        assert await invite_many([head], purpose=Purpose.RESET, by=safety) == []
        with pytest.raises(Refused, match=r"account\.head_by_bureau"):
            await disable_account(head, by=safety)
        bureau = await cast.actor(cast.bureau_officer)
        assert await invite(head, purpose=Purpose.RESET, by=bureau)
        assert await disable_account(head, by=bureau)


async def test_a_second_principal_is_made_by_the_bureau_only(cast: Cast) -> None:
    safety, bureau = await cast.actor(cast.safety), await cast.actor(cast.bureau_officer)
    puppet = await make_person("木偶", org_id=cast.school, by=safety)
    post = await make_post("校长", role="principal", grid_id=cast.school, by=safety)
    with pytest.raises(Refused, match=r"people\.principal_by_bureau"):
        await appoint(puppet, post_id=post, by=safety)
    held = await fetch_value("SELECT id FROM appointment WHERE person_id = {}", cast.principal)
    with pytest.raises(Refused, match=r"people\.principal_by_bureau"):
        await end_appointment(held, version=1, by=safety)
    with pytest.raises(Refused, match=r"people\.principal_by_bureau"):
        await mark_left(cast.principal, version=1, by=safety)
    await end_appointment(held, version=1, by=bureau)
    assert await appoint(puppet, post_id=post, by=bureau)


async def test_nor_the_account_of_a_head_who_is_announced(cast: Cast) -> None:
    """A reset link for tomorrow's principal, asked for today, would be a principal's session tomorrow."""
    safety, bureau = await cast.actor(cast.safety), await cast.actor(cast.bureau_officer)
    post = await fetch_value("SELECT post_id FROM appointment WHERE person_id = {}", cast.vice_head)
    await make_account(cast.nobody, "soon-head", password="long-enough-words", by=SYSTEM)
    assert await invite(cast.nobody, purpose=Purpose.RESET, by=safety), "one of the staff like any other"
    starts = now() + timedelta(days=1)
    made = await appoint(cast.nobody, post_id=post, by=bureau, starts_at=starts, is_primary=False)
    with pytest.raises(Refused, match=r"account\.head_by_bureau"):
        await invite(cast.nobody, purpose=Purpose.RESET, by=safety)
    assert await invite_many([cast.nobody], purpose=Purpose.RESET, by=safety) == []
    await end_appointment(made, version=1, by=bureau)
    assert await invite(cast.nobody, purpose=Purpose.RESET, by=safety), "it never came to be"
