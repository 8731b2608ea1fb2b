"""A plate on a wall that is not as the board says: what may be wrong with it, and how the office ends it (H7)."""

from enum import StrEnum


class PlateFault(StrEnum):
    """What somebody who stands before a plate can say of it, in the order in which they are asked."""

    CODE = "code"
    PLACE = "place"
    DAMAGED = "damaged"
    PERSON = "person"


class PlateEnd(StrEnum):
    """What the office does about it: the same key on new paper, another key, no key, or nothing."""

    REPRINTED = "reprinted"
    REPLACED = "replaced"
    REVOKED = "revoked"
    FINE = "fine"

    @property
    def takes_key(self) -> bool:
        """True when the address on the old plate opens nothing any more."""
        return self in (PlateEnd.REPLACED, PlateEnd.REVOKED)
