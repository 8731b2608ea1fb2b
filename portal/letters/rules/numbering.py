"""Numbers of letters, and until when a letter without an end of its own holds."""

from datetime import date, datetime

from portal.core.clock import local, start_of_day

SEPTEMBER = 9
SUMMER = 7


def number_text(year: int, seq: int) -> str:
    """The number as it stands on the letter, for example `安责〔2026〕0042号`; "" before one is given."""
    return f"\u5b89\u8d23\u3014{year}\u3015{seq:04d}\u53f7"


def school_year_end(starts_at: datetime) -> datetime:
    """The first instant after the school year: 1 September, of the next year for what begins in the summer or later."""
    day = local(starts_at).date()
    return start_of_day(date(day.year + (day.month >= SUMMER), SEPTEMBER, 1))
