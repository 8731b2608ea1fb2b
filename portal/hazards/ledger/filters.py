"""What the address of the ledger asks for, and the reviewed conditions it becomes. Pure: nothing typed is ever SQL."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from portal.core.actors import Actor
from portal.core.clock import start_of_day
from portal.grids.queries import like
from portal.hazards.queries.lists import involved
from portal.hazards.rules import COLUMNS, LEVELS

STATUSES = ("open", "all", *(str(status) for status in COLUMNS))
PAGE = 50
MOST_PAGES = 2_000
_MONTH = re.compile(r"(20\d\d)-(0[1-9]|1[0-2])")
_CODE = re.compile(r"[a-z0-9-]{1,40}")


@dataclass(frozen=True, slots=True)
class Filter:
    """The whole state of the ledger. A word of the address that means nothing is left out."""

    status: str = "open"
    level: str = ""
    group: str = ""
    overdue: bool = False
    month: str = ""
    mine: bool = False
    to_us: bool = False
    q: str = ""
    oldest: bool = False
    page: int = 1

    @property
    def query(self) -> str:
        """The address's part that keeps this state: "?status=recheck&level=red", "" for the plain ledger."""
        plain = Filter()
        asked = {
            name: "1" if value is True else value
            for name in self.__slots__
            if (value := getattr(self, name)) != getattr(plain, name)
        }
        return f"?{urlencode(asked)}" if asked else ""

    def but(self, **changes: Any) -> str:
        """The address of the same state but for these changes, on its first page."""
        return replace(self, **{"page": 1, **changes}).query

    @property
    def is_any(self) -> bool:
        """Whether anything but the status narrows the rows."""
        return replace(self, status="open", page=1, oldest=False) != Filter()


def filter_of(asked: Mapping[str, str]) -> Filter:
    """The state that an address asks for."""

    def one_of(name: str, known: tuple[str, ...], default: str = "") -> str:
        return asked.get(name, "") if asked.get(name, "") in known else default

    month, group, page = asked.get("month", ""), asked.get("group", ""), asked.get("page", "1")
    return Filter(
        status=one_of("status", STATUSES, "open"), level=one_of("level", (*map(str, LEVELS), "none")),
        group=group if _CODE.fullmatch(group) else "", overdue=asked.get("overdue") == "1",
        month=month if _MONTH.fullmatch(month) else "", mine=asked.get("mine") == "1", to_us=asked.get("to_us") == "1",
        q=" ".join(asked.get("q", "").split())[:60], oldest=asked.get("oldest") == "1",
        page=min(int(page), MOST_PAGES) if page.isascii() and page.isdigit() and 0 < len(page) < 6 and int(page) else 1,
    )  # fmt: skip


def span_of(month: str) -> tuple[datetime, datetime]:
    """A month ("2026-11") from its first instant in Shanghai to the first of the next."""
    year, number = int(month[:4]), int(month[5:])
    following = date(year + number // 12, number % 12 + 1, 1)
    return start_of_day(date(year, number, 1)), start_of_day(following)


def condition(asked: Filter, *, by: Actor, at: datetime) -> tuple[str, tuple[Any, ...]]:
    """The state as a condition over `hazard h` and `grid g`, with its arguments."""
    parts, args = [_status(asked)], [] if asked.status in ("open", "all") else [asked.status]
    more: list[tuple[bool, str, list[Any]]] = [
        (bool(asked.level) and asked.level != "none", "h.level = {}", [asked.level]),
        (asked.level == "none", "h.level IS NULL", []),
        (bool(asked.group), _GROUP, [asked.group, asked.group]),
        (asked.overdue, "(h.closed_at IS NULL AND h.due_at <= {})", [at]),
        (bool(asked.month), "(h.reported_at >= {} AND h.reported_at < {})", [*span_of(asked.month or "2026-01")]),
        (asked.mine, *involved(by, at)),
        (asked.to_us, _TO_US, [by.org_id or 0]),
        *((True, _WORD, [like(word)] * 3) for word in asked.q.split()[:5]),
    ]  # fmt: skip
    for wanted, sql, found in more:
        if wanted:
            parts.append(sql)
            args += found
    return " AND ".join(parts), tuple(args)


def _status(asked: Filter) -> str:
    if asked.status == "all":
        return "1 = 1"
    # The partial index of open hazards carries every status but closed.
    closed = "h.closed_at IS NOT NULL" if asked.status == "closed" else "h.closed_at IS NULL"
    return closed if asked.status == "open" else f"{closed} AND h.status = {{}}"


_GROUP = "h.category IN (SELECT code FROM hazard_category WHERE code = {} OR parent_code = {})"
_TO_US = (
    "EXISTS (SELECT 1 FROM hazard_receiver r JOIN grid rg ON rg.id = r.grid_id "
    "WHERE r.hazard_id = h.id AND r.until IS NULL AND rg.org_id = {})"
)
_WORD = "(h.number LIKE {} ESCAPE '!' OR lower(h.title) LIKE {} ESCAPE '!' OR lower(g.name) LIKE {} ESCAPE '!')"
