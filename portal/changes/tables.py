"""Changes of personnel and the sheets that hand a post over."""

from typing import Any

from piccolo.columns import Boolean, Date, ForeignKey, Integer, OnDelete, Serial, Text, Timestamptz, Varchar
from piccolo.table import Table

from portal.people.tables import Person, Post


class PersonnelChange(Table, tablename="personnel_change"):
    """One announced change. It takes effect at 00:00 of the day after `handover_on` (R112) and is undone only before.

    `kind`: joining, leaving, moving, leave, acting. `plan` holds what was chosen for each post, as ids (JSON). The rows
    that it wrote stand in `change_row`; nothing else has to run at the instant itself.
    """

    id: Serial
    org_id = Integer()
    kind = Varchar(length=10)
    person_id: ForeignKey[Any] = ForeignKey(Person, null=False, on_delete=OnDelete.restrict)
    announced_on = Date()
    handover_on = Date()
    effective_at = Timestamptz()
    back_at = Timestamptz(null=True, default=None)  # leave and acting: the end
    plan = Text(default="{}")
    note = Text(null=True, default=None)
    school_year_id = Integer(null=True, default=None)
    entered_at = Timestamptz()
    entered_by = Integer(null=True, default=None)
    undone_at = Timestamptz(null=True, default=None)
    undone_by = Integer(null=True, default=None)
    reported_at = Timestamptz(null=True, default=None)  # R28: told to the bureau
    reported_by = Integer(null=True, default=None)
    version = Integer(default=1)


class ChangeRow(Table, tablename="change_row"):
    """What a change did to one row elsewhere, so that it can be taken back.

    `what`: appointment_made, appointment_ended, absence_made, person_leaves, grid_renamed … `before` is the earlier
    value that taking back restores.
    """

    id: Serial
    change_id: ForeignKey[Any] = ForeignKey(PersonnelChange, null=False, on_delete=OnDelete.restrict)
    what = Varchar(length=30)
    row_id = Integer()
    before = Text(null=True, default=None)


class HandoverSheet(Table, tablename="handover_sheet"):
    """What goes with a post from one hand to the next (R112, E9). `frozen` is what the system listed, at the first
    confirmation; each of the three confirmations is its own moment and person."""

    id: Serial
    org_id = Integer()
    change_id: ForeignKey[Any] = ForeignKey(PersonnelChange, null=False, on_delete=OnDelete.restrict)
    post_id: ForeignKey[Any] = ForeignKey(Post, null=False, on_delete=OnDelete.restrict)
    giver_id = Integer()
    taker_id = Integer(null=True, default=None)
    supervisor_id = Integer(null=True, default=None)
    keys = Text(null=True, default=None)
    papers = Text(null=True, default=None)
    notes = Text(null=True, default=None)
    frozen = Text(null=True, default=None)
    due_at = Timestamptz()
    giver_confirmed_at = Timestamptz(null=True, default=None)
    taker_confirmed_at = Timestamptz(null=True, default=None)
    supervisor_confirmed_at = Timestamptz(null=True, default=None)
    file_digest = Varchar(length=64, null=True, default=None)
    void_at = Timestamptz(null=True, default=None)
    version = Integer(default=1)
    created_at = Timestamptz()


class SchoolYear(Table, tablename="school_year"):
    """One turn of the school year: classes move up, appointments renew or end, as a reviewed batch (I6)."""

    id: Serial
    org_id = Integer()
    name = Varchar(length=40)
    handover_on = Date()
    plan = Text(default="{}")
    state = Varchar(length=10, default="drafted")  # drafted | applied | undone
    is_dry = Boolean(default=True)
    created_at = Timestamptz()
    created_by = Integer(null=True, default=None)
    applied_at = Timestamptz(null=True, default=None)
    undone_at = Timestamptz(null=True, default=None)
    version = Integer(default=1)
