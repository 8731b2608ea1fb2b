"""Publishing an edition, going back to the shared one, changing a chain. No row is edited: the next one ends it."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from portal.audit.catalogue import LetterChainChanged, LetterChainRestored, LetterWordingEnded, LetterWordingPublished
from portal.audit.services import record_event
from portal.core.actors import Actor
from portal.core.clock import now
from portal.core.database import execute, fetch_value, insert, unit_of_work
from portal.core.ids import digest
from portal.core.refusals import Conflict, Invalid, Refused
from portal.letters.document import Wording, check_two_sided, wording_from, wording_json
from portal.letters.rules.links import Link, link_of
from portal.letters.services.drafting import wording_of
from portal.letters.tables import LetterEdge, LetterTemplate
from portal.letters.wordings.queries import LinkRow, home_of, links_of, wording_seen
from portal.letters.wordings.texts import changes
from portal.permissions.rules import Permission

EDIT = Permission.LETTER_WORDING_EDIT


async def publish(template_id: int, wording: Wording, *, by: Actor) -> int:
    """The next edition of one's own, in the place of the one that was read; gives its id. Letters that are on their
    way keep theirs.

    Refused: an edition that is in force no more (a conflict: somebody was first), a wording that says the same, one
    that only takes (F2).
    """
    check_two_sided(wording)
    async with unit_of_work():
        org_id = await _locked(by)
        read = await wording_seen(template_id, org_id=org_id)
        if await wording_of(org_id, read.kind) != template_id:
            raise Conflict()
        if not changes(wording_from(read.body), wording):
            raise Refused("letter.wording_same")
        edition = 1 + await fetch_value(
            "SELECT max(edition) FROM letter_template WHERE kind = {} AND (org_id IS NULL OR org_id = {})",
            read.kind, org_id,
        )  # fmt: skip
        await execute(
            "UPDATE letter_template SET ended_at = {} WHERE org_id = {} AND kind = {} AND ended_at IS NULL",
            now(), org_id, read.kind,
        )  # fmt: skip
        body = wording_json(replace(wording, kind=read.kind, edition=edition))
        row = {"org_id": org_id, "kind": read.kind, "edition": edition, "title": read.title, "body": body}
        [made] = await insert(
            LetterTemplate, {**row, "digest": digest(body), "made_at": now(), "made_by": by.person_id}
        )
        details = LetterWordingPublished(
            letter_kind=read.kind, edition=edition, text=digest(body), before_id=template_id
        )
        await record_event(details, org_id=org_id, subject_id=made, by=by)
    return made


async def go_back(template_id: int, *, by: Actor) -> int:
    """Ends one's own edition: from now on the shared one holds again; gives its id."""
    async with unit_of_work():
        org_id = await _locked(by)
        read = await wording_seen(template_id, org_id=org_id)
        if read.org_id is None:
            raise Refused("letter.wording_is_shared")
        if await wording_of(org_id, read.kind) != template_id:
            raise Conflict()
        await execute("UPDATE letter_template SET ended_at = {} WHERE id = {}", now(), template_id)
        shared = await wording_of(org_id, read.kind)
        if shared is None:
            raise Refused("letter.no_shared_wording")
        details = LetterWordingEnded(letter_kind=read.kind, edition=read.edition, shared_id=shared)
        await record_event(details, org_id=org_id, subject_id=template_id, by=by)
    return shared


async def _locked(by: Actor) -> int:
    """The organisation whose wordings and chains somebody changes; its row is the lock, so that one of two is first."""
    org_id = home_of(by, EDIT)
    await execute("UPDATE grid SET version = version WHERE id = {} RETURNING id", org_id)
    return org_id


def mark_of(rows: Sequence[LinkRow]) -> str:
    """By which a form says which chain it shows."""
    return digest(",".join(str(row.id) for row in rows))[:16]


async def change_chain(
    kind: str, seen: str, change: Callable[[Sequence[Link]], Sequence[Link]], *, what: str, by: Actor
) -> None:
    """A chain of one's own in the place of the one that was seen; the shared one stays as it is.

    Refused: what the change refuses; a conflict where somebody was first; a kind that has no chain.
    """
    async with unit_of_work():
        org_id = await _locked(by)
        rows = await _seen(org_id, kind, seen)
        before = [link_of(row.edge) for row in rows]
        after = change(before)
        if list(after) == before:
            return
        await _end_own(org_id, kind)
        made = {"org_id": org_id, "kind": kind, "made_at": now()}
        await insert(
            LetterEdge,
            *(
                {
                    **made, "step": one.step, "giver_role": one.giver, "taker_role": one.taker,
                    "reach": str(one.reach), "is_on_paper": one.is_on_paper, "sort": number,
                }
                for number, one in enumerate(after)
            ),
        )  # fmt: skip
        details = LetterChainChanged(letter_kind=kind, what=what, steps=len(after))
        await record_event(details, org_id=org_id, subject_id=org_id, by=by)


async def restore_chain(kind: str, seen: str, *, by: Actor) -> None:
    """The shared chain again (R104). Refused: it is the shared one already."""
    async with unit_of_work():
        org_id = await _locked(by)
        rows = await _seen(org_id, kind, seen)
        if all(row.org_id is None for row in rows):
            raise Refused("letter.chain_is_shared")
        await _end_own(org_id, kind)
        await record_event(LetterChainRestored(letter_kind=kind), org_id=org_id, subject_id=org_id, by=by)


async def _seen(org_id: int, kind: str, seen: str) -> list[LinkRow]:
    rows = await links_of(org_id, kind)
    if not rows:
        raise Invalid({"kind": "letter.kind_unknown"})
    if mark_of(rows) != seen:
        raise Conflict()
    return rows


async def _end_own(org_id: int, kind: str) -> None:
    await execute(
        "UPDATE letter_edge SET ended_at = {} WHERE org_id = {} AND kind = {} AND ended_at IS NULL", now(), org_id, kind
    )
