"""Reading accounts, sessions, invitations, and what counts against a sign-in."""

from portal.accounts.queries.invitations import (
    InvitationRow,
    SlipRow,
    invitation_by_digest,
    open_invitations,
    slips_made_by,
)
from portal.accounts.queries.listing import (
    AccountLine,
    Org,
    Wanted,
    account_counts,
    account_lines,
    organisations_within,
    people_without_account,
)
from portal.accounts.queries.managing import Someone, login_taken, people_to_manage, someone
from portal.accounts.queries.own import HeldPost, OwnPage, own_page, posts_held
from portal.accounts.queries.sessions import OwnSession, SignedIn, sessions_of, signed_in
from portal.accounts.queries.sign_in import Credentials, credentials_by_id, credentials_of, tries_against

__all__ = [
    "AccountLine",
    "Credentials",
    "HeldPost",
    "InvitationRow",
    "Org",
    "OwnPage",
    "OwnSession",
    "SignedIn",
    "SlipRow",
    "Someone",
    "Wanted",
    "account_counts",
    "account_lines",
    "credentials_by_id",
    "credentials_of",
    "invitation_by_digest",
    "login_taken",
    "open_invitations",
    "organisations_within",
    "own_page",
    "people_to_manage",
    "people_without_account",
    "posts_held",
    "sessions_of",
    "signed_in",
    "slips_made_by",
    "someone",
    "tries_against",
]
