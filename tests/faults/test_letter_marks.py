"""Killed at every marked step of making, signing, sealing, stamping: the file before remains, and it goes on (TP6)."""

import asyncio
import json
import os
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import asyncpg
import pytest

from portal.app import register_rooms
from portal.audit.queries import verify_chain
from portal.core.clock import now
from portal.core.database import close_database, execute, fetch, fetch_column, fetch_value, open_database
from portal.core.files import FolderStore
from portal.core.refusals import Refused
from portal.letters import labels, running, sealing
from portal.letters.queries.letters import file_now, letter_whole
from portal.letters.rules import State, state_of
from portal.letters.sealing import Level
from portal.letters.services import keys
from portal.letters.verification.checking import check_file
from portal.permissions.queries import actor_for
from portal.rendering import pdf
from portal.settings import Settings, load_settings
from tests.faults.letter_parts import School, ask_for_all, check_store, make_school
from tests.faults.letter_signing import PASSPHRASE, read, sign_as
from tests.faults.parts import ROOT
from tests.letters.sealing_kit import QUICK, TimeServer, serving

STAGES = ("make", "first", "last", "seal", "stamp")
"""To be made; to be signed by the taker, then by the giver; to be sealed; to be stamped over its whole file."""
LOOKED_THROUGH = 4  # every so often the store is tidied and looked through, and the file checked as a stranger would
EXPECTED = {
    "make": (State.MAKING, State.WAITING), "first": (State.WAITING, State.WAITING),
    "last": (State.WAITING, State.SEALING), "seal": (State.SEALING, State.PENDING),
    "stamp": (State.PENDING, State.PENDING),
}  # fmt: skip


ROOTS = "time-stamp-authorities.pem"


class Clock(TimeServer):
    """A time-stamp server that tells the real time."""

    def answer(self, question: bytes) -> bytes:
        self.at = now()
        return super().answer(question)


@pytest.fixture(scope="module")
def server() -> Iterator[TimeServer]:
    with serving(Clock(at=datetime.now(UTC))) as running:
        yield running


class Child:
    """`tests.faults.marked`: it forks for each job."""

    def __init__(self) -> None:
        words = [sys.executable, "-m", "tests.faults.marked"]
        environ = {**os.environ, "PYTHONPATH": str(ROOT)}
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(words, stdin=pipe, stdout=pipe, cwd=ROOT, env=environ)

    async def do(self, job: dict[str, Any]) -> dict[str, Any]:
        return await asyncio.to_thread(self._do, job)

    def _do(self, job: dict[str, Any]) -> dict[str, Any]:
        assert self.process.stdin is not None and self.process.stdout is not None
        self.process.stdin.write(json.dumps(job).encode() + b"\n")
        self.process.stdin.flush()
        answer: dict[str, Any] = json.loads(self.process.stdout.readline())
        return answer

    def close(self) -> None:
        assert self.process.stdin is not None and self.process.stdout is not None
        self.process.stdin.close()
        self.process.wait(20)
        self.process.stdout.close()


@pytest.fixture(scope="module")
def child() -> Iterator[Child]:
    made = Child()
    yield made
    made.close()
    pdf.shutdown()
    sealing.shutdown()


class Snapshot(NamedTuple):
    """A portal at rest: the address of its database, its data folder."""

    url: str
    data: Path


@dataclass
class Story:
    """One letter of a small school, kept as it was before each stage."""

    home: Path
    url: str
    school: School
    server: TimeServer
    letter: int = 0
    signers: list[int] = field(default_factory=list)
    kept: dict[str, Snapshot] = field(default_factory=dict)

    async def keep(self, stage: str) -> None:
        self.kept[stage] = await copied(Snapshot(self.url, self.home), self.home.parent / f"kept-{stage}")
        await open_database(self.url)


