"""The shapes of what rooms lend to rooms on their right or left; `app.py` hands the lenders over."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any, NamedTuple

from portal.core.actors import Actor


class Gap(NamedTuple):
    """One blind spot: what it is about in a word or two, where its page is, and the one action that closes it.

    `action` is the permission-free address of that action's form; None when only looking helps. `note` says more, in
    the reader's language. Names of places and posts are as registered; never a person's name.
    """

    text: str
    href: str
    action: str | None = None
    note: str = ""


class Check(NamedTuple):
    """One line of the coverage page: how many of how many are in order, and the gaps. `code` names its sentences.

    `have` and `whole` count things (grids, posts, people); a check that has no whole (look-alikes) says whole = 0 and
    counts its gaps only. `more` is how many gaps are not listed here. `permission` is what the action asks for: whoever
    does not have it in the whole organisation sees the gap without the action.
    """

    code: str
    have: int
    whole: int
    gaps: tuple[Gap, ...] = ()
    more: int = 0
    permission: str = ""


class CheckWords(NamedTuple):
    """A check in words: what is missing, that nothing is, and the action (messages of the lender's labels)."""

    title: str
    fine: str
    action: str


class LentRow(NamedTuple):
    """A row that a lent check asks for; `what` is the code of the check, the rest means what the lender says."""

    what: str
    id: int
    other: int
    text: str
    more: str
    number: int
    starts_at: datetime | None
    ends_at: datetime | None


class Asked(NamedTuple):
    """Of which organisation a check is asked, for which instant and reader; `place` is a grid with the way to it."""

    org_id: int
    at: datetime
    language: str
    place: Callable[[int], str]


class CoverageCheck(NamedTuple):
    """Checks that a room lends to the coverage page of one school, which may take six statements in all.

    Five of them are spent (the session, the school whole, three of dated rows), so lenders share the sixth: a room
    gives no query of its own but one SELECT with the columns of `LentRow` in their order, and the page puts the SELECTs
    of all rooms together by UNION ALL. `sql` has one `{}` for each of `args(organisation, instant)`; a column that is
    not used is 0, '' or NULL, `starts_at` and `ends_at` moments. A room with several checks joins its SELECTs itself.
    `checks` is pure and makes the checks of the rows, all of them also where there is no row; a check that does not
    concern the school is left out. Hours without anybody on duty, for example: one row for each shift around the
    instant, and the gaps between them are found in Python.
    """

    words: dict[str, CheckWords]
    sql: str
    args: Callable[[int, datetime], list[Any]]
    checks: Callable[[list[LentRow], Asked], list[Check]]


class Held(NamedTuple):
    """Something that hangs on a person or a post: how many, what in words, and where it is."""

    code: str
    number: int
    href: str | None = None


Hanging = Callable[[int, Actor, str], Awaitable[list[Held]]]
"""`(person, actor, language)` to what hangs on the person in one room; only what the actor may see is counted."""
