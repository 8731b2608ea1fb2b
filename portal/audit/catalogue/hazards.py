"""Hazards: the card and its moves, who looks after it, who may see it, the limits of the board."""

from dataclasses import dataclass

from portal.audit.catalogue.details import Details


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
class HazardUrged(Details):
    """Somebody who looks after the card urges whoever answers for it; once a day each."""

    kind = "hazard.urged"
    about = "hazard"
    queued = True


@dataclass(frozen=True, slots=True)
class HazardDisputed(Details):
    """Somebody says that the card is not theirs (R50); the reason stands in the event's texts."""

    kind = "hazard.disputed"
    about = "hazard"
    queued = True
    board = True


@dataclass(frozen=True, slots=True)
class HazardRuled(Details):
    """The first responsible person has ruled whose the card is; `responsibility_id` is the row of the matrix."""

    kind = "hazard.ruled"
    about = "hazard"
    queued = True
    board = True
    responsible_post_id: int
    responsibility_id: int | None


@dataclass(frozen=True, slots=True)
class HazardDueMoved(Details):
    kind = "hazard.due_moved"
    about = "hazard"
    queued = True
    board = True
    was: str
    now: str


@dataclass(frozen=True, slots=True)
class HazardChecked(Details):
    """The watcher of a danger that waits has looked at it (R64); what they saw stands in the event's texts."""

    kind = "hazard.checked"
    about = "hazard"
    queued = True
    board = True
    next_check: str


@dataclass(frozen=True, slots=True)
class HazardFollowed(Details):
    """A card that was named to somebody who leaves goes to the post that follows (E8), or to whoever triages."""

    kind = "hazard.followed"
    about = "hazard"
    board = True
    person_id: int
    post_id: int | None


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
