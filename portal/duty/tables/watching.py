"""What is done on duty: taking over, the log, receipts."""

from piccolo.columns import Boolean, Integer, Serial, Text, Timestamptz, Varchar
from piccolo.table import Table


class DutyHandover(Table, tablename="duty_handover"):
    """Both ends of a shift (D11): `person_id` took it over at `taken_at`, from `out_shift_id` where one went before;
    at its end `out_person_id` signed, with three lines for whoever comes next. `told_at`: the leader was told that
    nobody had taken it."""

    id: Serial
    org_id = Integer()
    shift_id = Integer(unique=True)
    out_shift_id = Integer(null=True, default=None)
    person_id = Integer()
    keys = Text(default="")
    visitors = Text(default="")
    note = Text(default="")
    taken_at = Timestamptz(null=True, default=None)
    out_person_id = Integer(null=True, default=None)
    signed_at = Timestamptz(null=True, default=None)
    told_at = Timestamptz(null=True, default=None)
    version = Integer(default=1)


class DutyLog(Table, tablename="duty_log"):
    """A line of the log of duty (D12). Only added: a trigger keeps it so, and a correction is a line of its own.

    `present` and `absent` are counted after lights-out (R96), `answered` is what a check by phone found (R101).
    `hazard_id`: the card that the line names, shown only to whoever may see that card (B20).
    """

    id: Serial
    org_id = Integer()
    area_id = Integer(null=True, default=None)
    role = Varchar(length=30, default="")
    shift_id = Integer(null=True, default=None)
    kind = Varchar(length=12)  # round | event | call | check | zero | correction | hazard | no_account
    happened_at = Timestamptz()
    text = Text(default="")
    corrects_id = Integer(null=True, default=None)
    hazard_id = Integer(null=True, default=None)
    entered_at = Timestamptz()
    entered_by = Integer(null=True, default=None)
    key = Varchar(length=40, null=True, default=None)  # a doubled submit makes one line (TR6)
    present = Integer(null=True, default=None)
    absent = Integer(null=True, default=None)
    answered = Boolean(null=True, default=None)
    written_as = Varchar(length=10, default="duty")  # duty | leader | office | clock


class DutyReceipt(Table, tablename="duty_receipt"):
    """Somebody has read a published roster that holds shifts of theirs (D6, D15)."""

    id: Serial
    roster_id = Integer()
    person_id = Integer()
    seen_at = Timestamptz()
