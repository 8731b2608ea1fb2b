"""Public boards: their keys, what people have agreed to show, what strangers report, and what is printed."""

from typing import Any

from piccolo.columns import Boolean, ForeignKey, Integer, OnDelete, Serial, Text, Timestamptz, Varchar
from piccolo.table import Table

from portal.grids.tables import Grid
from portal.people.tables import Person


class ContactBoard(Table, tablename="contact_board"):
    """A grid's public board. `key` stands in the address and on the wall; it opens this page and nothing else.

    A revoked key is gone for good; the grid may get another one (H11). `check_code` is printed on the plate and said on
    the page, so that a sticker over the plate is seen (H7).
    """

    id: Serial
    org_id = Integer(index=True)
    grid_id: ForeignKey[Any] = ForeignKey(Grid, null=False, on_delete=OnDelete.restrict)
    key = Varchar(length=40, unique=True)
    check_code = Varchar(length=9)
    made_at = Timestamptz()
    made_by = Integer(null=True, default=None)
    revoked_at = Timestamptz(null=True, default=None)
    revoked_by = Integer(null=True, default=None)
    version = Integer(default=1)


class Consent(Table, tablename="consent"):
    """Somebody agreed that a field of theirs is public: name, mobile or photo, until withdrawn (TA10, R180)."""

    id: Serial
    person_id: ForeignKey[Any] = ForeignKey(Person, null=False, on_delete=OnDelete.restrict)
    field = Varchar(length=10)
    text_edition = Integer(default=1)
    given_at = Timestamptz()
    given_by = Integer(null=True, default=None)
    withdrawn_at = Timestamptz(null=True, default=None)
    withdrawn_by = Integer(null=True, default=None)


class Portrait(Table, tablename="portrait"):
    """Somebody's face, in the file store by digest: 320 px for paper, 144 px for the page.

    It stands here and not beside the person, because it is kept for the boards alone: it comes with the consent to show
    it, goes with it, and no other room may ever read it for something else. Pupils have none.
    """

    id: Serial
    person_id: ForeignKey[Any] = ForeignKey(Person, null=False, on_delete=OnDelete.restrict, unique=True)
    digest = Varchar(length=64)
    small_digest = Varchar(length=64)
    kept_at = Timestamptz()
    kept_by = Integer(null=True, default=None)


class PublicReport(Table, tablename="public_report"):
    """What somebody without an account has reported: it waits to be screened, never straight onto the board (B3).

    `key_digest` is the digest of the report key with which the reporter comes back. A phone is sealed and erased after
    the card is closed. `state`: waiting, accepted, refused, merged. With `plate_fault` it is about a plate on a wall
    and never becomes a card: reprinted, replaced, revoked or fine is how it ends, and the title may be empty (H7).
    """

    id: Serial
    org_id = Integer(index=True)
    grid_id: ForeignKey[Any] = ForeignKey(Grid, null=False, on_delete=OnDelete.restrict)
    board_id: ForeignKey[Any] = ForeignKey(ContactBoard, null=False, on_delete=OnDelete.restrict)
    title = Varchar(length=200)
    phone_sealed = Text(null=True, default=None)
    key_digest = Varchar(length=64, unique=True)
    form_key = Varchar(length=64, unique=True)
    state = Varchar(length=10, default="waiting")
    screen_due_at = Timestamptz()
    created_at = Timestamptz()
    screened_at = Timestamptz(null=True, default=None)
    screened_by = Integer(null=True, default=None)
    reason = Text(null=True, default=None)
    hazard_id = Integer(null=True, default=None)
    merged_into = Integer(null=True, default=None)
    too_count = Integer(default=0)  # others who said "me too"
    reopened_at = Timestamptz(null=True, default=None)
    version = Integer(default=1)
    plate_fault = Varchar(length=10, null=True, default=None)


class PublicPhoto(Table, tablename="public_photo"):
    """A photo of a public report, in the file store by digest, without EXIF."""

    id: Serial
    report_id: ForeignKey[Any] = ForeignKey(PublicReport, null=False, on_delete=OnDelete.restrict)
    digest = Varchar(length=64)
    thumb_digest = Varchar(length=64)
    width = Integer()
    height = Integer()
    at = Timestamptz()


class PublicVisit(Table, tablename="public_visit"):
    """How often an address did something that is limited (a report, a phone shown), in slots; kept for a day."""

    id: Serial
    what = Varchar(length=10)
    address_digest = Varchar(length=64)
    slot = Timestamptz()
    times = Integer(default=1)


class PrintJob(Table, tablename="print_job"):
    """Paper that the worker makes: plates of a building, posters, contact cards, a map. One row, one file.

    `state`: waiting, running, done, failed, gone (its file was removed). `total` and `done` are the pieces, for the
    progress bar. A worker holds it by `lease` until `leased_until`, as it holds an entry of the outbox.
    """

    id: Serial
    org_id = Integer(index=True)
    grid_id = Integer(null=True, default=None)
    kind = Varchar(length=20)
    params = Text(default="{}")
    state = Varchar(length=10, default="waiting")
    total = Integer(default=0)
    done = Integer(default=0)
    attempts = Integer(default=0)
    error = Varchar(length=60, null=True, default=None)
    error_params = Text(default="{}")
    lease = Varchar(length=60, null=True, default=None)
    leased_until = Timestamptz(null=True, default=None)
    file_digest = Varchar(length=64, null=True, default=None)
    asked_at = Timestamptz()
    asked_by = Integer(null=True, default=None)
    is_big = Boolean(default=False)
    finished_at = Timestamptz(null=True, default=None)
    version = Integer(default=1)


class BoardSetting(Table, tablename="board_setting"):
    """What a school shows on its public boards besides who answers for what (H4). No row: as the defaults say."""

    id: Serial
    org_id = Integer(unique=True)
    shows_counts = Boolean(default=True)
    changed_at = Timestamptz(null=True, default=None)
    changed_by = Integer(null=True, default=None)
    version = Integer(default=1)
