"""The people of a card: who answers for it, who helps, who watches, who is told."""

from collections.abc import Mapping

from portal.hazards import labels
from portal.hazards.queries.cards import HazardRow
from portal.hazards.queries.choices import Named
from portal.hazards.views.owning import OwningView
from portal.rendering.i18n import Translate
from portal.responsibilities.queries import Holders


class Told:
    """What a page is told about people: names by id."""

    def __init__(self, names: Mapping[int, str]) -> None:
        self.names = names

    def __call__(self, person_id: int | None) -> str:
        return self.names.get(person_id or 0, "")


def responsible_name(hazard: HazardRow, answering: Holders, translate: Translate) -> str:
    """Who answers for the rectification now, and as what where it is not the holder (E11)."""
    person = answering.person(hazard.responsible_post_id, hazard.responsible_person_id)
    standing, name = answering.standing(hazard.responsible_post_id, person), answering.name(person)
    return translate(labels.ANSWERS_AS[standing], name=name) if standing else name


def people_of(
    hazard: HazardRow, responsible: str, helpers: list[Named], own: OwningView, name: Told, translate: Translate
) -> tuple[tuple[str, str], ...]:
    """Everybody who has to do with it, as `(part, names)`."""
    rows = [
        (labels.WHO_RESPONSIBLE, responsible or (translate(labels.VACANT) if hazard.responsible_post_id else "")),
        (labels.WHO_HELPS, translate(labels.LIST_COMMA).join(helper.name for helper in helpers)),
        (labels.WHO_SUPERVISES_DUTY, own.supervises),
        (labels.WHO_IS_TOLD, own.informed),
        (labels.WHO_WATCHES, name(hazard.watcher_id)),
        (labels.WHO_SUPERVISES, name(hazard.supervisor_id)),
        (labels.WHO_RECHECKED, name(hazard.rechecked_by)),
        (labels.WHO_REPORTED, name(hazard.reported_by)),
    ]
    return tuple((translate(text), found) for text, found in rows if found)
