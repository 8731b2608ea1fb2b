"""Registers that were imported."""

from dataclasses import dataclass

from portal.audit.catalogue.details import Details


@dataclass(frozen=True, slots=True)
class ImportApplied(Details):
    kind = "import.applied"
    about = "import"
    queued = True
    board = True
    file_digest: str
    grids: int
    posts: int
    people: int
    appointments: int


@dataclass(frozen=True, slots=True)
class ImportUndone(Details):
    kind = "import.undone"
    about = "import"
    queued = True
    board = True
    file_digest: str
