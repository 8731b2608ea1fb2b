"""Hours without anybody."""

from piccolo.columns import Integer, Serial, Timestamptz, Varchar
from piccolo.table import Table


class DutyGap(Table, tablename="duty_gap"):
    """A stretch ahead in which too few are on duty, found when the book was last looked through (D2).

    `missing` nobody fills, `by_fallback` whoever steps in. `found_at`: when it was first seen.
    """

    id: Serial
    org_id = Integer()
    area_id = Integer(null=True, default=None)
    role = Varchar(length=30)
    starts_at = Timestamptz()
    ends_at = Timestamptz()
    missing = Integer()
    by_fallback = Integer(default=0)
    found_at = Timestamptz(null=True, default=None)


class DutyLookedThrough(Table, tablename="duty_looked_through"):
    """Up to when a school's book was looked through for gaps, and at which state of its book."""

    id: Serial
    org_id = Integer(unique=True)
    rights_version = Integer()
    looked_at = Timestamptz()
    until = Timestamptz()
    gaps = Integer(default=0)
    first_gap_at = Timestamptz(null=True, default=None)
