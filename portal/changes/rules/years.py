"""A new school year: which class becomes which. Pure; the words of grades are data (`labels.GRADES`)."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

Grades = Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True)
class ClassMove:
    """A class: it moves up under another name, stays as it is, or leaves."""

    grid_id: int
    was: str
    then: str  # up | stays | leaves
    becomes: str = ""


@dataclass(frozen=True, slots=True)
class TermMove:
    """An appointment: it goes on (`renew`), or ends with the school year."""

    appointment_id: int
    then: str  # renew | end


@dataclass(frozen=True, slots=True)
class YearPlan:
    """The batch as it is reviewed."""

    classes: tuple[ClassMove, ...] = ()
    terms: tuple[TermMove, ...] = ()
    fresh: tuple[str, ...] = ()
    rows: dict[str, Any] = field(default_factory=dict)
    """What applying wrote: ids of changes, and ends of appointments as they were."""

    def as_data(self) -> dict[str, Any]:
        """As it is kept."""
        return asdict(self)

    @classmethod
    def of(cls, data: dict[str, Any]) -> "YearPlan":
        """As it was kept."""
        return cls(
            tuple(ClassMove(**one) for one in data.get("classes", ())),
            tuple(TermMove(**one) for one in data.get("terms", ())), tuple(data.get("fresh", ())),
            data.get("rows", {}),
        )  # fmt: skip


def moves_up(names: Iterable[tuple[int, str]], grades: Grades) -> tuple[ClassMove, ...]:
    """What is proposed for each class: one grade up; those of the highest grade that the school has leave.

    A name that begins with no grade stays, and the reader decides.
    """
    found = list(names)
    highest: dict[int, int] = {}
    for _, name in found:
        place = _place(name, grades)
        if place is not None:
            highest[place[0]] = max(highest.get(place[0], 0), place[1])
    return tuple(_move(grid_id, name, grades, highest) for grid_id, name in found)


def _place(name: str, grades: Grades) -> tuple[int, int] | None:
    for line, steps in enumerate(grades):
        for step, grade in enumerate(steps):
            if name.startswith(grade):
                return line, step
    return None


def _move(grid_id: int, name: str, grades: Grades, highest: dict[int, int]) -> ClassMove:
    place = _place(name, grades)
    if place is None:
        return ClassMove(grid_id, name, "stays")
    line, step = place
    if step == highest[line] and step > 0:
        return ClassMove(grid_id, name, "leaves")
    if step + 1 >= len(grades[line]):
        return ClassMove(grid_id, name, "leaves")
    return ClassMove(grid_id, name, "up", grades[line][step + 1] + name.removeprefix(grades[line][step]))
