"""What a check finds: how many of how many are in order, and each blind spot with the one action that closes it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Act(StrEnum):
    """The one action that closes a blind spot. Whether the reader may do it is decided where it is shown."""

    APPOINT = "appoint"
    MAKE_POST = "make_post"
    CHARGE = "charge"
    PLACE = "place"
    PRIMARY = "primary"
    ONE_POST = "one_post"
    FOLLOW = "follow"
    CONFIRM = "confirm"
    MARK = "mark"


@dataclass(frozen=True, slots=True)
class Blind:
    """One blind spot. `about` is the id that the action needs: a post, a grid, a person; `other` a second one.

    `note` is a code of the labels; `count` and `until` fill it. `code` is a domain or a title where the
    action needs one.
    """

    text: str
    href: str
    note: str = ""
    act: Act | None = None
    about: int = 0
    other: int = 0
    code: str = ""
    title: str = ""
    count: int = 0
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """One check. `whole` 0: only the blind spots are counted."""

    code: str
    have: int
    whole: int
    blind: tuple[Blind, ...] = ()
