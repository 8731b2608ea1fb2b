"""Parsed rows as JSON and back: what a batch keeps between preview and import. Pure."""

import json
from typing import Any

from portal.core.ids import digest
from portal.importing.plan import Plan
from portal.importing.rows import GridRow, HolderRow, Oddity, Parsed


def dump(parsed: Parsed) -> str:
    """Rows and oddities as JSON. It names people: seal it before it is stored."""
    rows = [{**row._asdict(), "holders": [holder._asdict() for holder in row.holders]} for row in parsed.rows]
    oddities = [oddity._asdict() for oddity in parsed.oddities]
    return json.dumps({"rows": rows, "oddities": oddities}, ensure_ascii=False)


def load(text: str) -> Parsed:
    """The rows that `dump` wrote."""
    raw = json.loads(text)
    return Parsed(tuple(map(_row, raw["rows"])), tuple(Oddity(**oddity) for oddity in raw["oddities"]))


def _row(raw: dict[str, Any]) -> GridRow:
    lists = {"parent": tuple(raw["parent"]), "titles": tuple(raw["titles"])}
    return GridRow(**{**raw, **lists, "holders": tuple(HolderRow(**holder) for holder in raw["holders"])})


def fingerprint(plan: Plan) -> str:
    """One short mark of everything that a plan would do: the same mark = what the person saw is what
    happens."""
    parts = [plan.grids, plan.posts, plan.persons, plan.appointments, plan.known_persons]
    return digest(json.dumps(parts))[:32]
