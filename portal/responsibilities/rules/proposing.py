"""What the lists of a grid's posts propose for its matrix. Pure; nothing is made before somebody has looked at it."""

from collections.abc import Iterable
from dataclasses import dataclass

from portal.responsibilities.rules.facts import Mark


@dataclass(frozen=True, slots=True)
class Charged:
    """A post on the grid, in its order there, with the codes of its list's duties and the domain that it manages."""

    post_id: int
    codes: tuple[str, ...]
    domain: str = ""


@dataclass(frozen=True, slots=True)
class Proposed:
    """A row that may be made."""

    duty: str
    post_id: int
    mark: Mark


def proposed(
    posts: Iterable[Charged], *, has_main: frozenset[str], marked: frozenset[tuple[str, int]]
) -> list[Proposed]:
    """One accountable post per duty, the first that has it in its list; the others with the same duty assist.

    What has a row here already (`has_main`, `marked`) is left alone.
    """
    rows: list[Proposed] = []
    taken: set[str] = set(has_main)
    for post in posts:
        for duty in (*post.codes, *((post.domain,) if post.domain else ())):
            if (duty, post.post_id) in marked:
                continue
            if duty not in taken:
                taken.add(duty)
                rows.append(Proposed(duty, post.post_id, Mark.MAIN))
            elif duty != post.domain:
                rows.append(Proposed(duty, post.post_id, Mark.ASSIST))
    return rows
