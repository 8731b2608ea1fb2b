"""Who holds a post at an instant. Pure: dated rows in, one person or a gap out (R29, R112, E10, E11)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Standing(StrEnum):
    """As what somebody answers for a post."""

    ACTING = "acting"
    HOLDER = "holder"
    DEPUTY = "deputy"


@dataclass(frozen=True, slots=True)
class Tenure:
    """One appointment: a person in a post over `[starts_at, ends_at)`."""

    appointment_id: int
    post_id: int
    person_id: int
    kind: str
    is_primary: bool
    starts_at: datetime
    ends_at: datetime | None = None
    entered_at: datetime | None = None

    def is_in_force(self, at: datetime) -> bool:
        """True from the first instant on, and no longer at the last."""
        return self.starts_at <= at and (self.ends_at is None or at < self.ends_at)


@dataclass(frozen=True, slots=True)
class Absence:
    """Somebody is away over `[starts_at, ends_at)`: the posts stay theirs, others answer meanwhile."""

    person_id: int
    starts_at: datetime
    ends_at: datetime | None = None

    def covers(self, at: datetime) -> bool:
        """True while the person is away."""
        return self.starts_at <= at and (self.ends_at is None or at < self.ends_at)


@dataclass(frozen=True, slots=True)
class Held:
    """Who answers for a post at an instant, as what, since when, and by which appointment."""

    person_id: int
    standing: Standing
    appointment_id: int
    since: datetime


def holder_at(tenures: Iterable[Tenure], absences: Iterable[Absence], *, at: datetime) -> Held | None:
    """Who answers for one post at an instant; None is a vacant post.

    Whoever acts for it comes first, for that is what acting is made for; then the primary holder, the other holders,
    the deputy (B of the A/B pair). Whoever is away is passed over. Of two equals the one who began last answers, and of
    those who began together the one who was entered first: so there is never a second.
    """
    away = {absence.person_id for absence in absences if absence.covers(at)}
    present = [one for one in tenures if one.is_in_force(at) and one.person_id not in away]
    if not present:
        return None
    first = min(present, key=_order)
    return Held(first.person_id, Standing(first.kind), first.appointment_id, first.starts_at)


def _order(tenure: Tenure) -> tuple[int, float, int]:
    if tenure.kind == Standing.ACTING:
        rank = 0
    elif tenure.kind == Standing.HOLDER:
        rank = 1 if tenure.is_primary else 2
    else:
        rank = 3
    return rank, -tenure.starts_at.timestamp(), tenure.appointment_id


def claimants_at(tenures: Iterable[Tenure], absences: Iterable[Absence], *, at: datetime) -> tuple[Tenure, ...]:
    """Those who would answer for one post with equal right: acting ones, else present primary holders.

    More than one is a blind spot of its own, although `holder_at` still names exactly one.
    """
    away = {absence.person_id for absence in absences if absence.covers(at)}
    present = [one for one in tenures if one.is_in_force(at) and one.person_id not in away]
    acting = tuple(one for one in present if one.kind == Standing.ACTING)
    return acting or tuple(one for one in present if one.kind == Standing.HOLDER and one.is_primary)


def person_answering(
    named: int | None, tenures: Iterable[Tenure], absences: Iterable[Absence], *, at: datetime
) -> int | None:
    """Who answers for a piece of work that was given to a post, or within it to one person by name.

    The one who is named, as long as they are there; while they are away, and once every appointment of theirs to the
    post is over, whoever answers for the post. Where no post stands behind the name, or nobody in it, the name stays.
    """
    rows, away = list(tenures), list(absences)
    held = holder_at(rows, away, at=at)
    if named is None:
        return held.person_id if held else None
    own = [row for row in rows if row.person_id == named]
    has_gone = bool(own) and not any(row.is_in_force(at) or row.starts_at > at for row in own)
    if has_gone:
        return held.person_id if held else None
    is_away = any(one.person_id == named and one.covers(at) for one in away)
    return held.person_id if is_away and held else named


def changes_of(tenures: Iterable[Tenure], absences: Iterable[Absence]) -> set[datetime]:
    """Every instant at which `holder_at` may give another answer."""
    rows: tuple[Tenure | Absence, ...] = (*tenures, *absences)
    return {row.starts_at for row in rows} | {row.ends_at for row in rows if row.ends_at is not None}
