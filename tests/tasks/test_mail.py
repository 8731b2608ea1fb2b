"""Mail against a real SMTP server of the tests' own: bundled, at most three a day, repeatable, honest."""

import asyncio
import email
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from email import policy
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP

from portal.audit.rules import stamp
from portal.core.clock import SHANGHAI, now
from portal.core.crypto import seal
from portal.core.database import execute, fetch_column, fetch_value
from portal.hazards.rules import Level
from portal.reminders.queries import failed_mail, mail_state
from portal.reminders.services import bundle_mail, claim_mail, mark_all_read, remind
from portal.settings import Settings
from tasks.mail import deliver_mail, write_mail
from tasks.outbox import drain
from tests.cast import Cast
from tests.conftest import MovingClock
from tests.reminders.stories import assigned, reported


class Postbox:
    """What the server took; `answer` is what it says to the next messages instead of taking them."""

    def __init__(self) -> None:
        self.taken: list[EmailMessage] = []
        self.answer = ""

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        if self.answer:
            return self.answer
        self.taken.append(email.message_from_bytes(envelope.content, policy=policy.default))
        return "250 OK"

    @property
    def ids(self) -> set[str]:
        return {str(message["Message-ID"]) for message in self.taken}

    def texts(self) -> list[str]:
        found = []
        for message in self.taken:
            part = message.get_body(("plain",))
            assert part is not None
            found.append(part.get_content())
        return found


@pytest.fixture
async def postbox() -> AsyncIterator[tuple[Postbox, str]]:
    box = Postbox()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(box, loop=loop, enable_SMTPUTF8=True), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    yield box, f"smtp://127.0.0.1:{port}/?from=anwang@school.example"
    server.close()
    await server.wait_closed()


@pytest.fixture
async def post(cast: Cast, settings: Settings, postbox: tuple[Postbox, str]) -> tuple[Postbox, Settings]:
    """The keeper and the floor's chief have addresses; nobody else."""
    for person, address in ((cast.keeper, "keeper@school.example"), (cast.floor_chief, "floor@school.example")):
        await execute("UPDATE person SET email_sealed = {} WHERE id = {}", seal(address), person)
    await execute("UPDATE person SET language = 'en' WHERE id = {}", cast.floor_chief)
    return postbox[0], replace(settings, smtp_url=postbox[1])


async def post_round(settings: Settings) -> int:
    await drain()
    await write_mail(settings, now())
    return await deliver_mail(settings, now())


async def test_what_is_unread_goes_out_in_one_message_at_the_next_window(
    cast: Cast, post: tuple[Postbox, Settings], clock: MovingClock
) -> None:
    box, settings = post
    for _ in range(3):
        await reported(cast, by=cast.teacher)  # 10:00: between the windows
    assert await post_round(settings) == 0
    clock.forward(hours=2)
    assert await post_round(settings) == 1
    [message], [text] = box.taken, box.texts()
    assert message["To"].addresses[0].addr_spec == "keeper@school.example"
    assert message["From"].addresses[0].addr_spec == "anwang@school.example"
    assert text.count("2026-000") == 3 and "http://testserver/hazards/" in text
    assert "漏电" not in text and "甄" not in text, "no titles, no names"
    html = message.get_body(("html",))
    assert html is not None and html.get_content().count("<li>") == 3
    assert await post_round(settings) == 0 and len(box.taken) == 1


async def test_a_person_gets_at_most_three_messages_a_day_however_much_happens(
    cast: Cast, post: tuple[Postbox, Settings], clock: MovingClock
) -> None:
    box, settings = post
    clock.set(clock.at.astimezone(SHANGHAI).replace(hour=0, minute=1))
    for _ in range(24 * 2 - 1):
        await reported(cast, by=cast.teacher)
        clock.forward(minutes=30)
        await post_round(settings)
    assert len(box.taken) == 3
    assert await fetch_value("SELECT count(*) FROM reminder WHERE person_id = {}", cast.keeper) == 47


async def test_a_major_hazard_is_mailed_at_once_even_at_night(
    cast: Cast, post: tuple[Postbox, Settings], clock: MovingClock
) -> None:
    box, settings = post
    clock.set(clock.at.astimezone(SHANGHAI).replace(hour=22))
    await reported(cast, by=cast.teacher)
    await reported(cast, by=cast.teacher, level=Level.RED)
    assert await post_round(settings) == 1
    assert box.texts()[0].count("2026-0002") == 1 and "2026-0001" not in box.texts()[0]
    clock.forward(hours=10)
    assert await post_round(settings) == 1 and "2026-0001" in box.texts()[1]


async def test_what_was_read_is_not_mailed(cast: Cast, post: tuple[Postbox, Settings], clock: MovingClock) -> None:
    box, settings = post
    await reported(cast, by=cast.teacher)
    await drain()
    clock.forward(hours=2)
    await bundle_mail()
    await mark_all_read(upto=10**6, by=await cast.actor(cast.keeper))
    assert await deliver_mail(settings, now()) == 0 and not box.taken
    assert await fetch_column("SELECT last_error FROM mail") == ["read"]
    assert await mail_state() == (0, 0) and await failed_mail() == []


async def test_a_message_that_was_taken_but_not_marked_goes_out_again_under_the_same_id(
    cast: Cast, post: tuple[Postbox, Settings], clock: MovingClock
) -> None:
    box, settings = post
    await reported(cast, by=cast.teacher)
    clock.forward(hours=2)
    await post_round(settings)
    await execute("UPDATE mail SET sent_at = NULL")  # as if the worker had been killed in between
    await post_round(settings)
    assert len(box.taken) == 2 and len(box.ids) == 1


