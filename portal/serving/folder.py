"""The data folder: made private at first start, and owned by one `serve` at a time."""

import errno
import fcntl
import os
from pathlib import Path

from portal.serving.keys import check_key, make_key
from portal.serving.words import Trouble
from portal.settings import Settings

LOCK = "serve.lock"


def prepare_folder(settings: Settings) -> None:
    """Makes the data folder (mode 0700); refuses one that cannot be written to."""
    try:
        settings.data.mkdir(mode=0o700, parents=True, exist_ok=True)
        probe = settings.data / f".write-{os.getpid()}"
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as error:
        code = "folder.full" if error.errno == errno.ENOSPC else "folder.not_writable"
        raise Trouble(code, path=settings.data, why=error.strerror) from None


def prepare_key(settings: Settings, *, new_key: bool = False) -> None:
    """Makes the key at the first start.

    A database whose key is missing is refused: a new key would not open it.
    """
    database = settings.sqlite_file
    if not new_key and database is not None and database.exists() and not settings.key_file.exists():
        raise Trouble("key.lost", path=settings.key_file, database=database)
    try:
        make_key(settings.key_file)
    except OSError as error:
        raise Trouble("folder.not_writable", path=settings.key_file, why=error.strerror) from None
    check_key(settings.key_file)


def own_folder(data: Path) -> int:
    """Takes the folder's lock for the life of this process; returns its descriptor. Refused while
    another holds it.

    The kernel lets go of it when the process ends, however it ends, so nothing has to be cleaned up.
    """
    handle = os.open(data / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        owner = os.pread(handle, 20, 0).decode("ascii", "replace").strip() or "?"
        os.close(handle)
        raise Trouble("folder.owned", path=data, pid=owner) from None
    os.ftruncate(handle, 0)
    os.pwrite(handle, f"{os.getpid()}\n".encode(), 0)
    return handle
