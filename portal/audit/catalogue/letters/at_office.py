"""The office's device, paper, classes."""

from dataclasses import dataclass

from portal.audit.catalogue.details import Details


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
