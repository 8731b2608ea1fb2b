"""Posts, people, who holds which post, and who is away."""

from dataclasses import dataclass

from portal.audit.catalogue.details import Details


@dataclass(frozen=True, slots=True)
class PostMade(Details):
    kind = "post.made"
    about = "post"
    queued = True
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
    queued = True
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
class LeavingSet(Details):
    """Somebody will leave at an instant that lies ahead."""

    kind = "person.leaving_set"
    about = "person"
    board = True
    at: str


@dataclass(frozen=True, slots=True)
class LeavingWithdrawn(Details):
    kind = "person.leaving_withdrawn"
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
class AppointmentRestored(Details):
    """An end that lay ahead was taken back."""

    kind = "appointment.restored"
    about = "post"
    queued = True
    board = True
    appointment_id: int
    person_id: int
    ends_at: str | None


@dataclass(frozen=True, slots=True)
class AbsenceMade(Details):
    kind = "person.absence_made"
    about = "person"
    board = True
    absence_id: int
    starts_at: str
    ends_at: str | None


@dataclass(frozen=True, slots=True)
class AbsenceWithdrawn(Details):
    kind = "person.absence_withdrawn"
    about = "person"
    board = True
    absence_id: int
