"""Random books in a real database: page, week, calendar, month sheet, public board and wall say what the rule says.

The rule is asked of the book as it was written (`written_books`), the models are read from the database; then samples
are rendered and read back from their bytes. Some here, two hundred by `-m faults`. A model that is a stretch of time is
compared at every instant at which it or the rule changes and a millisecond before; a model of an instant at changes and
midnights, a millisecond before them, and between.
"""

import random
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

import pytest

from portal.contact_boards.queries.boards import open_board
from portal.contact_boards.queries.page import board_facts, school_facts
from portal.contact_boards.services import board_of
from portal.core.actors import SYSTEM
from portal.core.clock import at_local, local, start_of_day
from portal.core.database import fetch_value
from portal.duty import labels
from portal.duty.feeds.queries import published_book
from portal.duty.feeds.rules import FeedKind, entries_of_person, entries_together, parts_of_book
from portal.duty.feeds.services import MadeFeed, make_feed
from portal.duty.provided import laid_days
from portal.duty.queries import first_day_of, kept_plan
from portal.duty.rules import LEADING, As, Line, OnDuty, Stretch, needed_at, on_duty_at, stretches
from portal.duty.sheets.services import make_screen
from portal.duty.sheets.views.month import MonthView, last_of, month_view
from portal.duty.sheets.views.wall import wall_of
from portal.duty.views.lanes import Laid, Lane, Reader
from portal.duty.views.today import day_view
from portal.duty.views.week import monday_of, week_days
from portal.duty.views.words import Words
from tests.cast import Cast
from tests.conftest import Browsers, MovingClock
from tests.duty.read_back import (
    Lanes,
    Now,
    Told,
    cells_of,
    from_board,
    from_calendar,
    from_paper,
    from_today,
    from_wall,
    from_week,
    from_workbook,
    told_by_cells,
    who,
)
from tests.duty.written_books import Written, instants, written_book

MILLISECOND = timedelta(milliseconds=1)
DAY = timedelta(days=1)
BEGIN, END = start_of_day(date(2026, 11, 25)), start_of_day(date(2027, 1, 9))
DAYS = [local(BEGIN).date() + DAY * n for n in range((END - BEGIN).days)]
MONTHS = (date(2026, 12, 1), date(2026, 11, 1), date(2027, 1, 1))
NAMED = {kind: "" if kind is As.OWN else text for kind, text in labels.STANDS.items()}


@dataclass
class Ground:
    """A school with a random book, as the models read it and as it was written."""

    written: Written
    words: Words
    version: int
    lanes: Lanes
    read: Counter[str] = field(default_factory=Counter)

    def name(self, one: OnDuty) -> str:
        return self.written.names[one.person_id]

    def rule(self, line: Line, at: datetime) -> tuple[OnDuty, ...]:
        return on_duty_at(self.written.book, line, at=at)

    def missing(self, line: Line, at: datetime) -> int:
        return max(0, needed_at(self.written.book, line, at=at) - len(self.rule(line, at)))

    def ahead(self, line: Line, at: datetime, end: datetime) -> tuple[Stretch, ...]:
        return stretches(self.written.book, line, at, end)

    async def laid(self, at: datetime, first: date, last: date) -> Laid:
        """The book as a page reads it from the database."""
        return await laid_days(self.written.org_id, self.words, Reader(at, may_edit=False), first, last)


async def ground(cast: Cast, seed: int) -> Ground:
    written = await written_book(cast, seed)
    version = int(await fetch_value("SELECT rights_version FROM organisation WHERE grid_id = {}", cast.school))
    words = Words((await kept_plan(cast.school, version)).plan, "zh-Hans")
    areas = {line: "带班" if line == LEADING else words.area(line.area_id) for line in written.lines}
    parts = {(area, words.role(line.role)): line for line, area in areas.items()}
    return Ground(written, words, version, Lanes({words.line(line): line for line in written.lines}, parts))


# What is told, against the rule.


