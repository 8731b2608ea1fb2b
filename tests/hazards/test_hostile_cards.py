"""What an attack on disputes, rulings, urges, due times and answers to reminders tried; each failed or was mended."""

from datetime import timedelta

import pytest

from portal.core.actors import SYSTEM
from portal.core.clock import local, now
from portal.core.database import execute, fetch_column, fetch_value
from portal.hazards.services import dispute_hazard, rule_hazard
from portal.responsibilities.rules import Mark
from portal.responsibilities.services.marking import Marking, set_mark
from tests.browser import Browser
from tests.cast import Cast
from tests.conftest import Browsers
from tests.hazards import stories
from tests.hazards.stories import card

WRONG = "甲同学欺负乙同学，由年级处理"
NONSENSE = ("²", "9" * 40, "-1", "\x00", "' OR 1=1", "p:²", "post:" + "9" * 30, "长" * 3000)


async def token_of(browser: Browser) -> str:
    await browser.get("/account/consents")
    return next(form.fields["_csrf_token"][0] for form in browser.forms if "_csrf_token" in form.fields)


@pytest.fixture
async def ruled(cast: Cast) -> int:
    """A sensitive card that was disputed and ruled, with a reason that tells what it is about."""
    hazard_id = await stories.assigned(cast)
    await execute(
        "UPDATE hazard SET is_restricted = TRUE, category = {} WHERE id = {}",
        await stories.category("bully"),
        hazard_id,
    )
    keeper, head = await cast.actor(cast.keeper), await cast.actor(cast.principal)
    version = (await card(hazard_id, cast)).version
    await execute(
        "INSERT INTO restricted_viewer (org_id, person_id, starts_at) VALUES ({}, {}, {})",
        cast.school, cast.principal, now() - timedelta(days=1),
    )  # fmt: skip
    await dispute_hazard(hazard_id, version=version, reason=WRONG, by=keeper)
    version = (await card(hazard_id, cast)).version
    await rule_hazard(
        hazard_id, version=version, post_id=cast.floor_post, reason=WRONG, for_school=False, by=head
    )  # fmt: skip
    return hazard_id


async def test_the_matrix_does_not_tell_why_a_sensitive_card_was_ruled(
    cast: Cast, browsers: Browsers, ruled: int
) -> None:
    """Everybody of the school reads the matrix and its history (B20)."""
    duty = await fetch_value("SELECT category FROM hazard WHERE id = {}", ruled)
    number = await fetch_value("SELECT number FROM hazard WHERE id = {}", ruled)
    head = await browsers.of(cast.principal)
    assert WRONG in (await head.get(f"/hazards/{ruled}")).text, "the card keeps it"
    pages = (
        f"/matrix?grid={cast.room}", f"/matrix/{cast.room}/{duty}", f"/matrix/{cast.room}/bully",
        f"/responsible?grid={cast.room}&duty={duty}", f"/grids/{cast.room}", f"/grids/{cast.room}/history", "/history",
        f"/people/{cast.keeper}", "/coverage", "/map", f"/grids/{cast.room}/contact-board",
    )  # fmt: skip
    for who in (cast.safety, cast.teacher, cast.sibling_keeper, cast.chief):
        reader = await browsers.of(who)
        for path in pages:
            page = await reader.get(path)
            assert page.status_code in (200, 403, 404)
            assert WRONG not in page.text and str(number) not in page.text, (who, path)
    await set_mark(cast.sibling_room, Marking(duty=duty, post_id=cast.floor_post, mark=Mark.MAIN), by=SYSTEM)
    reader = await browsers.of(cast.teacher)
    for grid in (cast.room, cast.sibling_room):  # the same words where somebody wrote nothing: they tell of no card
        page = await reader.get(f"/responsible?grid={grid}&duty={duty}")
        assert "没有写理由。敏感隐患的裁定" in page.text, grid
    kept = await fetch_column(
        "SELECT body FROM event_text t JOIN event e ON e.id = t.event_id WHERE e.kind LIKE 'matrix%'"
    )
    assert WRONG not in kept


