"""Where a letter stands. Worked out at every look from what happened to it; "in force" is stored nowhere (F3, F19).

In plain words: a letter is made, the people sign it one after the other, the school seals it. It is in force when all
that has happened, its first day has come, its last has not passed, and nothing has ended it: no later letter in its
place, no revocation, no change of person. Signing late moves no date: the duty runs from the day that the letter says.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from portal.letters.rules.signing import Party


class State(StrEnum):
    """What a letter is at an instant; the first that fits, in this order."""

    VOID = "void"  # it could not be made, or its cause was taken back; its number stays with it
    SUPERSEDED = "superseded"  # another has taken its place
    REVOKED = "revoked"
    LEFT = "left"  # its holder has left the post
    ENDED = "ended"  # its last day is over
    MAKING = "making"  # the file is not there yet
    REFUSED = "refused"  # somebody has refused to sign
    WAITING = "waiting"  # somebody still has to sign
    SEALING = "sealing"  # all have signed, the seal is not on it yet
    PENDING = "pending"  # complete, and its first day is still to come
    IN_FORCE = "in_force"


OVER = frozenset({State.VOID, State.SUPERSEDED, State.REVOKED, State.LEFT, State.ENDED})
"""A letter that nobody has to do anything about any more."""


TO_BE_SIGNED = frozenset({State.MAKING, State.REFUSED, State.WAITING})
"""Somebody has yet to sign, or nobody can before it is made."""


class EndKind(StrEnum):
    """What ended a letter before its last day."""

    SUPERSEDED = "superseded"
    REVOKED = "revoked"
    LEFT = "left"


@dataclass(frozen=True, slots=True)
class End:
    """A row that ends a letter from an instant on."""

    kind: EndKind
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class LetterFacts:
    """What is on record about a letter. Moments are aware; None is "not yet" or "without end"."""

    starts_at: datetime
    ends_at: datetime | None
    made_at: datetime | None
    sealed_at: datetime | None
    voided_at: datetime | None
    parties: tuple[Party, ...]
    ends: tuple[End, ...] = ()

    @property
    def is_complete(self) -> bool:
        """True when everybody has signed and the seal is on it."""
        return self.sealed_at is not None and all(one.signed_at is not None for one in self.parties)


def state_of(letter: LetterFacts, *, at: datetime) -> State:
    """What the letter is at an instant."""
    if letter.voided_at is not None and letter.voided_at <= at:
        return State.VOID
    begun = [end for end in letter.ends if end.ends_at <= at]
    if begun:
        return State(min(begun, key=lambda end: end.ends_at).kind)
    if letter.ends_at is not None and letter.ends_at <= at:
        return State.ENDED
    return _open_state(letter, at)


def _open_state(letter: LetterFacts, at: datetime) -> State:
    if letter.made_at is None:
        return State.MAKING
    if any(one.refused_at is not None for one in letter.parties):
        return State.REFUSED
    if any(one.signed_at is None for one in letter.parties):
        return State.WAITING
    if letter.sealed_at is None:
        return State.SEALING
    return State.PENDING if at < letter.starts_at else State.IN_FORCE


def is_in_force(letter: LetterFacts, *, at: datetime) -> bool:
    """Complete signatures, nothing that ended it, within its interval."""
    return state_of(letter, at=at) is State.IN_FORCE


def next_change(letter: LetterFacts, *, at: datetime) -> datetime | None:
    """The next instant at which time alone changes what the letter is; None when only somebody's act can."""
    return min((one for one in _instants(letter) if one > at), default=None)


def _instants(letter: LetterFacts) -> Iterator[datetime]:
    yield letter.starts_at
    if letter.ends_at is not None:
        yield letter.ends_at
    for end in letter.ends:
        yield end.ends_at
