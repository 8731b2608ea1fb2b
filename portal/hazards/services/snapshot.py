"""What a move is about to overwrite, kept beside its event: the old values of A16, and what undoing puts back (A7)."""

import json
from datetime import datetime
from typing import Any

from portal.hazards.queries.cards import HazardRow

MOMENTS = frozenset({"due_from", "due_at", "rectified_at", "rechecked_at", "closed_at"})


def snapshot_of(hazard: HazardRow, values: dict[str, Any]) -> str:
    """The card's column and its values of the fields that a move writes, as JSON."""
    before = {name: getattr(hazard, name) for name in values}
    return json.dumps(before, ensure_ascii=False, separators=(",", ":"), default=datetime.isoformat)


def restored(snapshot: str) -> dict[str, Any]:
    """The same values back, ready to be written."""
    found: dict[str, Any] = json.loads(snapshot)
    return {
        name: datetime.fromisoformat(value) if name in MOMENTS and value is not None else value
        for name, value in found.items()
    }