async def test_what_is_not_theirs_to_see_answers_as_missing(cast: Cast, browsers: Browsers, ruled: int) -> None:
    """Every verb on a sensitive card, and on another school's: the same 404 as for a card that there is not."""
    plain = await stories.assigned(cast)
    day = local(now() + timedelta(days=3)).strftime("%Y-%m-%dT%H:%M")
    before = await fetch_column("SELECT version FROM hazard ORDER BY id")
    told = await fetch_value("SELECT count(*) FROM event WHERE kind NOT LIKE 'access.%'")
    for who, cards in (
        (cast.sibling_keeper, (ruled,)),
        (cast.vice_head, (ruled,)),
        (cast.other_principal, (ruled, plain)),
    ):
        browser = await browsers.of(who)
        token = await token_of(browser)
        for verb, fields in (
            ("urges", {}), ("disputes", {"dispute": "x"}), ("rulings", {"owner": str(cast.floor_post), "ruling": "x"}),
            ("due", {"new_due": day, "due_reason": "x"}), ("dues", {"new_due": day, "due_reason": "x"}),
            ("checks", {"check": "x"}), ("notes", {"note": "x"}), ("plans", {"measure": "x"}), ("plan", {"measure": "x"}),
        ):  # fmt: skip
            answers = []
            for hazard_id in (*cards, 999_999):
                answer = await browser.post(
                    f"/hazards/{hazard_id}/{verb}", {"version": "1", **fields, "_csrf_token": token}
                )
                answers.append((answer.status_code, answer.text.replace(str(hazard_id), "N")))
            assert len({status for status, _ in answers}) == 1, (who, verb, [status for status, _ in answers])
            assert answers[0][0] in (403, 404, 405), (who, verb, answers[0][0])
    assert await fetch_column("SELECT version FROM hazard ORDER BY id") == before
    assert await fetch_value("SELECT count(*) FROM event WHERE kind NOT LIKE 'access.%'") == told


@pytest.mark.parametrize("text", NONSENSE)
async def test_no_text_breaks_a_verb(cast: Cast, browsers: Browsers, text: str) -> None:
    hazard_id = await stories.assigned(cast)
    for who in (cast.keeper, cast.principal):
        browser = await browsers.of(who)
        token = await token_of(browser)
        for verb, names in (
            ("urges", ("version",)), ("disputes", ("version", "dispute")), ("rulings", ("version", "owner", "ruling")),
            ("due", ("version", "new_due", "due_reason")), ("checks", ("version", "next_check", "check")),
        ):  # fmt: skip
            for name in names:
                wants = {"version": "2", "dispute": "x", "ruling": "x", "due_reason": "x", "check": "x", name: text}
                answer = await browser.post(f"/hazards/{hazard_id}/{verb}", {**wants, "_csrf_token": token})
                assert answer.status_code < 500, (verb, name)
        for path, names in (("/inbox/snoozes", ("id", "days", "reason")), ("/inbox/acknowledgements", ("id", "from"))):
            for name in names:
                answer = await browser.post(path, {"id": "1", "days": "1", name: text, "_csrf_token": token})
                assert answer.status_code < 500, (path, name)


async def test_nobody_answers_for_another_persons_reminder(cast: Cast, browsers: Browsers) -> None:
    from tasks.outbox import drain

    await stories.assigned(cast)
    await drain()
    theirs = await fetch_column("SELECT id FROM reminder WHERE person_id = {} ORDER BY id", cast.keeper)
    assert theirs
    state = "SELECT read_at FROM reminder WHERE person_id = {} AND answered_at IS NULL ORDER BY id"
    before = await fetch_column(state, cast.keeper)
    for who in (cast.other_safety, cast.sibling_keeper, cast.principal):
        browser = await browsers.of(who)
        token = await token_of(browser)
        for path in ("/inbox/snoozes", "/inbox/acknowledgements", "/inbox/reads"):
            fields = {"id": str(theirs[0]), "days": "1", "reason": "x", "person": str(cast.keeper)}
            await browser.post(path, {**fields, "_csrf_token": token})
    assert await fetch_column(state, cast.keeper) == before
