"""The life of a letter."""

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
