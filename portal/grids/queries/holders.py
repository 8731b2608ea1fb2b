"""Who answers on a grid; the rooms of people lend the answer."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import NamedTuple


class HolderRow(NamedTuple):
    """A post of a grid and one of its holders now; a vacant post has one row with person None."""

    grid_id: int
    post_id: int
    title: str
    role: str
    is_accountable: bool
    person_id: int | None
    name: str | None
    person_kind: str | None
    is_primary: bool | None
    phone_sealed: str | None
    appointment_id: int | None
    appointment_version: int | None
    held_as: str | None = None  # holder | deputy | acting


class Answers(NamedTuple):
    """The posts and holders of some grids, and which of the grids nobody answers for."""

    rows: list[HolderRow]
    vacant: frozenset[int] = frozenset()


HolderSource = Callable[..., Awaitable[Answers]]
_holders: HolderSource | None = None


def use_holders(source: HolderSource) -> None:
    """Sets who answers for the posts and holders of grids: `source(grid_ids, at=…)`. Called in `app.py` only."""
    global _holders
    _holders = source


async def answers_on(grid_ids: list[int], *, at: datetime) -> Answers:
    """Posts and holders of some grids at an instant; nothing where no room of people is there. One statement."""
    return await _holders(grid_ids, at=at) if _holders and grid_ids else Answers([])


async def holders_of(grid_ids: list[int], *, at: datetime) -> list[HolderRow]:
    """The posts and holders alone."""
    return (await answers_on(grid_ids, at=at)).rows
