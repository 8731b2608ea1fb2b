"""A letter, who signs it in which order, its files, and how it ends."""

from typing import Any

from piccolo.columns import Date, ForeignKey, Integer, OnDelete, Serial, Text, Timestamptz, Varchar
from piccolo.table import Table

from portal.letters.tables.wordings import LetterRound, LetterTemplate
from portal.people.tables import Person, Post


class Letter(Table, tablename="letter"):
    """One letter. Whether it is in force is worked out, never stored: signed, not ended, within its interval.

    The number is given with the row and kept through every try; a letter that cannot be made is void with its reason,
    so numbers have no gap. `text` is what it says, frozen with its digest (F1), `pages` the digits on each of its pages
    (F18), a page a line. `key` makes the same cause give one letter. A worker that makes or seals it holds it by
    `lease` until `leased_until`.
    """

    id: Serial
    org_id = Integer()
    kind = Varchar(length=20)
    template_id: ForeignKey[Any] = ForeignKey(LetterTemplate, null=False, on_delete=OnDelete.restrict)
    round_id: ForeignKey[Any] = ForeignKey(LetterRound, null=True, on_delete=OnDelete.restrict, default=None)
    key = Varchar(length=80, unique=True)
    year = Integer()
    seq = Integer()
    cause = Varchar(length=20)  # appointment | round | hand
    appointment_id = Integer(null=True, default=None)
    grid_id = Integer()
    post_id: ForeignKey[Any] = ForeignKey(Post, null=False, on_delete=OnDelete.restrict)
    person_id: ForeignKey[Any] = ForeignKey(Person, null=False, on_delete=OnDelete.restrict)
    giver_post_id = Integer(null=True, default=None)
    text = Text(null=True, default=None)
    text_digest = Varchar(length=64, null=True, default=None)
    pages = Text(null=True, default=None)
    follows_id = Integer(null=True, default=None)
    starts_at = Timestamptz()
    ends_at = Timestamptz(null=True, default=None)
    sign_by = Date(null=True, default=None)
    code = Varchar(length=32, unique=True)
    drafted_at = Timestamptz()
    drafted_by = Integer(null=True, default=None)
    made_at = Timestamptz(null=True, default=None)
    signed_at = Timestamptz(null=True, default=None)  # the last of the people has signed
    sealed_at = Timestamptz(null=True, default=None)
    voided_at = Timestamptz(null=True, default=None)
    reason = Varchar(length=60, null=True, default=None)  # code of why it is void, or of the last failure
    reason_params = Text(default="{}")
    attempts = Integer(default=0)
    next_try_at = Timestamptz(null=True, default=None)
    lease = Varchar(length=60, null=True, default=None)
    leased_until = Timestamptz(null=True, default=None)
    version = Integer(default=1)


class LetterParty(Table, tablename="letter_party"):
    """Somebody who is to sign, in their place. `group` orders: all of a group sign before the next group may.

    `part`: giver, taker, witness. `field` is the signature's field in the file. `signed_at` is the real time; `method`
    is key, device or paper. Whoever refuses says why; the letter then goes back. `signed_by_id` is set where another
    signed in this place, `signed_as` as what they stood for the post then: deputy or acting (F14).
    """

    id: Serial
    letter_id: ForeignKey[Any] = ForeignKey(Letter, null=False, on_delete=OnDelete.restrict)
    part = Varchar(length=10)
    turn = Integer(default=1)
    field = Varchar(length=20)
    post_id = Integer(null=True, default=None)
    person_id: ForeignKey[Any] = ForeignKey(Person, null=False, on_delete=OnDelete.restrict)
    signed_at = Timestamptz(null=True, default=None)
    method = Varchar(length=10, null=True, default=None)
    level = Varchar(length=10, null=True, default=None)
    file_digest = Varchar(length=64, null=True, default=None)  # the bytes that were read and signed
    key_id = Integer(null=True, default=None)
    proof = Text(null=True, default=None)  # how, from where, which consent: ids, prefixes and times (JSON)
    refused_at = Timestamptz(null=True, default=None)
    refusal = Text(null=True, default=None)
    signed_by_id = Integer(null=True, default=None)
    signed_as = Varchar(length=10, null=True, default=None)
    version = Integer(default=1)


class LetterFile(Table, tablename="letter_file"):
    """One stage of the file, by digest. Stage 0 is unsigned, then one for each signature, the seal, each extension.

    `role`: draft, signed, sealed, extended, evidence, scan. The last of sealed and extended is the letter.
    """

    id: Serial
    letter_id: ForeignKey[Any] = ForeignKey(Letter, null=False, on_delete=OnDelete.restrict)
    stage = Integer()
    role = Varchar(length=10)
    digest = Varchar(length=64)
    size = Integer()
    level = Varchar(length=10, null=True, default=None)
    made_at = Timestamptz()


class LetterEnd(Table, tablename="letter_end"):
    """That a letter ends, from an instant on: another took its place, it was revoked, or its holder has left (F19).

    A row that was wrong is taken back by `undone_at`, as a change of personnel is; never edited.
    """

    id: Serial
    letter_id: ForeignKey[Any] = ForeignKey(Letter, null=False, on_delete=OnDelete.restrict)
    kind = Varchar(length=12)  # superseded | revoked | left
    ends_at = Timestamptz()
    by_letter_id = Integer(null=True, default=None)
    appointment_id = Integer(null=True, default=None)
    reason = Text(null=True, default=None)
    entered_at = Timestamptz()
    entered_by = Integer(null=True, default=None)
    undone_at = Timestamptz(null=True, default=None)


class LetterReading(Table, tablename="letter_reading"):
    """That somebody had these very bytes before them; what is signed must have been read (F5, TP2)."""

    id: Serial
    letter_id: ForeignKey[Any] = ForeignKey(Letter, null=False, on_delete=OnDelete.restrict)
    person_id: ForeignKey[Any] = ForeignKey(Person, null=False, on_delete=OnDelete.restrict)
    file_digest = Varchar(length=64)
    opened_at = Timestamptz()
    network = Varchar(length=60, default="")
    device = Varchar(length=120, default="")


class LetterAtOnce(Table, tablename="letter_at_once"):
    """That a letter takes effect at once, in the place of one that would have done so the day after: who wanted it so,
    when, and why (F3). The instant is never before `asked_at`.
    """

    id: Serial
    letter_id: ForeignKey[Any] = ForeignKey(Letter, null=False, on_delete=OnDelete.restrict, unique=True)
    org_id = Integer()
    instead_id = Integer()
    reason = Varchar(length=200)
    asked_at = Timestamptz()
    asked_by = Integer()
