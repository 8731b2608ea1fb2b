"""Everything that stands on a public board, read in a fixed number of statements. No actor: strangers read it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from portal.contact_boards.queries.boards import OpenBoard, setting_of
from portal.contact_boards.queries.consents import Somebody, people_for_strangers
from portal.core.clock import local, start_of_day
from portal.core.database import fetch, fetch_one, in_list
from portal.duty.queries import OpenBook, Plan, book_of, duty_leader_rows, plan_of, with_needs
from portal.duty.rules import (
    LEADING,
    LeaderRow,
    Line,
    leading_at,
    needed_at,
    needs_between,
    next_change_at,
    on_duty_at,
)
from portal.duty.rules import next_change as next_change_of_lane
from portal.grids.queries import ids_in
from portal.responsibilities.queries import PostName, facts_of_org, names_for
from portal.responsibilities.queries.lists import ItemRow, copies_of, items_in, list_row, mappings_of
from portal.responsibilities.rules import Answer, Facts, next_change, responsible_for
from portal.responsibilities.rules.mapping import charge_of

MOST_PLACES = 80
MOST_DUTIES = 10
COUNTED = timedelta(days=180)
MOST_WATCHES = 12
AHEAD = timedelta(hours=26)  # a board is made anew at midnight at the latest, its school's rows within the hour


class Near(NamedTuple):
    """A grid above or just below: `what` is up or child; without a key it has no board of its own."""

    what: str
    id: int
    name: str
    kind: str
    key: str | None
    is_heading: bool


class Counts(NamedTuple):
    """How many hazards of a place strangers are told of, by stage."""

    received: int
    fixing: int
    done: int


class SchoolFacts(NamedTuple):
    """The dated rows of a school; the boards of one school share them."""

    facts: Facts
    leaders: Sequence[LeaderRow]
    duty: OpenBook
    plan: Plan


class Watch(NamedTuple):
    """A lane of duty that stands on a board, at an instant: whoever is there by the rule, and until when."""

    area: str
    area_en: str
    role: str
    role_en: str
    people: tuple[int, ...]
    until: datetime | None

    def text(self, language: str) -> str:
        """Where and as what, in the reader's language."""
        parts = (self.area_en or self.area, self.role_en or self.role) if language == "en" else (self.area, self.role)
        return " ".join(part for part in parts if part)


@dataclass(frozen=True, slots=True)
class BoardFacts:
    """What a board shows at an instant, and the next instant at which it may show something else by itself."""

    board: OpenBoard
    near: Sequence[Near]
    answers: dict[int, Answer]
    others: Sequence[tuple[int, int | None]]
    """Further posts on the grid itself, with whoever holds them."""
    posts: dict[int, PostName]
    people: dict[int, Somebody]
    leader: LeaderRow | None
    leads_until: datetime | None
    watches: Sequence[Watch]
    duties: Sequence[ItemRow]
    counts: Counts | None
    at: datetime
    until: datetime


async def school_facts(org_id: int, *, at: datetime) -> SchoolFacts:
    """The rows that decide who answers in a school, who leads it, and who is on duty. Two statements for the last."""
    plan = await plan_of(org_id)
    today = local(at).date()
    needs = needs_between(plan.slots, plan.days, today - timedelta(days=1), today + timedelta(days=2))
    duty = with_needs(await book_of(org_id, at, at + AHEAD), needs)
    return SchoolFacts(await facts_of_org(org_id, at=at), await duty_leader_rows(org_id, at), duty, plan)


async def board_facts(board: OpenBoard, school: SchoolFacts, *, at: datetime) -> BoardFacts:
    """The content of a board at an instant."""
    facts, near = school.facts, await _near(board)
    shown = [board.grid_id, *(one.id for one in near if one.what == "child" and not one.is_heading)]
    answers = {grid_id: responsible_for(facts, grid_id, at=at) for grid_id in shown}
    own = answers[board.grid_id].post_id
    others = _others(facts, board.grid_id, answers[board.grid_id], at)
    leader = leading_at(school.leaders, at)
    leads_until = next_change_at(school.leaders, at)
    named = {answer.accountable.person_id for answer in answers.values() if answer.accountable}
    watches, turns = _watches(board, school, at)
    watching = {person for watch in watches for person in watch.people}
    people = await people_for_strangers(
        {*named, *watching, *(one for _, one in others), leader.leader_id if leader else None}
    )
    wanted = {one for answer in answers.values() for one in (answer.post_id, answer.falls_to_post)}
    posts = (await names_for(posts={*wanted, *(post for post, _ in others)})).posts
    stands_on = facts.places.get(answers[board.grid_id].grid_id or 0)
    duties = await _duties(posts.get(own or 0), stands_on.kind if stands_on else board.kind, board, at)
    return BoardFacts(
        board, near, answers, others, posts, people, leader, leads_until, watches,
        duties, await _counts(board, at), at,
        _until(at, next_change(facts, at=at), leads_until, *turns),
    )  # fmt: skip


def _watches(board: OpenBoard, school: SchoolFacts, at: datetime) -> tuple[list[Watch], list[datetime | None]]:
    """The lanes of duty of the areas that a board stands in, and when each turns; the school's board has all of them.

    The leader has a line of their own. A lane that needs nobody now and has nobody is not shown.
    """
    book, found, turns = school.duty.book, list[Watch](), list[datetime | None]()
    for line in _lines(board, school):
        turn = next_change_of_lane(book, line, at=at)
        turns.append(turn)
        people = tuple(one.person_id for one in on_duty_at(book, line, at=at))
        if people or needed_at(book, line, at=at):
            area, role = school.plan.areas.get(line.area_id or 0), school.plan.roles.get(line.role)
            names = (area.name, area.name_en) if area else ("", "")
            found.append(Watch(*names, *((role.name, role.name_en) if role else (line.role, "")), people, turn))
    return found[:MOST_WATCHES], turns


