"""Responsibility letters, their signatures and the keys behind them."""

from dataclasses import dataclass

from portal.audit.catalogue.details import Details


@dataclass(frozen=True, slots=True)
class LetterDrafted(Details):
    """A letter was given its number; the worker makes it."""

    kind = "letter.drafted"
    about = "letter"
    queued = True
    post_id: int
    person_id: int
    cause: str
    number: str
    starts_at: str


@dataclass(frozen=True, slots=True)
class LetterMade(Details):
    """Its text is frozen and its file is there: those whose turn it is are told."""

    kind = "letter.made"
    about = "letter"
    queued = True
    text: str
    file: str


@dataclass(frozen=True, slots=True)
class LetterFailed(Details):
    """It could not be made; the number stays with it."""

    kind = "letter.failed"
    about = "letter"
    reason: str
    attempts: int


@dataclass(frozen=True, slots=True)
class LetterRetried(Details):
    kind = "letter.retried"
    about = "letter"
    queued = True


@dataclass(frozen=True, slots=True)
class LetterVoided(Details):
    """Its cause was taken back before it was complete."""

    kind = "letter.voided"
    about = "letter"
    reason: str


@dataclass(frozen=True, slots=True)
class LetterSigned(Details):
    kind = "letter.signed"
    about = "letter"
    queued = True
    party_id: int
    part: str
    method: str
    level: str
    read: str
    file: str


@dataclass(frozen=True, slots=True)
class LetterSignedInstead(Details):
    """Somebody signed in the place of another, as deputy or acting holder of that post: the other is told (F14)."""

    kind = "letter.signed_instead"
    about = "letter"
    queued = True
    party_id: int
    person_id: int
    appointment_id: int
    standing: str


@dataclass(frozen=True, slots=True)
class LetterRefused(Details):
    """Somebody does not sign; the reason stands in the event's texts (F12)."""

    kind = "letter.refused"
    about = "letter"
    queued = True
    party_id: int
    part: str


@dataclass(frozen=True, slots=True)
class LetterReopened(Details):
    """It goes back to the one who refused."""

    kind = "letter.reopened"
    about = "letter"
    queued = True
    party_id: int


@dataclass(frozen=True, slots=True)
class LetterSealed(Details):
    """All have signed and the school's seal has closed the file."""

    kind = "letter.sealed"
    about = "letter"
    queued = True
    file: str
    evidence: str
    level: str


@dataclass(frozen=True, slots=True)
class LetterEnded(Details):
    """It ends from an instant on: superseded, revoked, or its holder has left."""

    kind = "letter.ended"
    about = "letter"
    end: str
    ends_at: str
    by_letter_id: int | None


@dataclass(frozen=True, slots=True)
class LetterEndUndone(Details):
    kind = "letter.end_undone"
    about = "letter"
    end: str


@dataclass(frozen=True, slots=True)
class LetterRoundAsked(Details):
    """A batch of letters was asked for."""

    kind = "letter.round_asked"
    about = "letter_round"
    letter_kind: str
    letters: int


@dataclass(frozen=True, slots=True)
class SigningKeyMade(Details):
    """Somebody has a key and a certificate of their own; their secret is nowhere."""

    kind = "signing_key.made"
    about = "person"
    queued = True
    serial: str


@dataclass(frozen=True, slots=True)
class SigningKeyEnded(Details):
    kind = "signing_key.ended"
    about = "person"
    serial: str
    reason: str


@dataclass(frozen=True, slots=True)
class SigningPasskeyMade(Details):
    """A device of somebody's opens their key by their finger or face; they gave the passphrase for it."""

    kind = "signing_passkey.made"
    about = "person"
    queued = True
    passkey_id: int
    serial: str
    aaguid: str


@dataclass(frozen=True, slots=True)
class SigningPasskeyEnded(Details):
    kind = "signing_passkey.ended"
    about = "person"
    passkey_id: int
    serial: str


@dataclass(frozen=True, slots=True)
class SigningConsented(Details):
    """Somebody agreed to sign electronically, to this text (F9)."""

    kind = "signing.consented"
    about = "person"
    edition: int
    text: str


@dataclass(frozen=True, slots=True)
class SigningAuthorityMade(Details):
    kind = "signing_authority.made"
    about = "organisation"
    serial: str


@dataclass(frozen=True, slots=True)
class LetterPackTaken(Details):
    """Somebody took the letter along with all that proves it."""

    kind = "letter.pack_taken"
    about = "letter"


@dataclass(frozen=True, slots=True)
class LettersArchived(Details):
    """The complete letters of a year were taken out of the portal, for the archive (F24)."""

    kind = "letters.archived"
    about = "organisation"
    year: int
    letters: int


@dataclass(frozen=True, slots=True)
class LetterExtended(Details):
    """A document time stamp stands over the whole file; the file before is kept, and when the next is due."""

    kind = "letter.extended"
    about = "letter"
    file: str
    before: str
    level: str
    next_at: str


