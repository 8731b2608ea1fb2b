"""Which feeds there are, which names of files can be one, and when an address that nobody reads goes out."""

import re
from datetime import datetime, timedelta
from enum import StrEnum

BACK = timedelta(days=30)
"""So far back a feed reaches; ahead it reaches to the end of what is published."""
UNUSED = timedelta(days=365)
_FILE = re.compile(r"([A-Za-z0-9_-]{43})\.ics")


class FeedKind(StrEnum):
    """Whose duty a feed holds."""

    PERSON = "person"
    AREA = "area"
    SCHOOL = "school"


def file_token(name: str) -> str | None:
    """The secret in the name of a file, or None where it can be none of ours."""
    found = _FILE.fullmatch(name)
    return found[1] if found else None


def is_unused(made_at: datetime, read_at: datetime | None, *, at: datetime) -> bool:
    """Whether nobody has read it for a year: it goes out, for whoever finds it would be somebody else."""
    return at - (read_at or made_at) >= UNUSED
