"""What hangs on a person, asked of every room that has lent an answer (`app.py` hands them over)."""

from portal.core.actors import Actor
from portal.core.provided import Hanging, Held

lenders: list[Hanging] = []


def use_hanging(*hanging: Hanging) -> None:
    """Sets who is asked, in this order. Doing it twice changes nothing."""
    lenders[:] = hanging


async def hanging_on(person_id: int, *, by: Actor, language: str) -> list[Held]:
    """Everything that hangs on a person and that the actor may see; nothing that is zero."""
    return [held for ask in lenders for held in await ask(person_id, by, language) if held.number]
