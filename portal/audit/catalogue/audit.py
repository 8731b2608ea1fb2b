"""The trail itself, and what leaves the portal as a file."""

from dataclasses import dataclass

from portal.audit.catalogue.details import Details


@dataclass(frozen=True, slots=True)
class RegisterExported(Details):
    """Somebody took data out: which register, of which grid, how many rows (TA11)."""

    kind = "register.exported"
    about = "grid"
    register: str
    rows: int


@dataclass(frozen=True, slots=True)
class AccessDenied(Details):
    """Somebody signed in asked for what their role does not do (TT3)."""

    kind = "access.denied"
    about = "account"
    permission: str
    path: str


@dataclass(frozen=True, slots=True)
class ChainAnchored(Details):
    kind = "audit.anchored"
    about = "organisation"
    anchored_seq: int
    anchored_hash: str
