"""What the handlers of duty share: whose book it is, what the reader may do with it, which other pages there are."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from litestar import Request

from portal.core.actors import Actor
from portal.core.clock import now
from portal.core.refusals import NotFound
from portal.duty import labels
from portal.duty.queries import Plan, SeenShift, book_version, kept_plan
from portal.duty.queries.kept import Org
from portal.duty.views.lanes import Reader
from portal.duty.views.words import Words
from portal.permissions.rules import Permission, scope
from portal.rendering.i18n import translator
from portal.web.respond import language_of
from portal.web.state import signed

AnyRequest = Request[Any, Any, Any]


@dataclass(frozen=True, slots=True)
class Room:
    """A book of duty as its reader has it before them."""

    org: Org
    plan: Plan
    words: Words
    reader: Reader

    @property
    def may_edit(self) -> bool:
        """Whether the reader may change it."""
        return self.reader.may_edit

    @property
    def is_below(self) -> bool:
        """Whether `/duty` alone would be another page."""
        return bool(self.reader.org)


def wanted_org(actor: Actor, wanted: str) -> int:
    """The organisation that is asked for, or the person's own."""
    found = number(wanted) if wanted else actor.org_id
    if found is None:
        raise NotFound()
    return found


def number(text: str) -> int | None:
    """An id as a browser sends it."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


async def room_of(request: AnyRequest, actor: Actor, org_id: int, *, around: date | None = None) -> Room:
    """The book of an organisation that the actor may see; any other one does not exist.

    No statement for one's own where the plan is known, for the session says its version; else one to three.
    """
    found, at = signed(request), now()
    own = found is not None and org_id == actor.org_id
    version = found.rights_version if found and own else await book_version(org_id)
    kept = await kept_plan(org_id, version, around=around)
    if not scope(actor, Permission.DUTY_VIEW).holds(kept.org.path, org_id):
        raise NotFound()
    other = "" if own and kept.org.kind != "bureau" else f"&org={org_id}"
    may_edit = scope(actor, Permission.DUTY_EDIT).holds(kept.org.path, org_id)
    return Room(kept.org, kept.plan, Words(kept.plan, language_of(request)), Reader(at, may_edit, other))


ENDINGS: dict[str, tuple[tuple[str, Permission], ...]] = {
    "ahead": (("swap", Permission.SWAP_ACT),),
    "running": (("takeover", Permission.TAKEOVER_VIEW),),
    "over": (("correction", Permission.CORRECTION_VIEW),),
    "cancelled": (),
}
"""What may become of a shift beside its form, by whether it is ahead, running or over, and for whom."""


def links_of(request: AnyRequest, actor: Actor, row: SeenShift, state: str) -> tuple[tuple[str, str], ...]:
    """Pages of a shift that this application serves: swap it, take it over, correct what was."""
    say = translator(language_of(request))
    served = {route.path.rsplit("/", 1)[-1] for route in request.app.routes if route.path.startswith("/duty/shifts/{")}
    own = row.person_id is not None and row.person_id == actor.person_id
    return tuple(
        (say(labels.SHIFT_LINKS[name]), f"/duty/shifts/{row.id}/{name}")
        for name, permission in ENDINGS[state]
        if name in served and (own if name == "swap" else scope(actor, permission).holds(row.path, row.org_id))
    )
