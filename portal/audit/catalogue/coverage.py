"""What has nobody: checks somebody has answered, responsibility maps."""

from dataclasses import dataclass

from portal.audit.catalogue.details import Details


@dataclass(frozen=True, slots=True)
class LookAlikeSeen(Details):
    """Somebody has looked: this person and the other, whose names look alike, are two people."""

    kind = "look_alike.confirmed"
    about = "person"
    other_id: int


@dataclass(frozen=True, slots=True)
class MapDrawn(Details):
    """The responsibility map was drawn anew, because its rows say otherwise now (R24)."""

    kind = "map.drawn"
    about = "grid"
    edition: int
    file_digest: str
    have: int
    whole: int
