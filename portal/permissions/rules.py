"""Who may do what, where: roles, permissions, and how far each reaches in the tree. Pure; the whole policy on a page.

A role comes with a post that a person holds at this instant (or with leading today); nothing is granted to a person
as such. `docs/permissions.md` is written from these tables, and a test walks every route against them (TA1).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from portal.core.actors import Actor, Grant


class Permission(StrEnum):
    """Each thing that a route can ask for. GET and POST never share one (TA3)."""

    ACCOUNT_OWN = "account.own"  # one's own page, language, sessions, inbox
    ACCOUNT_OWN_CHANGE = "account.own_change"
    GRID_VIEW = "grid.view"
    GRID_EDIT_VIEW = "grid.edit_view"  # the forms of a change; the change itself is asked for apart (TA3)
    GRID_EDIT = "grid.edit"
    IMPORT_VIEW = "import.view"
    IMPORT_RUN = "import.run"
    REGISTER_EXPORT = "register.export"
    PERSON_VIEW = "person.view"
    PERSON_EDIT_VIEW = "person.edit_view"
    PERSON_EDIT = "person.edit"
    ACCOUNT_VIEW = "account.view"
    ACCOUNT_MANAGE = "account.manage"
    HAZARD_REPORT_VIEW = "hazard.report_view"
    HAZARD_REPORT = "hazard.report"
    HAZARD_VIEW = "hazard.view"
    HAZARD_BOARD = "hazard.board"
    HAZARD_MOVE = "hazard.move"
    HAZARD_URGE = "hazard.urge"
    HAZARD_RULE = "hazard.rule"  # whose a card is, where that is disputed (R50)
    HAZARD_LIST = "hazard.list"
    HAZARD_DUE = "hazard.due"  # give a card another due time
    HAZARD_LEDGER = "hazard.ledger"
    BOARD_LIMIT_VIEW = "board.limit_view"
    BOARD_LIMIT = "board.limit"
    VIEWER_VIEW = "viewer.view"
    VIEWER_NAME = "viewer.name"
    CONTACT_BOARD_VIEW = "contact_board.view"  # the staff's page about a public board
    CONTACT_BOARD_EDIT = "contact_board.edit"
    PRINT_VIEW = "print.view"  # plates, posters and cards that the worker has made
    PRINT_MAKE = "print.make"
    CONSENT_VIEW = "consent.view"
    CONSENT_RECORD = "consent.record"  # a paper consent of somebody else
    SCREENING_VIEW = "screening.view"
    SCREENING_DECIDE = "screening.decide"
    DUTY_VIEW = "duty.view"
    DUTY_EDIT_VIEW = "duty.edit_view"  # the forms of the book of duty
    DUTY_EDIT = "duty.edit"
    DUTY_PLAN_VIEW = "duty_plan.view"  # areas, slots, kinds of day, periods, fallbacks
    DUTY_PLAN_EDIT = "duty_plan.edit"
    DUTY_TAKE = "duty.take"  # confirm that one is there, sign off at the end; whose shift it is decides the shift
    DUTY_LOG = "duty.log"  # write in the log of duty; of which lane decides the book
    SWAP_VIEW = "swap.view"  # swaps that concern oneself; of the whole school for whoever keeps the book
    SWAP_ACT = "swap.act"
    TAKEOVER_VIEW = "takeover.view"  # who could take over a shift now
    TAKEOVER_MAKE = "takeover.make"
    CORRECTION_VIEW = "correction.view"  # who it really was, of a shift that is over
    CORRECTION_MAKE = "correction.make"
    ROSTER_MAKE_VIEW = "roster.make_view"  # the forms and drafts of rosters
    ROSTER_MAKE = "roster.make"
    ROSTER_CONFIRM = "roster.confirm"  # "I have read it"
    FEED_VIEW = "feed.view"  # one's own calendar address; those of areas and the school for whoever keeps the book
    FEED_MAKE = "feed.make"
    DUTY_SCREEN_VIEW = "duty_screen.view"  # which screens hang on the walls; what they show needs no permission
    DUTY_SCREEN_EDIT = "duty_screen.edit"
    MATRIX_VIEW = "matrix.view"  # who answers for what
    MATRIX_EDIT_VIEW = "matrix.edit_view"
    MATRIX_EDIT = "matrix.edit"
    DUTY_LIST_VIEW = "duty_list.view"  # the lists of duties, and which post takes which
    DUTY_LIST_EDIT_VIEW = "duty_list.edit_view"
    DUTY_LIST_EDIT = "duty_list.edit"  # also: confirm a list before it goes into letters
    AUDIT_VIEW = "audit.view"
    AUDIT_CHECK = "audit.check"
    SCHOOL_MAKE = "school.make"
    SCHOOL_MAKE_VIEW = "school.make_view"
    CHANGE_VIEW = "change.view"  # announced changes of personnel
    CHANGE_MAKE_VIEW = "change.make_view"
    CHANGE_MAKE = "change.make"
    HANDOVER_VIEW = "handover.view"  # the sheets that one gives, takes or countersigns; SELF is decided by the sheet
    HANDOVER_SIGN = "handover.sign"
    LETTER_VIEW = "letter.view"  # letters that one signs or signed; of the whole school for who looks after them
    LETTER_SIGN_VIEW = "letter.sign_view"  # reading to sign, one's own key
    LETTER_SIGN = "letter.sign"  # only ever in one's own place
    LETTER_MAKE_VIEW = "letter.make_view"
    LETTER_MAKE = "letter.make"  # rounds, letters by hand, trying again, reopening
    LETTER_AT_OFFICE_VIEW = "letter.at_office_view"  # the device in the office, letters on paper
    LETTER_AT_OFFICE = "letter.at_office"
    LETTER_CLASS_VIEW = "letter.class_view"  # a class signs on paper: its teacher, and who looks after letters
    LETTER_CLASS = "letter.class"
    LETTER_END_VIEW = "letter.end_view"
    LETTER_END = "letter.end"  # revoke
    LETTER_WORDING_VIEW = "letter.wording_view"  # wordings and chains of one's own organisation
    LETTER_WORDING_EDIT = "letter.wording_edit"
    LETTER_AT_ONCE = "letter.at_once"  # a letter takes effect now instead of the day after (F3)
    COVERAGE_VIEW = "coverage.view"  # what has nobody, and the responsibility map
    COVERAGE_CONFIRM = "coverage.confirm"  # names that look alike are two people


class Role(StrEnum):
    """What a post is, for rights. `duty_leader` is never a post: it is held while leading (R03)."""

    BUREAU_OFFICER = "bureau_officer"
    PRINCIPAL = "principal"
    SAFETY_OFFICER = "safety_officer"
    VICE_HEAD = "vice_head"
    LIAISON = "liaison"
    DUTY_LEADER = "duty_leader"
    CHIEF = "chief"
    KEEPER = "keeper"
    CLASS_TEACHER = "class_teacher"
    MEMBER = "member"
    PUPIL = "pupil"


class Reach(StrEnum):
    """How far a permission goes: the post's own part of the tree, the whole organisation, or only oneself."""

    SCOPE = "scope"
    ORGANISATION = "organisation"
    SELF = "self"


