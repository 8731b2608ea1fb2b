"""From the addresses and forms of sheets to what the services take."""

from datetime import date

from portal.core.refusals import Invalid
from portal.duty.forms import parse_day

LONGEST_NAME = 60


def parse_month(text: str) -> date | None:
    """The first day of a month as browsers send it (2026-12), or None for anything else."""
    return parse_day(f"{text}-01") if len(text) == 7 else None


def parse_name(text: str) -> str:
    """Where a screen hangs."""
    name = " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
    if not name or len(name) > LONGEST_NAME:
        raise Invalid({"name": "duty.screen_name"})
    return name
