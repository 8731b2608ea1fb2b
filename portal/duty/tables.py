"""The calendar of days and the book of who leads."""

from piccolo.columns import Date, Integer, Serial, Text, Timestamptz, Varchar
from piccolo.table import Table


class CalendarDay(Table, tablename="calendar_day"):
    """A date that is not what its weekday says (D5). `org_id` None is national; a school's row lies over it.

    `key` ("national:2026-10-01", "7:2026-10-01") makes the pair unique, which a nullable column alone cannot.
    A year is known when its national New Year's Day stands here.
    """

    id: Serial
    org_id = Integer(null=True, default=None)
    key = Varchar(length=30, unique=True)
    day = Date(default=None, index=True)
    kind = Varchar(length=12)  # school_day | weekend | holiday | makeup
    name = Varchar(length=60, default="")
    source = Varchar(length=30)  # chinesecalendar | hand
    entered_at = Timestamptz()


class DutyLeader(Table, tablename="duty_leader"):
    """Who leads over `[starts_at, ends_at)`: a person, a post, or (neither) nobody. Rows are only added.

    Where two overlap, the one entered last wins (`portal.duty.rules.leaders`).
    """

    id: Serial
    org_id = Integer(index=True)
    person_id = Integer(null=True, default=None)
    post_id = Integer(null=True, default=None)
    starts_at = Timestamptz()
    ends_at = Timestamptz()
    note = Text(default="")
    entered_at = Timestamptz()
    entered_by = Integer(null=True, default=None)