def _lines(board: OpenBoard, school: SchoolFacts) -> list[Line]:
    book, areas, here = school.duty.book, school.plan.areas, set(ids_in(board.path))
    is_school = board.grid_id == board.org_id
    found = []
    for line in {*book.shifts, *book.needs}:
        area = areas.get(line.area_id) if line.area_id is not None else None
        stands_here = is_school or (area is not None and area.grid_id in here)
        if line.role != LEADING.role and stands_here and not (area is not None and area.is_ended):
            found.append(line)
    return school.plan.in_order(found)


def _others(facts: Facts, grid_id: int, answer: Answer, at: datetime) -> list[tuple[int, int | None]]:
    """Whoever else holds a post on the grid: further posts, and those who hold one together with somebody."""
    first = answer.accountable.person_id if answer.accountable else None
    found: list[tuple[int, int | None]] = []
    for post in facts.posts_on.get(grid_id, ()):
        if post.stands(at):
            held = facts.holder(post.id, at=at)
            together = [one.person_id for one in facts.tenures_of.get(post.id, ()) if one.is_in_force(at)]
            away = {one for one in together for gone in facts.absences_of.get(one, ()) if gone.covers(at)}
            people = dict.fromkeys([*([held.person_id] if held else []), *together])
            found += [(post.id, one) for one in people if one != first and one not in away]
    return found


def _until(at: datetime, *changes: datetime | None) -> datetime:
    """The next change, at the latest the next midnight: "today" is then another day."""
    midnight = start_of_day(local(at).date() + timedelta(days=1))
    return min([midnight, *(one for one in changes if one is not None)])


async def _near(board: OpenBoard) -> list[Near]:
    marks, ids = in_list(ids_in(board.path)[:-1])
    columns = "g.id, g.name, g.kind, b.key, g.is_heading"
    found = await fetch(
        Near,
        f"SELECT x.what, x.id, x.name, x.kind, x.key, x.is_heading FROM (SELECT 'up' AS what, {columns}, "
        "g.depth AS rank, 0 AS sort FROM grid g "
        "LEFT JOIN contact_board b ON b.grid_id = g.id AND b.revoked_at IS NULL "
        f"WHERE g.id IN {marks} AND g.org_id = {{}} UNION ALL SELECT 'child', {columns}, 1000, g.sort FROM grid g "
        "LEFT JOIN contact_board b ON b.grid_id = g.id AND b.revoked_at IS NULL "
        "WHERE g.parent_id = {} AND g.org_id = {} AND g.ended_at IS NULL) x ORDER BY x.rank, x.sort, x.id LIMIT {}",
        *ids, board.org_id, board.grid_id, board.org_id, MOST_PLACES,
    )  # fmt: skip
    return list(found)


async def _duties(post: PostName | None, kind: str, board: OpenBoard, at: datetime) -> list[ItemRow]:
    """The duties of the list that a post takes. Words that the school has still to confirm are not for strangers."""
    if post is None:
        return []
    rows = [row.rule for row in await mappings_of(board.org_id)]
    copies = await copies_of(board.org_id) if rows else {}
    charge = charge_of(rows, title=post.title, kind=kind, name=post.grid, copies=copies)
    found = await list_row(charge.list_id, board.org_id) if charge.list_id is not None else None
    if found is None or found.asks:
        return []
    return (await items_in(found.id, at=at))[:MOST_DUTIES]


async def _counts(board: OpenBoard, at: datetime) -> Counts | None:
    """Sensitive hazards and what turned out to be none are not counted; None where the school does not show it."""
    if not (await setting_of(board.org_id)).shows_counts:
        return None
    found = await fetch_one(
        Counts,
        "SELECT coalesce(sum(CASE WHEN h.status = 'reported' THEN 1 ELSE 0 END), 0) + (SELECT count(*) FROM "
        "public_report r JOIN grid rg ON rg.id = r.grid_id WHERE r.state = 'waiting' AND r.org_id = {} "
        "AND rg.path LIKE {} AND r.hazard_id IS NULL AND r.plate_fault IS NULL), "
        "coalesce(sum(CASE WHEN h.status NOT IN ('reported', 'closed') THEN 1 ELSE 0 END), 0), "
        "coalesce(sum(CASE WHEN h.status = 'closed' AND h.outcome = 'rectified' THEN 1 ELSE 0 END), 0) "
        "FROM hazard h JOIN grid g ON g.id = h.grid_id WHERE h.org_id = {} AND g.path LIKE {} "
        "AND h.is_restricted = FALSE AND (h.closed_at IS NULL OR h.closed_at > {})",
        board.org_id, board.path + "%", board.org_id, board.path + "%", at - COUNTED,
    )  # fmt: skip
    return Counts(int(found.received), int(found.fixing), int(found.done)) if found else None


def post_on_board(facts: BoardFacts, person_id: int) -> int | None:
    """The post for which somebody stands on the board; None for whoever does not stand there (or leads only)."""
    for answer in facts.answers.values():
        if answer.accountable is not None and answer.accountable.person_id == person_id:
            return answer.post_id
    return next((post for post, person in facts.others if person == person_id), None)


def shows_person(facts: BoardFacts, post_id: int) -> Somebody | None:
    """Whoever stands on the board for a post; None when the post is not on it, or nobody holds it."""
    for answer in facts.answers.values():
        if answer.post_id == post_id and answer.accountable is not None:
            return facts.people.get(answer.accountable.person_id)
    return next((facts.people.get(person or 0) for post, person in facts.others if post == post_id), None)
