"""Is what stands beside an event what was written with it? Each text against its salted digest in the chain (TT4)."""

import json
from collections.abc import Iterable
from typing import NamedTuple

from portal.audit.rules import Broken
from portal.core.database import fetch
from portal.core.ids import digest

PAGE = 2_000


class _Written(NamedTuple):
    id: int
    seq: int
    details: str
    field: str
    body: str
    salt: str


async def first_altered_text(org_id: int) -> Broken | None:
    """The first event of an organisation beside which a text stands that was not written with it.

    A text that is missing is no fault: the law may have it erased, and the chain holds without it.
    """
    after = 0
    while True:
        page = await fetch(
            _Written,
            "SELECT t.id, e.seq, e.details, t.field, t.body, t.salt FROM event_text t "
            "JOIN event e ON e.id = t.event_id WHERE e.org_id = {} AND t.id > {} ORDER BY t.id LIMIT {}",
            org_id, after, PAGE,
        )  # fmt: skip
        if not page:
            return None
        altered = _altered(page)
        if altered is not None:
            return Broken(org_id, altered, "text")
        after = page[-1].id


def _altered(page: Iterable[_Written]) -> int | None:
    for row in page:
        wanted = json.loads(row.details).get("texts", {}).get(row.field)
        if wanted != digest(row.salt + row.body):
            return row.seq
    return None
