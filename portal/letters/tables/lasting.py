"""How long letters can be checked and are kept."""

from typing import Any

from piccolo.columns import ForeignKey, Integer, OnDelete, Serial, Text, Timestamptz, Varchar
from piccolo.table import Table

from portal.letters.tables.letters import Letter


class LetterUpkeep(Table, tablename="letter_upkeep"):
    """How long a complete letter can be checked, and when its file gets its next document time stamp (F6, F20, TP5).

    `due_at` is when it is to be stamped (again); None when there is nothing to be done, or nothing that helps: `reason`
    says why. A worker that stamps it holds it by `lease`, as a letter that is made.
    """

    id: Serial
    letter_id: ForeignKey[Any] = ForeignKey(Letter, null=False, on_delete=OnDelete.restrict, unique=True)
    org_id = Integer()
    level = Varchar(length=10)
    stamped_at = Timestamptz(null=True, default=None)
    stamp_ends_at = Timestamptz(null=True, default=None)  # the certificate of the last stamp
    algorithm = Varchar(length=20, null=True, default=None)
    due_at = Timestamptz(null=True, default=None)
    attempts = Integer(default=0)
    next_try_at = Timestamptz(null=True, default=None)
    reason = Varchar(length=60, null=True, default=None)
    reason_params = Text(default="{}")
    lease = Varchar(length=60, null=True, default=None)
    leased_until = Timestamptz(null=True, default=None)
    version = Integer(default=1)


class LetterArchive(Table, tablename="letter_archive"):
    """That the letters of a year were taken out of the portal, whole, and that the office has put them away (F24)."""

    id: Serial
    org_id = Integer()
    year = Integer()
    asked_at = Timestamptz()
    asked_by = Integer(null=True, default=None)
    finished_at = Timestamptz(null=True, default=None)
    letters = Integer(default=0)
    missing = Integer(default=0)  # files that were lost already
    digest = Varchar(length=64, null=True, default=None)
    confirmed_at = Timestamptz(null=True, default=None)
    confirmed_by = Integer(null=True, default=None)
    kept_where = Varchar(length=120, null=True, default=None)
    version = Integer(default=1)


class LetterRetention(Table, tablename="letter_retention"):
    """For how many years after its end a school keeps the files of a letter; without a row, the usual ones (F24)."""

    id: Serial
    org_id = Integer(unique=True)
    years = Integer()
    set_at = Timestamptz()
    set_by = Integer(null=True, default=None)
    version = Integer(default=1)


class LetterRemoval(Table, tablename="letter_removal"):
    """That the files and the personal details of a letter were removed, by whom, and which archive holds them (F24).

    The letter's own row stays, with its number, dates and digests.
    """

    id: Serial
    letter_id: ForeignKey[Any] = ForeignKey(Letter, null=False, on_delete=OnDelete.restrict, unique=True)
    org_id = Integer()
    archive_id: ForeignKey[Any] = ForeignKey(LetterArchive, null=False, on_delete=OnDelete.restrict)
    removed_at = Timestamptz()
    removed_by = Integer(null=True, default=None)
