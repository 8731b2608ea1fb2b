"""Responsibility letters: their text, who signs them in which order, their files, and how they end."""

from typing import Any

from piccolo.columns import BigInt, Boolean, Date, ForeignKey, Integer, OnDelete, Serial, Text, Timestamptz, Varchar
from piccolo.table import Table

from portal.people.tables import Person, Post


class LetterTemplate(Table, tablename="letter_template"):
    """The wording of one kind of letter in one version; shared (`org_id` null) or a school's own.

    A version is never edited: the next one ends it. `body` is the clauses with their placeholders (JSON).
    """

    id: Serial
    org_id = Integer(null=True, default=None)
    kind = Varchar(length=20)
    edition = Integer(default=1)
    title = Varchar(length=120)
    body = Text()
    digest = Varchar(length=64)
    made_at = Timestamptz()
    made_by = Integer(null=True, default=None)
    ended_at = Timestamptz(null=True, default=None)


class LetterEdge(Table, tablename="letter_edge"):
    """One step of a chain: whoever holds a post of one role gives the letter, one of the other role takes it (R104).

    `reach` says which giver: `above` the nearest on the way up from the receiver's grid, `school` the one of the whole
    school, `office` the head of the receiver's own grid. `step` orders a round: upper letters first.
    """

    id: Serial
    org_id = Integer(null=True, default=None)
    kind = Varchar(length=20)
    step = Integer(default=1)
    giver_role = Varchar(length=30)
    taker_role = Varchar(length=30)
    reach = Varchar(length=10, default="above")
    is_on_paper = Boolean(default=False)
    sort = Integer(default=0)
    made_at = Timestamptz()
    ended_at = Timestamptz(null=True, default=None)


class LetterCounter(Table, tablename="letter_counter"):
    """The last number that an organisation gave in a year; it rises in the transaction that writes the letter."""

    id: Serial
    org_id = Integer()
    year = Integer()
    seq = Integer(default=0)


class LetterRound(Table, tablename="letter_round"):
    """A school year's letters of one kind, made together (F4, R105); how far it is, is counted from its letters."""

    id: Serial
    org_id = Integer()
    kind = Varchar(length=20)
    label = Varchar(length=60)
    starts_at = Timestamptz()
    ends_at = Timestamptz(null=True, default=None)
    asked_at = Timestamptz()
    asked_by = Integer(null=True, default=None)
    sign_by = Date(null=True, default=None)
    version = Integer(default=1)


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


class SigningAuthority(Table, tablename="signing_authority"):
    """A school's own certificate authority and its seal. Their keys are sealed by the key file; a person's never is.

    `revocations` is the last list of taken-back certificates (base64), renewed before it runs out.
    """

    id: Serial
    org_id = Integer(unique=True)
    certificate = Text()
    key_sealed = Text()
    seal_certificate = Text()
    seal_key_sealed = Text()
    revocations = Text(null=True, default=None)
    next_list_at = Timestamptz(null=True, default=None)
    made_at = Timestamptz()
    version = Integer(default=1)


class SigningKey(Table, tablename="signing_key"):
    """A person's own key under the school's authority, wrapped by a secret that only they give (F7, TP3).

    Nobody can open it without that secret, the portal's keeper included. A lost secret ends the row; the next key gets
    a new certificate, and letters signed before stay valid.
    """

    id: Serial
    org_id = Integer()
    person_id: ForeignKey[Any] = ForeignKey(Person, null=False, on_delete=OnDelete.restrict)
    serial = Varchar(length=60)
    certificate = Text()
    wrapped = Text()
    made_at = Timestamptz()
    ended_at = Timestamptz(null=True, default=None)
    end_reason = Varchar(length=20, null=True, default=None)
    failures = Integer(default=0)
    locked_until = Timestamptz(null=True, default=None)
    version = Integer(default=1)


class SigningPasskey(Table, tablename="signing_passkey"):
    """A passkey that opens somebody's signing key: `wrapped` is that key under the passkey's own secret (PRF, TP3).

    The secret stays in the device; `prf_salt` is what it is asked with. Ids and keys are base64url. It ends with its
    signing key, or by itself.
    """

    id: Serial
    key_id: ForeignKey[Any] = ForeignKey(SigningKey, null=False, on_delete=OnDelete.restrict)
    org_id = Integer()
    person_id: ForeignKey[Any] = ForeignKey(Person, null=False, on_delete=OnDelete.restrict)
    credential = Varchar(length=1400)  # WebAuthn allows 1023 bytes
    public_key = Text()
    sign_count = BigInt(default=0)
    aaguid = Varchar(length=36, default="")
    label = Varchar(length=60, default="")
    prf_salt = Varchar(length=43)
    wrapped = Text()
    made_at = Timestamptz()
    used_at = Timestamptz(null=True, default=None)
    ended_at = Timestamptz(null=True, default=None)


class SigningChallenge(Table, tablename="signing_challenge"):
    """A challenge that was given to somebody's passkey, for one thing and one use: taken out, it is deleted.

    Only digests: of the challenge, and of what it is for (which letters, with which files).
    """

    id: Serial
    org_id = Integer()
    person_id: ForeignKey[Any] = ForeignKey(Person, null=False, on_delete=OnDelete.restrict)
    digest = Varchar(length=64)
    purpose = Varchar(length=64)
    ends_at = Timestamptz()


class SigningConsent(Table, tablename="signing_consent"):
    """That somebody agreed to sign electronically, to a text in a version, once (F9)."""

    id: Serial
    org_id = Integer()
    person_id: ForeignKey[Any] = ForeignKey(Person, null=False, on_delete=OnDelete.restrict)
    edition = Integer()
    text_digest = Varchar(length=64)
    given_at = Timestamptz()
    withdrawn_at = Timestamptz(null=True, default=None)


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


class SigningEnded(Table, tablename="signing_ended"):
    """A school's authority or seal that a newer one took the place of: kept, or old letters could not be checked.

    `kind`: authority, seal. Of an authority the key is kept for its list of taken-back certificates alone; that of a
    seal is gone.
    """

    id: Serial
    org_id = Integer()
    kind = Varchar(length=10)
    certificate = Text()
    key_sealed = Text(null=True, default=None)
    revocations = Text(null=True, default=None)
    listed_at = Timestamptz(null=True, default=None)
    next_list_at = Timestamptz(null=True, default=None)
    number = Integer(default=1)  # of the last list
    ended_at = Timestamptz()


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
