"""What people answered to a reminder, and what was told to somebody higher."""

from dataclasses import dataclass

from portal.audit.catalogue.details import Details


@dataclass(frozen=True, slots=True)
class HazardAcknowledged(Details):
    """Somebody has said "I know" to a reminder about the card (G2): which step."""

    kind = "hazard.acknowledged"
    about = "hazard"
    step: str


@dataclass(frozen=True, slots=True)
class HazardSnoozed(Details):
    """Somebody wants to be reminded later (G2): of which step, until when; the reason stands in the event's texts."""

    kind = "hazard.snoozed"
    about = "hazard"
    step: str
    until: str


@dataclass(frozen=True, slots=True)
class HazardLifted(Details):
    """An overdue card was told to somebody higher (A11, G1): the highest step, and everybody told at that moment."""

    kind = "hazard.told_higher"
    about = "hazard"
    step: str
    people: tuple[int, ...]
