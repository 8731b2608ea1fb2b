"""What this person may do with the card now, and what not yet and why."""

from dataclasses import dataclass
from datetime import datetime

from portal.audit.queries import StoryLine
from portal.core.actors import Actor
from portal.hazards import labels
from portal.hazards.queries.cards import HazardRow
from portal.hazards.queries.choices import Choice
from portal.hazards.rules import Facts, Standing, Status, blocked_moves, legal_moves, undoable
from portal.rendering.i18n import Translate


@dataclass(frozen=True, slots=True)
class MoveView:
    """One move that this person may make: its form asks for `fields`; `must` of them have to be filled."""

    to: str
    text: str
    must: tuple[str, ...]
    is_open: bool


def moves_of(facts: Facts, who: Standing, wanted: str, translate: Translate) -> tuple[MoveView, ...]:
    """The moves that are theirs; the one that the address asks for (`?to=`) comes first, and the first stands open."""
    options = sorted(legal_moves(facts, who=who), key=lambda option: option.to != wanted)
    return tuple(
        MoveView(
            option.to, translate(labels.MOVE[facts.status, option.to]), option.needs,
            # Escalating is never the next step by itself; it stands open only when it was asked for.
            is_open=place == 0 and (option.to != Status.ESCALATED or option.to == wanted),
        )
        for place, option in enumerate(options)
    )  # fmt: skip


def blocked_of(facts: Facts, who: Standing, translate: Translate) -> tuple[tuple[str, str], ...]:
    """The moves that are not theirs, as `(move, reason)`."""
    return tuple(
        (
            translate(labels.BLOCKED.get((str(facts.status), str(to)), labels.BLOCKED_ESCALATE)),
            translate(labels.REFUSALS[code]),
        )
        for to, code in blocked_moves(facts, who=who)
    )


def may_undo(hazard: HazardRow, story: list[StoryLine], *, by: Actor, at: datetime) -> bool:
    """Whether the last move can be taken back: by whoever made it, at once, and not when it took one back itself."""
    is_fresh = undoable(moved_by=hazard.last_moved_by, moved_at=hazard.last_moved_at, by=by.person_id, at=at)
    return is_fresh and len(story) > 1 and story[0].kind == "hazard.moved" and "undoes" not in story[0].facts


def may_take(hazard: HazardRow, holders: list[Choice], who: Standing) -> bool:
    """ "I take it" is for a helper, or for one of several holders of the responsible post, before the work is done."""
    several = sum(1 for row in holders if row.post_id == hazard.responsible_post_id and row.person_id) > 1
    early = hazard.status in (Status.ASSIGNED, Status.RECTIFYING) and hazard.responsible_person_id is None
    return early and (who.helper or (who.responsible and several))