P, SCOPE, ORG, SELF = Permission, Reach.SCOPE, Reach.ORGANISATION, Reach.SELF

OWN = {
    P.ACCOUNT_OWN: SELF, P.ACCOUNT_OWN_CHANGE: SELF, P.HANDOVER_VIEW: SELF, P.HANDOVER_SIGN: SELF,
    P.LETTER_VIEW: SELF, P.LETTER_SIGN_VIEW: SELF, P.LETTER_SIGN: SELF,
    P.LETTER_CLASS_VIEW: SELF, P.LETTER_CLASS: SELF,
}  # fmt: skip
MEMBER = OWN | {
    P.GRID_VIEW: ORG,
    P.HAZARD_REPORT_VIEW: ORG,
    P.HAZARD_REPORT: ORG,
    P.DUTY_VIEW: ORG,
    P.MATRIX_VIEW: ORG,
    P.DUTY_LIST_VIEW: ORG,
    P.HAZARD_VIEW: SELF,
    P.HAZARD_MOVE: SELF,  # whoever answers for a card or helps with it
    P.HAZARD_URGE: SELF,  # whoever supervises it by the matrix
    P.DUTY_TAKE: ORG,
    P.DUTY_LOG: ORG,
    P.SWAP_VIEW: SELF,  # whoever asks, and whoever is asked
    P.SWAP_ACT: SELF,
    P.ROSTER_CONFIRM: ORG,
    P.FEED_VIEW: SELF,
    P.FEED_MAKE: SELF,
}
KEEPER = MEMBER | {
    P.HAZARD_VIEW: SCOPE,
    P.HAZARD_BOARD: SCOPE,
    P.HAZARD_MOVE: SCOPE,
    P.HAZARD_DUE: SCOPE,
    P.HAZARD_LEDGER: SCOPE,
    P.HAZARD_URGE: SCOPE,
    P.CONTACT_BOARD_VIEW: SCOPE,
}
SCREENING = {P.SCREENING_VIEW: SCOPE, P.SCREENING_DECIDE: SCOPE}
TAKEOVER = {P.TAKEOVER_VIEW: ORG, P.TAKEOVER_MAKE: ORG}
BOOK = TAKEOVER | {
    P.SWAP_VIEW: ORG, P.SWAP_ACT: ORG, P.CORRECTION_VIEW: ORG, P.CORRECTION_MAKE: ORG,
    P.ROSTER_MAKE_VIEW: ORG, P.ROSTER_MAKE: ORG, P.DUTY_PLAN_VIEW: ORG, P.DUTY_PLAN_EDIT: ORG,
    P.FEED_VIEW: ORG, P.FEED_MAKE: ORG, P.DUTY_SCREEN_VIEW: ORG, P.DUTY_SCREEN_EDIT: ORG,
}  # fmt: skip
LEADER = KEEPER | SCREENING | BOOK | {
    P.REGISTER_EXPORT: SCOPE, P.PERSON_VIEW: ORG, P.HAZARD_LIST: SCOPE, P.DUTY_EDIT_VIEW: ORG,
    P.DUTY_EDIT: ORG, P.COVERAGE_VIEW: SCOPE,
}  # fmt: skip
CHANGER = {P.CHANGE_VIEW: ORG, P.CHANGE_MAKE_VIEW: ORG, P.CHANGE_MAKE: ORG, P.HANDOVER_VIEW: ORG, P.HANDOVER_SIGN: ORG}
LETTERS = {
    P.LETTER_VIEW: ORG, P.LETTER_MAKE_VIEW: ORG, P.LETTER_MAKE: ORG, P.LETTER_END_VIEW: ORG, P.LETTER_END: ORG,
    P.LETTER_AT_OFFICE_VIEW: ORG, P.LETTER_AT_OFFICE: ORG, P.LETTER_CLASS_VIEW: ORG, P.LETTER_CLASS: ORG,
    P.LETTER_WORDING_VIEW: ORG, P.LETTER_WORDING_EDIT: ORG,
}  # fmt: skip
ARRANGER = {
    P.MATRIX_EDIT_VIEW: ORG, P.MATRIX_EDIT: ORG, P.DUTY_LIST_EDIT_VIEW: ORG, P.DUTY_LIST_EDIT: ORG,
}  # fmt: skip
OPERATOR = LEADER | CHANGER | ARRANGER | LETTERS | {
    P.COVERAGE_CONFIRM: SCOPE,
    P.CONTACT_BOARD_EDIT: SCOPE, P.PRINT_VIEW: SCOPE, P.PRINT_MAKE: SCOPE, P.CONSENT_VIEW: ORG, P.CONSENT_RECORD: ORG,
    P.GRID_EDIT_VIEW: SCOPE, P.GRID_EDIT: SCOPE, P.IMPORT_VIEW: SCOPE, P.IMPORT_RUN: SCOPE,
    P.PERSON_EDIT_VIEW: ORG, P.PERSON_EDIT: ORG, P.ACCOUNT_VIEW: ORG, P.ACCOUNT_MANAGE: ORG,
    P.BOARD_LIMIT_VIEW: SCOPE, P.BOARD_LIMIT: SCOPE, P.AUDIT_VIEW: ORG, P.AUDIT_CHECK: ORG, P.VIEWER_VIEW: ORG,
}  # fmt: skip
BUREAU = {
    P.CONSENT_VIEW: SCOPE, P.CONSENT_RECORD: SCOPE,
    P.PERSON_VIEW: SCOPE, P.PERSON_EDIT_VIEW: SCOPE, P.PERSON_EDIT: SCOPE, P.ACCOUNT_VIEW: SCOPE,
    P.ACCOUNT_MANAGE: SCOPE, P.GRID_VIEW: SCOPE, P.HAZARD_REPORT: SCOPE, P.HAZARD_REPORT_VIEW: SCOPE,
    P.DUTY_VIEW: SCOPE, P.MATRIX_VIEW: SCOPE, P.DUTY_LIST_VIEW: SCOPE, P.AUDIT_VIEW: SCOPE,
    P.AUDIT_CHECK: SCOPE, P.SCHOOL_MAKE: SCOPE, P.SCHOOL_MAKE_VIEW: SCOPE,
    P.CHANGE_VIEW: SCOPE, P.CHANGE_MAKE_VIEW: SCOPE, P.CHANGE_MAKE: SCOPE, P.HANDOVER_VIEW: SCOPE,
    P.HANDOVER_SIGN: SCOPE, P.LETTER_VIEW: SCOPE, P.LETTER_AT_ONCE: SCOPE,
}  # fmt: skip
LIAISON = MEMBER | {
    P.GRID_VIEW: SCOPE, P.MATRIX_VIEW: SCOPE, P.HAZARD_VIEW: SCOPE, P.HAZARD_BOARD: SCOPE, P.HAZARD_LEDGER: SCOPE,
    P.HAZARD_URGE: SCOPE, P.CONTACT_BOARD_VIEW: SCOPE,
}  # fmt: skip
"""A leader who is attached to a school or a part of it (R20): looks, urges, comments, and answers for nothing."""
HEAD = {
    P.COVERAGE_CONFIRM: SCOPE,
    P.CONTACT_BOARD_EDIT: SCOPE, P.PRINT_VIEW: SCOPE, P.PRINT_MAKE: SCOPE,
    P.BOARD_LIMIT_VIEW: SCOPE, P.BOARD_LIMIT: SCOPE, P.AUDIT_VIEW: ORG, P.AUDIT_CHECK: ORG, P.VIEWER_VIEW: ORG,
    P.VIEWER_NAME: ORG, P.ACCOUNT_VIEW: ORG,
} | CHANGER | ARRANGER | LETTERS  # fmt: skip

