"""Accounts, invitations, sessions."""

from dataclasses import dataclass

from portal.audit.catalogue.details import Details


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
