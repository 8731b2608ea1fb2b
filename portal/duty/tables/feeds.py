"""Duty for other calendars, leave from them, screens on walls."""

from piccolo.columns import Boolean, Integer, Serial, Timestamptz, Varchar
from piccolo.table import Table


class DutyFeed(Table, tablename="duty_feed"):
    """A calendar address (D13): of a person, an area, or the school. The secret itself is shown once and not kept."""

    id: Serial
    org_id = Integer()
    kind = Varchar(length=10)  # person | area | school
    person_id = Integer(null=True, default=None)
    area_id = Integer(null=True, default=None)
    language = Varchar(length=10, default="zh-Hans")
    token_digest = Varchar(length=64, unique=True)
    made_at = Timestamptz()
    made_by = Integer(null=True, default=None)
    read_at = Timestamptz(null=True, default=None)
    ended_at = Timestamptz(null=True, default=None)


class DutyLeaveFile(Table, tablename="duty_leave_file"):
    """A calendar file of leave (L3), read and shown before anything of it is entered.

    `person_id`: whose calendar it is; None: the titles say who is meant.
    """

    id: Serial
    org_id = Integer()
    name = Varchar(length=120, default="")
    person_id = Integer(null=True, default=None)
    state = Varchar(length=10, default="draft")  # draft | entered | undone | dropped
    made_at = Timestamptz()
    made_by = Integer(null=True, default=None)
    entered_at = Timestamptz(null=True, default=None)
    entered_by = Integer(null=True, default=None)
    version = Integer(default=1)


class DutyLeaveRow(Table, tablename="duty_leave_row"):
    """An event of such a file. Its title is kept only until the file is done with: it may say why somebody is away."""

    id: Serial
    file_id = Integer(index=True)
    line = Integer()
    title = Varchar(length=100, default="")
    starts_at = Timestamptz(null=True, default=None)
    ends_at = Timestamptz(null=True, default=None)
    is_all_day = Boolean(default=False)
    trouble = Varchar(length=12, default="")
    person_id = Integer(null=True, default=None)
    absence_id = Integer(null=True, default=None)


class DutyScreen(Table, tablename="duty_screen"):
    """A screen on the wall that shows who is on duty, known by a token of its own (K9)."""

    id: Serial
    org_id = Integer()
    name = Varchar(length=60)
    token_digest = Varchar(length=64, unique=True)
    made_at = Timestamptz()
    made_by = Integer(null=True, default=None)
    seen_at = Timestamptz(null=True, default=None)
    ended_at = Timestamptz(null=True, default=None)