async def test_two_workers_never_send_one_message_together(
    cast: Cast, post: tuple[Postbox, Settings], clock: MovingClock
) -> None:
    await reported(cast, by=cast.teacher)
    await drain()
    clock.forward(hours=2)
    await bundle_mail()
    assert await claim_mail() is not None and await claim_mail() is None
    clock.forward(seconds=61)
    assert await claim_mail() is not None


async def test_a_server_that_is_away_only_delays(
    cast: Cast, post: tuple[Postbox, Settings], clock: MovingClock
) -> None:
    box, settings = post
    away = replace(settings, smtp_url="smtp://127.0.0.1:1/")
    await reported(cast, by=cast.teacher)
    clock.forward(hours=2)
    for _ in range(20):
        await post_round(away)
        clock.forward(minutes=3)
    assert await fetch_value("SELECT attempts FROM mail") == 0
    assert await fetch_value("SELECT failed_at FROM mail") is None
    assert await post_round(settings) == 1 and len(box.taken) == 1


async def test_a_refused_message_is_tried_again_or_given_up_and_seen(
    cast: Cast, post: tuple[Postbox, Settings], clock: MovingClock
) -> None:
    box, settings = post
    await reported(cast, by=cast.teacher)
    clock.forward(hours=2)
    box.answer = "451 come back later"
    await post_round(settings)
    assert await fetch_value("SELECT attempts FROM mail") == 1
    clock.forward(minutes=2)
    box.answer = "550 no such box"
    await post_round(settings)
    assert "550" in await fetch_value("SELECT last_error FROM mail")
    [failed] = await failed_mail()
    assert failed.person_id == cast.keeper and "550" in failed.error and await mail_state() == (0, 1)
    box.answer = ""
    clock.forward(hours=1)
    assert await post_round(settings) == 0 and not box.taken


async def test_mail_speaks_the_persons_language_and_never_of_a_sensitive_card(
    cast: Cast, post: tuple[Postbox, Settings], clock: MovingClock
) -> None:
    box, settings = post
    await assigned(cast, sensitive=True, due_at=now() + timedelta(hours=8))
    clock.forward(hours=2)
    await post_round(settings)
    keeper = [text for message, text in zip(box.taken, box.texts(), strict=True) if "keeper" in message["To"]]
    assert keeper and re.search(r"2026-0001", keeper[0]) and "欺凌" not in keeper[0] and "漏电" not in keeper[0]
    assert not [message for message in box.taken if "floor" in message["To"]], "may not see it, is not told of it"
    await reported(cast, by=cast.keeper)
    await drain()
    clock.forward(hours=8, minutes=10)
    await post_round(settings)
    [english] = [text for message, text in zip(box.taken, box.texts(), strict=True) if "floor" in message["To"]]
    assert "2026-0002" in english


async def test_without_a_mail_server_there_are_no_mail_rows(cast: Cast, settings: Settings, clock: MovingClock) -> None:
    await execute("UPDATE person SET email_sealed = {} WHERE id = {}", seal("keeper@school.example"), cast.keeper)
    await reported(cast, by=cast.teacher)
    clock.forward(hours=2)
    assert settings.smtp_url is None
    assert await post_round(settings) == 0
    assert await fetch_value("SELECT count(*) FROM mail") == 0


async def _an_hour_before(cast: Cast, subject: int) -> None:
    await remind(
        "duty_hour", [cast.keeper], org_id=cast.school, subject_kind="duty_turn", subject_id=subject,
        params={"starts_at": stamp(now() + timedelta(hours=1))},
    )  # fmt: skip


async def test_the_hour_before_is_mailed_at_once_and_never_late(
    cast: Cast, post: tuple[Postbox, Settings], clock: MovingClock
) -> None:
    box, settings = post
    clock.set(clock.at.astimezone(SHANGHAI).replace(hour=14, minute=10))
    await _an_hour_before(cast, 1)
    assert [await post_round(settings), await post_round(settings)] == [1, 0], "outside the windows, once"
    await execute("UPDATE person SET email_sealed = NULL WHERE id = {}", cast.keeper)
    await _an_hour_before(cast, 2)
    await post_round(settings)
    clock.set(clock.at.astimezone(SHANGHAI).replace(hour=20, minute=10))
    await execute("UPDATE person SET email_sealed = {} WHERE id = {}", seal("keeper@school.example"), cast.keeper)
    assert await post_round(settings) == 0, "a window does not take it along"
    await _an_hour_before(cast, 3)
    box.answer = "451 later"
    assert await post_round(settings) == 0
    box.answer = ""
    clock.set(clock.at + timedelta(hours=11))
    assert await post_round(settings) == 0, "the next morning it is of no use"


async def test_at_night_the_hour_before_waits_for_seven(
    cast: Cast, post: tuple[Postbox, Settings], clock: MovingClock
) -> None:
    _, settings = post
    clock.set(clock.at.astimezone(SHANGHAI).replace(hour=5, minute=0))
    await _an_hour_before(cast, 1)
    clock.forward(minutes=90)
    await _an_hour_before(cast, 2)
    assert await post_round(settings) == 0
    clock.forward(minutes=31)
    assert await post_round(settings) == 1
    unmailed = "SELECT count(*) FROM reminder WHERE kind = 'duty_hour' AND mail_id IS NULL"
    assert await fetch_value(unmailed) == 1, "the earlier one stays in the inbox"
