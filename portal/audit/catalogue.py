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
    queued = True
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
    queued = True
    board = True


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
    board = True
    appointment_id: int
    person_id: int
    ends_at: str | None


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


@dataclass(frozen=True, slots=True)
class ChangeEntered(Details):
    """A personnel change was announced: what kind, from when, which posts it concerns (R112)."""

    kind = "change.entered"
    about = "person"
    queued = True
    board = True
    change_id: int
    change_kind: str
    effective_at: str
    posts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ChangeUndone(Details):
    kind = "change.undone"
    about = "person"
    queued = True
    board = True
    change_id: int


@dataclass(frozen=True, slots=True)
class ChangeShortened(Details):
    """A leave or an acting time ends earlier than announced."""

    kind = "change.shortened"
    about = "person"
    board = True
    change_id: int
    ends_at: str


@dataclass(frozen=True, slots=True)
class ChangeReported(Details):
    """The bureau was told of the change (R28)."""

    kind = "change.reported"
    about = "person"
    change_id: int
    told_on: str


@dataclass(frozen=True, slots=True)
class HandoverFilled(Details):
    """Keys, papers or notes of a handover sheet were written down; the words stand in the event's texts."""

    kind = "handover.filled"
    about = "post"
    sheet_id: int
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HandoverConfirmed(Details):
    """One of the three confirmed a handover sheet; `frozen_digest` is of what the system had listed."""

    kind = "handover.confirmed"
    about = "post"
    sheet_id: int
    part: str
    frozen_digest: str


@dataclass(frozen=True, slots=True)
class SchoolYearDrafted(Details):
    kind = "school_year.drafted"
    about = "grid"
    school_year_id: int
    classes: int
    appointments: int


@dataclass(frozen=True, slots=True)
class SchoolYearApplied(Details):
    kind = "school_year.applied"
    about = "grid"
    board = True
    school_year_id: int
    classes: int
    appointments: int


@dataclass(frozen=True, slots=True)
class SchoolYearUndone(Details):
    kind = "school_year.undone"
    about = "grid"
    board = True
    school_year_id: int


@dataclass(frozen=True, slots=True)
class HazardFollowed(Details):
    """A card that was named to somebody who leaves goes to the post that follows (E8), or to whoever triages."""

    kind = "hazard.followed"
    about = "hazard"
    board = True
    person_id: int
    post_id: int | None


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
class HazardAcknowledged(Details):
    """Somebody has said "I know" to a reminder about the card (G2): which step."""

    kind = "hazard.acknowledged"
    about = "hazard"
    step: str


@dataclass(frozen=True, slots=True)
class HazardSnoozed(Details):
    """Somebody wants to be reminded later (G2): of which step, until when; the reason stands in the event's texts."""

    kind = "hazard.snoozed"
    about = "hazard"
    step: str
    until: str


@dataclass(frozen=True, slots=True)
class HazardLifted(Details):
    """An overdue card was told to somebody higher (A11, G1): the highest step, and everybody told at that moment."""

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


# -- public boards


@dataclass(frozen=True, slots=True)
class ContactBoardsMade(Details):
    """Boards were made for a grid, or for everything below it: how many."""

    kind = "contact_board.made"
    about = "grid"
    boards: int


@dataclass(frozen=True, slots=True)
class ContactBoardRevoked(Details):
    """A board's key was taken back; `replaced` tells whether another one was made at once."""

    kind = "contact_board.revoked"
    about = "grid"
    board_id: int
    replaced: bool


@dataclass(frozen=True, slots=True)
class BoardSettingChanged(Details):
    kind = "contact_board.setting_changed"
    about = "grid"
    shows_counts: bool


@dataclass(frozen=True, slots=True)
class ConsentChanged(Details):
    """Somebody agreed that fields of theirs are public, or withdrew it; `on_paper`: an office has recorded it."""

    kind = "consent.changed"
    about = "person"
    given: tuple[str, ...]
    withdrawn: tuple[str, ...]
    on_paper: bool


@dataclass(frozen=True, slots=True)
class PublicReportReceived(Details):
    """Somebody without an account reported something; the line stands in the event's texts."""

    kind = "public_report.received"
    about = "public_report"
    queued = True
    grid_id: int
    photos: int


@dataclass(frozen=True, slots=True)
class PublicReportSeconded(Details):
    """Somebody else has seen it too."""

    kind = "public_report.seconded"
    about = "public_report"
    times: int


@dataclass(frozen=True, slots=True)
class PublicReportScreened(Details):
    """accepted, merged or refused; the reason of a refusal stands in the event's texts."""

    kind = "public_report.screened"
    about = "public_report"
    queued = True
    decision: str
    hazard_id: int | None


@dataclass(frozen=True, slots=True)
class PublicReportNotFixed(Details):
    """The reporter says that it is not fixed: reopened at once, or to be screened (B16)."""

    kind = "public_report.not_fixed"
    about = "public_report"
    queued = True
    hazard_id: int
    reopened: bool


@dataclass(frozen=True, slots=True)
class PublicPhonesErased(Details):
    """Numbers of reporters whose cases are over were erased (B2): how many."""

    kind = "public_report.phones_erased"
    about = "organisation"
    reports: int


# -- duties and the matrix


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


# -- paper


@dataclass(frozen=True, slots=True)
class PrintAsked(Details):
    """Somebody wants plates, a poster or cards; the worker makes them."""

    kind = "print.asked"
    about = "print_job"
    queued = True
    grid_id: int
    what: str
    pieces: int


@dataclass(frozen=True, slots=True)
class PrintMade(Details):
    kind = "print.made"
    about = "print_job"
    what: str
    pieces: int
    file_digest: str


@dataclass(frozen=True, slots=True)
class PrintFailed(Details):
    kind = "print.failed"
    about = "print_job"
    what: str
    error: str


# -- coverage


@dataclass(frozen=True, slots=True)
class LookAlikeSeen(Details):
    """Somebody has looked: this person and the other, whose names look alike, are two people."""

    kind = "look_alike.confirmed"
    about = "person"
    other_id: int


@dataclass(frozen=True, slots=True)
class MapDrawn(Details):
    """The responsibility map was drawn anew, because its rows say otherwise now (R24)."""

    kind = "map.drawn"
    about = "grid"
    edition: int
    file_digest: str
    have: int
    whole: int


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
