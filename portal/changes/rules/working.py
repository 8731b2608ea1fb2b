"""From a plan to rows: every appointment ends at the instant at which the next one begins, so that no instant is empty
and none has two (R112, E10)."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime

from portal.changes.rules.plan import Change, End, Giving, Plan, Start, Taking, Then, Worked, end_of
from portal.core.refusals import Refused
from portal.responsibilities.rules import Tenure


def work_out(plan: Plan, held: Iterable[Tenure], posts: Mapping[int, tuple[Tenure, ...]]) -> Worked:
    """The rows of a plan. `held`: what the person has that is not over when it takes effect; `posts`: everybody's
    tenures of each post that the plan touches. Raises `Refused` where the plan forgets or doubles something.
    """
    known = {one.appointment_id: one for one in held}
    if {one.appointment_id for one in plan.gives} - set(known):
        raise Refused("changes.posts_changed")
    # What is over by then anyway needs no word, and a word about it does no harm.
    mine = {number: one for number, one in known.items() if one.ends_at is None or one.ends_at > plan.effective_at}
    plan = replace(plan, gives=tuple(one for one in plan.gives if one.appointment_id in mine))
    if plan.kind is Change.LEAVE:
        return _away(plan, mine, posts)
    _nothing_forgotten(plan, mine)
    ends: dict[int, End] = {}
    starts: list[Start] = []
    for giving in plan.gives:
        if giving.then is not Then.KEEP:
            _give(plan, giving, mine[giving.appointment_id], posts, ends, starts)
    for taking in plan.takes:
        _take(plan, taking, posts, ends, starts)
    declared = frozenset(
        mine[one.appointment_id].post_id for one in plan.gives if one.then in (Then.NOBODY, Then.ACTING)
    )
    taken = frozenset(one.post_id for one in plan.takes if one.taken_as == "acting")
    return Worked(tuple(ends.values()), tuple(starts), None, declared | taken)


def _nothing_forgotten(plan: Plan, mine: Mapping[int, Tenure]) -> None:
    told = {one.appointment_id for one in plan.gives}
    if plan.kind is Change.LEAVING and (set(mine) - told or any(one.then is Then.KEEP for one in plan.gives)):
        raise Refused("changes.post_forgotten")
    taken = [one.post_id for one in plan.takes]
    if len(taken) != len(set(taken)):
        raise Refused("changes.taken_twice")
    if plan.kind in (Change.JOINING, Change.ACTING) and not taken:
        raise Refused("changes.nothing_taken")
    if plan.kind is Change.MOVING and not taken and all(one.then is Then.KEEP for one in plan.gives):
        raise Refused("changes.nothing_moves")


def _give(
    plan: Plan, giving: Giving, tenure: Tenure, posts: Mapping[int, tuple[Tenure, ...]], ends: dict[int, End],
    starts: list[Start],
) -> None:  # fmt: skip
    cut = max(plan.effective_at, tenure.starts_at)
    follower = giving.person_id if giving.then in (Then.HOLDER, Then.ACTING) else None
    if giving.then is not Then.NOBODY and (follower is None or follower == tenure.person_id):
        raise Refused("changes.successor_missing")
    ends[tenure.appointment_id] = End(tenure.appointment_id, tenure.post_id, tenure.person_id, cut, follower)
    if follower is None:
        return
    if giving.then is Then.HOLDER:
        _end_own(follower, tenure.post_id, cut, posts, ends)
        starts.append(Start(tenure.post_id, follower, tenure.kind, bool(tenure.is_primary), cut, tenure.ends_at))
    else:
        _not_there_anyway(follower, tenure.post_id, cut, posts)
        starts.append(Start(tenure.post_id, follower, "acting", False, cut, _until(giving, plan, cut)))


def _until(giving: Giving, plan: Plan, cut: datetime) -> datetime:
    """Acting is always for a time: its last day, or that of the leave."""
    until = end_of(giving.last_day) or plan.back_at
    if until is None or until <= cut:
        raise Refused("changes.acting_needs_end")
    return until


def _take(
    plan: Plan, taking: Taking, posts: Mapping[int, tuple[Tenure, ...]], ends: dict[int, End], starts: list[Start]
) -> None:
    person, cut, post = plan.person_id or 0, plan.effective_at, taking.post_id
    if taking.taken_as == "acting":
        if plan.back_at is None or plan.back_at <= cut:
            raise Refused("changes.acting_needs_end")
        _not_there_anyway(person, post, cut, posts)
        starts.append(Start(post, person, "acting", False, cut, plan.back_at))
        return
    _end_own(person, post, cut, posts, ends)
    if taking.taken_as == "replace":
        for one in _lasting(posts.get(post, ()), cut):
            if one.is_primary and one.kind == "holder" and one.appointment_id not in ends:
                at = max(cut, one.starts_at)
                ends[one.appointment_id] = End(one.appointment_id, post, one.person_id, at, person)
    kind = "deputy" if taking.taken_as == "deputy" else "holder"
    starts.append(Start(post, person, kind, taking.taken_as == "replace", cut, None))


def _end_own(
    person_id: int, post_id: int, cut: datetime, posts: Mapping[int, tuple[Tenure, ...]], ends: dict[int, End]
) -> None:
    """Whoever follows may have been the deputy of the post, or beside: that ends where the new appointment begins."""
    for one in _lasting(posts.get(post_id, ()), cut):
        if one.person_id == person_id and one.appointment_id not in ends:
            ends[one.appointment_id] = End(one.appointment_id, post_id, person_id, max(cut, one.starts_at), person_id)


def _not_there_anyway(person_id: int, post_id: int, cut: datetime, posts: Mapping[int, tuple[Tenure, ...]]) -> None:
    if any(one.person_id == person_id for one in _lasting(posts.get(post_id, ()), cut)):
        raise Refused("changes.answers_anyway")


def _lasting(tenures: Iterable[Tenure], cut: datetime) -> Iterator[Tenure]:
    return (one for one in tenures if one.ends_at is None or (one.ends_at > cut and one.ends_at > one.starts_at))


def _away(plan: Plan, mine: Mapping[int, Tenure], posts: Mapping[int, tuple[Tenure, ...]]) -> Worked:
    """A leave takes no post away; whoever acts does so from the first to the last day of it."""
    back, begins = plan.back_at, plan.effective_at
    if back is None or back <= begins:
        raise Refused("changes.leave_needs_end")
    meant = {one.appointment_id: one for one in plan.gives}
    starts: list[Start] = []
    declared: set[int] = set()
    for tenure in mine.values():
        giving = meant.get(tenure.appointment_id)
        if tenure.starts_at >= back:
            continue
        if giving is None:
            raise Refused("changes.post_forgotten")
        declared.add(tenure.post_id)
        if giving.then is Then.ACTING:
            if giving.person_id is None or giving.person_id == plan.person_id:
                raise Refused("changes.successor_missing")
            _not_there_anyway(giving.person_id, tenure.post_id, begins, posts)
            until = min(back, tenure.ends_at) if tenure.ends_at else back
            starts.append(
                Start(tenure.post_id, giving.person_id, "acting", False, max(begins, tenure.starts_at), until)
            )
    return Worked((), tuple(starts), (begins, back), frozenset(declared))
