"""What a change did to each row elsewhere, so that it can be taken back; and whether it still stands as it was left."""

import json
from datetime import datetime
from typing import NamedTuple

from portal.changes.tables import ChangeRow
from portal.core.database import fetch, insert


class ChangeRows:
    """The notes of one change."""

    def __init__(self, change_id: int) -> None:
        self.change_id = change_id

    async def add(self, what: str, row_id: int, *, version: int, **before: str | None) -> None:
        """Notes a row, the version in which the change left it, and what taking back restores."""
        told = json.dumps({"version": version, **before})
        await insert(ChangeRow, {"change_id": self.change_id, "what": what, "row_id": row_id, "before": told})


class NotedRow(NamedTuple):
    """One noted row."""

    id: int
    what: str
    row_id: int
    before: str

    @property
    def version(self) -> int:
        """The version in which the change left the row."""
        return int(json.loads(self.before)["version"])

    def text(self, name: str) -> str:
        """An earlier value that is a text."""
        return str(json.loads(self.before)[name])

    def moment(self, name: str) -> datetime | None:
        """An earlier value that is an instant."""
        found = json.loads(self.before).get(name)
        return datetime.fromisoformat(found) if found else None


async def noted_rows(change_id: int) -> list[NotedRow]:
    """What a change did, the latest first: in this order it is taken back."""
    return await fetch(
        NotedRow,
        "SELECT id, what, row_id, before FROM change_row WHERE change_id = {} ORDER BY id DESC",
        change_id,
    )
