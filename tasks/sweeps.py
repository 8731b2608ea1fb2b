"""Jobs of the clock over all organisations."""

from datetime import datetime

import structlog

from portal.core.database import fetch_column
from portal.reminders.services import sweep_organisation
from portal.settings import Settings

log = structlog.get_logger(__name__)


async def sweep_reminders(_settings: Settings, _slot: datetime) -> int:
    """Every organisation's cards, one after the other; one that fails does not keep the others from being told.

    A single bad card is already set apart by `sweep_organisation`; what arrives here concerns a whole organisation.
    """
    written, failed = 0, 0
    for org_id in await fetch_column("SELECT grid_id FROM organisation ORDER BY id"):
        try:
            written += await sweep_organisation(org_id)
        except Exception as error:
            failed += 1
            log.error("reminders.sweep_failed", org=org_id, exc_info=error)
    if failed:
        raise RuntimeError(f"{failed} organisations were not swept")
    return written
