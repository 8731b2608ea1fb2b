"""What checking needs of a room to the right: strangers are counted where all strangers are (TA10)."""

from collections.abc import Awaitable, Callable
from typing import NamedTuple

Ask = Callable[[str, str], Awaitable[None]]

CODE, FILE = "letter", "letterfile"
"""What is counted: codes tried in vain, files handed in."""


class Visits(NamedTuple):
    """What is counted, and of which network. Both refuse (`TooMany`) where one more is one too many."""

    refuse: Ask
    note: Ask


visits: list[Visits] = []


async def refuse_flood(what: str, network: str) -> None:
    """The question without counting."""
    for one in visits:
        await one.refuse(what, network)


async def count_visit(what: str, network: str) -> None:
    """Counts one more."""
    for one in visits:
        await one.note(what, network)
