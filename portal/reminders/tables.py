"""A reminder is a row with a unique key, not a queued job: running a sweep twice changes nothing (G11)."""

from piccolo.columns import Integer, Serial, Text, Timestamptz, Varchar
from piccolo.table import Table


class Reminder(Table, tablename="reminder"):
    """One thing told to one person; it is also the person's inbox entry."""

    id: Serial
    org_id = Integer()
    key = Varchar(length=160, unique=True)
    person_id = Integer()
    kind = Varchar(length=40)
    subject_kind = Varchar(length=30)
    subject_id = Integer(null=True, default=None)
    params = Text(default="{}")
    made_at = Timestamptz()
    read_at = Timestamptz(null=True, default=None)
    mail_id = Integer(null=True, default=None)
    answered_at = Timestamptz(null=True, default=None)  # "I know", or "later" (G2)
    snoozed_until = Timestamptz(null=True, default=None)


class Mail(Table, tablename="mail"):
    """One message to one person: the reminders of a window bundled (G5). Sent at least once, keyed."""

    id: Serial
    key = Varchar(length=160, unique=True)
    org_id = Integer()
    person_id = Integer()
    made_at = Timestamptz()
    send_at = Timestamptz()
    lease = Varchar(length=64, null=True, default=None)
    leased_until = Timestamptz(null=True, default=None)
    attempts = Integer(default=0)
    sent_at = Timestamptz(null=True, default=None)
    failed_at = Timestamptz(null=True, default=None)
    last_error = Text(null=True, default=None)


class WorkerBeat(Table, tablename="worker_beat"):
    """When the worker and each of its clocks last ran; the health page and the administrators' banner read it."""

    id: Serial
    name = Varchar(length=40, unique=True)
    at = Timestamptz()
    info = Text(default="{}")
