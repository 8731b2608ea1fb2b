"""What the clock does for coverage: numbers and maps of schools whose rows have changed."""

from datetime import datetime

from portal.core.files import store_of
from portal.coverage.services import count_stale, draw_stale_maps
from portal.settings import Settings


async def sweep_coverage(settings: Settings, _slot: datetime) -> int:
    """Writes numbers anew, then draws maps anew; what is as it was is left alone. Gives how many it wrote."""
    return await count_stale() + await draw_stale_maps(store=store_of(settings))
