"""Whether two lines speak of the same thing: pairs of neighbouring signs that they share (B4). Pure."""

import re
from collections.abc import Iterable
from typing import Protocol, TypeVar

ALIKE = 0.4
MOST = 3
_NOISE = re.compile(r"[\W_]+")
_NUMBER = re.compile(r"\d[\d\s-]{6,}\d")


class Told(Protocol):
    """Something with a line that tells what is wrong."""

    @property
    def title(self) -> str: ...


T = TypeVar("T", bound=Told)


def likeness(first: str, second: str) -> float:
    """0 for nothing in common, 1 for the same words."""
    one, other = _pairs(first), _pairs(second)
    if not one or not other:
        return float(bool(first) and _NOISE.sub("", first).lower() == _NOISE.sub("", second).lower())
    return 2 * len(one & other) / (len(one) + len(other))


def _pairs(text: str) -> set[str]:
    plain = _NOISE.sub("", text.lower())
    return {plain[n : n + 2] for n in range(len(plain) - 1)}


def alike(title: str, others: Iterable[T]) -> list[T]:
    """The few that are most like it, the likest first."""
    found = [(likeness(title, other.title), place, other) for place, other in enumerate(others)]
    best = sorted((one for one in found if one[0] >= ALIKE), key=lambda one: (-one[0], one[1]))
    return [other for _, _, other in best[:MOST]]


def without_numbers(text: str) -> str:
    """The line without anything that could be somebody's number, for other strangers' eyes."""
    return _NUMBER.sub("****", text)
