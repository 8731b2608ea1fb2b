"""`python -m portal serve`: everything that one machine needs, under one supervisor."""

import os
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from portal.serving import embedded_redis
from portal.serving.folder import own_folder, prepare_folder, prepare_key
from portal.serving.listening import listen
from portal.serving.parent import stop_with_parent
from portal.serving.ready import announce, ask
from portal.serving.supervisor import Part, Stopped, Supervisor
from portal.serving.words import Trouble, say
from portal.settings import KNOWN, ROOT, Settings, load_settings

READY_SECONDS = 20.0
NEVER_UP = 5  # deaths of a web process that has never answered, after which a person is needed
GIVE_UP = 3  # deaths of Redis at the start, after which its files are suspected
Commands = Callable[..., Sequence[str]]


def portal_command(*words: str) -> list[str]:
    """The command line of one of the portal's own commands, with this interpreter."""
    return [sys.executable, "-m", "portal", *words]


def serve(
    settings: Settings,
    *,
    commands: Commands = portal_command,
    new_key: bool = False,
    end_with_parent: bool = False,
) -> int:
    """Runs the portal until Ctrl-C or SIGTERM; returns the exit status.

    `commands` gives each part's command line. `end_with_parent`: a killed `make run` stops the portal too.
    """
    begun = time.monotonic()
    if end_with_parent:
        stop_with_parent()
    warn(settings, os.environ)
    prepare_folder(settings)
    lock = own_folder(settings.data)
    try:
        prepare_key(settings, new_key=new_key)
        return _Serving(settings, commands, begun).run()
    except Stopped:
        return 0
    finally:
        os.close(lock)


def warn(settings: Settings, environ: Mapping[str, str]) -> None:
    """Says what is allowed but most likely not meant."""
    for name in sorted(environ):
        if name.startswith("ANWANG_") and name not in KNOWN:
            say("setting.unknown", name=name)
    if settings.secure_cookies and not settings.trusted_proxies:
        say("setting.no_proxies")


@dataclass
class _Serving:
    settings: Settings
    commands: Commands
    begun: float

    def run(self) -> int:
        listener = listen(self.settings)
        with listener, Supervisor(cwd=str(ROOT)) as supervisor:
            if self.settings.port == 0:  # any free port: learn which one it is
                given = {**os.environ, "ANWANG_PORT": str(listener.getsockname()[1])}
                self.settings = load_settings(given)
            self.environ = {**os.environ, **self.settings.environ(), "PYTHONUNBUFFERED": "1"}
            redis = self.start_redis(supervisor)
            try:
                self.prepare_database(supervisor)
                self.start_parts(supervisor, listener.fileno())
                self.keep(supervisor)
                say("serve.stopping")
                listener.close()
                supervisor.stop()
            finally:
                supervisor.stop()
                if redis is not None:
                    embedded_redis.clean_up(redis, self.settings.data)
        say("serve.stopped")
        return 0

    def start_redis(self, supervisor: Supervisor) -> Path | None:
        """Starts the embedded Redis, unless another is set; without a binary the portal runs on, a little
        slower.
        """
        if self.settings.redis_url is not None:
            return None
        server = embedded_redis.find_server()
        if server is None:
            say("redis.none")
            return None
        data = self.settings.data
        path = embedded_redis.prepare_place(data)
        part = Part("redis", embedded_redis.command(server, data, path), {"LANG": "C"}, last=True)
        supervisor.add(part)
        well = _wait_for_pong(supervisor, part, path)
        if not well and part.deaths >= GIVE_UP and embedded_redis.set_unreadable_aside(data):
            say("redis.set_aside", path=data)
            part.deaths, part.start_at = 0, time.monotonic()
            _wait_for_pong(supervisor, part, path)
        self.environ["ANWANG_REDIS_URL"] = f"unix://{path}"
        return path

    def prepare_database(self, supervisor: Supervisor) -> None:
        """Brings the database up to date and, when it is empty, loads the demonstration data."""
        self.step(supervisor, "migrate")
        if self.settings.demo:
            self.step(supervisor, "demo", "--if-empty")

    def step(self, supervisor: Supervisor, *words: str) -> None:
        status = supervisor.run_to_end(self.commands(*words), self.environ)
        if status != 0:
            raise Trouble("serve.step_failed", status=1, name=words[0], ended=status)

    def start_parts(self, supervisor: Supervisor, descriptor: int) -> None:
        supervisor.add(Part("worker", self.commands("worker"), self.environ))
        for number in range(1, self.settings.web_processes + 1):
            name = "web" if self.settings.web_processes == 1 else f"web {number}"
            command = self.commands("web", "--fd", str(descriptor))
            supervisor.add(Part(name, command, self.environ, descriptors=(descriptor,)))

    def keep(self, supervisor: Supervisor) -> None:
        """Until a stop is asked for: tends the parts; tells once when the portal answers, and once what
        is not well.
        """
        while not supervisor.stops and ask(self.settings, "/health/live", patience=0.4).status == 0:
            supervisor.tend(0.1)
            if any(part.deaths >= NEVER_UP for part in supervisor.parts if part.name.startswith("web")):
                raise Trouble("serve.never_up", status=1, times=NEVER_UP)
        if supervisor.stops:
            return
        announce(self.settings)
        say("ready.took", seconds=f"{time.monotonic() - self.begun:.1f}")
        until = time.monotonic() + READY_SECONDS
        answer = ask(self.settings, "/health/ready")
        while not supervisor.stops and answer.status != 200 and time.monotonic() < until:
            supervisor.tend(0.5)
            answer = ask(self.settings, "/health/ready")
        if not supervisor.stops and answer.status != 200:
            say("ready.not_well", status=answer.status, body=answer.body)
        while not supervisor.stops:
            supervisor.tend()


def _wait_for_pong(supervisor: Supervisor, part: Part, path: Path, *, seconds: float = 10.0) -> bool:
    """True once the server answers; False when it ended three times or the time is over. Raises `Stopped`."""
    until = time.monotonic() + seconds
    while time.monotonic() < until and part.deaths < GIVE_UP:
        if embedded_redis.answers(path):
            return True
        if supervisor.stops:
            raise Stopped
        supervisor.tend(0.02)
    return False
