"""Who is told what, when, as data: the ladder that a card climbs when nobody acts (G1, A11, R61).

A step speaks as long as the card stands in one of its columns; the next move ends it (G2). Pages that show the future
and the sweep that writes reminders read the same table, so that they cannot differ.
"""

from dataclasses import dataclass
from datetime import time
from enum import StrEnum


class Who(StrEnum):
    """To whom a step speaks, in words of the tree."""

    RESPONSIBLE = "responsible"
    STEP = "step"  # whoever has the step of the plan, else the responsible
    MEANT = "meant"  # of a new report whoever answers by the one rule, else the nearest
    NEAREST = "nearest"  # the nearest accountable holder up the tree
    NEXT = "next"  # the one above that one
    BUILDING = "building"  # the chief of the building, else the nearest
    LEADER = "leader"  # whoever leads at that instant
    SAFETY = "safety"
    HEADS = "heads"  # principal and vice heads
    FIRST = "first"  # the first responsible person: the principal
    BUREAU = "bureau"
    RECHECKERS = "recheckers"
    RECEIVERS = "receivers"
    WATCHERS = "watchers"
    REPORTER = "reporter"
    HELPERS = "helpers"
    SUPERVISORS = "supervisors"
    MAIN = "main"  # whom the matrix makes accountable, where the card went to somebody else
    SUPERVISE = "supervise"  # whom the matrix asks to look after it
    INFORM = "inform"  # whom the matrix tells at the end


