"""The library that every portal shares: domains, 76 lists with their 401 duties, and which post takes which list."""

import csv
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from portal.core.clock import now, start_of_day
from portal.core.database import fetch_value, insert, unit_of_work
from portal.responsibilities.tables import Domain, DutyItem, DutyList, DutyMapping

DATA = Path(__file__).parent.parent / "data"
BEGINNING = start_of_day(date(2020, 1, 1))
"""The first edition of the library is in force since before any school's records begin."""


async def seed_duties() -> int:
    """Puts the shared library into empty tables; safe to repeat; gives how many lists there are."""
    async with unit_of_work():
        there = await fetch_value("SELECT count(*) FROM duty_list WHERE org_id IS NULL")
        if there:
            return int(there)
        await insert(Domain, *(_domain(row, place) for place, row in enumerate(_rows("domains"))))
        lists = list(_rows("duty_lists"))
        ids = await insert(DutyList, *(_list(row, place) for place, row in enumerate(lists, 1)))
        numbers = {
            row["list"]: (place, list_id) for place, (row, list_id) in enumerate(zip(lists, ids, strict=True), 1)
        }
        await insert(
            DutyItem, *(_item(row, *numbers[row["list"]], place) for place, row in enumerate(_rows("duty_items")))
        )
        known = {name: list_id for name, (_, list_id) in numbers.items()}
        await insert(DutyMapping, *(_mapping(row, known) for row in _rows("duty_mappings")))
        return len(lists)


def _rows(name: str) -> Iterator[dict[str, str]]:
    with (DATA / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _domain(row: dict[str, str], place: int) -> dict[str, Any]:
    return {"code": row["code"], "name": row["zh"], "name_en": row["en"], "sort": place}


def _list(row: dict[str, str], place: int) -> dict[str, Any]:
    return {
        "name": row["list"], "name_en": row["en"], "origin": row["origin"], "source": row["seed_place"],
        "sort": place, "created_at": now(),
    }  # fmt: skip


def _item(row: dict[str, str], number_of_list: int, list_id: int, place: int) -> dict[str, Any]:
    """The code is made of the list's place in the file: it never changes, copies keep it, and the matrix names it."""
    return {
        "list_id": list_id, "code": f"d{number_of_list}-{row['no']}", "number": row["no"], "text": row["text_zh"],
        "text_en": row["text_en"], "domain": row["domain"], "kind": row["kind"], "rhythm": row["rhythm"],
        "level": row["level"], "source": row["source"], "sort": place, "starts_at": BEGINNING,
    }  # fmt: skip


def _mapping(row: dict[str, str], lists: dict[str, int]) -> dict[str, Any]:
    return {
        "title": row["title"], "grid_kind": row["grid_kind"] or None, "grid_name": row["grid_name"] or None,
        "list_id": lists[row["list"]] if row["list"] else None, "line_of_work": row["line_of_work"] or None,
        "domain": row["domain"] or None, "created_at": now(),
    }  # fmt: skip
