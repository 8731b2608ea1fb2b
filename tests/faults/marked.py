"""A child that does one piece of work on a letter and kills itself (-9) at a mark: the product has no hooks for it.

`python -m tests.faults.marked` reads a job in JSON from each line of its input and forks for each: the copy does the
work and dies where it is told. A mark stands before each statement that writes, before and after each commit, each
fsync and each rename, in the middle of and after each page that is set and each signature that is made. What was
passed is noted in a file, so that a run that dies nowhere tells which marks there are.

The processes that set pages and sign are started once and inherited by every copy, unless one was killed while it
waited for them.
"""

import asyncio
import json
import os
import signal
import stat
import sys
import threading
import traceback
from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import wraps
from pathlib import Path
from typing import Any

from portal.core import database
from portal.core.crypto import use_key_file
from portal.letters import running, sealing
from portal.letters.sealing import room
from portal.permissions.queries import actor_for
from portal.rendering.pdf import press as presses
from portal.rendering.pdf.child import Child
from portal.rendering.pdf.limits import Limits
from portal.rendering.pdf.pool import Pool
from portal.settings import load_settings

MIDDLE = 0.02  # seconds after the beginning of something that takes longer
LONG = timedelta(minutes=5)  # a hold that is renewed now and then would be a mark now and then
WRITES = ("INSERT", "UPDATE", "DELETE")


class Marks:
    """Counts marks, notes them, and dies at the wanted one."""

    def __init__(self, die_at: int, notes: Path) -> None:
        self.die_at, self.count = die_at, 0
        self.notes = os.open(notes, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self.lock = threading.Lock()

    def pass_by(self, name: str, *, later: float = 0.0) -> None:
        with self.lock:
            number, self.count = self.count, self.count + 1
        os.write(self.notes, f"{name}\n".encode())
        if number == self.die_at:
            if later:
                threading.Timer(later, self._die).start()
            else:
                self._die()

    def _die(self) -> None:
        os.kill(os.getpid(), signal.SIGKILL)


def put_marks(marks: Marks) -> None:
    """Between the steps of this process."""
    database.watchers.append(lambda sql: marks.pass_by(f"before {_short(sql)}") if sql.startswith(WRITES) else None)
    _around_commits(marks)
    _around_files(marks)
    for name in ("pdf_of", "printed"):
        _around(Child, name, marks, "setting pages", "pages are set")
    _around(room.Sealer, "done_with", marks, "signing", "signed")


def _short(sql: str) -> str:
    words = sql.split()
    return " ".join(words[:3] if words[0] != "UPDATE" else words[:2])


def _around(holder: Any, name: str, marks: Marks, begins: str, done: str) -> None:
    work = getattr(holder, name)

    @wraps(work)
    def marked(*args: Any, **more: Any) -> Any:
        marks.pass_by(f"amid {begins}", later=MIDDLE)
        found = work(*args, **more)
        marks.pass_by(done)
        return found

    setattr(holder, name, marked)


def _around_commits(marks: Marks) -> None:
    engine: Any = type(database.engine())
    begin = engine.transaction

    class Marked:
        def __init__(self, inner: Any) -> None:
            self.inner = inner

        async def __aenter__(self) -> Any:
            return await self.inner.__aenter__()

        async def __aexit__(self, kind: Any, *error: Any) -> Any:
            if kind is None:
                marks.pass_by("before a commit")
            found = await self.inner.__aexit__(kind, *error)
            if kind is None:
                marks.pass_by("after a commit")
            return found

    engine.transaction = lambda self, *args, **more: Marked(begin(self, *args, **more))


def _around_files(marks: Marks) -> None:
    sync, replace = os.fsync, Path.replace

    def marked_sync(descriptor: int) -> None:
        is_file = stat.S_ISREG(os.fstat(descriptor).st_mode)
        if is_file:
            marks.pass_by("before a file is synced")
        sync(descriptor)
        marks.pass_by("a file is synced" if is_file else "a folder is synced")

    def marked_replace(self: Path, target: Any) -> Path:
        found = replace(self, target)
        marks.pass_by("a file has its name")
        return found

    os.fsync = marked_sync
    Path.replace = marked_replace  # type: ignore[method-assign]


async def work(job: dict[str, Any]) -> None:
    """What the job asks, in this process."""
    settings = load_settings(job["environ"])
    use_key_file(settings.key_file)
    await database.open_database(settings.database_url, size=3)
    put_marks(Marks(int(job["die_at"]), Path(job["notes"])))
    await VERBS[job["verb"]](job, settings)
    await database.close_database()


async def _run(_job: dict[str, Any], settings: Any) -> None:
    await running.run_waiting_letters(settings, lease=LONG)


async def _sign(job: dict[str, Any], settings: Any) -> None:
    from portal.core.clock import now
    from tests.faults.letter_signing import sign_as

    by = await actor_for(job["person"], at=now())
    assert by is not None
    await sign_as(job["letter"], by=by, settings=settings)


VERBS: dict[str, Callable[[dict[str, Any], Any], Awaitable[None]]] = {"run": _run, "sign": _sign}


class Stock:
    """The processes that every copy inherits, ready for work."""

    def __init__(self) -> None:
        self.child = self._child()
        self.sealers = {side: self._sealer(limits) for side, limits in room._limits.items()}

    def _child(self) -> Child:
        made = Child(presses.Press().limits)
        made.pdf_of(["<p>1</p>"], lambda _: None)
        return made

    def _sealer(self, limits: Limits) -> room.Sealer:
        made = room.Sealer(limits)
        made._within(30, made._await, b"R", lambda _: None)
        made._ready = True
        return made

    def lend(self) -> None:
        """As this process's own."""
        press = presses.Press()
        press._idle.append(self.child)
        presses._press = press
        for side, sealer in self.sealers.items():
            pool: Pool[room.Sealer] = Pool(lambda: room.Sealer(room.SIGNING), processes=1, waiting=9)
            pool._idle.append(sealer)
            room._pools[side] = pool

    def renew(self, amid: str) -> None:
        """Whoever asked was killed: the answer would be taken for the next one's."""
        if amid == "amid signing":
            for side, limits in room._limits.items():
                self.sealers[side].close()
                self.sealers[side] = self._sealer(limits)
        else:
            self.child.close()
            self.child = self._child()

    def close(self) -> None:
        for one in (self.child, *self.sealers.values()):
            one.close()


def copy(job: dict[str, Any], stock: Stock) -> int:
    """Forks; gives how the copy ended, as `waitpid` tells it."""
    pid = os.fork()
    if pid:
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    try:
        log = os.open(job["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        os.dup2(log, 1)
        os.dup2(log, 2)
        stock.lend()
        asyncio.run(work(job))
        os._exit(0)
    except BaseException:
        traceback.print_exc()
        os._exit(1)


def main() -> None:
    """One job after another until the input ends."""
    assert sealing
    stock = Stock()
    for line in sys.stdin:
        job = json.loads(line)
        ended = copy(job, stock)
        passed = Path(job["notes"]).read_text().splitlines()
        if ended == -signal.SIGKILL and passed and passed[-1].startswith("amid"):
            stock.renew(passed[-1])
        print(json.dumps({"ended": ended, "passed": passed}), flush=True)
    stock.close()


if __name__ == "__main__":
    main()