class From(StrEnum):
    """The instant that a step counts from."""

    SOON = "soon"  # 75 % of the time used, or 09:00 of the workday before, whichever is first
    DUE_DAY = "due_day"  # an hour of the day on which it is due
    DUE = "due"
    TRIAGE = "triage"  # until when a report must have been looked at
    COLUMN = "column"  # since it stands in this column
    QUIET = "quiet"  # since anything at all happened on it
    STEP_SOON = "step_soon"  # the workday before a step of the plan is due
    STEP_DAY = "step_day"  # an hour of the day on which the step is due
    STEP = "step"  # when the step is due
    CHECK = "check"  # when the watcher has to look, and again and again until they have


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the ladder. `red` True: major hazards only; False: all others; None: every level.

    `calm`: it only reminds of what is to come, so "I know" or "later" stops it (G2); the others stop by progress alone.
    """

    code: str
    columns: frozenset[str]
    since: From
    to: tuple[Who, ...]
    workdays: int = 0
    hours: int = 0
    hour: time | None = None
    red: bool | None = None
    climbs: bool = False
    calm: bool = False


WORK = frozenset({"assigned", "rectifying"})
REPORTED = frozenset({"reported"})
RECHECK = frozenset({"recheck"})
ANY_OPEN = frozenset({"reported", "assigned", "rectifying", "recheck", "escalated"})
ESCALATED = frozenset({"escalated"})
SOON_PERCENT = 75
SOON_HOUR = time(9)
MORNING = time(7, 30)
EVENING = time(20)

POLICY: tuple[Step, ...] = (
    Step("due_soon", WORK, From.SOON, (Who.RESPONSIBLE,), calm=True),
    Step("due_today", WORK, From.DUE_DAY, (Who.RESPONSIBLE,), hour=MORNING, calm=True),
    Step("overnight", WORK, From.DUE_DAY, (Who.BUILDING, Who.LEADER), hour=EVENING),
    Step("overdue", WORK, From.DUE, (Who.RESPONSIBLE, Who.MAIN, Who.NEAREST), climbs=True),
    Step("overdue_1", WORK, From.DUE, (Who.SUPERVISE, Who.HEADS, Who.SAFETY), workdays=1, red=False, climbs=True),
    Step("overdue_3", WORK, From.DUE, (Who.BUREAU,), workdays=3, red=False, climbs=True),
    Step("overdue_4h", WORK, From.DUE, (Who.SUPERVISE, Who.HEADS, Who.SAFETY), hours=4, red=True, climbs=True),
    Step("overdue_24h", WORK, From.DUE, (Who.BUREAU,), hours=24, red=True, climbs=True),
    Step("untriaged", REPORTED, From.TRIAGE, (Who.NEXT, Who.LEADER), climbs=True),
    Step("untriaged_1", REPORTED, From.TRIAGE, (Who.HEADS, Who.SAFETY), workdays=1, red=False, climbs=True),
    Step("untriaged_3", REPORTED, From.TRIAGE, (Who.BUREAU,), workdays=3, red=False, climbs=True),
    Step("untriaged_4h", REPORTED, From.TRIAGE, (Who.HEADS, Who.SAFETY), hours=4, red=True, climbs=True),
    Step("untriaged_24h", REPORTED, From.TRIAGE, (Who.BUREAU,), hours=24, red=True, climbs=True),
    Step("unchecked", RECHECK, From.COLUMN, (Who.RECHECKERS,), workdays=1),
    Step("unchecked_3", RECHECK, From.COLUMN, (Who.HEADS, Who.SAFETY), workdays=3, climbs=True),
    Step("unanswered", ESCALATED, From.COLUMN, (Who.RECEIVERS, Who.WATCHERS), workdays=3),
    Step("unanswered_5", ESCALATED, From.COLUMN, (Who.HEADS, Who.BUREAU), workdays=5, climbs=True),
    Step("quiet", WORK, From.QUIET, (Who.RESPONSIBLE, Who.NEAREST), workdays=3),
    Step("quiet_5", WORK, From.QUIET, (Who.HEADS, Who.SAFETY), workdays=5, climbs=True),
    Step("step_soon", WORK, From.STEP_SOON, (Who.STEP,), calm=True),
    Step("step_today", WORK, From.STEP_DAY, (Who.STEP,), hour=MORNING, calm=True),
    Step("step_overdue", WORK, From.STEP, (Who.STEP, Who.NEAREST), climbs=True),
    Step("check_due", ANY_OPEN, From.CHECK, (Who.WATCHERS,)),
    Step("check_missed", ANY_OPEN, From.CHECK, (Who.NEAREST, Who.SAFETY), workdays=1, red=False, climbs=True),
    Step("check_missed", ANY_OPEN, From.CHECK, (Who.NEAREST, Who.SAFETY), hours=4, red=True, climbs=True),
)
CLIMBING = frozenset(step.code for step in POLICY if step.climbs)
CALM = frozenset(step.code for step in POLICY if step.calm)
OF_A_STEP = frozenset({From.STEP_SOON, From.STEP_DAY, From.STEP})
STEP_CODES = frozenset(step.code for step in POLICY if step.since in OF_A_STEP)
OF_A_CHECK = frozenset(step.code for step in POLICY if step.since is From.CHECK)
OF_THE_DUE_TIME = frozenset(step.code for step in POLICY if step.since in (From.SOON, From.DUE_DAY, From.DUE))
"""What speaks of the due time, and is out of date once that has moved."""
AHEAD = frozenset({From.SOON, From.STEP_SOON})
"""What is told ahead of time falls into the hours of work of a working day (`daylight`)."""

DAY_BEGINS, DAY_ENDS = time(7, 30), time(20)
SNOOZE_DAYS: dict[str | None, int] = {"red": 1}
SNOOZE_DAYS_OTHERWISE = 3
SNOOZE_HOUR = time(9)
AGAIN = "again"
"""What is told when a "later" has run out. It is not put off a second time."""

MOVED: dict[tuple[str, str], tuple[str, tuple[Who, ...]]] = {
    ("reported", "assigned"): ("assigned", (Who.RESPONSIBLE, Who.HELPERS)),
    ("escalated", "assigned"): ("given_back", (Who.RESPONSIBLE, Who.HELPERS)),
    ("rectifying", "recheck"): ("to_recheck", (Who.RECHECKERS,)),
    ("recheck", "rectifying"): ("sent_back", (Who.RESPONSIBLE, Who.HELPERS)),
    ("closed", "rectifying"): ("reopened", (Who.RESPONSIBLE, Who.NEAREST)),
    ("recheck", "closed"): ("closed", (Who.REPORTER, Who.RESPONSIBLE, Who.INFORM)),
    ("reported", "closed"): ("closed", (Who.REPORTER,)),
}
"""What a move tells, and to whom: whoever acts next. A move that is not here tells nobody."""
FAILED_OFTEN = 3
FAILED_OFTEN_TO = ("sent_back_often", (Who.RESPONSIBLE, Who.HELPERS, Who.HEADS, Who.SAFETY))
"""From the third failed recheck on, the heads are told too (B15)."""
ESCALATED_TO = ("escalated", (Who.RECEIVERS, Who.WATCHERS, Who.MAIN))
REPORTED_TO = ("reported", (Who.MEANT, Who.LEADER))
ASKS: dict[str, frozenset[str]] = {step.code: step.columns for step in POLICY} | {
    "reported": REPORTED,
    "assigned": WORK,
    "given_back": WORK,
    "sent_back": WORK,
    "sent_back_often": WORK,
    "reopened": WORK,
    "to_recheck": RECHECK,
    "escalated": ESCALATED,
    "urged": WORK,
    "disputed": WORK,
    "to_supervise": WORK,
    AGAIN: ANY_OPEN,
}
"""The columns in which a reminder still asks for something; one that is not here is news, and stays until read."""
WATCHED_TO = ("to_supervise", (Who.SUPERVISE,))
"""What an assignment tells besides: whoever supervises by the matrix is asked to look after it, and may urge."""
URGED_TO = ("urged", (Who.RESPONSIBLE, Who.HELPERS))
DISPUTED_TO = ("disputed", (Who.FIRST,))
RULED_TO = ("ruled", (Who.RESPONSIBLE, Who.HELPERS, Who.REPORTER))
LISTED_TO = ("listed", (Who.SUPERVISORS, Who.RESPONSIBLE))
DUE_MOVED_TO = ("due_moved", (Who.RESPONSIBLE, Who.HELPERS))
INHERITED_TO = ("inherited", (Who.RESPONSIBLE,))
VACANT_TO = ("vacant", (Who.NEAREST,))
