"""Wordings and chains."""

from dataclasses import dataclass

from portal.audit.catalogue.details import Details


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
