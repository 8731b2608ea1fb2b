"""The matrix, the lists of duties, and which list a post takes."""

from dataclasses import dataclass

from portal.audit.catalogue.details import Details


@dataclass(frozen=True, slots=True)
class MatrixMarked(Details):
    """A post was given a mark for a duty in a grid; `ended` are the rows that end at the same instant (R49)."""

    kind = "matrix.marked"
    about = "matrix"
    queued = True
    board = True
    duty: str
    post_id: int
    mark: str
    starts_at: str
    ended: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class MatrixMarkEnded(Details):
    kind = "matrix.mark_ended"
    about = "matrix"
    queued = True
    board = True
    duty: str
    post_id: int
    mark: str
    ends_at: str


@dataclass(frozen=True, slots=True)
class MatrixFilled(Details):
    """Rows that the lists of a grid's posts propose were made in one go: how many."""

    kind = "matrix.filled"
    about = "matrix"
    board = True
    rows: int


@dataclass(frozen=True, slots=True)
class DutyListCopied(Details):
    """A school took a shared list over, to change it or to confirm it."""

    kind = "duty_list.copied"
    about = "duty_list"
    copy_of: int


@dataclass(frozen=True, slots=True)
class DutyListMade(Details):
    """A school began a list of its own; its name stands in the event's texts."""

    kind = "duty_list.made"
    about = "duty_list"


@dataclass(frozen=True, slots=True)
class DutyListConfirmed(Details):
    kind = "duty_list.confirmed"
    about = "duty_list"
    queued = True
    items: int


@dataclass(frozen=True, slots=True)
class DutyItemSet(Details):
    """A duty was added, or worded anew as another edition; the old and new words stand in the event's texts."""

    kind = "duty_list.item_set"
    about = "duty_list"
    code: str
    edition: int


@dataclass(frozen=True, slots=True)
class DutyItemEnded(Details):
    kind = "duty_list.item_ended"
    about = "duty_list"
    code: str


@dataclass(frozen=True, slots=True)
class DutyMappingSet(Details):
    kind = "duty_mapping.set"
    about = "duty_mapping"
    board = True
    list_id: int | None


@dataclass(frozen=True, slots=True)
class DutyMappingCleared(Details):
    """A school's own row was taken away: the shared proposal holds again."""

    kind = "duty_mapping.cleared"
    about = "duty_mapping"
    board = True
