"""The calendar of days, the areas and their hours, and the book of duty: who is on it, who stands in, who took over."""

from piccolo.columns import Boolean, Date, Integer, Serial, Text, Timestamptz, Varchar
from piccolo.table import Table


class CalendarDay(Table, tablename="calendar_day"):
    """A date that is not what its weekday says (D5). `org_id` None is national; a school's row lies over it.

    `key` ("national:2026-10-01", "7:2026-10-01") makes the pair unique, which a nullable column alone cannot.
    A year is known when its national New Year's Day stands here.
    """

    id: Serial
    org_id = Integer(null=True, default=None)
    key = Varchar(length=30, unique=True)
    day = Date(default=None, index=True)
    kind = Varchar(length=12)  # school_day | weekend | holiday | makeup
    name = Varchar(length=60, default="")
    source = Varchar(length=30)  # chinesecalendar | hand
    entered_at = Timestamptz()


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


class DutyDayKind(Table, tablename="duty_day_kind"):
    """A kind of day (D5): data that a school may add to. A kind without slots of its own takes those of `inherits`."""

    id: Serial
    org_id = Integer(null=True, default=None)
    code = Varchar(length=20)
    name = Varchar(length=40)
    name_en = Varchar(length=60)
    inherits = Varchar(length=20, null=True, default=None)
    sort = Integer(default=0)


class DutyPeriod(Table, tablename="duty_period"):
    """A stretch of a school's days, both ends included: a term, a vacation, exam days, a key period (R95).

    `kind` is `term`, `key`, or the code of a kind of day. A key period asks for `raise_by` more people in every slot.
    """

    id: Serial
    org_id = Integer()
    kind = Varchar(length=20)
    name = Varchar(length=60)
    first_day = Date(default=None)
    last_day = Date(default=None)
    raise_by = Integer(default=0)
    entered_at = Timestamptz()
    entered_by = Integer(null=True, default=None)
    ended_at = Timestamptz(null=True, default=None)
    version = Integer(default=1)


class DutyArea(Table, tablename="duty_area"):
    """Where somebody has to be on duty: a grid, or a part of the school that has none. The whole school has no row.

    `by_phone`: its posts are taken over and signed off on the phone; else on paper, and nobody is told (D11).
    """

    id: Serial
    org_id = Integer()
    grid_id = Integer(null=True, default=None)
    name = Varchar(length=60)
    name_en = Varchar(length=80, default="")
    sort = Integer(default=0)
    made_at = Timestamptz()
    ended_at = Timestamptz(null=True, default=None)
    version = Integer(default=1)
    by_phone = Boolean(default=True)


class DutyRole(Table, tablename="duty_role"):
    """As what somebody is on duty: leader, teacher on weekly duty, gate guard. `org_id` None is shared by all.

    Presence is asked of `security` roles only.
    """

    id: Serial
    org_id = Integer(null=True, default=None)
    code = Varchar(length=30)
    name = Varchar(length=60)
    name_en = Varchar(length=80)
    kind = Varchar(length=12)  # leader | teacher | security | keeper
    sort = Integer(default=0)


class DutySlot(Table, tablename="duty_slot"):
    """In one area, on one kind of day, from minute to minute: so many people of a role (D1, R09).

    Holds over the dates `[first_day, last_day]`; a change ends the row and makes another. Minutes count from midnight
    in Shanghai; 1440 is its end. `asks_report`: heads are counted after it and reported (R96).
    """

    id: Serial
    org_id = Integer()
    area_id = Integer(null=True, default=None)
    day_kind = Varchar(length=20)
    from_minute = Integer()
    to_minute = Integer()
    name = Varchar(length=60)
    name_en = Varchar(length=120, default="")
    role = Varchar(length=30)
    people = Integer(default=1)
    first_day = Date(default=None)
    last_day = Date(null=True, default=None)
    source = Varchar(length=40, default="")
    entered_at = Timestamptz()
    entered_by = Integer(null=True, default=None)
    version = Integer(default=1)
    asks_report = Boolean(default=False)


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


class DutyFallback(Table, tablename="duty_fallback"):
    """Who fills a gap of a role, in one area or anywhere, over `[starts_at, ends_at)` (D20)."""

    id: Serial
    org_id = Integer()
    area_id = Integer(null=True, default=None)
    role = Varchar(length=30)
    person_id = Integer()
    starts_at = Timestamptz()
    ends_at = Timestamptz()
    entered_at = Timestamptz()
    entered_by = Integer(null=True, default=None)
    ended_at = Timestamptz(null=True, default=None)


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


class DutyFeed(Table, tablename="duty_feed"):
    """A calendar address (D13): of a person, an area, or the school. The secret itself is shown once and not kept."""

    id: Serial
    org_id = Integer()
    kind = Varchar(length=10)  # person | area | school
    person_id = Integer(null=True, default=None)
    area_id = Integer(null=True, default=None)
    language = Varchar(length=10, default="zh-Hans")
    token_digest = Varchar(length=64, unique=True)
    made_at = Timestamptz()
    made_by = Integer(null=True, default=None)
    read_at = Timestamptz(null=True, default=None)
    ended_at = Timestamptz(null=True, default=None)


class DutyLeaveFile(Table, tablename="duty_leave_file"):
    """A calendar file of leave (L3), read and shown before anything of it is entered.

    `person_id`: whose calendar it is; None: the titles say who is meant.
    """

    id: Serial
    org_id = Integer()
    name = Varchar(length=120, default="")
    person_id = Integer(null=True, default=None)
    state = Varchar(length=10, default="draft")  # draft | entered | undone | dropped
    made_at = Timestamptz()
    made_by = Integer(null=True, default=None)
    entered_at = Timestamptz(null=True, default=None)
    entered_by = Integer(null=True, default=None)
    version = Integer(default=1)


class DutyLeaveRow(Table, tablename="duty_leave_row"):
    """An event of such a file. Its title is kept only until the file is done with: it may say why somebody is away."""

    id: Serial
    file_id = Integer(index=True)
    line = Integer()
    title = Varchar(length=100, default="")
    starts_at = Timestamptz(null=True, default=None)
    ends_at = Timestamptz(null=True, default=None)
    is_all_day = Boolean(default=False)
    trouble = Varchar(length=12, default="")
    person_id = Integer(null=True, default=None)
    absence_id = Integer(null=True, default=None)


class DutyScreen(Table, tablename="duty_screen"):
    """A screen on the wall that shows who is on duty, known by a token of its own (K9)."""

    id: Serial
    org_id = Integer()
    name = Varchar(length=60)
    token_digest = Varchar(length=64, unique=True)
    made_at = Timestamptz()
    made_by = Integer(null=True, default=None)
    seen_at = Timestamptz(null=True, default=None)
    ended_at = Timestamptz(null=True, default=None)


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


class DutyReceipt(Table, tablename="duty_receipt"):
    """Somebody has read a published roster that holds shifts of theirs (D6, D15)."""

    id: Serial
    roster_id = Integer()
    person_id = Integer()
    seen_at = Timestamptz()


class DutyWeight(Table, tablename="duty_weight"):
    """How much an hour counts when duty is shared out fairly (D7): a bureau's own, or shared where `org_id` is None."""

    id: Serial
    org_id = Integer(null=True, default=None)
    kind = Varchar(length=12)  # day | night | weekend | holiday
    tenths = Integer()
