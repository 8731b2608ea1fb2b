"""What every portal shares about letters: the chain of R104 and the wording of each kind."""

import csv
from pathlib import Path
from typing import NamedTuple

from portal.core.clock import now
from portal.core.database import execute, fetch, insert, unit_of_work
from portal.core.ids import digest
from portal.letters.document import shipped_wordings, wording_json
from portal.letters.tables import LetterEdge, LetterTemplate

DATA = Path(__file__).parent.parent / "data"


class _Key(NamedTuple):
    kind: str
    giver_role: str
    taker_role: str


async def seed_edges() -> None:
    """Puts in the steps of the shared chains that are not there yet; what is there stays as it is."""
    async with unit_of_work():
        there = set(await fetch(_Key, "SELECT kind, giver_role, taker_role FROM letter_edge WHERE org_id IS NULL"))
        with (DATA / "edges.csv").open(encoding="utf-8", newline="") as file:
            rows = [
                {
                    **row, "step": int(row["step"]), "is_on_paper": row["is_on_paper"] == "1", "org_id": None,
                    "sort": number, "made_at": now(),
                }
                for number, row in enumerate(csv.DictReader(file))
                if (row["kind"], row["giver_role"], row["taker_role"]) not in there
            ]  # fmt: skip
        await insert(LetterEdge, *rows)


async def seed_wordings() -> None:
    """Puts in the shipped wordings whose edition is not there yet; an edition that is there is never changed."""
    async with unit_of_work():
        there = set(await fetch(_Edition, "SELECT kind, edition FROM letter_template WHERE org_id IS NULL"))
        for wording in shipped_wordings():
            if (wording.kind, wording.edition) in there:
                continue
            body = wording_json(wording)
            await execute(
                "UPDATE letter_template SET ended_at = {} WHERE org_id IS NULL AND kind = {} AND ended_at IS NULL",
                now(), wording.kind,
            )  # fmt: skip
            row = {"org_id": None, "kind": wording.kind, "edition": wording.edition, "title": wording.name}
            await insert(LetterTemplate, {**row, "body": body, "digest": digest(body), "made_at": now()})


class _Edition(NamedTuple):
    kind: str
    edition: int
