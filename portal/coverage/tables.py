"""Coverage as rows: what a school's number is over a span of time, what it was, and the maps that were drawn."""

from piccolo.columns import Integer, Serial, Text, Timestamptz, Varchar
from piccolo.table import Table


class CoverageSpan(Table, tablename="coverage_span"):
    """A school's fraction over `[starts_at, ends_at)`: what is known now of every instant to come.

    Written anew whenever the school's people, posts or tree change. A bureau's page reads the spans that hold now, so
    it is right at midnight without anything having to run at midnight.
    """

    id: Serial
    org_id = Integer(index=True)
    starts_at = Timestamptz()
    ends_at = Timestamptz(null=True, default=None)
    have = Integer()
    whole = Integer()
    gaps = Text(default="{}")  # JSON: the gaps in their order, as `portal.coverage.queries.spans` reads them
    rights_version = Integer()
    written_at = Timestamptz()


class ResponsibilityMap(Table, tablename="responsibility_map"):
    """A version of the responsibility map (R24): the drawing's digest in the file store, and since when it holds."""

    id: Serial
    org_id = Integer(index=True)
    edition = Integer()
    digest = Varchar(length=64)
    have = Integer()
    whole = Integer()
    made_at = Timestamptz()
    rights_version = Integer(default=0)  # of the organisation when it was last compared with the rows
    next_at = Timestamptz(null=True, default=None)  # the next instant at which the rows are known to say otherwise


class LookAlikeConfirmed(Table, tablename="look_alike_confirmed"):
    """Somebody has looked: these two people with names that look alike are two. `one_id` is the smaller id."""

    id: Serial
    org_id = Integer()
    one_id = Integer()
    other_id = Integer()
    confirmed_at = Timestamptz()
    confirmed_by = Integer(null=True, default=None)
