"""The real worker with one more consequence of each report: slow, and kept single by its transaction alone."""

import asyncio
import os
import sys
from datetime import timedelta
from uuid import uuid4

from portal.audit.outbox import Claimed
from portal.core.clock import now
from portal.core.database import insert
from portal.reminders.tables import Reminder
from portal.settings import load_settings
from tasks import reactions, worker


async def effect(entry: Claimed) -> None:
    row = {
        "org_id": entry.org_id, "key": f"effect:{entry.id}:{uuid4()}", "person_id": 0, "kind": "effect",
        "subject_kind": "outbox", "subject_id": entry.id, "made_at": now(),
    }  # fmt: skip
    await insert(Reminder, row)
    await asyncio.sleep(float(os.environ.get("SLOW", "0")))


worker.POLL_SECONDS = float(os.environ.get("LOOK", worker.POLL_SECONDS))
reactions.REACTIONS["hazard.reported"] = (*reactions.REACTIONS["hazard.reported"], effect)
sys.exit(asyncio.run(worker.main(load_settings(), lease=timedelta(seconds=float(os.environ.get("LEASE", "45"))))))
