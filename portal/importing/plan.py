"""What importing a table would do to a school as it stands: make, leave alone, point out. Values only."""

from typing import NamedTuple

from portal.importing.people_of import NewPerson
from portal.importing.rows import Oddity

SOMEBODY_ELSE = frozenset({"own_rights", "principal_by_bureau"})
"""Notes on an appointment that the importer may not make."""


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
    role: str


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


class Importer(NamedTuple):
    """Who imports, as far as it decides which posts the file may not give: by hand those are refused too.

    `gains`: roles that would give them more than they have. `needs_bureau`: the school has a principal, and who that is
    is the bureau's word.
    """

    person_id: int | None = None
    gains: frozenset[str] = frozenset()
    needs_bureau: bool = False


class Snapshot(NamedTuple):
    """What the school has at the moment of planning, and who plans."""

    school_name: str
    grids: tuple[ExistingGrid, ...] = ()
    posts: tuple[ExistingPost, ...] = ()
    holders: tuple[ExistingHolder, ...] = ()
    persons: tuple[ExistingPerson, ...] = ()
    importer: Importer = Importer()


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
    def left_vacant(self) -> tuple[Oddity, ...]:
        """The appointments of the file that somebody else has to make: their posts stay vacant."""
        return tuple(oddity for oddity in self.oddities if oddity.code in SOMEBODY_ELSE)

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
