"""Packs, archives, stamps, keeping."""

from dataclasses import dataclass

from portal.audit.catalogue.details import Details


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
