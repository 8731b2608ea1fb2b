"""The calendar of days, the areas and their hours."""

from piccolo.columns import Boolean, Date, Integer, Serial, Timestamptz, Varchar
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


class DutyDayKind(Table, tablename="duty_day_kind"):
    """A kind of day (D5): data that a school may add to. A kind without slots of its own takes those of `inherits`."""

    id: Serial
    org_id = Integer(null=True, default=None)
    code = Varchar(length=20)
    name = Varchar(length=40)
    name_en = Varchar(length=60)
    inherits = Varchar(length=20, null=True, default=None)
    sort = Integer(default=0)


class DutyPeriod(Table, tablename="duty_period"):
    """A stretch of a school's days, both ends included: a term, a vacation, exam days, a key period (R95).

    `kind` is `term`, `key`, or the code of a kind of day. A key period asks for `raise_by` more people in every slot.
    """

    id: Serial
    org_id = Integer()
    kind = Varchar(length=20)
    name = Varchar(length=60)
    first_day = Date(default=None)
    last_day = Date(default=None)
    raise_by = Integer(default=0)
    entered_at = Timestamptz()
    entered_by = Integer(null=True, default=None)
    ended_at = Timestamptz(null=True, default=None)
    version = Integer(default=1)


class DutyArea(Table, tablename="duty_area"):
    """Where somebody has to be on duty: a grid, or a part of the school that has none. The whole school has no row.

    `by_phone`: its posts are taken over and signed off on the phone; else on paper, and nobody is told (D11).
    """

    id: Serial
    org_id = Integer()
    grid_id = Integer(null=True, default=None)
    name = Varchar(length=60)
    name_en = Varchar(length=80, default="")
    sort = Integer(default=0)
    made_at = Timestamptz()
    ended_at = Timestamptz(null=True, default=None)
    version = Integer(default=1)
    by_phone = Boolean(default=True)


class DutyRole(Table, tablename="duty_role"):
    """As what somebody is on duty: leader, teacher on weekly duty, gate guard. `org_id` None is shared by all.

    Presence is asked of `security` roles only.
    """

    id: Serial
    org_id = Integer(null=True, default=None)
    code = Varchar(length=30)
    name = Varchar(length=60)
    name_en = Varchar(length=80)
    kind = Varchar(length=12)  # leader | teacher | security | keeper
    sort = Integer(default=0)


class DutySlot(Table, tablename="duty_slot"):
    """In one area, on one kind of day, from minute to minute: so many people of a role (D1, R09).

    Holds over the dates `[first_day, last_day]`; a change ends the row and makes another. Minutes count from midnight
    in Shanghai; 1440 is its end. `asks_report`: heads are counted after it and reported (R96).
    """

    id: Serial
    org_id = Integer()
    area_id = Integer(null=True, default=None)
    day_kind = Varchar(length=20)
    from_minute = Integer()
    to_minute = Integer()
    name = Varchar(length=60)
    name_en = Varchar(length=120, default="")
    role = Varchar(length=30)
    people = Integer(default=1)
    first_day = Date(default=None)
    last_day = Date(null=True, default=None)
    source = Varchar(length=40, default="")
    entered_at = Timestamptz()
    entered_by = Integer(null=True, default=None)
    version = Integer(default=1)
    asks_report = Boolean(default=False)


class DutyFallback(Table, tablename="duty_fallback"):
    """Who fills a gap of a role, in one area or anywhere, over `[starts_at, ends_at)` (D20)."""

    id: Serial
    org_id = Integer()
    area_id = Integer(null=True, default=None)
    role = Varchar(length=30)
    person_id = Integer()
    starts_at = Timestamptz()
    ends_at = Timestamptz()
    entered_at = Timestamptz()
    entered_by = Integer(null=True, default=None)
    ended_at = Timestamptz(null=True, default=None)
