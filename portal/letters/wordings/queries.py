"""Reading wordings and chains: what holds in an organisation, one edition, those before it."""

from datetime import datetime
from typing import NamedTuple

from portal.core.actors import Actor
from portal.core.database import fetch, fetch_one
from portal.core.refusals import NotFound
from portal.letters.rules import Edge, Reach
from portal.permissions.rules import Permission, scope


class EditionRow(NamedTuple):
    """An edition of a wording, without its words; `letters` is how many of the organisation's letters bear it."""

    id: int
    org_id: int | None
    kind: str
    edition: int
    title: str
    made_at: datetime
    made_by: str | None
    ended_at: datetime | None
    letters: int

    @property
    def is_own(self) -> bool:
        """Whether it is the school's own."""
        return self.org_id is not None


class WordingRow(NamedTuple):
    """One edition with its words (JSON)."""

    id: int
    org_id: int | None
    kind: str
    edition: int
    title: str
    body: str
    digest: str
    made_at: datetime
    made_by: str | None
    ended_at: datetime | None


def home_of(by: Actor, permission: Permission = Permission.LETTER_WORDING_VIEW) -> int:
    """The organisation whose wordings somebody looks after: their own. The shared ones come with the portal."""
    if by.org_id is None or by.org_id not in scope(by, permission).orgs:
        raise NotFound()
    return by.org_id


_EDITIONS = (
    "SELECT t.id, t.org_id, t.kind, t.edition, t.title, t.made_at, p.name, t.ended_at, "
    "(SELECT count(*) FROM letter l WHERE l.template_id = t.id AND l.org_id = {}) "
    "FROM letter_template t LEFT JOIN person p ON p.id = t.made_by WHERE (t.org_id IS NULL OR t.org_id = {})"
)


async def wordings_now(org_id: int) -> list[EditionRow]:
    """Every edition that has not ended, shared and own. One statement."""
    return await fetch(
        EditionRow,
        f"{_EDITIONS} AND t.ended_at IS NULL ORDER BY t.kind, t.org_id IS NULL, t.edition DESC", org_id, org_id,
    )  # fmt: skip


async def editions_of(org_id: int, kind: str) -> list[EditionRow]:
    """Every edition of a kind that an organisation may see, the newest first. One statement."""
    return await fetch(
        EditionRow, f"{_EDITIONS} AND t.kind = {{}} ORDER BY t.made_at DESC, t.id DESC", org_id, org_id, kind
    )


async def wording_seen(template_id: int, *, org_id: int) -> WordingRow:
    """One edition, shared or of this organisation. Refused: not found."""
    found = await fetch_one(
        WordingRow,
        "SELECT t.id, t.org_id, t.kind, t.edition, t.title, t.body, t.digest, t.made_at, p.name, t.ended_at "
        "FROM letter_template t LEFT JOIN person p ON p.id = t.made_by WHERE t.id = {} "
        "AND (t.org_id IS NULL OR t.org_id = {})",
        template_id, org_id,
    )  # fmt: skip
    if found is None:
        raise NotFound()
    return found


class LinkRow(NamedTuple):
    """A step of a chain as it is kept."""

    id: int
    org_id: int | None
    kind: str
    step: int
    giver_role: str
    taker_role: str
    reach: str
    is_on_paper: bool
    made_at: datetime

    @property
    def edge(self) -> Edge:
        """The row as the rule takes it."""
        own, paper = self.org_id is not None, bool(self.is_on_paper)
        return Edge(self.kind, self.step, self.giver_role, self.taker_role, Reach(self.reach), own, paper, self.id)


async def links_of(org_id: int, kind: str = "") -> list[LinkRow]:
    """The steps of the chains that hold in an organisation: its own, or the shared ones where a kind has none. One
    statement."""
    only, args = (" AND kind = {}", [kind]) if kind else ("", [])
    rows = await fetch(
        LinkRow,
        "SELECT id, org_id, kind, step, giver_role, taker_role, reach, is_on_paper, made_at FROM letter_edge "
        f"WHERE (org_id IS NULL OR org_id = {{}}) AND ended_at IS NULL{only} ORDER BY step, sort, id",
        org_id, *args,
    )  # fmt: skip
    own = {row.kind for row in rows if row.org_id is not None}
    return [row for row in rows if row.org_id is not None or row.kind not in own]
