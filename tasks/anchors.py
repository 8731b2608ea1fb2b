"""The daily anchor: to the file or the mail address of the settings."""

from datetime import datetime

import structlog

from portal.audit import anchors
from portal.core.clock import local
from portal.settings import Settings
from tasks.mail import send_lines

log = structlog.get_logger(__name__)


async def anchor_heads(settings: Settings, slot: datetime) -> int:
    """Tells the head of each chain to the outside, once a day (TT2)."""
    if settings.anchor_file is not None:
        tell = anchors.to_file(settings.anchor_file)
    elif settings.smtp_url is not None:
        tell = send_lines(settings)
    else:
        log.warning("anchors.no_way_out", anchor=settings.anchor)  # a mail address, and no mail server
        return 0
    return await anchors.anchor_heads(local(slot).date(), tell)
