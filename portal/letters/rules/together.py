"""Which of many letters that wait for one signature are out of the ordinary, and why (F5). Pure.

In plain words: a letter is ordinary when it says what the others of its kind say and what the one before it said. What
is late, was refused once, is signed in the place of another, or reads otherwise, is read first. This orders and
explains; it lets nobody sign what they have not opened.
"""

from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

MANY = 3
"""So many first letters that say the very same are no exception any more: at the start of a school year all are."""


class Why(StrEnum):
    """Why a letter is out of the ordinary, the gravest first."""

    LATE = "late"  # the day to sign has passed
    REOPENED = "reopened"  # somebody had refused it
    INSTEAD = "instead"  # signed in the place of whoever is away
    STRANGE = "strange"  # it says what its wording does not say, or cannot be read
    DIFFERS = "differs"  # otherwise than the others of its kind and edition
    DUTIES = "duties"  # other duties than the others of this post
    CHANGED = "changed"  # otherwise than the letter before it
    FIRST = "first"  # there was none before it


class Choice(NamedTuple):
    """A letter that was ticked, and the digest of its file when the page was made."""

    letter_id: int
    seen: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """A letter that waits. `wording` and `duties` stand for what it says, without what must differ: names, numbers,
    days. `changes`: how many paragraphs differ from the letter before it; None where there is none."""

    id: int
    sort: Hashable  # kind and edition
    post: str
    wording: str
    duties: str
    changes: int | None = None
    is_late: bool = False
    is_reopened: bool = False
    is_instead: bool = False
    is_strange: bool = False


@dataclass(frozen=True, slots=True)
class Sorted:
    """Exceptions with their reasons; groups of letters that say the very same; what says the same as before."""

    exceptions: tuple[tuple[int, tuple[Why, ...]], ...]
    alike: tuple[tuple[int, ...], ...]
    unchanged: tuple[int, ...]


def sorted_out(letters: Sequence[Waiting]) -> Sorted:
    """Every letter once. Within each part the order stays; exceptions begin with the gravest."""
    wordings = _usual(letters, lambda one: one.sort, lambda one: one.wording, none="")
    duties = _usual(letters, lambda one: (one.sort, one.post), lambda one: one.duties, none=None)
    same = Counter(_says(one) for one in letters)
    found: list[tuple[int, tuple[Why, ...]]] = []
    groups: dict[Hashable, list[int]] = {}
    for one in letters:
        reasons = tuple(_reasons(one, wordings, duties, same))
        if reasons:
            found.append((one.id, reasons))
        else:
            groups.setdefault(_says(one), []).append(one.id)
    firsts = {one.id for one in letters if one.changes is None}
    # those that say the same may all have reasons of their own: then there is nothing to compare a first one with
    found += [(ids[0], (Why.FIRST,)) for ids in groups.values() if len(ids) == 1 and ids[0] in firsts]
    order = list(Why)
    found.sort(key=lambda pair: [order.index(why) for why in pair[1]])
    return Sorted(
        tuple(found), tuple(tuple(ids) for ids in groups.values() if len(ids) > 1),
        tuple(ids[0] for ids in groups.values() if len(ids) == 1 and ids[0] not in firsts),
    )  # fmt: skip


def _says(one: Waiting) -> Hashable:
    return one.sort, one.wording, one.duties


def _usual(
    letters: Sequence[Waiting], kind: Callable[[Waiting], Hashable], said: Callable[[Waiting], str], *,
    none: str | None,
) -> dict[Hashable, str | None]:  # fmt: skip
    """What more than half of a kind say; `none` where no text has more than half."""
    counts: dict[Hashable, Counter[str]] = {}
    for one in letters:
        counts.setdefault(kind(one), Counter())[said(one)] += 1
    return {
        key: next((text for text, count in found.items() if 2 * count > found.total()), none)
        for key, found in counts.items()
    }


def _reasons(
    one: Waiting, wordings: dict[Hashable, str | None], duties: dict[Hashable, str | None], same: Counter[Hashable]
) -> list[Why]:
    is_first = one.changes is None and same[_says(one)] < MANY
    usual = duties[one.sort, one.post]  # posts of one title may stand in rooms of many kinds, each with its own list
    told = (
        (Why.LATE, one.is_late),
        (Why.REOPENED, one.is_reopened),
        (Why.INSTEAD, one.is_instead),
        (Why.STRANGE, one.is_strange),
        (Why.DIFFERS, wordings[one.sort] != one.wording),
        (Why.DUTIES, usual not in (None, one.duties)),
        (Why.CHANGED, bool(one.changes)),
        (Why.FIRST, is_first),
    )
    return [why for why, holds in told if holds]
