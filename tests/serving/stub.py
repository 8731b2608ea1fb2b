"""Stands in for the portal's parts, so that the supervisor is tried without them.

`serve` runs the real supervisor with the other words of this file as its parts. Each part writes its process
id to `$ANWANG_DATA/pids/<name>-<pid>`; STUB_<NAME>=… makes one misbehave.
"""

import http.server
import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

DATA = Path(os.environ["ANWANG_DATA"])


def note(name: str) -> None:
    folder = DATA / "pids"
    folder.mkdir(exist_ok=True, parents=True)
    (folder / f"{name}-{os.getpid()}").write_text(os.environ.get("ANWANG_REDIS_URL", ""))


def fault(name: str) -> str:
    return os.environ.get(f"STUB_{name.upper()}", "")


def web(descriptor: int) -> None:
    if fault("web") == "dies at once":
        sys.exit(1)
    if fault("web") == "bad setting":
        sys.exit(2)

    class Page(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path == "/slow":
                (DATA / "slow-began").touch()
                time.sleep(0.6)
            status = 503 if self.path == "/health/ready" and fault("web") == "not ready" else 200
            self.send_response(status)
            body = f"{os.getpid()} {self.path}".encode()
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None: ...

    server = http.server.HTTPServer(("127.0.0.1", 0), Page, bind_and_activate=False)
    server.socket.close()
    server.socket = socket.socket(fileno=descriptor)
    stopping = []
    signal.signal(signal.SIGTERM, lambda *_: stopping.append(1))
    server.timeout = 0.05
    note("web")
    while not stopping:
        server.handle_request()


def worker() -> None:
    grandchild = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    (DATA / "pids").mkdir(exist_ok=True)
    (DATA / "pids" / f"helper-{grandchild.pid}").touch()
    note("worker")
    if fault("worker") == "deaf":
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    if fault("worker") == "dies at once":
        sys.exit(3)
    time.sleep(600)


def migrate() -> None:
    note("migrate")
    if fault("migrate") == "hangs":
        time.sleep(600)
    if fault("migrate") == "fails":
        sys.exit("no such column")


def demo() -> None:
    note("demo")
    account = {
        "login": "teacher",
        "password": "x-123",
        "role": "class_teacher",
        "name": "王老师",
        "school": "一小",
    }
    (DATA / "demo-accounts.json").write_text(json.dumps([account]))


def serve() -> int:
    from portal.serving import serve as room
    from portal.serving import supervisor
    from portal.serving.words import Trouble, fail
    from portal.settings import load_settings

    supervisor.DRAIN_SECONDS = float(os.environ.get("STUB_DRAIN", "10"))
    room.READY_SECONDS = 0.5
    try:
        return room.serve(
            load_settings(),
            commands=lambda *words: [sys.executable, __file__, *words],
            end_with_parent=bool(os.environ.get("STUB_END_WITH_PARENT")),
        )
    except Trouble as trouble:
        return fail(trouble)


if __name__ == "__main__":
    word = sys.argv[1]
    if word == "web":
        web(int(sys.argv[3]))
    else:
        sys.exit({"serve": serve, "worker": worker, "migrate": migrate, "demo": demo}[word]())
