"""`python -m portal verify-audit [--anchors FILE]`: is every history as it was written?

Walks each organisation's chain from its first event to its head, its texts, and the heads that were told to the
outside: those that the database remembers, those of the anchor file of these settings, and those of the file given.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple, Protocol

from portal.audit.anchors import Head, against_heads, read_heads
from portal.audit.labels import VERIFY
from portal.audit.queries import verify_chain
from portal.audit.rules import Broken
from portal.audit.texts import first_altered_text
from portal.core.database import close_database, fetch, fetch_value, open_database


class HasDatabase(Protocol):
    """Settings that name a database and an anchor file."""

    @property
    def database_url(self) -> str: ...
    @property
    def anchor_file(self) -> Path | None: ...


async def run(settings: HasDatabase, arguments: Sequence[str]) -> int:
    """Prints one line per organisation; exit status 1 when any history is not whole."""
    parser = argparse.ArgumentParser(prog="python -m portal verify-audit", description=VERIFY["help"])
    parser.add_argument("--anchors", type=Path, metavar="FILE", help=VERIFY["anchors"])
    given: Path | None = parser.parse_args(arguments).anchors
    heads = heads_in(given, settings.anchor_file)
    if heads is None:
        print(VERIFY["no_file"].format(path=given))
        return 2
    await open_database(settings.database_url, size=1)
    try:
        return await report(heads)
    finally:
        await close_database()


def heads_in(given: Path | None, kept: Path | None) -> list[Head] | None:
    """The heads in the file that was named and in the worker's own; None when the named one is missing."""
    if given is not None and not given.is_file():
        return None
    files = [path for path in (kept, given) if path is not None and path.is_file()]
    return [head for path in files for head in read_heads(path.read_text("utf-8", "replace"))]


class _Organisation(NamedTuple):
    id: int
    name: str


async def report(heads: list[Head]) -> int:
    """The same on the database that is open."""
    names = dict(
        await fetch(_Organisation, "SELECT o.grid_id, g.name FROM organisation o JOIN grid g ON g.id = o.grid_id")
    )
    broken = await first_broken_rows(heads)
    for org_id, found in sorted(broken.items()):
        name = names.get(org_id, "?")
        if found is None:
            count = await fetch_value("SELECT count(*) FROM event WHERE org_id = {}", org_id)
            print(VERIFY["whole"].format(org=org_id, name=name, count=count))
        else:
            print(VERIFY["broken"].format(org=org_id, name=name, seq=found.seq, why=VERIFY[f"why.{found.reason}"]))
    bad = any(found is not None for found in broken.values())
    print(VERIFY["bad" if bad else "good"].format(count=len(broken), heads=len(heads)))
    return 1 if bad else 0


class _Id(NamedTuple):
    org_id: int


async def first_broken_rows(heads: list[Head]) -> dict[int, Broken | None]:
    """The first bad row of each organisation, None where all holds. One whose chain is gone is bad at row 1."""
    rows = await fetch(
        _Id,
        "SELECT org_id FROM chain_head UNION SELECT org_id FROM event "
        "UNION SELECT grid_id FROM organisation ORDER BY 1",
    )
    outside = {broken.org_id: broken for broken in await against_heads(heads)}
    found: dict[int, Broken | None] = {}
    for (org_id,) in rows:
        inside = await verify_chain(org_id) or await first_altered_text(org_id)
        both = [broken for broken in (inside, outside.pop(org_id, None)) if broken is not None]
        found[org_id] = min(both, key=lambda broken: broken.seq, default=None)
    return found | outside
