"""The shapes of what rooms lend to rooms on their right or left; `app.py` hands the lenders over."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import NamedTuple

from portal.core.actors import Actor


class Gap(NamedTuple):
    """One blind spot: what it is about in a word or two, where its page is, and the one action that closes it.

    `action` is the permission-free address of that action's form; None when only looking helps. Names of places and
    posts are as registered; a person's name only where the viewer may see it anyway.
    """

    text: str
    href: str
    action: str | None = None
    until: datetime | None = None


class Check(NamedTuple):
    """One line of the coverage page: how many of how many are in order, and the gaps. `code` names its sentences.

    `have` and `whole` count things (grids, posts, people); a check that has no whole (look-alikes) says whole = 0 and
    counts its gaps only. `more` is how many gaps are not listed here.
    """

    code: str
    have: int
    whole: int
    gaps: tuple[Gap, ...] = ()
    more: int = 0


CoverageCheck = Callable[[int, datetime, str], Awaitable[list[Check]]]
"""`(organisation, instant, language)` to the checks of one room: a fixed number of statements, whatever the size."""


class Held(NamedTuple):
    """Something that hangs on a person or a post: how many, what in words, and where it is."""

    code: str
    number: int
    href: str | None = None


Hanging = Callable[[int, Actor, str], Awaitable[list[Held]]]
"""`(person, actor, language)` to what hangs on the person in one room; only what the actor may see is counted."""
