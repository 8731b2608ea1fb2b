"""Letters on paper, and those of a class."""

from typing import Any

from piccolo.columns import Date, ForeignKey, Integer, OnDelete, Serial, Text, Timestamptz, Varchar
from piccolo.table import Table

from portal.letters.tables.letters import Letter


class LetterPaper(Table, tablename="letter_paper"):
    """That a letter is signed on paper, by everybody in it: the office chose so before anybody signed (R110); of a
    class it is always so (R109).

    `signed_on` is the day on the paper as it was told; `scanned_at` and `checked_at` are the real instants, and move
    nothing of when the letter holds. Whoever handed the scan in does not check it.
    """

    id: Serial
    letter_id: ForeignKey[Any] = ForeignKey(Letter, null=False, on_delete=OnDelete.restrict, unique=True)
    org_id = Integer()
    chosen_at = Timestamptz()
    chosen_by = Integer(null=True, default=None)
    signed_on = Date(null=True, default=None)
    scanned_at = Timestamptz(null=True, default=None)
    scanned_by = Integer(null=True, default=None)
    differs = Varchar(length=500, null=True, default=None)  # what whoever checked the scan found wrong with it
    checked_at = Timestamptz(null=True, default=None)
    checked_by = Integer(null=True, default=None)
    kept_where = Varchar(length=120, null=True, default=None)
    version = Integer(default=1)


class LetterClass(Table, tablename="letter_class"):
    """How far a class has signed its letter, on paper: how many pupils, which of their numbers are missing (R109).

    Numbers only. No pupil's name, no handwriting and no scan of the list is kept.
    """

    id: Serial
    letter_id: ForeignKey[Any] = ForeignKey(Letter, null=False, on_delete=OnDelete.restrict, unique=True)
    org_id = Integer()
    pupils = Integer()
    missing = Text(default="")  # numbers with commas
    note = Varchar(length=200, null=True, default=None)
    noted_at = Timestamptz(null=True, default=None)
    noted_by = Integer(null=True, default=None)
    done_at = Timestamptz(null=True, default=None)
    done_by = Integer(null=True, default=None)
    version = Integer(default=1)