GRANTS: dict[Role, dict[Permission, Reach]] = {
    Role.BUREAU_OFFICER: OPERATOR | BUREAU,
    Role.PRINCIPAL: LEADER | HEAD | {P.HAZARD_RULE: ORG, P.LETTER_AT_ONCE: ORG},
    Role.VICE_HEAD: LEADER | {P.VIEWER_VIEW: ORG, P.LETTER_VIEW: ORG},
    Role.LIAISON: LIAISON,
    Role.SAFETY_OFFICER: OPERATOR,
    Role.DUTY_LEADER: KEEPER | SCREENING | TAKEOVER | {P.PERSON_VIEW: ORG, P.COVERAGE_VIEW: SCOPE},
    Role.CHIEF: KEEPER | {P.COVERAGE_VIEW: SCOPE},
    Role.KEEPER: KEEPER,
    Role.CLASS_TEACHER: KEEPER,
    Role.MEMBER: MEMBER,
    Role.PUPIL: {},
}

ABOVE = frozenset({
    Role.BUREAU_OFFICER, Role.PRINCIPAL, Role.VICE_HEAD, Role.SAFETY_OFFICER, Role.DUTY_LEADER, Role.CHIEF,
    Role.KEEPER, Role.CLASS_TEACHER,
})  # fmt: skip
"""Roles that stand above a hazard when the hazard lies in their part of the tree: holder of the grid or an ancestor,
the safety office, the leader on duty."""

