"""The audit trail and the queue: written in the transaction of the change that they tell of."""

from piccolo.columns import BigInt, Boolean, Integer, Serial, Text, Timestamptz, Varchar
from piccolo.table import Table


class ChainHead(Table, tablename="chain_head"):
    """One row per organisation: the last event's number and hash, and the version of its boards.

    The row is the lock under which events of one school get their numbers, so that no two share one.
    """

    id: Serial
    org_id = Integer(unique=True)
    seq = BigInt(default=0)
    hash = Varchar(length=64)
    board_version = BigInt(default=0)


class Event(Table, tablename="event"):
    """One thing that happened. Never updated, never deleted (triggers refuse it).

    It holds ids and digests only, no names (TT4).
    """

    id: Serial
    org_id = Integer()
    seq = BigInt()
    kind = Varchar(length=60)
    subject_kind = Varchar(length=30)
    subject_id = Integer(null=True, default=None)
    actor_id = Integer(null=True, default=None)
    account_id = Integer(null=True, default=None)
    via = Varchar(length=10)
    at = Timestamptz()
    details = Text()
    prev_hash = Varchar(length=64)
    hash = Varchar(length=64)


class EventText(Table, tablename="event_text"):
    """What a person wrote with an event.

    The event holds its salted digest, so the text may be erased by law and the chain still holds.
    """

    id: Serial
    event_id = Integer(index=True)
    field = Varchar(length=40)
    body = Text()
    salt = Varchar(length=32)


class OutboxEntry(Table, tablename="outbox"):
    """Something that must follow from an event.

    Claimed by a lease, and done exactly once: in one transaction with its result.
    """

    id: Serial
    org_id = Integer()
    event_id = Integer(null=True, default=None)
    kind = Varchar(length=60)
    payload = Text(default="{}")
    created_at = Timestamptz()
    available_at = Timestamptz()
    lease = Varchar(length=64, null=True, default=None)
    leased_until = Timestamptz(null=True, default=None)
    attempts = Integer(default=0)
    errors = Integer(default=0)
    done_at = Timestamptz(null=True, default=None)
    failed_at = Timestamptz(null=True, default=None)
    last_error = Text(null=True, default=None)


class Anchor(Table, tablename="anchor"):
    """A chain's head as it was told to the outside (mail or file) on a day (TT2)."""

    id: Serial
    org_id = Integer()
    day = Varchar(length=10)
    seq = BigInt()
    hash = Varchar(length=64)
    told_at = Timestamptz()
    told_to = Varchar(length=300)


class Submission(Table, tablename="submission"):
    """A form that was sent: the second sending of the same key finds the first result (TR6)."""

    id: Serial
    key = Varchar(length=64, unique=True)
    person_id = Integer(null=True, default=None)
    location = Varchar(length=300, null=True, default=None)
    at = Timestamptz()
    done = Boolean(default=False)
