"""What goes into the signing process and what comes out of it: plain, frozen, known to both sides.

Moments are aware and in UTC. Certificates are PEM, lists of taken-back ones DER. A file is bytes.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from portal.letters.sealing.wrapping import Cost, Secret

SEAL_FIELD = "seal"


@dataclass(frozen=True)
class Strokes:
    """A signature written by finger or mouse: lines of points, x to the right and y down, in any unit.

    Drawn as lines, not as a picture: a few hundred bytes, sharp on paper.
    """

    lines: tuple[tuple[tuple[float, float], ...], ...]


@dataclass(frozen=True)
class Picture:
    """A signature as a PNG (a canvas, a scan). Its size is checked before it is unpacked."""

    png: bytes


@dataclass(frozen=True)
class Typed:
    """A name that was typed, drawn with our own font. A character that the font lacks is refused, never left out."""

    name: str


@dataclass(frozen=True)
class Page:
    """The first page of a small PDF: anything that was set elsewhere, such as a name of rare characters."""

    pdf: bytes


@dataclass(frozen=True)
class Stamp:
    """The school's seal: its name in a red ring, what it is below."""

    school: str
    label: str


Ink = Strokes | Picture | Typed | Page | Stamp


@dataclass(frozen=True)
class Appearance:
    """What is seen in the field: the ink, and below it a line or two (the real time of signing, already worded)."""

    ink: Ink | None = None
    caption: str = ""


class Level(StrEnum):
    """How long a signature can be checked: B-B and B-T until its certificate ends, B-LT longer, B-LTA for good."""

    B = "B-B"
    T = "B-T"
    LT = "B-LT"
    LTA = "B-LTA"


@dataclass(frozen=True)
class TimeStamping:
    """Where time stamps come from (RFC 3161), whom we believe them from (PEM), how long we wait for an answer.

    Without `authorities` any well-formed stamp is taken; `check`, too, counts only stamps of authorities that it is
    told, and weighs the others as if they were not there: B-B.
    """

    url: str
    authorities: tuple[str, ...] = ()
    seconds: float = 6.0


@dataclass(frozen=True)
class Key:
    """A private key to sign with. Either bare (DER: the school's seal), or wrapped, with the signer's secret."""

    bare: bytes | None = field(default=None, repr=False)
    wrapped: str | None = field(default=None, repr=False)
    secret: Secret | None = None


@dataclass(frozen=True)
class Signing:
    """One signature to be put into one prepared field.

    `certify`: the first one; later changes other than signing break it. `lock`: the last one; nothing may follow but
    time stamps. `before` are the fields that must be signed first; unsaid, all that stand before this one.
    `revocations` are put into the file beside the signature, which lifts it to B-LT.
    """

    pdf: bytes = field(repr=False)
    field: str
    at: datetime
    certify: bool = False
    lock: bool = False
    before: tuple[str, ...] | None = None
    reason: str | None = None
    place: str | None = None
    appearance: Appearance = Appearance()
    time_stamping: TimeStamping | None = None
    revocations: tuple[bytes, ...] = ()


@dataclass(frozen=True)
class Signed:
    """A signed file, and the level that was reached. `short_of` says why it is less than was asked for (F20).

    `stamp_ends_at` is when the certificate of its document time stamp runs out: before that it is stamped again.
    """

    pdf: bytes = field(repr=False)
    level: Level
    digest: str
    short_of: str | None = None
    stamp_ends_at: datetime | None = None


@dataclass(frozen=True)
class NewKey:
    """A person's new key: the public half for the certificate (DER), the private one wrapped for its column."""

    public: bytes
    wrapped: str = field(repr=False)


@dataclass(frozen=True)
class Refusal:
    """Why one file of several was not signed; the others are."""

    code: str
    params: Mapping[str, str | int] = field(default_factory=dict)


@dataclass(frozen=True)
class Registered:
    """One stage of a letter's file that the register knows. `final` stages are the letter (sealed, extended)."""

    digest: str
    stage: str
    final: bool = False


@dataclass(frozen=True)
class ExpectedSigner:
    """Who must have signed: in which field, with which certificate (its number in hexadecimal).

    Without a number: any seal of the school, never a person. A school's seal gets a new certificate in time.
    """

    field: str
    serial: str


@dataclass(frozen=True)
class Expected:
    """What the register knows of a letter, against which a file is held. `signers` in the order of signing."""

    registered: tuple[Registered, ...]
    signers: tuple[ExpectedSigner, ...]
    number: str
    authorities: tuple[str, ...]
    time_authorities: tuple[str, ...] = ()
    revocations: tuple[bytes, ...] = ()


class Finding(StrEnum):
    """What a file is. Only `ORIGINAL` is green.

    `UNPROVEN`: the registered bytes, but a signature can no longer (or not yet) be confirmed, such as one whose
    certificate has run out before a time stamp was added.
    """

    ORIGINAL = "original"
    EARLIER = "earlier"
    UNPROVEN = "unproven"
    ALTERED = "altered"
    NOT_OURS = "not_ours"
    UNREADABLE = "unreadable"


@dataclass(frozen=True)
class SignatureFacts:
    """One signature of a file. `kind`: person, organisation seal, time stamp, or stranger.

    `said_at` is what the signer's side noted, `proven_at` what a time stamp that we believe proves.
    """

    field: str
    kind: str
    name: str
    school: str
    serial: str
    said_at: datetime | None
    proven_at: datetime | None
    level: Level | None
    intact: bool
    valid: bool
    trusted: bool
    whole_file: bool
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True)
class Verdict:
    """What a file is, with a code for each reason (`sealing.why_…`) and the facts of each signature, oldest first."""

    finding: Finding
    digest: str
    stage: str | None = None
    number: str | None = None
    level: Level | None = None
    signatures: tuple[SignatureFacts, ...] = ()
    reasons: tuple[str, ...] = ()

    @property
    def is_green(self) -> bool:
        """The one answer that may be shown in green."""
        return self.finding is Finding.ORIGINAL


@dataclass(frozen=True)
class SignAll:
    """Asked of the process: several files with one key."""

    key: Key
    certificate: str
    chain: tuple[str, ...]
    signings: tuple[Signing, ...]


@dataclass(frozen=True)
class Extend:
    """Asked of the process: a document time stamp and what is needed to check the file later."""

    pdf: bytes = field(repr=False)
    authorities: tuple[str, ...]
    time_stamping: TimeStamping
    revocations: tuple[bytes, ...]
    at: datetime


@dataclass(frozen=True)
class Check:
    """Asked of the process: what is this file?"""

    pdf: bytes = field(repr=False)
    expected: Expected | None
    at: datetime


@dataclass(frozen=True)
class MakeKey:
    """Asked of the process: a new key under this secret; or a kept one under another secret."""

    secret: Secret
    cost: Cost
    kept: Key | None = None


@dataclass(frozen=True)
class Answers:
    """Several answers, in the order of what was asked."""

    each: tuple[Signed | Refusal, ...]
