"""The tree of places and bodies that somebody answers for."""

from typing import Any

from piccolo.columns import Boolean, DoublePrecision, ForeignKey, Integer, OnDelete, Serial, Text, Timestamptz, Varchar
from piccolo.columns.reference import LazyTableReference
from piccolo.table import Table


class GridScheme(Table, tablename="grid_scheme"):
    """A way of dividing the same places: general, fire (R06). `org_id` None is shared by all."""

    id: Serial
    org_id = Integer(null=True, default=None)
    code = Varchar(length=30)
    name = Varchar(length=60)
    name_en = Varchar(length=60)


class GridKind(Table, tablename="grid_kind"):
    """What a grid is (building, room, class …) and what its keeper is called; data that a school may add to (R08)."""

    id: Serial
    org_id = Integer(null=True, default=None)
    code = Varchar(length=30)
    name = Varchar(length=60)
    name_en = Varchar(length=60)
    keeper_title = Varchar(length=60, null=True, default=None)
    is_place = Boolean(default=True)
    sort = Integer(default=0)


class Grid(Table, tablename="grid"):
    """One cell of the tree. `path` is "/1/5/19/": the ids from the root to this one.

    `org_id` is the school's (or bureau's) grid.
    """

    id: Serial
    org_id = Integer(null=True, default=None)
    parent_id: ForeignKey[Any] = ForeignKey(
        LazyTableReference("Grid", module_path="portal.grids.tables"),
        null=True, default=None, on_delete=OnDelete.restrict,
    )  # fmt: skip
    path = Varchar(length=300, default="")
    depth = Integer(default=0)
    scheme = Varchar(length=30, default="general")
    kind = Varchar(length=30)
    level_label = Varchar(length=60, null=True, default=None)
    name = Varchar(length=120)
    code = Varchar(length=40, null=True, default=None)
    place_id = Integer(null=True, default=None)  # the room that a class or fire grid stands in
    area_m2 = DoublePrecision(null=True, default=None)
    location = Text(null=True, default=None)
    main_buildings = Text(null=True, default=None)
    key_places = Text(null=True, default=None)
    range_note = Text(null=True, default=None)  # R26: what belongs to it
    duty_note = Text(null=True, default=None)  # R26: what is to be done
    assessment_note = Text(null=True, default=None)  # R26: how it is assessed
    is_key_spot = Boolean(default=False)
    is_heading = Boolean(default=False)
    sort = Integer(default=0)
    version = Integer(default=1)
    created_at = Timestamptz()
    ended_at = Timestamptz(null=True, default=None)
    import_batch_id = Integer(null=True, default=None)


class Organisation(Table, tablename="organisation"):
    """What only a school or a bureau has. `rights_version` moves with every change of post, appointment or tree."""

    id: Serial
    grid_id = Integer(unique=True)
    kind = Varchar(length=20)  # bureau | school
    bureau_id = Integer(null=True, default=None)
    duty_phone = Varchar(length=40, null=True, default=None)
    rights_version = Integer(default=1)
    version = Integer(default=1)
    created_at = Timestamptz()


class ImportBatch(Table, tablename="import_batch"):
    """One uploaded file: its plan, how far it has come, who did it; kept so that it can be undone."""

    id: Serial
    org_id = Integer()
    filename = Varchar(length=200)
    digest = Varchar(length=64)
    state = Varchar(length=20, default="staged")  # staged | queued | running | applied | undone | failed
    plan = Text()
    answers = Text(default="{}")
    total = Integer(default=0)
    done = Integer(default=0)
    created_by = Integer(null=True, default=None)
    created_at = Timestamptz()
    applied_at = Timestamptz(null=True, default=None)
    undone_at = Timestamptz(null=True, default=None)
    error = Text(null=True, default=None)
    version = Integer(default=1)
