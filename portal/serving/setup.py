"""Everything between a fresh clone and a portal that can start: `python3 -m portal.serving.setup run`.

Runs with the system's Python and nothing but its standard library. What is done already is recognised by
digest and costs milliseconds; what takes long says how far it is. Only what the portal cannot start without
ends in a failure.
"""

import ctypes
import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from portal.serving.words import Trouble, fail, say

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
LETTERS = {
    "libpango-1.0-0": "libpango-1.0.so.0",
    "libpangoft2-1.0-0": "libpangoft2-1.0.so.0",
    "libharfbuzz-subset0": "libharfbuzz-subset.so.0",  # without it a letter takes seconds instead of 0.1
}
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
TAIL = 25  # lines of a failed installer that are shown


def main(words: Sequence[str]) -> int:
    """`run`: the libraries and what letters need. `test`: also what tests need.

    In CI a missing browser is an error.
    """
    testing = list(words) == ["test"]
    try:
        make_environment()
        install(ROOT / ("requirements-dev.txt" if testing else "requirements.txt"))
        install_from_system(missing_for_letters(), "setup.letters")
        if testing:
            install_from_system(missing_for_tests(), "setup.browser")
            if in_ci() and not browser():
                raise Trouble("setup.no_browser_in_ci", status=1)
    except Trouble as trouble:
        return fail(trouble)
    except KeyboardInterrupt:
        return 130
    return 0


def make_environment() -> None:
    """Makes `.venv`, again if its Python is gone (the system was upgraded)."""
    if PYTHON.exists() and _succeeds([str(PYTHON), "-c", "import pip, sys; sys.exit(sys.version_info < (3, 11))"]):
        return
    say("setup.environment", version=sys.version.split()[0])
    command = [sys.executable, "-m", "venv", "--clear", str(VENV)]
    if _succeeds(command):
        return
    package = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"  # ensurepip is a package of its own
    if not _apt(["python3-venv", package]) or not _succeeds(command):
        shutil.rmtree(VENV, ignore_errors=True)
        raise Trouble("setup.no_venv", status=1, command=f"{_sudo()}apt-get install -y python3-venv")


def install(lock: Path) -> None:
    """Installs a lock file, with its hashes, unless exactly this file has been installed here before."""
    digest = hashlib.sha256(lock.read_bytes()).hexdigest()
    stamp = VENV / f".installed-{lock.stem}"
    if stamp.exists() and stamp.read_text() == digest:
        return
    total = len(re.findall(r"^[a-z0-9]\S*==", lock.read_text(), flags=re.MULTILINE))
    say("setup.libraries", count=total)
    command = [str(PYTHON), "-m", "pip", "install", "--require-hashes", "--no-input", "--progress-bar", "off"]
    command += ["--disable-pip-version-check", "--no-warn-script-location", "-r", str(lock)]
    status, tail = _watch(command, _Progress(total).line)
    if status != 0:
        print("".join(tail), file=sys.stderr)
        raise Trouble("setup.libraries_failed", status=1)
    stamp.write_text(digest)
    say("setup.libraries_done")


class _Progress:
    """How far pip is: a line that overwrites itself on a terminal, one line per tenth elsewhere."""

    def __init__(self, total: int) -> None:
        self.total = max(1, total)
        self.count = 0
        self.terminal = sys.stdout.isatty()

    def line(self, text: str) -> None:
        if text.startswith("Installing collected packages"):
            self._show("setup.unpacking", end="\n")
        if not text.startswith(("Collecting ", "Processing ", "Ignoring ", "Requirement already satisfied")):
            return
        self.count += 1
        if self.terminal or self.count % max(1, self.total // 10) == 0:
            self._show("setup.progress", end="\r" if self.terminal else "\n")

    def _show(self, code: str, *, end: str) -> None:
        from portal.serving.labels import WORDS

        text = " / ".join(WORDS[code]).format(count=min(self.count, self.total), total=self.total)
        print(f"  {text}  ", end=end, flush=True)


def missing_for_letters() -> list[str]:
    """The system packages without which paper is not made, or slowly, or not with rare names.

    Our own font holds the 8,105 standard characters; a name outside of them takes its glyph from the system's.
    """
    return [*(package for package, library in LETTERS.items() if not _loads(library)), *_missing_font()]


def _missing_font() -> list[str]:
    return [] if any(Path("/usr/share/fonts").rglob("*CJK*")) else ["fonts-noto-cjk"]


def missing_for_tests() -> list[str]:
    """The system packages for browser tests: the browser, its driver's library, a Chinese font."""
    missing = [] if browser() else ["chromium"]
    if not _loads("libatomic.so.1"):
        missing.append("libatomic1")
    return [*missing, *_missing_font()]


def browser() -> str | None:
    """The path of a Chromium, or None."""
    return next((found for name in BROWSERS if (found := shutil.which(name))), None)


def install_from_system(packages: list[str], code: str) -> None:
    """Installs system packages where that is allowed, else says what to type. Never stops the start."""
    if not packages:
        return
    # once only: a machine without a network must not wait at every start
    tried = VENV / f".tried-{'-'.join(packages)}"
    if not tried.exists() and _apt(packages):
        return
    tried.touch()
    say(code, command=f"{_sudo()}apt-get install -y {' '.join(packages)}")


def in_ci() -> bool:
    """True in continuous integration, where nothing may be skipped in silence."""
    return os.environ.get("CI", "").lower() not in ("", "0", "false")


def _apt(packages: Iterable[str]) -> bool:
    """Installs with apt-get as root (in CI also by sudo without a password); false where that is not
    allowed.
    """
    prefix = [] if os.geteuid() == 0 else ["sudo", "-n"]
    if shutil.which("apt-get") is None or (prefix and not (in_ci() and _succeeds(["sudo", "-n", "true"]))):
        return False
    names = list(packages)
    say("setup.system", names=" ".join(names))
    environ = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    apt = [*prefix, "apt-get", "-q", "-o", "DPkg::Lock::Timeout=120"]
    _watch([*apt, "update"], _quiet, environ)
    status, tail = _watch([*apt, "install", "-y", "--no-install-recommends", *names], _quiet, environ)
    if status != 0:
        print("".join(tail), file=sys.stderr)
    return status == 0


def _quiet(_: str) -> None:
    """Nothing: apt-get's lines are shown only when it failed."""


def _watch(
    command: Sequence[str], each: Callable[[str], None], environ: dict[str, str] | None = None
) -> tuple[int, list[str]]:
    """Runs a command, hands each line of its output on, and keeps the last ones."""
    tail: list[str] = []
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
        text=True,
        env=environ,
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            tail = [*tail[-TAIL:], line]
            each(line)
    return process.returncode, tail


def _succeeds(command: Sequence[str]) -> bool:
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def _sudo() -> str:
    return "" if os.geteuid() == 0 else "sudo "


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
