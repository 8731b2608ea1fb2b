"""The command line, the set-up script and the Makefile."""

import subprocess
import sys
from pathlib import Path

import pytest

from portal import __main__ as command_line
from portal.serving import embedded_redis, setup
from portal.settings import ROOT


def test_help_lists_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        command_line.main(["--help"])
    shown = capsys.readouterr().out
    assert ended.value.code == 0
    for name in [
        "serve",
        "web",
        "worker",
        "migrate",
        "demo",
        "import",
        "admin",
        "verify-audit",
        "backup",
        "restore",
        "files",
    ]:
        assert f"    {name} " in shown or f"    {name}\n" in shown


def test_help_imports_no_room() -> None:
    """A room that is broken must not take the command line with it."""
    code = "import sys, portal.__main__ as m; m.parser(); print([n for n in sys.modules if n.startswith('portal.')])"
    shown = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert sorted(eval(shown)) == [
        "portal.__main__",
        "portal.serving",
        "portal.serving.labels",
        "portal.serving.words",
        "portal.settings",
    ]


def test_a_missing_room_is_a_plain_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    table = {**command_line.TABLE, "migrate": command_line.Command("portal.no_such_room:run")}
    monkeypatch.setattr(command_line, "TABLE", table)
    assert command_line.main(["migrate"]) == 2
    assert "This version has no portal.no_such_room" in capsys.readouterr().err


def test_a_bad_setting_ends_a_command_with_status_2(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ANWANG_PORT", "x")
    assert command_line.main(["migrate"]) == 2
    assert "ANWANG_PORT=x" in capsys.readouterr().err


@pytest.mark.parametrize("name", sorted(command_line.TABLE))
def test_every_command_is_there(name: str) -> None:
    assert callable(command_line.function_of(command_line.TABLE[name]))


def test_the_first_command_in_an_empty_folder_makes_the_key_before_the_database(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANWANG_DATA", str(tmp_path / "new"))
    assert command_line.main(["migrate"]) == 0
    assert {"secret.key", "anwang.db"} <= {path.name for path in (tmp_path / "new").iterdir()}
    (tmp_path / "new" / "secret.key").unlink()
    assert command_line.main(["demo"]) == 2, "a database whose key is lost is not written to with another"


def test_the_makefile_describes_each_of_its_commands() -> None:
    shown = subprocess.run(["make", "-s", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name in ["help", "run", "test", "lint", "format", "types", "bench", "pictures", "faults", "clean"]:
        assert f"  {name} " in shown


def test_a_redis_is_found_and_a_short_path_is_kept(tmp_path: Path) -> None:
    assert embedded_redis.find_server() is not None
    assert embedded_redis.socket_path(Path("/srv/anwang")) == Path("/srv/anwang/redis/redis.sock")
    assert len(str(embedded_redis.socket_path(Path("/" + "x" * 200)))) <= embedded_redis.SOCKET_LIMIT


def test_the_locks_name_no_index_and_carry_hashes() -> None:
    for name in ("requirements.txt", "requirements-dev.txt"):
        text = (ROOT / name).read_text()
        assert "://" not in text
        assert "--index" not in text and "file:" not in text
        blocks = [block for block in text.replace(" \\\n", " ").splitlines() if block and not block.startswith("#")]
        assert all("--hash=sha256:" in block for block in blocks)


def test_what_is_installed_already_is_not_installed_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lock = tmp_path / "requirements.txt"
    lock.write_text("one==1 \\\n    --hash=sha256:00\ntwo==2 \\\n    --hash=sha256:00\n")
    monkeypatch.setattr(setup, "VENV", tmp_path)
    ran: list[object] = []

    def watch(command: object, *_: object) -> tuple[int, list[str]]:
        ran.append(command)
        return 0, []

    monkeypatch.setattr(setup, "_watch", watch)
    setup.install(lock)
    setup.install(lock)
    assert len(ran) == 1
    lock.write_text("one==2 \\\n    --hash=sha256:00\n")
    setup.install(lock)
    assert len(ran) == 2


def test_libraries_that_cannot_be_fetched_are_told_with_the_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    lock = tmp_path / "requirements.txt"
    lock.write_text("one==1 \\\n    --hash=sha256:00\n")
    monkeypatch.setattr(setup, "VENV", tmp_path)
    monkeypatch.setattr(setup, "make_environment", lambda: None)
    monkeypatch.setattr(setup, "ROOT", tmp_path)
    monkeypatch.setattr(setup, "_watch", lambda *_: (1, ["no route to host\n"]))
    assert setup.main(["run"]) == 1
    shown = capsys.readouterr().err
    assert "no route to host" in shown and "type the same command again" in shown


def test_missing_system_packages_are_one_line_to_type_and_tried_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    tries: list[object] = []

    def refused(packages: list[str]) -> bool:
        tries.append(packages)
        return False

    monkeypatch.setattr(setup, "VENV", tmp_path)
    monkeypatch.setattr(setup, "_apt", refused)
    monkeypatch.setattr(setup, "_sudo", lambda: "sudo ")
    for _ in range(2):
        setup.install_from_system(["libpango-1.0-0"], "setup.letters")
        assert "sudo apt-get install -y libpango-1.0-0" in capsys.readouterr().out
    assert len(tries) == 1


def test_in_ci_a_missing_browser_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(setup, "VENV", tmp_path)
    for name in ("make_environment", "install", "install_from_system"):
        monkeypatch.setattr(setup, name, lambda *_: None)
    monkeypatch.setattr(setup, "browser", lambda: None)
    monkeypatch.setenv("CI", "true")
    assert setup.main(["test"]) == 1
    monkeypatch.setenv("CI", "")
    assert setup.main(["test"]) == 0


def test_a_python_without_venv_is_one_line_to_type(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(setup, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(setup, "PYTHON", tmp_path / ".venv" / "bin" / "python")
    monkeypatch.setattr(setup, "_succeeds", lambda _: False)
    monkeypatch.setattr(setup, "_apt", lambda _: False)
    monkeypatch.setattr(setup, "_sudo", lambda: "sudo ")
    assert setup.main(["run"]) == 1
    assert "Type: sudo apt-get install -y python3-venv, then make run again" in capsys.readouterr().err
    assert not (tmp_path / ".venv").exists()
