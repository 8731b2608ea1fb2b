"""Who acts next on a card and by when, in one sentence, for the page after a report or a move.

It names nobody whom the card's own page would not name, and on a sensitive card nobody at all.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from portal.core.actors import Actor
from portal.hazards import labels
from portal.hazards.queries.cards import HazardRow
from portal.hazards.queries.choices import Choice
from portal.hazards.rules import Level, Status
from portal.hazards.rules.standing import has_rectified
from portal.permissions.rules import ABOVE
from portal.rendering.i18n import translator
from portal.rendering.moments import moment_text
from portal.responsibilities.queries import Holders


def next_step(
    hazard: HazardRow, holders: Sequence[Choice], names: Mapping[int, str], answering: Holders, *, by: Actor,
    at: datetime, language: str,
) -> str:  # fmt: skip
    """The sentence, or nothing where there is nothing to be said."""
    say = translator(language)
    if hazard.is_restricted or hazard.status not in labels.NEXT:
        return ""
    found = _who(hazard, holders, names, _answering(hazard, answering), (say(labels.HEADS), say(labels.OFFICE)))
    if not found:
        return ""
    name = say(labels.YOU) if by.person_id in found else say(labels.LIST_COMMA).join(found.values())
    plain, dated = labels.NEXT[hazard.status]
    if hazard.due_at is None or hazard.due_at <= at or not dated:
        return say(plain, name=name)
    return say(dated, name=name, moment=moment_text(hazard.due_at, at=at, language=language))


def _who(
    hazard: HazardRow, holders: Sequence[Choice], names: Mapping[int, str], answering: dict[int, str],
    bodies: tuple[str, str],
) -> dict[int, str]:  # fmt: skip
    heads, office = bodies
    match Status(hazard.status):
        case Status.REPORTED:
            return nearest(hazard, holders, but={hazard.reported_by}) or {0: office}
        case Status.RECHECK if hazard.is_listed:
            return _one(hazard.supervisor_id, names)
        case Status.RECHECK if hazard.level == Level.RED:
            return {0: heads}
        case Status.RECHECK:
            return nearest(hazard, holders, but=answering) or {0: office}
        case Status.ESCALATED:
            return _one(hazard.watcher_id, names)
    return answering


def nearest(hazard: HazardRow, holders: Sequence[Choice], *, but: Collection[int | None]) -> dict[int, str]:
    """Whoever answers for the place or the nearest grid above it, and has not done the work; nobody for the school
    itself, where it is the safety office's."""
    for grid_id in dict.fromkeys(row.grid_id for row in holders):
        if grid_id == hazard.org_id:
            break
        fit = [
            row
            for row in holders
            if row.grid_id == grid_id and row.is_accountable and row.role in ABOVE and row.person_id is not None
            and row.person_id not in but and not has_rectified(row.person_id, hazard.rectifiers)
        ]  # fmt: skip
        if fit:
            return {row.person_id or 0: row.person or "" for row in ([row for row in fit if row.is_primary] or fit)}
    return {}


def _answering(hazard: HazardRow, answering: Holders) -> dict[int, str]:
    """Whoever answers for the rectification now, by id."""
    person = answering.person(hazard.responsible_post_id, hazard.responsible_person_id)
    return _one(person, answering.names)


def _one(person_id: int | None, names: Mapping[int, str]) -> dict[int, str]:
    return {person_id: names[person_id]} if person_id is not None and person_id in names else {}
