"""Hazards and what hangs on them. The state stands in one row with a version; the story stands in events."""

from piccolo.columns import Boolean, Integer, Serial, Text, Timestamptz, Varchar
from piccolo.table import Table


class HazardCategory(Table, tablename="hazard_category"):
    """Two levels of categories, with the line of work that is told and who answers first (R54)."""

    id: Serial
    org_id = Integer(null=True, default=None)
    code = Varchar(length=40)
    parent_code = Varchar(length=40, null=True, default=None)
    name = Varchar(length=80)
    name_en = Varchar(length=120)
    domain = Varchar(length=10)
    default_owner = Varchar(length=20)
    is_restricted = Boolean(default=False)
    sort = Integer(default=0)


class NumberSeries(Table, tablename="number_series"):
    """The last number given in a series of an organisation; numbers are never given twice."""

    id: Serial
    org_id = Integer()
    series = Varchar(length=30)
    last = Integer(default=0)


class Hazard(Table, tablename="hazard"):
    """One hazard. `number` is for people ("2026-0042" within a school); addresses use the id."""

    id: Serial
    org_id = Integer()
    number = Varchar(length=20)
    grid_id = Integer(index=True)
    title = Varchar(length=200)
    detail = Text(null=True, default=None)
    status = Varchar(length=12, default="reported")
    outcome = Varchar(length=12, null=True, default=None)  # rectified | not_hazard | duplicate
    duplicate_of_id = Integer(null=True, default=None)
    category = Varchar(length=40, null=True, default=None)
    domain = Varchar(length=10, null=True, default=None)
    likelihood = Integer(null=True, default=None)  # 1–3 of the two-tap matrix
    severity = Integer(null=True, default=None)  # 1–3
    level = Varchar(length=8, null=True, default=None)  # red | orange | yellow | blue
    is_restricted = Boolean(default=False)
    is_disputed = Boolean(default=False)  # the row in hazard_dispute says by whom and why (R50)
    is_listed = Boolean(default=False)  # the row in hazard_listing says by whom and when (R65)
    supervisor_id = Integer(null=True, default=None)
    watcher_id = Integer(null=True, default=None)  # who watches while it is escalated (R64)
    next_check_at = Timestamptz(null=True, default=None)  # when the watcher looks next; none: by the rule
    source = Varchar(length=12, default="staff")
    reported_by = Integer(null=True, default=None)
    reported_at = Timestamptz()
    responsible_post_id = Integer(null=True, default=None)
    responsible_person_id = Integer(null=True, default=None)
    due_from = Timestamptz(null=True, default=None)
    due_at = Timestamptz(null=True, default=None)
    due_trace = Text(null=True, default=None)
    due_moves = Integer(default=0)  # how often somebody has moved the due time (B12)
    column_since = Timestamptz()
    interim_measure = Text(null=True, default=None)
    interim_due_at = Timestamptz(null=True, default=None)
    plan_measure = Text(null=True, default=None)
    plan_money = Text(null=True, default=None)
    plan_contingency = Text(null=True, default=None)
    measure = Text(null=True, default=None)
    rectifiers = Varchar(length=400, default=",")  # ",5,17,": everybody who worked on it; none of them rechecks (R68)
    rectified_by = Integer(null=True, default=None)
    rectified_at = Timestamptz(null=True, default=None)
    rechecked_by = Integer(null=True, default=None)
    rechecked_at = Timestamptz(null=True, default=None)
    conclusion = Text(null=True, default=None)
    failed_rechecks = Integer(default=0)
    reopened = Integer(default=0)
    photo_count = Integer(default=0)
    after_photo_count = Integer(default=0)
    last_moved_by = Integer(null=True, default=None)
    last_moved_at = Timestamptz()
    last_event_at = Timestamptz()
    closed_at = Timestamptz(null=True, default=None)
    version = Integer(default=1)


class HazardHelper(Table, tablename="hazard_helper"):
    """Somebody who helps to rectify, or a post whose holders may take it ("electrician") (A14).

    With a `mark` it is the part that the matrix gives the post in this card: who assists, supervises or is told.
    """

    id: Serial
    hazard_id = Integer(index=True)
    person_id = Integer(null=True, default=None)
    post_id = Integer(null=True, default=None)
    added_at = Timestamptz()
    ended_at = Timestamptz(null=True, default=None)
    mark = Varchar(length=10, null=True, default=None)  # by the matrix: main | assist | supervise | inform
    responsibility_id = Integer(null=True, default=None)  # the row that says so: it counts while that is in force (E6)


class HazardDispute(Table, tablename="hazard_dispute"):
    """Somebody says that a card is not theirs (R50): why, and how the first responsible person ruled."""

    id: Serial
    hazard_id = Integer(index=True)
    reason = Text()
    raised_at = Timestamptz()
    raised_by = Integer(null=True, default=None)
    ruled_at = Timestamptz(null=True, default=None)
    ruled_by = Integer(null=True, default=None)
    post_id = Integer(null=True, default=None)
    responsibility_id = Integer(null=True, default=None)


class HazardPhoto(Table, tablename="hazard_photo"):
    """A photo before or after; the files stand in the store by their digests."""

    id: Serial
    hazard_id = Integer(index=True)
    phase = Varchar(length=6)  # before | after
    digest = Varchar(length=64)
    thumb_digest = Varchar(length=64)
    width = Integer()
    height = Integer()
    taken_by = Integer(null=True, default=None)
    at = Timestamptz()


class HazardListing(Table, tablename="hazard_listing"):
    """Listed for supervision (R65): listed by whom, supervised by whom, and when it was taken off the list."""

    id: Serial
    hazard_id = Integer(index=True)
    number = Varchar(length=20)
    supervisor_id = Integer()
    condition = Text()
    listed_at = Timestamptz()
    listed_by = Integer(null=True, default=None)
    ended_at = Timestamptz(null=True, default=None)


class HazardReceiver(Table, tablename="hazard_receiver"):
    """A grid (the bureau, an office) on whose board an escalated card also stands."""

    id: Serial
    hazard_id = Integer(index=True)
    grid_id = Integer()
    since = Timestamptz()
    until = Timestamptz(null=True, default=None)


class HazardStep(Table, tablename="hazard_step"):
    """A step of the rectification plan, scheduled backwards from the due date (R60)."""

    id: Serial
    hazard_id = Integer(index=True)
    title = Varchar(length=120)
    due_at = Timestamptz(null=True, default=None)
    days_before = Integer(null=True, default=None)  # working days before the due time, instead of a date of its own
    person_id = Integer(null=True, default=None)  # none: whoever answers for the card
    done_at = Timestamptz(null=True, default=None)
    done_by = Integer(null=True, default=None)
    sort = Integer(default=0)


class RestrictedViewer(Table, tablename="restricted_viewer"):
    """A person who is named to see the sensitive categories of a school (B20)."""

    id: Serial
    org_id = Integer()
    person_id = Integer()
    starts_at = Timestamptz()
    ends_at = Timestamptz(null=True, default=None)


class BoardLimit(Table, tablename="board_limit"):
    """How many cards a column of a grid should hold; soft unless it says hard (A3)."""

    id: Serial
    grid_id = Integer()
    column = Varchar(length=12, db_column_name="board_column")
    most = Integer()
    is_hard = Boolean(default=False)
