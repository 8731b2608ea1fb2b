"""How often an address may do what strangers may do. A class of parents behind one address passes, a flood does not."""

from datetime import datetime, timedelta
from typing import NamedTuple

SLOT = timedelta(minutes=5)


class Limit(NamedTuple):
    """At most so many in this time."""

    most: int
    within: timedelta

    def since(self, at: datetime) -> datetime:
        """From which slot on it is counted. The slot in which the time begins counts whole: rather too much."""
        return slot_of(at - self.within)


LIMITS = {
    "report": Limit(120, timedelta(minutes=10)),  # reports and "me too" of one address
    "photo": Limit(360, timedelta(minutes=10)),  # photos of one address, whether a report comes of them or not (TF8)
    "board": Limit(300, timedelta(minutes=10)),  # reports on one board, from wherever
    "phone": Limit(60, timedelta(hours=1)),  # numbers shown to one address (TA10)
    "feed": Limit(240, timedelta(minutes=10)),  # calendars asked for that there are not: old phones go on asking
    "look": Limit(120, timedelta(minutes=10)),  # report keys tried that there are not
    "letter": Limit(120, timedelta(minutes=10)),  # codes of letters tried that there are not
    "letterfile": Limit(30, timedelta(minutes=10)),  # files of one address that are held against the register
}


def slot_of(at: datetime) -> datetime:
    """The beginning of the five minutes that an instant lies in."""
    day = at.replace(hour=0, minute=0, second=0, microsecond=0)
    return day + (at - day) // SLOT * SLOT


def is_over(what: str, times: int) -> bool:
    """Whether one more would be too many."""
    return times >= LIMITS[what].most
