"""Responsibility letters: their text, who signs them in which order, their files, and how they end."""

from portal.letters.tables.at_office import LetterClass, LetterPaper
from portal.letters.tables.keys import (
    SigningAuthority,
    SigningChallenge,
    SigningConsent,
    SigningEnded,
    SigningKey,
    SigningPasskey,
)
from portal.letters.tables.lasting import LetterArchive, LetterRemoval, LetterRetention, LetterUpkeep
from portal.letters.tables.letters import Letter, LetterAtOnce, LetterEnd, LetterFile, LetterParty, LetterReading
from portal.letters.tables.wordings import LetterCounter, LetterEdge, LetterRound, LetterTemplate

__all__ = [
    "Letter",
    "LetterArchive",
    "LetterAtOnce",
    "LetterClass",
    "LetterCounter",
    "LetterEdge",
    "LetterEnd",
    "LetterFile",
    "LetterPaper",
    "LetterParty",
    "LetterReading",
    "LetterRemoval",
    "LetterRetention",
    "LetterRound",
    "LetterTemplate",
    "LetterUpkeep",
    "SigningAuthority",
    "SigningChallenge",
    "SigningConsent",
    "SigningEnded",
    "SigningKey",
    "SigningPasskey",
]
