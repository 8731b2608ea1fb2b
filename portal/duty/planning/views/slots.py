"""Areas and slots in words and on the ruler."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from urllib.parse import urlencode

from portal.core.clock import today
from portal.duty.planning import labels
from portal.duty.planning.forms import clock_of
from portal.duty.planning.rules import Cover, Held, Stretch, cover, held, turning_days
from portal.duty.planning.views.shapes import (
    AreaShown,
    Block,
    Cell,
    CoverCell,
    Frame,
    Lane,
    Link,
    OverviewPage,
    SlotLine,
)
from portal.duty.queries import Plan
from portal.duty.rules import Slot
from portal.duty.views.words import Words

QUARTER = 15
COLUMNS = 96


def address(path: str, other: str = "", **query: object) -> str:
    """A path with its query; `other` is "" for one's own school, else "&org=7"."""
    asked = urlencode({name: value for name, value in query.items() if value not in ("", None)})
    return f"{path}?{asked}{other}" if asked else path + other.replace("&", "?", 1)


def area_address(area_id: int | None, other: str, **query: object) -> str:
    """The page of an area; of the whole school where it is None."""
    if area_id is None:
        return address("/duty/plan/school", other, **query)
    return address(f"/duty/plan/areas/{area_id}", "", **query)


def hours(from_minute: int, to_minute: int) -> str:
    """08:00–12:00."""
    return f"{clock_of(from_minute)}\u2013{clock_of(to_minute)}"


def day_kind_name(words: Words, code: str) -> str:
    """What a kind of day is called."""
    found = words.plan.kinds.get(code)
    return words.chosen(found.name, found.name_en) if found else code


def kinds_in_order(plan: Plan) -> list[str]:
    """Kinds of day as they are shown: those that all share first."""
    return [
        kind.code for kind in sorted(plan.kinds.values(), key=lambda kind: (kind.code.startswith("own"), kind.sort))
    ]


def areas_in_order(plan: Plan) -> list[int | None]:
    """The whole school, then the areas that have not ended."""
    found = sorted((area for area in plan.areas.values() if not area.is_ended), key=lambda area: (area.sort, area.id))
    return [None, *(area.id for area in found)]


def cover_text(words: Words, area_id: int | None, found: Cover, has_slots: bool) -> str:
    """Whether each minute is asked for; the whole school is always led (D4)."""
    if area_id is None:
        return words.say(labels.ALWAYS_LED)
    if found.is_whole:
        return words.say(labels.WHOLE_DAY)
    if not has_slots:
        return words.say(labels.NO_SLOTS)
    said = words.say(labels.AND).join(hours(*hole) for hole in found.holes)
    return words.say(labels.HOLES, holes=said)


def overlap_texts(words: Words, found: Cover) -> tuple[str, ...]:
    """Where slots of a role lie over each other."""
    return tuple(
        words.say(labels.OVERLAP, hours=hours(one.from_minute, one.to_minute), role=words.role(one.role),
                  people=one.people)
        for one in found.overlaps
    )  # fmt: skip


def people_text(words: Words, slot: Slot) -> str:
    """As what, and how many."""
    return words.say(labels.PEOPLE, role=words.role(slot.role), count=slot.people)


def area_shown(
    words: Words,
    area_id: int | None,
    kind: str,
    on: date,
    *,
    other: str,
    linked: bool = True,
    place: str = "",
    alone: bool = False,
) -> AreaShown:
    """An area on a kind of day; `alone` is the one area of a page, whose ruler needs no word beside it but its name."""
    found = held(words.plan.slots, words.plan.days, area_id, kind, on)
    covered = cover(found.slots)
    new_href = address("/duty/plan/slots/new", other, area=area_id, kind=kind) if linked else ""
    name, text = words.area(area_id), cover_text(words, area_id, covered, bool(found.slots))
    holes = () if area_id is None else covered.holes
    return AreaShown(
        f"a{area_id or 0}", name, place, area_address(area_id, other, kind=kind) if linked else "",
        Lane(name if alone else text, area_id is None, blocks(words, found, holes, new_href, linked)), text,
        area_id is None or covered.is_whole, inherits_text(words, found, kind), overlap_texts(words, covered),
    )  # fmt: skip


def inherits_text(words: Words, found: Held, kind: str) -> str:
    """Whose slots these are, where they are another kind's."""
    if not found.kind or found.kind == kind:
        return ""
    return words.say(labels.AS_ON, kind=day_kind_name(words, found.kind))


