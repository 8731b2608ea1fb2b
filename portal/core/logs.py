"""Logs as JSON lines in UTC: an event, its facts, a traceback.

Tracebacks leave local values out, for they hold names and tokens (TO4).
"""

import logging
import sys

import structlog

SECRET_BEHIND = ("/feeds/", "/join/", "/b/", "/screen/", "/v/")
"""What follows in such an address opens something: a calendar, an account, a report, a screen, a letter (TO4)."""


def masked(path: str) -> str:
    """A path as it may stand in a log."""
    return next((f"{part}…" for part in SECRET_BEHIND if path.startswith(part)), path)


def configure_logs() -> None:
    """Sets up structlog for this process; calling it again changes nothing."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),  # the one that is there when it is written to
        cache_logger_on_first_use=False,
    )
