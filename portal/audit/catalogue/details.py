"""The shape that every kind of event shares."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class Details:
    """The details of one kind of event: its name, what it is about, and fields of its own."""

    kind: ClassVar[str]
    about: ClassVar[str]
    queued: ClassVar[bool] = False
    board: ClassVar[bool] = False
