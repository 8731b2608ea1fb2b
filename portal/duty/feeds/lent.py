"""What calendars need of a room to the right: strangers who try addresses are counted where all strangers are."""

from collections.abc import Awaitable, Callable

CountStranger = Callable[[str], Awaitable[None]]
"""Counts one address tried in vain, by where it came from; refuses (`TooMany`) when it is one too many."""

count_stranger: list[CountStranger] = []


async def tried_in_vain(network: str) -> None:
    """Somebody asked for a calendar that there is not."""
    for count in count_stranger:
        await count(network)