def same(g: Ground, told: Iterable[Told], start: datetime, end: datetime) -> int:
    """Fails where a lane has somebody else than the rule says, or lacks another number; gives how often it looked.

    Between two instants at which neither what is told nor the rule changes, nothing can differ.
    """
    by_line: dict[Line, list[Told]] = {line: [] for line in g.written.lines}
    for one in told:
        assert start <= one.starts_at < one.ends_at <= end, one
        by_line[one.line].append(one)
    looked = 0
    for line, rows in by_line.items():
        edges = {one.starts_at for one in g.ahead(line, start, end)} | {start, end}
        edges |= {edge for one in rows for edge in (one.starts_at, one.ends_at)}
        for at in sorted(
            {*(edge for edge in edges if edge < end), *(edge - MILLISECOND for edge in edges if edge > start)}
        ):
            here = [one for one in rows if one.starts_at <= at < one.ends_at]
            rule = g.rule(line, at)
            names = sorted(one.name for one in here if not one.missing)
            assert names == sorted(map(g.name, rule)), (line, at)
            assert sum(one.missing for one in here) == g.missing(line, at), (line, at)
            marked = {one.name for one in here if one.steps_in is not None and one.steps_in}
            if any(one.steps_in is not None for one in here):
                assert marked == {g.name(one) for one in rule if one.stands is As.FALLBACK}, (line, at)
            looked += 1
    return looked


def same_lanes(g: Ground, days: Sequence[tuple[date, tuple[Lane, ...]]]) -> int:
    """The lanes of some days, as their blocks have them."""
    told = [
        who(g.lanes.parts[lane.name, block.role], (block.starts_at, block.ends_at), name, marked=False)
        for _, lanes in days for lane in lanes for block in lane.blocks for cell in block.cells
        for name in ([cell.text] if cell.kind == "gap" else cell.text.split("、"))
    ]  # fmt: skip
    return same(g, told, start_of_day(days[0][0]), start_of_day(days[-1][0] + DAY))


def at_posts(g: Ground, at: datetime) -> list[Now]:
    """Who the rule says is there, lane by lane as pages show them."""
    lines = g.words.plan.in_order(g.written.lines)
    return [
        Now(g.words.line(line), tuple((g.name(one), NAMED[one.stands]) for one in g.rule(line, at)), g.missing(line, at))
        for line in lines if g.rule(line, at) or needed_at(g.written.book, line, at=at)
    ]  # fmt: skip


def goes(g: Ground, line: Line, at: datetime, end: datetime, person: int) -> datetime:
    """When somebody goes off duty."""
    rows = g.ahead(line, at, end)
    return next((one.starts_at for one in rows if person not in {who.person_id for who in one.people}), end)


def until_of_leader(g: Ground, at: datetime) -> datetime:
    """When somebody else leads, or nobody."""
    here = [one.person_id for one in g.rule(LEADING, at)]
    rows = g.ahead(LEADING, at, at + timedelta(days=10))
    return next(one.starts_at for one in rows if [who.person_id for who in one.people] != here)


def called(g: Ground, at: datetime) -> str:
    """Whoever leads as strangers read it: by name with consent."""
    leading = g.rule(LEADING, at)
    if not leading:
        return "现在没有人带班"
    return g.name(leading[0]) if leading[0].person_id in g.written.consenting else "有人带班"


# The models.


async def check_today(g: Ground, at: datetime) -> None:
    day = local(at).date()
    laid = await g.laid(at, day, day + DAY)
    view = day_view(laid, day)
    found = [Now(one.lane, tuple((who.name, who.stands) for who in one.people), one.missing) for one in view.posted]
    assert found == at_posts(g, at), at
    for one in view.posted:
        line = g.lanes.lines[one.lane]
        assert one.until == g.ahead(line, at, laid.end)[0].ends_at
        assert [who.until for who in one.people] == [goes(g, line, at, laid.end, who.person_id) for who in one.people]
    assert view.missing_now == sum(g.missing(line, at) for line in g.written.lines)


