"""A child that must not outlive its parent, even one that was killed without warning (Linux)."""

import ctypes
import os
import signal
import sys
from collections.abc import Callable

_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def die_with_parent() -> Callable[[], None] | None:
    """What the child runs between fork and exec (`preexec_fn`); None where the kernel knows no such thing.

    Only calls that are safe after a fork: the library is loaded and the parent's id is read beforehand.
    """
    if _libc is None:
        return None
    prctl, parent = _libc.prctl, os.getpid()

    def before_exec() -> None:
        prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        if os.getppid() != parent:  # it died between fork and here
            os._exit(1)

    return before_exec


def stop_with_parent() -> None:
    """This process gets SIGTERM when the one that started it has ended, however it ended."""
    if _libc is not None:
        _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
