"""Who hears of it when a shift is moved, given to somebody else, or cancelled; inside the unit of work that does it."""

from collections.abc import Awaitable, Callable

from portal.core.actors import Actor

Listener = Callable[[int, str, Actor], Awaitable[None]]
"""`(shift, what, by)`; what is moved, given or cancelled."""

listeners: list[Listener] = []


async def tell_listeners(shift_id: int, what: str, by: Actor) -> None:
    """Calls everybody who wants to know."""
    for listener in listeners:
        await listener(shift_id, what, by)
