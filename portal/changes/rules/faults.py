"""The law that every change is held against before it is written: nobody twice, and no empty instant unannounced."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from portal.responsibilities.rules import Absence, Tenure, claimants_at, holder_at
from portal.responsibilities.rules.holding import changes_of

Tenures = Mapping[int, Sequence[Tenure]]


@dataclass(frozen=True, slots=True)
class Fault:
    """From `at` on a post has two who would answer (`two`), or nobody (`gap`), which it did not have before."""

    code: str
    post_id: int
    at: datetime


def faults_in(
    before: Tenures, after: Tenures, away_before: Sequence[Absence], away_after: Sequence[Absence], *, since: datetime
) -> list[Fault]:
    """What is new in `after`, for each post the first instant of each kind, from `since` on for ever."""
    return [
        fault
        for post_id in after
        for fault in _of_post(
            post_id, before.get(post_id, ()), after[post_id], away_before, away_after, since=since
        )
    ]  # fmt: skip


def empties_in(posts: Tenures, away: Sequence[Absence], *, since: datetime) -> list[Fault]:
    """For each post the first instant from `since` on at which nobody answers for it."""
    found = []
    for post_id, tenures in posts.items():
        instants = sorted(_instants(tenures, away, since))
        first = next((at for at in instants if holder_at(tenures, away, at=at) is None), None)
        if first is not None:
            found.append(Fault("gap", post_id, first))
    return found


def _of_post(
    post_id: int, before: Sequence[Tenure], after: Sequence[Tenure], away_before: Sequence[Absence],
    away_after: Sequence[Absence], *, since: datetime,
) -> list[Fault]:  # fmt: skip
    found: dict[str, Fault] = {}
    for at in sorted(_instants((*before, *after), (*away_before, *away_after), since)):
        two = len(claimants_at(after, away_after, at=at)) > 1
        if two and len(claimants_at(before, away_before, at=at)) <= 1:
            found.setdefault("two", Fault("two", post_id, at))
        empty = holder_at(after, away_after, at=at) is None
        if empty and holder_at(before, away_before, at=at) is not None:
            found.setdefault("gap", Fault("gap", post_id, at))
    return list(found.values())


def _instants(tenures: Iterable[Tenure], absences: Iterable[Absence], since: datetime) -> set[datetime]:
    return {since} | {at for at in changes_of(tenures, absences) if at > since}
