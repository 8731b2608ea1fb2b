"""The book of duty: who leads, who is on it, who stands in, who swaps."""

from piccolo.columns import Boolean, Date, Integer, Serial, Text, Timestamptz, Varchar
from piccolo.table import Table


class DutyLeader(Table, tablename="duty_leader"):
    """The book of leaders as it was before there were shifts. Kept for its history; nothing writes here any more.

    What it said stands in `duty_shift`, under the role `leader`.
    """

    id: Serial
    org_id = Integer(index=True)
    person_id = Integer(null=True, default=None)
    post_id = Integer(null=True, default=None)
    starts_at = Timestamptz()
    ends_at = Timestamptz()
    note = Text(default="")
    entered_at = Timestamptz()
    entered_by = Integer(null=True, default=None)


class DutyRoster(Table, tablename="duty_roster"):
    """A plan of shifts over some days, made as a draft, looked at, published (D6). `rule` tells how it was drafted."""

    id: Serial
    org_id = Integer()
    name = Varchar(length=80)
    first_day = Date(default=None)
    last_day = Date(default=None)
    rule = Text(default="{}")
    state = Varchar(length=12, default="draft")  # draft | published | dropped
    made_at = Timestamptz()
    made_by = Integer(null=True, default=None)
    published_at = Timestamptz(null=True, default=None)
    published_by = Integer(null=True, default=None)
    version = Integer(default=1)


class DutyShift(Table, tablename="duty_shift"):
    """One person, or whoever holds a post, on duty as a role in an area over `[starts_at, ends_at)`.

    In force while `published_at` is set and `cancelled_at` is not. What is past stays as it is (D17): only what is
    still to come is moved, given to another or cancelled, and `sequence` counts that for the calendars outside.
    """

    id: Serial
    org_id = Integer()
    area_id = Integer(null=True, default=None)
    role = Varchar(length=30)
    person_id = Integer(null=True, default=None)
    post_id = Integer(null=True, default=None)
    starts_at = Timestamptz()
    ends_at = Timestamptz()
    roster_id = Integer(null=True, default=None)
    note = Text(default="")
    why = Text(default="")  # of a proposed shift: why this person, as the rule told it
    made_at = Timestamptz()
    made_by = Integer(null=True, default=None)
    published_at = Timestamptz(null=True, default=None)
    cancelled_at = Timestamptz(null=True, default=None)
    sequence = Integer(default=0)
    version = Integer(default=1)


class DutyStandIn(Table, tablename="duty_stand_in"):
    """Somebody else does a shift, or a part of it. Without times of its own it goes with the shift (D9).

    `kind`: swap (agreed), takeover (an emergency), correction (what was really so, told afterwards; D17).
    """

    id: Serial
    org_id = Integer()
    shift_id = Integer()
    person_id = Integer()
    kind = Varchar(length=12)
    starts_at = Timestamptz(null=True, default=None)
    ends_at = Timestamptz(null=True, default=None)
    swap_id = Integer(null=True, default=None)
    reason = Text(default="")
    entered_at = Timestamptz()
    entered_by = Integer(null=True, default=None)
    undone_at = Timestamptz(null=True, default=None)


class DutySwap(Table, tablename="duty_swap"):
    """A request to swap (D8): asked, accepted by the colleague, approved by the office; or it ends another way.

    `back_shift_id` is the shift that is done in return; None: nothing in return. `to_person_id` is whoever accepted,
    and before that whoever was asked first: all who are asked stand in `duty_swap_offer`.
    """

    id: Serial
    org_id = Integer()
    shift_id = Integer()
    back_shift_id = Integer(null=True, default=None)
    from_person_id = Integer()
    to_person_id = Integer()
    state = Varchar(length=12, default="asked")
    is_urgent = Boolean(default=False)
    reason = Text(default="")
    answer = Text(default="")
    asked_at = Timestamptz()
    asked_by = Integer(null=True, default=None)
    expires_at = Timestamptz()
    accepted_at = Timestamptz(null=True, default=None)
    accepted_by = Integer(null=True, default=None)
    decided_at = Timestamptz(null=True, default=None)
    decided_by = Integer(null=True, default=None)
    version = Integer(default=1)


class DutySwapOffer(Table, tablename="duty_swap_offer"):
    """Somebody who is asked whether they take a shift: one of them, or several, of whom the first takes it."""

    id: Serial
    swap_id = Integer(index=True)
    person_id = Integer(index=True)
    declined_at = Timestamptz(null=True, default=None)
    answer = Text(default="")


class DutyWeight(Table, tablename="duty_weight"):
    """How much an hour counts when duty is shared out fairly (D7): a bureau's own, or shared where `org_id` is None."""

    id: Serial
    org_id = Integer(null=True, default=None)
    kind = Varchar(length=12)  # day | night | weekend | holiday
    tenths = Integer()
