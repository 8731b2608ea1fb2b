"""Every kind of event there is, in one place: its name, what it is about, and the shape of its details.

Details hold ids, codes, counts and digests, never names or what people wrote (TT4): texts go beside the event and
their salted digests into it. `queued` kinds leave an outbox row, and `tasks/reactions.py` says what follows from them;
`board` kinds change what a board shows.
"""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class Details:
    """The details of one kind of event."""

    kind: ClassVar[str]
    about: ClassVar[str]
    queued: ClassVar[bool] = False
    board: ClassVar[bool] = False


# -- organisations, grids, posts, people


@dataclass(frozen=True, slots=True)
class OrganisationMade(Details):
    kind = "organisation.made"
    about = "grid"
    org_kind: str


@dataclass(frozen=True, slots=True)
class GridMade(Details):
    kind = "grid.made"
    about = "grid"
    board = True
    parent_id: int
    grid_kind: str


@dataclass(frozen=True, slots=True)
class GridChanged(Details):
    """Fields of the grid's card that were changed; the old and new words stand in the event's texts."""

    kind = "grid.changed"
    about = "grid"
    board = True
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class GridMoved(Details):
    kind = "grid.moved"
    about = "grid"
    board = True
    from_parent: int
    to_parent: int


@dataclass(frozen=True, slots=True)
class GridEnded(Details):
    kind = "grid.ended"
    about = "grid"
    board = True


@dataclass(frozen=True, slots=True)
class PostMade(Details):
    kind = "post.made"
    about = "post"
    board = True
    grid_id: int
    role: str


@dataclass(frozen=True, slots=True)
class PostChanged(Details):
    kind = "post.changed"
    about = "post"
    board = True
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PostEnded(Details):
    kind = "post.ended"
    about = "post"
    board = True


@dataclass(frozen=True, slots=True)
class PersonMade(Details):
    kind = "person.made"
    about = "person"
    person_kind: str


@dataclass(frozen=True, slots=True)
class PersonChanged(Details):
    kind = "person.changed"
    about = "person"
    board = True
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PersonLeft(Details):
    kind = "person.left"
    about = "person"
    board = True


@dataclass(frozen=True, slots=True)
class AppointmentStarted(Details):
    kind = "appointment.started"
    about = "post"
    queued = True
    board = True
    appointment_id: int
    person_id: int
    is_primary: bool
    starts_at: str


@dataclass(frozen=True, slots=True)
class AppointmentEnded(Details):
    kind = "appointment.ended"
    about = "post"
    queued = True
    board = True
    appointment_id: int
    person_id: int
    ends_at: str


@dataclass(frozen=True, slots=True)
class ImportApplied(Details):
    kind = "import.applied"
    about = "import"
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
    board = True
    file_digest: str


@dataclass(frozen=True, slots=True)
class RegisterExported(Details):
    """Somebody took data out: which register, of which grid, how many rows (TA11)."""

    kind = "register.exported"
    about = "grid"
    register: str
    rows: int


# -- accounts


@dataclass(frozen=True, slots=True)
class AccountMade(Details):
    kind = "account.made"
    about = "account"
    person_id: int


@dataclass(frozen=True, slots=True)
class AccountInvited(Details):
    kind = "account.invited"
    about = "person"
    invitation_id: int
    purpose: str


@dataclass(frozen=True, slots=True)
class InvitationUsed(Details):
    kind = "account.invitation_used"
    about = "account"
    invitation_id: int


@dataclass(frozen=True, slots=True)
class AccountDisabled(Details):
    kind = "account.disabled"
    about = "account"
    sessions: int


@dataclass(frozen=True, slots=True)
class AccountEnabled(Details):
    kind = "account.enabled"
    about = "account"


@dataclass(frozen=True, slots=True)
class PasswordChanged(Details):
    kind = "account.password_changed"
    about = "account"
    sessions: int


@dataclass(frozen=True, slots=True)
class SignedIn(Details):
    kind = "session.started"
    about = "account"
    session_id: int
    device_known: bool


@dataclass(frozen=True, slots=True)
class SignedOut(Details):
    kind = "session.ended"
    about = "account"
    session_id: int
    why: str


@dataclass(frozen=True, slots=True)
class LanguageChosen(Details):
    kind = "account.language_chosen"
    about = "person"
    language: str


# -- duty


@dataclass(frozen=True, slots=True)
class DutyLeaderSet(Details):
    kind = "duty.leader_set"
    about = "duty"
    board = True
    person_id: int
    starts_at: str
    ends_at: str


@dataclass(frozen=True, slots=True)
class DutyLeaderCleared(Details):
    kind = "duty.leader_cleared"
    about = "duty"
    board = True
    starts_at: str
    ends_at: str


# -- hazards


@dataclass(frozen=True, slots=True)
class HazardReported(Details):
    kind = "hazard.reported"
    about = "hazard"
    queued = True
    board = True
    grid_id: int
    number: str
    category: str | None
    level: str | None
    photos: int


@dataclass(frozen=True, slots=True)
class HazardMoved(Details):
    """A step across the board; what was written with it (measure, reason, conclusion …) stands in the event's texts."""

    kind = "hazard.moved"
    about = "hazard"
    queued = True
    board = True
    came_from: str
    went_to: str
    outcome: str | None = None
    level: str | None = None
    category: str | None = None
    responsible_post_id: int | None = None
    responsible_person_id: int | None = None
    due_at: str | None = None
    duplicate_of_id: int | None = None
    receivers: tuple[int, ...] = ()
    watcher_id: int | None = None
    undoes: int | None = None


@dataclass(frozen=True, slots=True)
class HazardNoted(Details):
    """Something written on a card, or its interim measure set, without a move."""

    kind = "hazard.noted"
    about = "hazard"
    board = True
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HazardPhotographed(Details):
    kind = "hazard.photographed"
    about = "hazard"
    board = True
    photo_id: int
    phase: str
    digest: str


@dataclass(frozen=True, slots=True)
class HazardListed(Details):
    kind = "hazard.listed"
    about = "hazard"
    queued = True
    board = True
    supervisor_id: int
    number: str


@dataclass(frozen=True, slots=True)
class HazardUnlisted(Details):
    kind = "hazard.unlisted"
    about = "hazard"
    board = True
    number: str


@dataclass(frozen=True, slots=True)
class HazardHelped(Details):
    """Helpers of a card were changed, or a holder of a helping post took it."""

    kind = "hazard.helpers_changed"
    about = "hazard"
    board = True
    people: tuple[int, ...]
    posts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class HazardDueMoved(Details):
    kind = "hazard.due_moved"
    about = "hazard"
    queued = True
    board = True
    was: str
    now: str


@dataclass(frozen=True, slots=True)
class HazardLifted(Details):
    """An overdue card was told to somebody higher (A11, G1): which step, how many people."""

    kind = "hazard.told_higher"
    about = "hazard"
    step: str
    people: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class RestrictedViewerNamed(Details):
    kind = "hazard.viewer_named"
    about = "person"
    board = True


@dataclass(frozen=True, slots=True)
class RestrictedViewerEnded(Details):
    kind = "hazard.viewer_ended"
    about = "person"
    board = True


@dataclass(frozen=True, slots=True)
class BoardLimitSet(Details):
    kind = "board.limit_set"
    about = "grid"
    board = True
    column: str
    most: int
    is_hard: bool


# -- the trail itself


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


KINDS: dict[str, type[Details]] = {cls.kind: cls for cls in Details.__subclasses__()}
