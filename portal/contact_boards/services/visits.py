"""How often an address has done what is limited, in slots of five minutes; kept for a day, as digests (TA10)."""

from datetime import timedelta

from portal.contact_boards.rules import LIMITS, is_over
from portal.contact_boards.rules.limits import slot_of
from portal.core.clock import now
from portal.core.crypto import keyed_digest
from portal.core.database import execute, fetch_value, unit_of_work
from portal.core.refusals import TooMany

KEPT = timedelta(days=1)


async def count_visit(what: str, who: str, *, code: str = "contact_board.too_many") -> None:
    """Counts one more; refused (`TooMany`) when it is one too many. Belongs to the unit of what it is counted for."""
    async with unit_of_work():
        await refuse_flood(what, who, code=code)
        await execute(
            "INSERT INTO public_visit (what, address_digest, slot, times) VALUES ({}, {}, {}, 1) "
            "ON CONFLICT (what, address_digest, slot) DO UPDATE SET times = public_visit.times + 1",
            what, _digest(who), slot_of(now()),
        )  # fmt: skip


async def refuse_flood(what: str, who: str, *, code: str = "contact_board.too_many") -> None:
    """The same question without counting: asked before a body of megabytes is read."""
    since = LIMITS[what].since(now())
    times = await fetch_value(
        "SELECT coalesce(sum(times), 0) FROM public_visit WHERE what = {} AND address_digest = {} AND slot >= {}",
        what, _digest(who), since,
    )  # fmt: skip
    if is_over(what, int(times)):
        minutes = int(LIMITS[what].within.total_seconds() // 60)
        raise TooMany(code, seconds=minutes * 60, minutes=minutes)


def _digest(who: str) -> str:
    return keyed_digest("public-visit", who)


async def tidy_visits() -> int:
    """Forgets what was counted more than a day ago."""
    async with unit_of_work():
        return await execute("DELETE FROM public_visit WHERE slot < {} RETURNING id", now() - KEPT)
