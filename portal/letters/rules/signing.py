"""Who may sign a letter now, and what is refused (F4, F8, F12, TP2). Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from portal.core.refusals import Conflict, NotFound, Refused


class Part(StrEnum):
    """As what somebody stands in a letter."""

    GIVER = "giver"
    TAKER = "taker"
    WITNESS = "witness"


class Method(StrEnum):
    """How a signature came about."""

    KEY = "key"  # with one's own key, on one's own device
    LICENSED = "licensed"  # the same, with a certificate of a licensed authority (F21)
    DEVICE = "device"  # on the safety head's device, before two people (R110)
    PAPER = "paper"  # by hand, and scanned


@dataclass(frozen=True, slots=True)
class Party:
    """One who is to sign. `turn` orders: those of a turn sign in any order, after all of the turns before."""

    id: int
    part: Part
    turn: int
    person_id: int
    field: str = ""
    signed_at: datetime | None = None
    refused_at: datetime | None = None
    stand_in: int | None = None
    """Who answers for the post of this place now as its deputy or acting holder; None where its holder does."""
    signed_by: int | None = None
    """Who really signed, where it was another."""

    @property
    def is_open(self) -> bool:
        """True while neither a signature nor a refusal is there."""
        return self.signed_at is None and self.refused_at is None


def turn_of(parties: Iterable[Party]) -> tuple[Party, ...]:
    """Whoever may sign now: all open ones of the first turn that is not finished; nobody once one has refused."""
    known = sorted(parties, key=lambda one: (one.turn, one.id))
    if any(one.refused_at is not None for one in known):
        return ()
    first = next((one.turn for one in known if one.signed_at is None), None)
    return tuple(one for one in known if one.turn == first and one.signed_at is None)


def may_sign_instead(place: Party, parties: Iterable[Party]) -> int | None:
    """The one other person who may sign in this place now, in their own name and with their own key (F14).

    Only whoever answers for that very post by the matrix at this instant, as its deputy or acting holder. Nobody signs
    in the place of who takes the letter: a duty is taken on in person. Nobody signs twice in one letter: who stands in
    it already, or has signed for another, signs for nobody else.
    """
    if place.stand_in is None or place.part is Part.TAKER:
        return None
    inside = {one.person_id for one in parties} | {one.signed_by for one in parties}
    return None if place.stand_in in inside else place.stand_in


def places_of(parties: Sequence[Party], person_id: int | None) -> tuple[Party, ...]:
    """The places that are this person's: their own, those that they may sign in now, those that they have signed in."""
    if person_id is None:
        return ()
    return tuple(
        one for one in parties
        if person_id in (one.person_id, one.signed_by) or may_sign_instead(one, parties) == person_id
    )  # fmt: skip


def check_signature(
    parties: Sequence[Party], *, person_id: int, read: str | None, now_is: str | None, seen: str
) -> Party:
    """The place in which this person signs now: their own, or that of whom they stand in for.

    `read` is the digest of the bytes that they opened last, `now_is` that of the file as it stands, `seen` the one that
    the form was made for. Refused: a stranger (the letter does not exist), a letter without a file, somebody whose turn
    has not come or who has signed, bytes that have changed since (conflict), bytes that were never opened.
    """
    own = places_of(parties, person_id)
    if not own:
        raise NotFound()
    if now_is is None:
        raise Refused("letter.not_made_yet")
    if any(one.refused_at is not None for one in parties):
        raise Conflict("letter.refused_by_somebody")
    if all(one.signed_at is not None for one in own):
        is_mine = any((one.signed_by or one.person_id) == person_id for one in own)
        raise Conflict("letter.signed_already" if is_mine else "letter.place_signed")
    mine = next((one for one in turn_of(parties) if one in own), None)
    if mine is None:
        raise Refused("letter.not_your_turn")
    if seen != now_is:
        raise Conflict("letter.changed_since")
    if read != now_is:
        raise Refused("letter.read_first")
    return mine


def check_refusal(parties: Sequence[Party], *, person_id: int) -> Party:
    """The place that this person refuses to sign in; theirs while it is open, in their turn or before."""
    own = [one for one in parties if one.person_id == person_id]
    if not own:
        raise NotFound()
    if any(one.refused_at is not None for one in parties):
        raise Conflict("letter.refused_by_somebody")
    found = next((one for one in own if one.is_open), None)
    if found is None:
        raise Conflict("letter.signed_already")
    return found