async def check_days(g: Ground, at: datetime) -> int:
    """The strip of the day, the lanes and the sums of the week."""
    day = local(at).date()
    looked = same_lanes(g, [(day, day_view(await g.laid(at, day, day + DAY), day).lanes)])
    monday = monday_of(day)
    laid = await g.laid(at, monday, monday + timedelta(days=6))
    start, end = start_of_day(monday), start_of_day(monday + timedelta(days=7))
    rows = [one for line in g.written.lines for one in g.ahead(line, start, end)]
    needed, missing = (
        sum((one.ends_at - one.starts_at for one in found), timedelta())
        for found in ([one for one in rows if one.needed], [one for one in rows if one.missing])
    )
    assert laid.hours(start, end) == (needed, missing)
    return looked + same_lanes(g, [(one.day, one.lanes) for one in week_days(laid, day)])


async def month_of(g: Ground, first: date, at: datetime) -> MonthView:
    laid, org = await g.laid(at, first, last_of(first)), g.written.org_id
    return month_view(laid, first, org_id=org, school="", is_below=False, planned=await first_day_of(org))


def span_of(g: Ground, first: date) -> tuple[datetime, datetime]:
    """From when on a sheet of this month tells: before its first roster a school has none."""
    begun = min(one.starts_at for rows in g.written.book.shifts.values() for one in rows)
    since = max(first, local(begun).date())
    return start_of_day(since), start_of_day(last_of(first) + DAY)


async def check_month(g: Ground, first: date, at: datetime) -> int:
    view = await month_of(g, first, at)
    told = [
        who(g.lanes.lines[column.name], (one.starts_at, one.ends_at), name)
        for day in view.days for column, cell in zip(view.columns, day.cells, strict=bool(day.cells))
        for one in cell for name in ((one.lack,) if one.lack else one.people)
    ]  # fmt: skip
    return same(g, told, *span_of(g, first))


def same_feed(
    g: Ground, events: Sequence[tuple[Line, datetime, datetime, int, bool]], start: datetime, end: datetime,
    *, person: int | None = None, area: int | None = None,
) -> int:  # fmt: skip
    """A person's events are exactly the lanes in which they are; those of an area or the school count its people."""
    looked = 0
    for line in g.written.lines:
        rows = [one for one in events if one[0] == line]
        if area is not None and line.area_id != area:
            assert not rows
            continue
        edges = {one.starts_at for one in g.ahead(line, start, end)} | {end}
        edges |= {edge for one in rows for edge in one[1:3] if start <= edge <= end}
        for at in sorted(
            {*(edge for edge in edges if edge < end), *(edge - MILLISECOND for edge in edges if edge > start)}
        ):
            here = [one for one in rows if one[1] <= at < one[2]]
            there = [one for one in g.rule(line, at) if person in (None, one.person_id)]
            assert sum(one[3] for one in here) == len(there), (line, at)
            steps_in = {one.stands is As.FALLBACK for one in there}
            assert {one[4] for one in here} <= steps_in and (len(steps_in) != 1 or {one[4] for one in here} == steps_in)
            looked += 1
    return looked


async def check_feeds(g: Ground, at: datetime, dice: random.Random) -> int:
    """What calendars hold of the book, before it is written as a file: some people, the areas, the school."""
    kept = await kept_plan(g.written.org_id, g.version)
    found = await published_book(g.written.org_id, kept, today=start_of_day(local(at).date()))
    parts = parts_of_book(found.opened.book, found.read_from, found.end)
    looked = 0
    for person in {*steps_in(g), *dice.sample(sorted(g.written.names), 6)}:
        rows = [
            (one.line, one.starts_at, one.ends_at, one.people, one.steps_in) for one in entries_of_person(parts, person)
        ]
        looked += same_feed(g, rows, found.start, found.end, person=person)
    for area in (None, *g.written.areas.values()):
        rows = [
            (one.line, one.starts_at, one.ends_at, one.people, one.steps_in) for one in entries_together(parts, area)
        ]
        looked += same_feed(g, rows, found.start, found.end, area=area)
    return looked


