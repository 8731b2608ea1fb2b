"""The real worker, with what a test wants otherwise: a shorter hold on a letter (`LEASE`), or no limit to how
many pieces a letter may have (`UNGUARDED`)."""

import asyncio
import os
import sys
from datetime import timedelta
from functools import partial

from portal.letters import running
from portal.letters.document import wording
from portal.settings import load_settings
from tasks import worker

running.run_waiting_letters = partial(  # type: ignore[assignment]
    running.run_waiting_letters, lease=timedelta(seconds=float(os.environ.get("LEASE", "20")))
)
if os.environ.get("UNGUARDED"):
    wording.PIECE = 0
worker.POLL_SECONDS = float(os.environ.get("LOOK", worker.POLL_SECONDS))
sys.exit(asyncio.run(worker.main(load_settings(), lease=timedelta(seconds=float(os.environ.get("LEASE", "45"))))))