@dataclass(frozen=True, slots=True)
class LetterStampStopped(Details):
    """No time stamp helps this file any more; it stays as it is."""

    kind = "letter.stamp_stopped"
    about = "letter"
    reason: str


@dataclass(frozen=True, slots=True)
class LetterStampAsked(Details):
    """The office asked for another try at once."""

    kind = "letter.stamp_asked"
    about = "letter"


@dataclass(frozen=True, slots=True)
class SigningCertificateRenewed(Details):
    """The school's authority or its seal has a new certificate; the old one is kept for old letters."""

    kind = "signing_certificate.renewed"
    about = "organisation"
    what: str
    serial: str


@dataclass(frozen=True, slots=True)
class LettersArchiveFinished(Details):
    """The archive of a year went out whole: its digest, and how many files it could not hold (F24)."""

    kind = "letters.archive_finished"
    about = "organisation"
    year: int
    letters: int
    missing: int
    digest: str


@dataclass(frozen=True, slots=True)
class LettersArchiveConfirmed(Details):
    """The office has the archive of a year and has put it away; where, stands beside."""

    kind = "letters.archive_confirmed"
    about = "organisation"
    year: int
    digest: str


@dataclass(frozen=True, slots=True)
class LetterRetentionSet(Details):
    """For how many years files are kept after a letter has ended."""

    kind = "letters.retention_set"
    about = "organisation"
    years: int


@dataclass(frozen=True, slots=True)
class LetterRemoved(Details):
    """Files and personal details of a letter were removed after its years; an archive holds them (F24)."""

    kind = "letter.removed"
    about = "letter"
    archive: str
    files: int


@dataclass(frozen=True, slots=True)
class LetterSignedAtOffice(Details):
    """Somebody without an account signed by hand on the office's device, before two of the staff (R110)."""

    kind = "letter.signed_at_office"
    about = "letter"
    party_id: int
    first_id: int
    first_serial: str
    second_id: int
    second_serial: str


@dataclass(frozen=True, slots=True)
class LetterWitnessWrong(Details):
    """Whoever was to confirm as the second could not prove who they are."""

    kind = "letter.witness_wrong"
    about = "letter"
    party_id: int


@dataclass(frozen=True, slots=True)
class LetterToPaper(Details):
    """Everybody signs it on paper: its file is made anew, and says so."""

    kind = "letter.to_paper"
    about = "letter"
    queued = True


@dataclass(frozen=True, slots=True)
class LetterScanned(Details):
    """The signed paper was handed in; `signed_on` is the day that stands on it, as it was told."""

    kind = "letter.scanned"
    about = "letter"
    file: str
    pages: int
    signed_on: str


@dataclass(frozen=True, slots=True)
class LetterScanDiffers(Details):
    """Whoever compared the scan with the letter found something wrong."""

    kind = "letter.scan_differs"
    about = "letter"
    file: str


@dataclass(frozen=True, slots=True)
class LetterOnPaperDone(Details):
    """The scan was compared with the letter by a second person: the letter is complete."""

    kind = "letter.paper_done"
    about = "letter"
    queued = True
    file: str
    signed_on: str


@dataclass(frozen=True, slots=True)
class LetterClassNoted(Details):
    """How many of a class have signed on paper."""

    kind = "letter.class_noted"
    about = "letter"
    signed: int
    pupils: int


@dataclass(frozen=True, slots=True)
class LetterClassDone(Details):
    """The list of a class is closed, and its paper put away."""

    kind = "letter.class_done"
    about = "letter"
    queued = True
    signed: int
    pupils: int


@dataclass(frozen=True, slots=True)
class LetterWordingPublished(Details):
    """A school has an edition of its own of a wording; the one that it took the place of stays readable."""

    kind = "letter_wording.published"
    about = "letter_wording"
    letter_kind: str
    edition: int
    text: str
    before_id: int


@dataclass(frozen=True, slots=True)
class LetterWordingEnded(Details):
    """A school goes back to the shared wording."""

    kind = "letter_wording.ended"
    about = "letter_wording"
    letter_kind: str
    edition: int
    shared_id: int


@dataclass(frozen=True, slots=True)
class LetterChainChanged(Details):
    """Who gives the letters of a kind to whom: a chain of the school's own (R104)."""

    kind = "letter_chain.changed"
    about = "letter_chain"
    letter_kind: str
    what: str
    steps: int


@dataclass(frozen=True, slots=True)
class LetterChainRestored(Details):
    """The shared chain again."""

    kind = "letter_chain.restored"
    about = "letter_chain"
    letter_kind: str


@dataclass(frozen=True, slots=True)
class LetterRoundRetried(Details):
    """Everything of a round that could not be made is tried again."""

    kind = "letter.round_retried"
    about = "letter_round"
    letters: int


@dataclass(frozen=True, slots=True)
class LetterAtOnce(Details):
    """A letter takes effect at once instead of the day after; whose reason it is stands in the event's texts (F3)."""

    kind = "letter.at_once"
    about = "letter"
    starts_at: str
    instead_id: int
    would_start_at: str