def steps_in(g: Ground) -> set[int]:
    """Whoever fills a gap somewhere."""
    rows = [one for line in g.written.lines for one in g.ahead(line, BEGIN, END)]
    return {who.person_id for one in rows for who in one.people if who.stands is As.FALLBACK}


async def check_wall(g: Ground, at: datetime) -> None:
    day = local(at).date()
    laid = await g.laid(at, day, day + DAY)
    wall = wall_of(laid, at)
    rows = {line: g.ahead(line, at, laid.end) for line in g.words.plan.in_order(g.written.lines)}
    shown = [line for line in rows if line == LEADING or rows[line][0].people or rows[line][0].needed]
    assert [g.lanes.lines[one.name] for one in wall.lanes] == shown, at
    for line, lane in zip(shown, wall.lanes, strict=True):
        now = [g.name(one) + ("（兜底）" if one.stands is As.FALLBACK else "") for one in g.rule(line, at)]
        assert (lane.people, lane.missing) == ("、".join(now), g.missing(line, at)), (line, at)
        assert_next(g, line, at, laid.end, (lane.next_at, lane.next_people if lane.next_at else "", lane.next_missing))
    assert wall.since == at < wall.until <= min(one[0].ends_at for one in rows.values())


def assert_next(g: Ground, line: Line, at: datetime, end: datetime, found: tuple[str, str, int]) -> None:
    """Who comes next, in a lane in which somebody does."""
    here = (g.rule(line, at), g.missing(line, at))
    edges = [one.starts_at for one in g.ahead(line, at, end)][1:]
    change = next((edge for edge in edges if (g.rule(line, edge), g.missing(line, edge)) != here), None)
    if change is None or not (g.rule(line, change) or g.missing(line, change)):
        assert found == ("", "", 0), (line, at)
        return
    then = [g.name(one) + ("（兜底）" if one.stands is As.FALLBACK else "") for one in g.rule(line, change)]
    assert found == (f"{local(change):%H:%M}", "、".join(then), g.missing(line, change)), (line, at)


async def check_board(g: Ground, at: datetime, key: str) -> None:
    board = await open_board(key)
    assert board
    facts = await board_facts(board, await school_facts(g.written.org_id, at=at), at=at)
    leading = g.rule(LEADING, at)
    assert ([facts.leader.leader_id] if facts.leader else []) == [one.person_id for one in leading], at
    until = until_of_leader(g, at)
    assert facts.leads_until == until and facts.until <= until, at
    lanes = [line for line in g.words.plan.in_order(g.written.lines) if line.role != LEADING.role]
    there = [people for line in lanes if (people := tuple(one.person_id for one in g.rule(line, at)))]
    assert [one.people for one in facts.watches if one.people] == there, at
    assert all(one.until is None or facts.until <= one.until for one in facts.watches), at


def holds_everything(g: Ground) -> None:
    """A book in which nothing happens would be equal everywhere."""
    rows = [one for line in g.written.lines for one in g.ahead(line, BEGIN, END)]
    assert {who.stands for one in rows for who in one.people} == set(As)
    assert any(one.missing for one in rows) and any(one.surplus for one in rows)
    assert any(shift.post_id for shifts in g.written.book.shifts.values() for shift in shifts)
    assert set(map(g.words.plan.days.kind, DAYS)) >= {"school_day", "weekend", "holiday", "makeup"}


