"""What of all open cards is this person's to do now. Pure: the moves are the hazards room's, not decided again here."""

from collections.abc import Iterable
from typing import NamedTuple

from portal.core.actors import Actor
from portal.hazards.queries.board import BoardCard
from portal.hazards.rules import Facts, Level, Standing, Status, legal_moves
from portal.hazards.rules.standing import standing_of
from portal.permissions.rules import Role

TENDING = frozenset({Role.CHIEF, Role.KEEPER, Role.CLASS_TEACHER, Role.SAFETY_OFFICER, Role.DUTY_LEADER})
"""Roles that triage and recheck day by day. Heads may as well, but theirs first are the major ones."""


class Task(NamedTuple):
    """A card that waits for this person: why (a key of the labels), and the move to open, None to go and look."""

    card: BoardCard
    why: str
    to: Status | None


def facts_of(card: BoardCard) -> Facts:
    """The card as the pure rule sees it."""
    level = Level(card.level) if card.level else None
    return Facts(Status(card.status), level, card.is_listed, card.has_interim, card.after_photo_count)


def next_move(card: BoardCard, who: Standing) -> Status | None:
    """The usual next move of this person on this card; escalating is a way out, never the next step."""
    return next((one.to for one in legal_moves(facts_of(card), who=who) if one.to is not Status.ESCALATED), None)


def task_of(card: BoardCard, by: Actor) -> Task | None:  # noqa: PLR0911 - one line for each way a card waits
    """Why this card waits for this person, or None when it waits for somebody else."""
    who = standing_of(by, card)
    to = next_move(card, who)
    match Status(card.status):
        case Status.ASSIGNED | Status.RECTIFYING if to and (who.responsible or who.helper):
            return Task(card, "mine" if who.responsible else "help", to)
        case Status.RECHECK if to and who.supervises:
            return Task(card, "supervise", to)
        case Status.RECHECK if to and (tends(by, card.path) or (card.level == Level.RED and who.head)):
            return Task(card, "recheck", to)
        case Status.REPORTED if to and tends(by, card.path):
            return Task(card, "triage", to)
        case Status.ESCALATED if to and who.receiver:
            return Task(card, "answer", to)
        case Status.ESCALATED if card.watcher_id is not None and card.watcher_id == by.person_id:
            return Task(card, "watch", None)
    return None


def tends(by: Actor, path: str) -> bool:
    """Whether triage and recheck of this place belong to the person's day."""
    return any(Role(grant.role) in TENDING and path.startswith(grant.path) for grant in by.grants)


def waiting_for_others(cards: Iterable[BoardCard], by: Actor, tasks: Iterable[Task]) -> list[BoardCard]:
    """The person's own cards on which the next step is somebody else's."""
    taken = {task.card.id for task in tasks}
    return [card for card in cards if card.id not in taken and _is_own(card, by)]


def _is_own(card: BoardCard, by: Actor) -> bool:
    who = standing_of(by, card)
    named = by.person_id is not None and by.person_id in (card.reported_by, card.watcher_id)
    return named or who.responsible or who.helper or who.supervises
