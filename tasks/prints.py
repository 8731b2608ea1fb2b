"""Paper that somebody has asked for: the outbox wakes the printer, which takes jobs by leases of their own.

Not made inside the outbox's own transaction: setting 300 plates takes half a minute, and reminders do not wait for it.
"""

from collections.abc import Callable

from portal.audit.outbox import Claimed
from portal.core.database import after_commit

_wake: Callable[[], None] | None = None


def use_printer(wake: Callable[[], None] | None) -> None:
    """Sets what is called when a job waits. It must never raise."""
    global _wake
    _wake = wake


async def wake_printer(_entry: Claimed) -> None:
    """Something is to be printed: now, not at the next look."""
    after_commit(_ring)


async def _ring() -> None:
    if _wake is not None:
        _wake()