async def copied(of: Snapshot, to: Path) -> Snapshot:
    """A copy of a portal at rest. Nothing may be connected to it."""
    to.mkdir(exist_ok=True)
    shutil.copy(of.data / "secret.key", to / "secret.key")
    (to / ROOTS).write_text((of.data / ROOTS).read_text())
    shutil.copytree(of.data / "files", to / "files", dirs_exist_ok=True)
    if of.url.startswith("sqlite"):
        if of.url == f"sqlite:///{of.data / 'anwang.db'}" and (of.data / "anwang.db-wal").exists():
            await execute("PRAGMA wal_checkpoint(TRUNCATE)")
        await close_database()
        shutil.copy(of.data / "anwang.db", to / "anwang.db")
        return Snapshot(f"sqlite:///{to / 'anwang.db'}", to)
    await close_database()
    name = f"copy_{os.urandom(6).hex()}"
    await _server(of.url, f"CREATE DATABASE {name} TEMPLATE {_name(of.url)} STRATEGY FILE_COPY")
    return Snapshot(of.url.replace(f"/{_name(of.url)}?", f"/{name}?"), to)


async def dropped(one: Snapshot) -> None:
    await close_database()
    shutil.rmtree(one.data)
    if not one.url.startswith("sqlite"):
        await _server(one.url, f"DROP DATABASE {_name(one.url)} WITH (FORCE)")


def _name(url: str) -> str:
    return url.partition("?")[0].rpartition("/")[2]


async def _server(url: str, sql: str) -> None:
    connection = await asyncpg.connect(url.replace(f"/{_name(url)}?", "/postgres?"))
    await connection.execute(sql)
    await connection.close()


@pytest.fixture
async def story(
    database: str, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, server: TimeServer
) -> AsyncIterator[Story]:
    """Written by the product, up to each stage; keys cost next to nothing, which is not what is tested here."""
    register_rooms()
    monkeypatch.setattr(keys, "new_key", partial(keys.new_key, cost=QUICK))
    (tmp_path / ROOTS).write_text(server.root)
    made = Story(tmp_path, database, await make_school(1), server)
    await ask_for_all(made.school)
    made.letter = int(await fetch_value("SELECT id FROM letter"))
    made.signers = await fetch_column("SELECT person_id FROM letter_party ORDER BY turn")
    settings.files.mkdir()
    await made.keep("make")
    await running.run_waiting_letters(settings)
    for stage, person in zip(("first", "last"), made.signers, strict=True):
        by = await actor_for(person, at=now())
        assert by is not None
        await keys.make_key(PASSPHRASE, edition=max(labels.CONSENTS), text_digest="0" * 64, seal_name="章", by=by)
        await read(made.letter, by=by)
        await made.keep(stage)
        await sign_as(made.letter, by=by, settings=settings)
    await made.keep("seal")
    await running.run_waiting_letters(settings)
    await made.keep("stamp")
    yield made
    await close_database()
    await open_database(database)  # as it was found


@asynccontextmanager
async def begun(story: Story, stage: str) -> AsyncIterator[tuple[Settings, Snapshot]]:
    """A portal in which this stage is to come."""
    made = await copied(story.kept[stage], story.home / f"rep-{os.urandom(4).hex()}")
    await open_database(made.url)
    yield load_settings(environ_of(story, stage, made)), made
    await dropped(made)


def environ_of(story: Story, stage: str, one: Snapshot) -> dict[str, str]:
    environ = {"ANWANG_DATA": str(one.data), "ANWANG_DATABASE_URL": one.url, "ANWANG_BASE_URL": "http://testserver"}
    return environ | ({"ANWANG_TIME_STAMP_URL": story.server.url} if stage == "stamp" else {})


def job_of(story: Story, stage: str, one: Snapshot, die_at: int) -> dict[str, Any]:
    environ = environ_of(story, stage, one)
    person = {"first": story.signers[0], "last": story.signers[-1]}.get(stage)
    return {
        "environ": environ, "die_at": die_at, "verb": "sign" if person else "run", "letter": story.letter,
        "person": person, "notes": str(one.data / "notes"), "log": str(one.data / "log"),
    }  # fmt: skip


# -- what holds at any instant


class _File(NamedTuple):
    role: str
    digest: str


