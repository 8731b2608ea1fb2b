"""What importing a table would do to a school as it stands: make, leave alone, point out. Values only."""

from typing import NamedTuple

from portal.importing.people_of import NewPerson
from portal.importing.rows import Oddity


class ExistingGrid(NamedTuple):
    """A grid that the school has, not ended. Keys as in `tree`; the school's own is ""."""

    key: str
    id: int
    kind: str


class ExistingPost(NamedTuple):
    """A post that stands on a grid, not ended."""

    grid_key: str
    title: str
    id: int


class ExistingHolder(NamedTuple):
    """Who holds a post now or has been appointed to it for later."""

    post_id: int
    person_id: int
    name: str


class ExistingPerson(NamedTuple):
    """Somebody of the school's register who has not left."""

    id: int
    name: str
    kind: str
    staff_no: str | None


class Snapshot(NamedTuple):
    """What the school has at the moment of planning."""

    school_name: str
    grids: tuple[ExistingGrid, ...] = ()
    posts: tuple[ExistingPost, ...] = ()
    holders: tuple[ExistingHolder, ...] = ()
    persons: tuple[ExistingPerson, ...] = ()


class NewGrid(NamedTuple):
    """A grid to make; parents stand before children."""

    key: str
    parent_key: str
    name: str
    kind: str
    is_heading: bool
    level_label: str
    area_m2: float | None
    place: str
    place_key: str


class NewPost(NamedTuple):
    """A post to make on a grid; `scope_key` says how far it reaches ("" = the whole school)."""

    grid_key: str
    title: str
    role: str
    scope_key: str
    is_accountable: bool


class NewAppointment(NamedTuple):
    """A person to put on a post, old or new."""

    grid_key: str
    title: str
    person: str
    is_primary: bool


class Plan(NamedTuple):
    """Everything that importing would make, what is there already, and what a person should read first."""

    grids: tuple[NewGrid, ...]
    posts: tuple[NewPost, ...]
    persons: tuple[NewPerson, ...]
    appointments: tuple[NewAppointment, ...]
    known_persons: dict[str, int]
    left_alone: int
    rows: int
    oddities: tuple[Oddity, ...]

    @property
    def total(self) -> int:
        """How many things are to be made: the length of the progress bar."""
        return len(self.grids) + len(self.posts) + len(self.persons) + len(self.appointments)

    @property
    def errors(self) -> tuple[Oddity, ...]:
        """What has to be mended in the file; one is enough to import nothing."""
        return tuple(oddity for oddity in self.oddities if oddity.severity == "error")

    @property
    def questions(self) -> tuple[Oddity, ...]:
        """What a person confirms before anything is written."""
        return tuple(oddity for oddity in self.oddities if oddity.severity == "ask")