HEADS = frozenset({Role.PRINCIPAL, Role.VICE_HEAD})
"""Who may close a major hazard (appendix 1 of the requirements)."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Where a permission holds: parts of the tree by their paths, whole organisations, or only what is one's own."""

    paths: tuple[str, ...] = ()
    orgs: tuple[int, ...] = ()
    only_own: bool = False

    def holds(self, path: str, org_id: int) -> bool:
        """True when a grid with this path, of this organisation, lies inside."""
        return org_id in self.orgs or any(path.startswith(part) for part in self.paths)

    @property
    def is_empty(self) -> bool:
        """True when nothing at all is inside but one's own things."""
        return not self.paths and not self.orgs


def has(actor: Actor, permission: Permission) -> bool:
    """May this role do this kind of thing at all? (The second of the three questions.)

    One's own page is everybody's, also of somebody whose posts have all ended.
    """
    if permission in OWN and actor.person_id is not None:
        return True
    return actor.is_system or any(permission in GRANTS[Role(grant.role)] for grant in actor.grants)


def scope(actor: Actor, permission: Permission) -> Scope:
    """Where the actor may do it. Paths that lie inside another one are left out."""
    paths, orgs, own = set[str](), set[int](), False
    for grant in actor.grants:
        reach = GRANTS[Role(grant.role)].get(permission)
        if reach is Reach.SCOPE:
            paths.add(grant.path)
        elif reach is Reach.ORGANISATION:
            orgs.add(grant.org_id)
        elif reach is Reach.SELF:
            own = True
    if actor.is_system:
        paths = {"/"}
    return Scope(_outermost(paths), tuple(sorted(orgs)), own)


def _outermost(paths: Iterable[str]) -> tuple[str, ...]:
    kept: list[str] = []
    for path in sorted(paths):
        if not kept or not path.startswith(kept[-1]):
            kept.append(path)
    return tuple(kept)


def stands_above(actor: Actor, path: str) -> bool:
    """True when the actor holds this grid or an ancestor of it, or leads today, or is the safety office over it."""
    return actor.is_system or any(grant.role in ABOVE and path.startswith(grant.path) for grant in actor.grants)


def heads(actor: Actor, path: str) -> bool:
    """True for the principal or a vice head of the school that the grid lies in."""
    return any(grant.role in HEADS and path.startswith(grant.path) for grant in actor.grants)


def holds_post(actor: Actor, post_id: int | None) -> bool:
    """True when the actor holds this post at this instant."""
    return post_id is not None and any(grant.post_id == post_id for grant in actor.grants)


def posts_of(grants: Iterable[Grant]) -> tuple[int, ...]:
    """The posts behind these grants."""
    return tuple(sorted({grant.post_id for grant in grants if grant.post_id is not None}))