async def check_models(g: Ground, clock: MovingClock, dice: random.Random, key: str, *, count: int) -> int:
    looked = changed = 0
    before: tuple[datetime, list[Now]] | None = None
    for at in instants(g.written, dice, BEGIN, END, count):
        clock.set(at)
        await check_today(g, at)
        await check_wall(g, at)
        await check_board(g, at, key)
        here = at_posts(g, at)
        if before and at - before[0] == MILLISECOND and at == start_of_day(local(at).date()):
            changed += here != before[1]
        before, looked = (at, here), looked + 3
    assert changed, "somebody else from midnight on"
    for _ in range(max(1, count // 4)):
        looked += await check_days(g, BEGIN + dice.random() * (END - BEGIN))
    for first in MONTHS:
        looked += await check_month(g, first, BEGIN)
    return looked + await check_feeds(g, at_local(date(2026, 12, 20), time(9)), dice)


# Rendered, and read back.


@dataclass
class Doors:
    """Who reads what: a teacher's pages, a screen, calendars, a board."""

    g: Ground
    cast: Cast
    browsers: Browsers
    board: str = ""
    screen: str = ""

    async def html(self, path: str) -> str:
        """A page of a teacher, whose session is of this instant."""
        answer = await (await self.browsers.of(self.cast.teacher)).get(path)
        assert answer.status_code == 200
        return answer.text

    async def file(self, path: str) -> bytes:
        answer = await (await self.browsers.of(self.cast.teacher)).client.get(path)
        assert answer.status_code == 200
        return bytes(answer.content)

    async def public(self, path: str) -> bytes:
        answer = await self.browsers.stranger().client.get(path)
        assert answer.status_code == 200
        return bytes(answer.content)


async def doors_of(g: Ground, cast: Cast, browsers: Browsers) -> Doors:
    board = await board_of(cast.school, by=await cast.actor(cast.safety))
    screen = await make_screen(cast.school, "门卫室", by=SYSTEM)
    return Doors(g, cast, browsers, f"/b/{board.key}", f"/screen/{screen.token}")


async def read_today(d: Doors, at: datetime) -> None:
    day = local(at).date()
    told, now = from_today(await d.html("/duty"), day, d.g.lanes)
    assert now == at_posts(d.g, at), at
    assert same(d.g, told, start_of_day(day), start_of_day(day + DAY))
    d.g.read["today"] += 1


async def read_week(d: Doors, at: datetime) -> None:
    monday = monday_of(local(at).date())
    told = from_week(await d.html(f"/duty/week?day={local(at).date()}"), monday, d.g.lanes)
    assert same(d.g, told, start_of_day(monday), start_of_day(monday + timedelta(days=7)))
    d.g.read["week"] += 1


async def read_wall(d: Doors, at: datetime) -> None:
    g, end = d.g, start_of_day(local(at).date() + 2 * DAY)
    for now, following in from_wall((await d.public(d.screen)).decode()):
        line = g.lanes.lines[now.lane]
        people = tuple((g.name(one), "兜底" if one.stands is As.FALLBACK else "") for one in g.rule(line, at))
        assert now == Now(now.lane, people, g.missing(line, at)), at
        head, _, rest = following.partition(" 起 ")
        names, _, lack = rest.partition("缺")
        missing = int(lack.split()[0]) if lack else 0
        assert_next(g, line, at, end, (head, names.strip(), missing))
    g.read["wall"] += 1


async def read_board(d: Doors, at: datetime) -> None:
    name, until = from_board((await d.public(d.board)).decode())
    assert name == called(d.g, at), at
    if d.g.rule(LEADING, at):
        assert until.endswith(f"{local(until_of_leader(d.g, at)):%H:%M}"), (until, at)
    else:
        assert not until
    d.g.read["board"] += 1


async def read_month(d: Doors, first: date, *, papers: int = 1) -> None:
    """Page, workbook and paper of a month. On paper the words of each cell are those of the page, which is the rule."""
    g, month = d.g, f"{first:%Y-%m}"
    heads, cells = cells_of(await d.html(f"/duty/month?month={month}"))
    assert same(g, told_by_cells(first, heads, cells, g.lanes), *span_of(g, first))
    book_heads, book_cells = from_workbook(await d.file(f"/duty/month.xlsx?month={month}"))
    assert same(g, told_by_cells(first, book_heads, book_cells, g.lanes), *span_of(g, first))
    g.read["month page"] += 1
    g.read["workbook"] += 1
    for size in ("", "&size=A3")[:papers]:
        paper_heads, paper = from_paper(await d.file(f"/duty/month.pdf?month={month}{size}"))
        assert paper_heads == ["".join((name + hours).split()) for name, hours in heads]
        page = {key: "".join("".join(texts).split()) for key, texts in cells.items() if texts}
        assert paper == page, [(key, page.get(key), paper.get(key)) for key in page if page.get(key) != paper.get(key)][
            :3
        ]
        g.read["paper"] += 1


async def read_feeds(d: Doors, at: datetime, people: Sequence[int]) -> None:
    """The calendars of some people, of an area and of the school."""
    g, office = d.g, await d.cast.actor(d.cast.safety)
    kept = await kept_plan(g.written.org_id, g.version)
    found = await published_book(g.written.org_id, kept, today=start_of_day(local(at).date()))
    area = next(line.area_id for line in g.written.lines if line.area_id)
    made: list[tuple[MadeFeed, int | None, int | None]] = [(await make_feed(g.written.org_id, FeedKind.SCHOOL, by=office), None, None),
            (await make_feed(g.written.org_id, FeedKind.AREA, area_id=area, by=office), None, area)]  # fmt: skip
    for person in people:
        await d.browsers.stranger().sign_in_as(person)
        made.append((await make_feed(g.written.org_id, FeedKind.PERSON, by=await d.cast.actor(person)), person, None))
    for feed, whose, of_area in made:
        events = from_calendar(await d.public(f"/feeds/{feed.token}.ics"), g.lanes)
        assert same_feed(g, events, found.start, found.end, person=whose, area=of_area)
        g.read["calendar"] += 1


async def read_samples(
    g: Ground, cast: Cast, browsers: Browsers, clock: MovingClock, dice: random.Random, *, count: int, months: int
) -> None:
    """`count` instants of each page of an instant, in order, so that what is kept grows old as it does in life."""
    doors = await doors_of(g, cast, browsers)
    chosen = list(instants(g.written, dice, BEGIN, END, count))
    at = [one for one in chosen if one - MILLISECOND in chosen and one == start_of_day(local(one).date())][:1]
    picked = sorted({*at, *(one - MILLISECOND for one in at), *dice.sample(chosen, count)})[: count + 2]
    for n, one in enumerate(picked):
        clock.set(one)
        await read_today(doors, one)
        await read_wall(doors, one)
        await read_board(doors, one)
        if n % 2:
            await read_week(doors, one)
    for first in MONTHS[:months]:
        await read_month(doors, first, papers=2 if months > 1 else 1)
    gone = {one for one, rows in g.written.book.absences.items() if any(row.ends_at is None for row in rows)}
    staying = sorted(set(g.written.names) - gone)
    filling = sorted(steps_in(g) & set(staying))[:1]
    await read_feeds(doors, picked[-1], [*filling, *dice.sample([one for one in staying if one not in filling], 2)])


@pytest.mark.parametrize("seed", [3, 4])
async def test_the_models_say_what_the_rule_says(cast: Cast, clock: MovingClock, seed: int) -> None:
    dice, g = random.Random(seed), await ground(cast, seed)
    key = (await board_of(cast.school, by=await cast.actor(cast.safety))).key
    assert await check_models(g, clock, dice, key, count=8) > 1000
    holds_everything(g)


async def test_samples_are_read_back_equal(cast: Cast, browsers: Browsers, clock: MovingClock) -> None:
    dice, g = random.Random(5), await ground(cast, 5)
    await read_samples(g, cast, browsers, clock, dice, count=3, months=1)
    assert set(g.read) == {"today", "week", "wall", "board", "month page", "workbook", "paper", "calendar"}


@pytest.mark.faults
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("seed", range(100, 108))
async def test_many_samples_are_read_back_equal(cast: Cast, browsers: Browsers, clock: MovingClock, seed: int) -> None:
    """Eight books, forty samples of each: more than three hundred together, of every kind."""
    dice, g = random.Random(seed), await ground(cast, seed)
    key = (await board_of(cast.school, by=await cast.actor(cast.safety))).key
    looked = await check_models(g, clock, dice, key, count=24)
    holds_everything(g)
    clock.set(BEGIN)
    await read_samples(g, cast, browsers, clock, dice, count=6, months=2)
    print(f"\nbook {seed}: {looked} comparisons of models, {g.read.total()} samples read back {dict(g.read)}")
    assert g.read.total() >= 25
