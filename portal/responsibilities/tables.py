"""What has to be done, by which post, and the marks of the matrix: dated rows, never flags."""

from typing import Any

from piccolo.columns import Boolean, ForeignKey, Integer, OnDelete, Serial, Text, Timestamptz, Varchar
from piccolo.table import Table

from portal.grids.tables import Grid
from portal.people.tables import Post


class Domain(Table, tablename="domain"):
    """A line of work (fire, food, buildings …): the horizontal side of the grid (R19)."""

    id: Serial
    code = Varchar(length=10, unique=True)
    name = Varchar(length=60)
    name_en = Varchar(length=80)
    sort = Integer(default=0)


class DutyList(Table, tablename="duty_list"):
    """A numbered list of duties of a kind of post or of a level of grid (R37, R39). `org_id` None is shared by all.

    `origin` says where it came from: seed, mixed, ours or school. Those that are mixed or ours ask the school to
    confirm them before they go into a letter; a school that changes a shared list gets a copy of its own (`copy_of`).
    """

    id: Serial
    org_id = Integer(null=True, default=None)
    name = Varchar(length=80)
    name_en = Varchar(length=120)
    origin = Varchar(length=10)
    source = Text(null=True, default=None)
    copy_of = Integer(null=True, default=None)
    sort = Integer(default=0)
    confirmed_at = Timestamptz(null=True, default=None)
    confirmed_by = Integer(null=True, default=None)
    ended_at = Timestamptz(null=True, default=None)
    version = Integer(default=1)
    created_at = Timestamptz()


class DutyItem(Table, tablename="duty_item"):
    """One duty as it was worded over `[starts_at, ends_at)`. A change of wording ends the row and begins the next one
    with the same `code` and `number`, so that a letter can say which words it was signed for."""

    id: Serial
    list_id: ForeignKey[Any] = ForeignKey(DutyList, null=False, on_delete=OnDelete.restrict)
    code = Varchar(length=40)
    number = Varchar(length=10)
    text = Text()
    text_en = Text(null=True, default=None)
    domain = Varchar(length=10)
    kind = Varchar(length=20)
    rhythm = Varchar(length=20)
    level = Varchar(length=20)
    source = Text(null=True, default=None)
    edition = Integer(default=1)
    sort = Integer(default=0)
    starts_at = Timestamptz()
    ends_at = Timestamptz(null=True, default=None)
    entered_by = Integer(null=True, default=None)


class DutyMapping(Table, tablename="duty_mapping"):
    """Which list a post takes, by its title, the kind of grid that it stands on and a part of the grid's name (None:
    any).

    `org_id` None is the proposal that is shipped; a school's own row goes before it. `line_of_work` is the business
    side of the post (R47: 一岗双责).
    """

    id: Serial
    org_id = Integer(null=True, default=None)
    title = Varchar(length=80)
    grid_kind = Varchar(length=30, null=True, default=None)
    grid_name = Varchar(length=60, null=True, default=None)
    list_id: ForeignKey[Any] = ForeignKey(DutyList, null=True, default=None, on_delete=OnDelete.restrict)
    line_of_work = Varchar(length=200, null=True, default=None)
    domain = Varchar(length=10, null=True, default=None)
    confirmed_at = Timestamptz(null=True, default=None)
    confirmed_by = Integer(null=True, default=None)
    version = Integer(default=1)
    created_at = Timestamptz()


class Responsibility(Table, tablename="responsibility"):
    """A row of the matrix: on this grid and below it a post has a mark for a duty, over `[starts_at, ends_at)` (R49).

    `duty` is the code of a duty item, a hazard category, a group of them or a domain; "" is the grid as a whole.
    `basis` is the ground that the sources name (manages, uses, approves, organises, hosts, supervises; R30). `ruled_on`
    is the hazard whose dispute it settled (R50).
    """

    id: Serial
    org_id = Integer()
    grid_id: ForeignKey[Any] = ForeignKey(Grid, null=False, on_delete=OnDelete.restrict)
    duty = Varchar(length=40, default="")
    post_id: ForeignKey[Any] = ForeignKey(Post, null=False, on_delete=OnDelete.restrict)
    mark = Varchar(length=10)  # main | assist | supervise | inform
    basis = Varchar(length=20, null=True, default=None)
    reason = Text(null=True, default=None)
    ruled_on = Integer(null=True, default=None)
    starts_at = Timestamptz()
    ends_at = Timestamptz(null=True, default=None)
    entered_at = Timestamptz()
    entered_by = Integer(null=True, default=None)
    ended_by = Integer(null=True, default=None)
    is_proposal = Boolean(default=False)
    version = Integer(default=1)
