"""What changes in this room: signing in and out, invitations, passwords, and switching accounts off and on."""

from portal.accounts.services.invitations import Joined, invite, invite_many, join, secret_of, typed, usable_invitation
from portal.accounts.services.managing import (
    close_account_of,
    disable_account,
    enable_account,
    make_account,
    renew_password,
    switch_accounts,
    tidy_accounts,
)
from portal.accounts.services.own import change_contact, change_password, choose_language
from portal.accounts.services.sessions import Entry, end_other_sessions, end_session, start_session
from portal.accounts.services.sign_in import Place, sign_in

__all__ = [
    "Entry",
    "Joined",
    "Place",
    "change_contact",
    "change_password",
    "choose_language",
    "close_account_of",
    "disable_account",
    "enable_account",
    "end_other_sessions",
    "end_session",
    "invite",
    "invite_many",
    "join",
    "make_account",
    "renew_password",
    "secret_of",
    "sign_in",
    "start_session",
    "switch_accounts",
    "tidy_accounts",
    "typed",
    "usable_invitation",
]