async def check_whole(story: Story, settings: Settings) -> State:
    """Rows, events and files say the same; the last good file can be read. Gives the letter's state."""
    found = await letter_whole(story.letter)
    assert found is not None
    row, files = found.row, await fetch(_File, "SELECT role, digest FROM letter_file ORDER BY id")
    signed = [one for one in found.parties if one.signed_at is not None]
    roles = [one.role for one in files]
    wanted = ["draft"] * (row.made_at is not None) + ["signed"] * len(signed)
    stamped = await fetch_value("SELECT count(*) FROM letter_upkeep WHERE stamped_at IS NOT NULL")
    assert roles == wanted + ["sealed", "evidence"] * (row.sealed_at is not None) + ["extended", "evidence"] * stamped
    events = {"draft": "made", "signed": "signed", "sealed": "sealed", "extended": "extended"}
    for kind, count in ((kind, roles.count(role)) for role, kind in events.items()):
        told = await fetch_value("SELECT count(*) FROM event WHERE kind = {}", f"letter.{kind}")
        assert told == count, f"{told} events letter.{kind} for {count}"
    assert (row.signed_at is not None) == (len(signed) == len(found.parties))
    for one in files:
        assert await FolderStore(settings.files).open(one.digest) is not None
    assert await verify_chain(story.school.id) is None
    return state_of(found.facts, at=now())


async def go_on(story: Story, stage: str, settings: Settings) -> None:
    """What happens next in life: the worker looks again, or the signer presses again."""
    if stage in ("make", "seal", "stamp"):
        for table in ("letter", "letter_upkeep"):  # twenty seconds later
            await execute(f"UPDATE {table} SET leased_until = {{}} WHERE lease IS NOT NULL", now())
        await running.run_waiting_letters(settings)
        return
    by = await actor_for(story.signers[0 if stage == "first" else -1], at=now())
    assert by is not None
    try:
        await sign_as(story.letter, by=by, settings=settings)
    except Refused as refusal:  # it was signed before the kill: the page says so
        assert refusal.code in ("letter.signed_already", "letter.changed_since", "letter.not_open"), refusal


async def kill_at_each_mark(story: Story, child: Child, stage: str, times: int, step: int) -> tuple[int, int, str]:
    """How many marks this stage has, how many kills there were, and what the marks are; every `step`th is killed at."""
    async with begun(story, stage) as (settings, one):
        told = await child.do(job_of(story, stage, one, -1))
        assert told["ended"] == 0, (one.data / "log").read_text()[-3000:]
        marks = told["passed"]
        assert await check_whole(story, settings) is EXPECTED[stage][1]
    kills = 0
    for number, mark in list(enumerate(marks))[::step]:
        for _ in range(times):
            async with begun(story, stage) as (settings, one):
                told = await child.do(job_of(story, stage, one, number))
                assert told["ended"] == -9, (mark, told, (one.data / "log").read_text()[-3000:])
                kills += 1
                state = await check_whole(story, settings)
                assert state in EXPECTED[stage], (mark, state)
                await go_on(story, stage, settings)
                assert await check_whole(story, settings) is EXPECTED[stage][1], mark
                if kills % LOOKED_THROUGH == 0 or number == len(marks) - 1:
                    await _check_end(story, stage, settings)
    return len(marks), kills, ", ".join(dict.fromkeys(marks))


async def _check_end(story: Story, stage: str, settings: Settings) -> None:
    """Nothing but the letter's own files stays, and what is sealed is green."""
    digests = set(await fetch_column("SELECT digest FROM letter_file"))
    await check_store(settings, digests)
    if stage in ("seal", "stamp"):
        file = await file_now(story.letter)
        assert file is not None
        body = await FolderStore(settings.files).open(file.digest)
        found = await check_file(body or b"", code="", settings=settings)
        assert found.is_green and (stage == "seal" or found.verdict.level is Level.LTA)


async def killed_everywhere(story: Story, child: Child, stage: str, times: int, *, step: int = 1) -> None:
    marks, kills, names = await kill_at_each_mark(story, child, stage, times, step)
    engine = story.url.partition(":")[0]
    print(
        f"\nTP6 {stage}, {engine}: {marks} marks, {kills} kills, {kills} consistent and then finished, 0 stuck, the file "
        f"before always there ({names})"
    )


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("stage", STAGES)
async def test_killed_at_marked_steps_a_letter_goes_on(story: Story, child: Child, stage: str) -> None:
    """At every third of them, on PostgreSQL at every ninth: the steps are the same, and a copied database takes long."""
    await killed_everywhere(story, child, stage, 1, step=3 if story.url.startswith("sqlite") else 9)


@pytest.mark.faults
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("stage", STAGES)
async def test_killed_twenty_times_at_every_marked_step_a_letter_goes_on(
    story: Story, child: Child, stage: str
) -> None:
    await killed_everywhere(story, child, stage, 20)
