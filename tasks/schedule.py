"""The clock's table: what runs by itself, how often, and which verb it calls.

A tick belongs to a slot ("2026-11-23T07:30"). A slot is marked after its verb has run, so a crash repeats it; every
verb here changes nothing when it runs twice. After a long absence each tick runs once, for its newest slot (TR3).
"""

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta

import structlog

from portal.audit import outbox
from portal.core.clock import at_local, local, now
from portal.core.database import execute, fetch_value, unit_of_work
from portal.core.files import store_of
from portal.settings import Settings
from tasks.anchors import anchor_heads
from tasks.changes import sweep_changes
from tasks.coverage import sweep_coverage
from tasks.duty_gaps import sweep_gaps
from tasks.duty_reminders import tell_before, tell_of_tomorrow, tell_of_week
from tasks.duty_swaps import sweep_swaps
from tasks.duty_watch import sweep_reports, sweep_untaken
from tasks.lasting import sweep_certificates, sweep_lasting
from tasks.letters import sweep_letters
from tasks.mail import deliver_mail, write_mail
from tasks.public_reports import forget, sweep_screening
from tasks.sweeps import sweep_reminders
from tasks.tidying import tidy

log = structlog.get_logger(__name__)

Slot = Callable[[datetime], datetime]


def every(minutes: int) -> Slot:
    """Slots of so many minutes, counted from midnight UTC."""

    def slot(at: datetime) -> datetime:
        day = at.replace(hour=0, minute=0, second=0, microsecond=0)
        return day + (at - day) // timedelta(minutes=minutes) * timedelta(minutes=minutes)

    return slot


def daily(hour: time) -> Slot:
    """One slot a day, at this hour in Shanghai."""

    def slot(at: datetime) -> datetime:
        day = local(at).date()
        begin = at_local(day, hour)
        return begin if begin <= at else at_local(day - timedelta(days=1), hour)

    return slot


@dataclass(frozen=True, slots=True)
class Tick:
    """Something that the clock does."""

    name: str
    slot: Slot
    run: Callable[[Settings, datetime], Awaitable[object]]


async def _sweep_outbox(_settings: Settings, _at: datetime) -> int:
    return await outbox.sweep_done()


async def _run_imports(_settings: Settings, _at: datetime) -> int:
    from portal.importing.queueing import run_waiting_imports  # see tasks.reactions.run_import

    return await run_waiting_imports()


async def _copy_boards(settings: Settings, _at: datetime) -> int:
    from portal.contact_boards.copying import copy_boards  # templates are read only where pages are made

    return await copy_boards(settings.data / "boards", store_of(settings))


async def _copy_withdrawn(settings: Settings, _at: datetime) -> int:
    from portal.contact_boards.copying import copy_if_withdrawn  # the same

    return await copy_if_withdrawn(settings.data / "boards", store_of(settings))


SCHEDULE: tuple[Tick, ...] = (
    Tick("changes", every(1), sweep_changes),
    Tick("letters", every(30), sweep_letters),
    Tick("lasting", every(5), sweep_lasting),
    Tick("certificates", daily(time(3, 15)), sweep_certificates),
    Tick("reminders", every(1), sweep_reminders),
    Tick("coverage", every(1), sweep_coverage),
    Tick("swaps", every(1), sweep_swaps),
    Tick("gaps", every(1), sweep_gaps),
    Tick("duty_before", every(5), tell_before),
    Tick("duty_tomorrow", daily(time(18)), tell_of_tomorrow),
    Tick("duty_week", daily(time(7)), tell_of_week),
    Tick("untaken", every(1), sweep_untaken),
    Tick("zero reports", every(5), sweep_reports),
    Tick("mail", every(1), write_mail),
    Tick("post", every(1), deliver_mail),
    Tick("imports", every(1), _run_imports),
    Tick("screening", every(1), sweep_screening),
    Tick("withdrawn", every(5), _copy_withdrawn),
    Tick("forgetting", daily(time(3, 25)), forget),
    Tick("boards", daily(time(3, 45)), _copy_boards),
    Tick("tidying", daily(time(3, 20)), tidy),
    Tick("anchors", daily(time(3, 5)), anchor_heads),
    Tick("outbox", daily(time(3, 35)), _sweep_outbox),
)


async def run_due(settings: Settings, *, ticks: tuple[Tick, ...] | None = None) -> list[str]:
    """Runs each tick whose newest slot has not run; gives their names. One failing tick does not keep the others."""
    ran = []
    for tick in SCHEDULE if ticks is None else ticks:
        slot = tick.slot(now())
        if await _last_slot(tick) == slot.isoformat():
            continue
        try:
            await tick.run(settings, slot)
        except Exception as error:
            log.error("tick.failed", tick=tick.name, exc_info=error)
            continue
        await mark(f"tick:{tick.name}", slot=slot.isoformat())
        ran.append(tick.name)
    return ran


async def _last_slot(tick: Tick) -> str:
    info = await fetch_value("SELECT info FROM worker_beat WHERE name = {}", f"tick:{tick.name}")
    return str(json.loads(info).get("slot", "")) if info else ""


async def mark(name: str, **info: object) -> None:
    """Writes when something of the worker last ran, and what it says of itself (`worker_beat`)."""
    async with unit_of_work():
        await execute(
            "INSERT INTO worker_beat (name, at, info) VALUES ({}, {}, {}) "
            "ON CONFLICT (name) DO UPDATE SET at = excluded.at, info = excluded.info",
            name, now(), json.dumps(info),
        )  # fmt: skip
