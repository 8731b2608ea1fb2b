"""How a person stands to a hazard: read from today's rights and from what the card says, never stored."""

from typing import Protocol

from portal.core.actors import Actor
from portal.hazards.rules.moves import Standing
from portal.hazards.rules.sight import Sight
from portal.permissions.rules import heads, holds_post, stands_above


class Card(Protocol):
    """What a card must tell so that anybody's standing can be read."""

    @property
    def path(self) -> str: ...
    @property
    def responsible_person_id(self) -> int | None: ...
    @property
    def responsible_post_id(self) -> int | None: ...
    @property
    def rectifiers(self) -> str: ...
    @property
    def supervisor_id(self) -> int | None: ...
    @property
    def watcher_id(self) -> int | None: ...
    @property
    def reported_by(self) -> int | None: ...
    @property
    def helps(self) -> int: ...
    @property
    def received(self) -> int: ...
    @property
    def named(self) -> int: ...
    @property
    def marked(self) -> int: ...


def is_responsible(actor: Actor, card: Card) -> bool:
    """True when the card names the person, or a post that the person holds now."""
    by_person = card.responsible_person_id is not None and card.responsible_person_id == actor.person_id
    return by_person or holds_post(actor, card.responsible_post_id)


def watches(actor: Actor, card: Card) -> bool:
    """True when the card names the person as its watcher (R64)."""
    return card.watcher_id is not None and card.watcher_id == actor.person_id


def has_rectified(person_id: int | None, rectifiers: str) -> bool:
    """True when the person worked on the rectification; `rectifiers` is ",5,17,"."""
    return person_id is not None and f",{person_id}," in rectifiers


def standing_of(actor: Actor, card: Card) -> Standing:
    """The actor's standing at this instant."""
    responsible = is_responsible(actor, card)
    return Standing(
        above=stands_above(actor, card.path),
        head=heads(actor, card.path),
        responsible=responsible,
        helper=card.helps > 0,
        receiver=card.received > 0,
        supervises=card.supervisor_id is not None and card.supervisor_id == actor.person_id,
        # Whoever answers for the rectification does not recheck it either, whoever's hands did it.
        rectified=responsible or has_rectified(actor.person_id, card.rectifiers),
    )


def sight_of(actor: Actor, card: Card, *, in_scope: bool) -> Sight:
    """How the actor stands to the card when it comes to seeing it."""
    me = actor.person_id
    involved = me is not None and me in (card.reported_by, card.watcher_id, card.supervisor_id)
    return Sight(
        in_scope=in_scope,
        involved=involved or card.helps > 0 or card.marked > 0 or is_responsible(actor, card),
        received=card.received > 0,
        named=actor.is_system or card.named > 0,
    )


__all__ = ["Card", "has_rectified", "is_responsible", "sight_of", "standing_of", "watches"]
