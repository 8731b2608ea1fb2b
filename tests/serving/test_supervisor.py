"""The supervisor with stand-ins for its parts: it starts, restarts, stops, and leaves nothing behind."""

import http.client
import os
import signal
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.serving.portal_process import ROOT, PortalProcess, alive, portal, until

NAMES = ("web", "worker", "helper", "migrate", "demo")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "var"


def nothing_is_left(running: PortalProcess) -> bool:
    return not any(running.living(name) for name in NAMES) and not running.redis_pid()


def port_of(running: PortalProcess) -> int:
    return int(running.says(r"打开：http://127\.0\.0\.1:\d+").rsplit(":", 1)[1])


def get(port: int, path: str = "/") -> str:
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    line.request("GET", path)
    answer = line.getresponse().read().decode()
    line.close()
    return answer


def test_a_start_prints_the_address_and_who_can_sign_in_and_a_stop_leaves_nothing(data: Path) -> None:
    with portal(data) as running:
        running.says("teacher +x-123 +class_teacher 王老师 一小")
        running.says("It took")
        until(lambda: running.living("web") and running.living("worker") and running.redis_pid())
        assert get(port_of(running)).endswith(" /")
        assert running.stop() == 0
        running.says("Everything is stopped")
        assert nothing_is_left(running)
        assert not list(data.rglob("*.sock"))
        assert (data / "secret.key").stat().st_mode & 0o777 == 0o600


def test_ctrl_c_stops_everything(data: Path) -> None:
    with portal(data) as running:
        running.says("It took")
        running.signal(signal.SIGINT)
        assert running.ended() == 0
        assert nothing_is_left(running)


@pytest.mark.parametrize("name", ["web", "worker", "redis"])
def test_a_part_that_is_killed_comes_back(data: Path, name: str) -> None:
    with portal(data) as running:
        port = port_of(running)
        running.says("It took")
        until(lambda: running.living("worker"))
        killed = running.redis_pid() if name == "redis" else running.living(name)[0]
        os.kill(killed, signal.SIGKILL)
        running.says(rf"{name} \(process {killed}\) has ended: SIGKILL")
        again = running.says(rf"{name} is started again \(process \d+\)")
        assert str(killed) not in again
        assert get(port)
        if name == "worker":
            until(lambda: len(running.living("helper")) == 1)  # what the dead one left was swept
        running.stop()
        assert nothing_is_left(running)


def test_whoever_connects_while_the_web_process_restarts_is_answered(data: Path) -> None:
    with portal(data) as running:
        port = port_of(running)
        running.says("It took")
        killed = running.living("web")[0]
        os.kill(killed, signal.SIGKILL)
        assert not get(port).startswith(f"{killed} ")


def test_two_web_processes_share_one_address(data: Path) -> None:
    with portal(data, ANWANG_WEB_PROCESSES="2") as running:
        running.says("It took")
        until(lambda: len(running.living("web")) == 2)
        port = port_of(running)
        os.kill(running.living("web")[0], signal.SIGKILL)
        assert get(port)
        running.stop()
        assert nothing_is_left(running)


def test_a_killed_supervisor_takes_its_parts_with_it_and_the_next_start_works(data: Path) -> None:
    with portal(data) as running:
        running.says("It took")
        until(lambda: running.living("worker"))
        redis = running.redis_pid()
        running.signal(signal.SIGKILL)
        running.process.wait()
        until(lambda: not running.living("web") and not running.living("worker") and not alive(redis))
        for pid in running.living("helper"):
            os.kill(pid, signal.SIGKILL)  # a part's own children are the part's business
    with portal(data) as running:
        running.says("It took")
        running.stop()
        assert nothing_is_left(running)


def test_a_second_serve_on_the_same_folder_is_told_plainly(data: Path) -> None:
    with portal(data) as first:
        first.says("It took")
        with portal(data) as second:
            assert second.ended() == 2
            assert f"process {first.process.pid}" in second.output
        assert alive(first.process.pid) and first.living("web")