def blocks(
    words: Words, found: Held, holes: Iterable[Stretch], new_href: str, linked: bool
) -> tuple[Block, ...]:  # fmt: skip
    """Slots and holes on the ruler; what overlaps goes a row lower."""
    made: list[tuple[int, int, str, Cell]] = []
    for slot in found.slots:
        cell = Cell(words.chosen(slot.name, slot.name_en), f"/duty/plan/slots/{slot.id}" if linked else "")
        made.append((slot.from_minute, slot.to_minute, people_text(words, slot), cell))
    for hole in holes:
        starts, ends = clock_of(hole.from_minute), clock_of(hole.to_minute)
        href = f"{new_href}&{urlencode({'starts': starts, 'ends': ends})}" if new_href else ""
        act = words.say(labels.ADD) if href else ""
        made.append((hole.from_minute, hole.to_minute, "", Cell(words.say(labels.HOLE), href, "gap", act)))
    ends_of_rows: list[int] = []
    placed = []
    for start, end, role, cell in sorted(made):
        at = min(round(start / QUARTER), COLUMNS - 1)
        length = max(1, round(end / QUARTER) - at)
        row = next((n for n, reached in enumerate(ends_of_rows) if reached <= start), len(ends_of_rows))
        ends_of_rows[row : row + 1] = [end]
        placed.append(Block(at, min(length, COLUMNS - at), row + 1, hours(start, end), role, (cell,)))
    return tuple(placed)


def slot_lines(words: Words, found: Held) -> tuple[SlotLine, ...]:
    """The slots as a list, with the dates between which they hold."""
    lines = []
    for slot in found.slots:
        since = [words.say(labels.FROM, day=words.on(slot.first_day))] if slot.first_day > today() else []
        if slot.last_day is not None:
            since.append(words.say(labels.UNTIL, day=words.on(slot.last_day)))
        role = people_text(words, slot)
        lines.append(
            SlotLine(
                hours(slot.from_minute, slot.to_minute), words.chosen(slot.name, slot.name_en),
                words.say(labels.REPORTS, people=role) if slot.asks_report else role,
                words.say(labels.AND).join(since), f"/duty/plan/slots/{slot.id}",
            )
        )  # fmt: skip
    return tuple(lines)


def date_links(words: Words, slots: Iterable[Slot], on: date, to: Callable[..., str]) -> tuple[Link, ...]:
    """Today, and each later date from which other slots hold; nothing where nothing changes."""
    later = turning_days(slots, today())
    if not later:
        return ()
    links: list[Link] = [(words.say(labels.TODAY), to(), "", on == today())]
    for day in later[:8]:
        links.append((words.say(labels.FROM, day=words.on(day)), to(on=day.isoformat()), "", day == on))
    return tuple(links)


def overview(
    frame: Frame, words: Words, kind: str, on: date, *, is_proposal: bool, places: dict[int, str] | None = None
) -> OverviewPage:
    """All areas on one kind of day, and all kinds of day in a word."""
    plan, other = words.plan, frame.other
    kinds, areas = kinds_in_order(plan), areas_in_order(plan)
    shown = [
        area_shown(words, area, kind, on, other=other, linked=not is_proposal, place=(places or {}).get(area or 0, ""))
        for area in areas
    ]
    rows = [(words.area(area), _row(words, area, kinds, on, other, is_proposal)) for area in areas if area is not None]
    asked = {} if on == today() else {"on": on.isoformat()}
    return OverviewPage(
        frame, kind, day_kind_name(words, kind),
        tuple((day_kind_name(words, one), address("/duty/plan", other, kind=one, **asked), "", one == kind)
              for one in kinds),
        date_links(words, plan.slots, on, lambda **more: address("/duty/plan", other, kind=kind, **more)), on,
        tuple(shown), tuple(day_kind_name(words, one) for one in kinds), tuple(rows),
        sum(not cell.is_whole for _, cells in rows for cell in cells), is_proposal,
        address("/duty/plan/areas/new", other),
    )  # fmt: skip


def _row(
    words: Words, area_id: int | None, kinds: Sequence[str], on: date, other: str, is_proposal: bool
) -> tuple[CoverCell, ...]:
    cells = []
    for kind in kinds:
        found = held(words.plan.slots, words.plan.days, area_id, kind, on)
        covered = cover(found.slots)
        text = inherits_text(words, found, kind) if covered.is_whole else ""
        text = text or cover_text(words, area_id, covered, bool(found.slots))
        href = "" if is_proposal else area_address(area_id, other, kind=kind)
        cells.append(CoverCell(text, href, covered.is_whole))
    return tuple(cells)
