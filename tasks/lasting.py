"""How letters last: what should be done and is not is found again, however old; certificates are renewed (TR17)."""

from datetime import datetime

import structlog

from portal.letters.labels import SEAL_NAME
from portal.letters.lasting.services.certificates import renew_certificates, schools_with_certificates
from portal.letters.lasting.services.upkeep import sweep_upkeep
from portal.rendering.i18n import SOURCE, translator
from portal.settings import Settings

log = structlog.get_logger(__name__)


async def sweep_lasting(_settings: Settings, _slot: datetime) -> int:
    """Rows that are missing, stamps that are too old in kind. The stamping itself is done by whoever makes letters."""
    return await sweep_upkeep()


async def sweep_certificates(_settings: Settings, _slot: datetime) -> int:
    """Schools whose authority or seal is about to run out get the next one; one that fails keeps no other waiting."""
    renewed, failed = 0, 0
    for org_id in await schools_with_certificates():
        try:
            renewed += len(await renew_certificates(org_id, seal_name=translator(SOURCE)(SEAL_NAME)))
        except Exception as error:
            failed += 1
            log.error("certificates.not_renewed", org=org_id, exc_info=error)
    if failed:
        raise RuntimeError(f"the certificates of {failed} organisations were not renewed")
    return renewed
