"""One effect for one form, however often it is sent.

The key of the form is claimed in the transaction of its effect (TR6).
"""

from typing import NamedTuple

from portal.audit.tables import Submission
from portal.core.clock import now
from portal.core.database import execute, fetch_one, fetch_value


class _Sent(NamedTuple):
    location: str | None
    person_id: int | None


async def claim_submission(key: str, *, person_id: int | None) -> str | None:
    """None when this form is sent for the first time; else where its first sending led. Belongs inside a unit of work.

    A second sending waits for the first one's transaction, so that two at once have one effect. A key that somebody
    else has used is no key: it is taken as new under the person's own name.
    """
    table = Submission._meta.tablename
    own = f"{person_id}:{key}"[:64]
    fresh = await fetch_value(
        f"INSERT INTO {table} (key, person_id, at, done) VALUES ({{}}, {{}}, {{}}, FALSE) "
        "ON CONFLICT (key) DO NOTHING RETURNING id",
        own, person_id, now(),
    )  # fmt: skip
    if fresh is not None:
        return None
    sent = await fetch_one(_Sent, "SELECT location, person_id FROM submission WHERE key = {}", own)
    return sent.location if sent else None


async def remember_submission(key: str, location: str, *, person_id: int | None) -> None:
    """Says where the first sending led; in the same unit as `claim_submission`."""
    await execute(
        "UPDATE submission SET location = {}, done = TRUE WHERE key = {}", location, f"{person_id}:{key}"[:64]
    )
