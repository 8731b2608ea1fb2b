"""People and posts apart (R29): work hangs on posts, people hold posts for a time."""

from piccolo.columns import Boolean, ForeignKey, Integer, OnDelete, Serial, Text, Timestamptz, Varchar
from piccolo.table import Table


class Person(Table, tablename="person"):
    """Somebody whom a register names. Phone and mail are sealed; pupils are records only, never on exports (R44)."""

    id: Serial
    org_id = Integer()
    name = Varchar(length=60)
    kind = Varchar(length=10, default="staff")  # staff | pupil
    staff_no = Varchar(length=40, null=True, default=None)
    phone_sealed = Text(null=True, default=None)
    phone_tail = Varchar(length=4, null=True, default=None)
    email_sealed = Text(null=True, default=None)
    language = Varchar(length=10, default="zh-Hans")
    left_at = Timestamptz(null=True, default=None)
    version = Integer(default=1)
    created_at = Timestamptz()
    import_batch_id = Integer(null=True, default=None)


class Post(Table, tablename="post"):
    """A post that stands on a grid and reaches `scope_grid_id` with all below it. Without a holder it is vacant."""

    id: Serial
    org_id = Integer()
    grid_id = Integer(index=True)
    scope_grid_id = Integer()
    title = Varchar(length=80)
    role = Varchar(length=30)
    is_accountable = Boolean(default=True)
    sort = Integer(default=0)
    line_of_work = Varchar(length=200, null=True, default=None)  # R47: the business side of the post
    version = Integer(default=1)
    created_at = Timestamptz()
    ended_at = Timestamptz(null=True, default=None)
    import_batch_id = Integer(null=True, default=None)


class Appointment(Table, tablename="appointment"):
    """Who holds a post over `[starts_at, ends_at)`. One holder of a post is the primary: reminders go there first."""

    id: Serial
    org_id = Integer()
    post_id = ForeignKey(Post, null=False, on_delete=OnDelete.restrict)
    person_id = ForeignKey(Person, null=False, on_delete=OnDelete.restrict)
    is_primary = Boolean(default=True)
    kind = Varchar(length=10, default="holder")  # holder | deputy | acting
    starts_at = Timestamptz()
    ends_at = Timestamptz(null=True, default=None)
    note = Text(null=True, default=None)
    entered_at = Timestamptz()
    entered_by = Integer(null=True, default=None)
    version = Integer(default=1)
    import_batch_id = Integer(null=True, default=None)


class Absence(Table, tablename="absence"):
    """Somebody is away over `[starts_at, ends_at)`: their posts stay theirs, others answer for them meanwhile (E8)."""

    id: Serial
    org_id = Integer()
    person_id = ForeignKey(Person, null=False, on_delete=OnDelete.restrict)
    kind = Varchar(length=10, default="leave")
    starts_at = Timestamptz()
    ends_at = Timestamptz(null=True, default=None)
    entered_at = Timestamptz()
    entered_by = Integer(null=True, default=None)
    undone_at = Timestamptz(null=True, default=None)
    version = Integer(default=1)
