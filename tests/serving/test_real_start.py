"""The portal itself: started as `make run` starts it, killed part by part, stopped, started again."""

import http.client
import json
import os
import signal
import time
from pathlib import Path

import pytest

from portal.serving.ready import read_accounts
from portal.settings import load_settings
from tests.serving.portal_process import RealPortal, until

ACCOUNTS = {"bureau", "principal", "safety", "leader", "chief", "teacher", "outsider"}


def port_of(running: RealPortal) -> int:
    return int(running.says(r"打开：http://127\.0\.0\.1:\d+").rsplit(":", 1)[1])


def ready(port: int) -> dict[str, object] | None:
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        line.request("GET", "/health/ready")
        reply = line.getresponse()
        body: dict[str, object] = json.loads(reply.read())
        return body if reply.status == 200 else None
    except (OSError, http.client.HTTPException):
        return None
    finally:
        line.close()


def nothing_is_left(running: RealPortal) -> bool:
    return not any(running.living(name) for name in ("serve", "web", "worker")) and not running.redis_pid()


@pytest.mark.slow
def test_the_portal_starts_heals_stops_and_starts_again(tmp_path: Path) -> None:
    data = tmp_path / "var"
    running = RealPortal(data).start()
    try:
        port = port_of(running)
        until(lambda: ready(port))
        accounts = read_accounts(load_settings({"ANWANG_DATA": str(data)}))
        assert {account["login"] for account in accounts} >= ACCOUNTS
        assert all(account["password"] and account["name"] and account["school"] for account in accounts)
        passwords = [account["password"] for account in accounts]
        assert len(set(passwords)) == len(passwords)
        for name in ("worker", "web", "redis"):
            killed = running.redis_pid() if name == "redis" else running.living(name)[0]
            os.kill(killed, signal.SIGKILL)
            running.says(rf"{name} is started again")
            until(lambda: ready(port))
        assert running.stop() == 0
        assert nothing_is_left(running) and not list(data.rglob("*.sock"))
    finally:
        if running.process.poll() is None:
            running.stop()
    again = RealPortal(data).start()
    try:
        begun = time.monotonic()
        again.says("It took")
        print(f"second start: {time.monotonic() - begun:.1f} s")
        until(lambda: ready(port_of(again)))
        assert passwords == [one["password"] for one in read_accounts(load_settings({"ANWANG_DATA": str(data)}))]
        again.signal(signal.SIGKILL)
        until(lambda: nothing_is_left(again))
    finally:
        if again.process.poll() is None:
            again.stop()
