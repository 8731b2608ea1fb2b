"""What a request knows about the person behind it, kept in the ASGI scope."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from litestar import Request
from litestar.connection import ASGIConnection

from portal.core.actors import Actor
from portal.core.crypto import keyed_digest
from portal.settings import Settings

KEY = "anwang"


class LeadNow(NamedTuple):
    """The leader's name and phone, and the instant at which that may change. An empty name: nobody leads."""

    name: str
    phone: str
    until: datetime | None


Connection = ASGIConnection[Any, Any, Any, Any]
AnyRequest = Request[Any, Any, Any]


@dataclass(frozen=True, slots=True)
class SignedRequest:
    """The session of this request. `csrf` is bound to it: a token of another session does not fit."""

    actor: Actor
    school: str
    unread: int
    post_title: str
    must_change: bool
    proved_at: datetime
    rights_version: int
    token_digest: str
    lead: LeadNow | None = None

    @property
    def csrf(self) -> str:
        """The token that every form of this session carries."""
        return keyed_digest("csrf", self.token_digest)[:43]


def signed(connection: Connection) -> SignedRequest | None:
    """Who is signed in on this request; None for strangers."""
    found: SignedRequest | None = connection.scope["state"].get(KEY)
    return found


def settings_of(connection: Connection) -> Settings:
    """The settings of the running application."""
    found: Settings = connection.app.state.settings
    return found


def cookie_name(settings: Settings, name: str) -> str:
    """`__Host-` binds a cookie to this host and to https; browsers refuse the prefix on plain http."""
    return f"__Host-{name}" if settings.secure_cookies else name