def test_a_taken_port_is_told_before_anything_starts(data: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with portal(data, ANWANG_PORT=str(port)) as running:
            assert running.ended() == 2
            assert f"ANWANG_PORT={port + 1} make run" in running.output
            assert not running.pids("migrate")


def test_a_migration_that_fails_starts_nothing(data: Path) -> None:
    with portal(data, STUB_MIGRATE="fails") as running:
        assert running.ended() == 1
        assert "no such column" in running.output and "Nothing was started" in running.output
        assert not running.pids("web") and nothing_is_left(running)


def test_ctrl_c_during_the_migration_stops_it(data: Path) -> None:
    with portal(data, STUB_MIGRATE="hangs") as running:
        until(lambda: running.living("migrate"))
        running.signal(signal.SIGINT)
        assert running.ended() == 0
        assert nothing_is_left(running)


def test_a_part_that_refuses_its_settings_stops_everything(data: Path) -> None:
    with portal(data, STUB_WEB="bad setting") as running:
        assert running.ended() == 2
        assert "web cannot start with these settings" in running.output
        assert nothing_is_left(running)


def test_a_part_that_keeps_dying_is_started_less_and_less_often(data: Path) -> None:
    with portal(data, STUB_WORKER="dies at once") as running:
        for pause in ("0.2", "0.4", "0.8"):
            running.says(rf"worker \(process \d+\) has ended: exit 3\. It is started again in {pause} s")
        running.stop()
        assert nothing_is_left(running)


def test_a_deaf_part_is_killed_after_its_time(data: Path) -> None:
    with portal(data, STUB_WORKER="deaf", STUB_DRAIN="0.3") as running:
        running.says("It took")
        until(lambda: running.living("worker"))
        assert running.stop() == 0
        assert nothing_is_left(running)


def test_a_second_ctrl_c_does_not_wait(data: Path) -> None:
    with portal(data, STUB_WORKER="deaf", STUB_DRAIN="600") as running:
        running.says("It took")
        until(lambda: running.living("worker"))
        running.signal(signal.SIGINT)
        running.says("Stopping")
        running.signal(signal.SIGINT)
        assert running.ended() == 0
        assert nothing_is_left(running)


def test_a_part_that_is_not_well_is_named(data: Path) -> None:
    with portal(data, STUB_WEB="not ready") as running:
        running.says(r"a part is not well yet \(503\): \d+ /health/ready")


def test_without_demonstration_data_it_says_how_to_make_the_first_account(data: Path) -> None:
    with portal(data, ANWANG_DEMO="0") as running:
        running.says("The first account: python -m portal admin")
        assert not running.pids("demo")


def test_another_redis_is_used_when_one_is_set(data: Path) -> None:
    with portal(data, ANWANG_REDIS_URL="redis://127.0.0.1:1/0") as running:
        running.says("It took")
        assert not running.redis_pid()
        assert next((data / "pids").glob("web-*")).read_text() == "redis://127.0.0.1:1/0"


def test_a_long_data_path_still_has_a_redis(tmp_path: Path) -> None:
    data = tmp_path / ("d" * 120) / "var"
    with portal(data) as running:
        running.says("It took")
        address = next((data / "pids").glob("web-*")).read_text()
        place = Path(address.removeprefix("unix://"))
        assert place.is_socket() and place.parent.stat().st_mode & 0o777 == 0o700
        running.stop()
        assert not place.parent.exists() and nothing_is_left(running)


def test_files_that_redis_cannot_read_are_set_aside(data: Path) -> None:
    (data / "redis").mkdir(parents=True)
    (data / "redis" / "appendonly.aof").write_bytes(b"REDIS9999 of another age")
    with portal(data) as running:
        running.says("It took")
        assert running.redis_pid()
        assert list(data.glob("redis-unreadable-*/appendonly.aof"))
        running.stop()
        assert nothing_is_left(running)


def test_a_lost_key_is_not_silently_replaced(data: Path) -> None:
    data.mkdir()
    (data / "anwang.db").touch()
    with portal(data) as running:
        assert running.ended() == 2
        assert "Put your kept copy back" in running.output
    assert not (data / "secret.key").exists()


def test_a_request_that_is_running_is_answered_before_the_stop(data: Path) -> None:
    with portal(data) as running:
        port = port_of(running)
        running.says("It took")
        with ThreadPoolExecutor(1) as thread:
            answer = thread.submit(get, port, "/slow")
            until((data / "slow-began").exists)
            assert running.stop() == 0
            assert answer.result().endswith(" /slow")
        assert nothing_is_left(running)


def test_a_killed_make_run_stops_the_portal_too(data: Path) -> None:
    code = "import subprocess, sys; print(subprocess.Popen(sys.argv[1:]).pid, flush=True); input()"
    running = PortalProcess(data, STUB_END_WITH_PARENT="1")
    with subprocess.Popen(
        [sys.executable, "-c", code, sys.executable, str(ROOT / "tests/serving/stub.py"), "serve"],
        env=running.environ, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as parent:  # fmt: skip
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        until(lambda: running.living("web") and running.redis_pid())
        parent.kill()
        until(lambda: not alive(pid))
        assert nothing_is_left(running)


def test_a_web_process_that_never_comes_up_is_given_up_in_words(data: Path) -> None:
    with portal(data, STUB_WEB="dies at once") as running:
        assert running.ended() == 1
        assert "was started 5 times" in running.output
        assert nothing_is_left(running)
