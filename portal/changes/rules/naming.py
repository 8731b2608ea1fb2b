"""Whom somebody means who has typed a name: no list of a whole school to scroll through on a phone. Pure."""

from collections.abc import Sequence
from typing import NamedTuple

MOST_SHOWN = 12


class Named(NamedTuple):
    """Somebody who can be named: with the place and post that they are known by."""

    id: int
    name: str
    staff_no: str
    known_by: str

    @property
    def label(self) -> str:
        """What is offered while one types, and stands in the field afterwards."""
        return " ".join(part for part in (self.name, self.known_by) if part)


def people_meant(typed: str, people: Sequence[Named]) -> list[Named]:
    """Everybody whom a text may mean; one when it says exactly who. Nothing typed means nobody."""
    wanted = " ".join(typed.split()).casefold()
    if not wanted:
        return []
    for exactly in (
        [one for one in people if one.label.casefold() == wanted],
        [one for one in people if wanted in (one.name.casefold(), one.staff_no.casefold())],
    ):
        if exactly:
            return exactly
    parts = wanted.split()
    return [one for one in people if all(part in f"{one.label} {one.staff_no}".casefold() for part in parts)]


def who_is_meant(typed: str, chosen: int | None, people: Sequence[Named]) -> tuple[int | None, str]:
    """The one who is meant, or why nobody: a code. `chosen` decides between several, or stands alone without a text."""
    meant = people_meant(typed, people)
    if not typed.strip() or (chosen is not None and chosen in {one.id for one in meant}):
        return chosen, ""
    if len(meant) == 1:
        return meant[0].id, ""
    return None, "changes.name_of_several" if meant else "changes.name_of_nobody"
