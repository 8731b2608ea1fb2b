"""What every layout needs to know about the person in front of the screen."""

from dataclasses import dataclass
from typing import Self

from portal.rendering.i18n import SOURCE


@dataclass(frozen=True, slots=True)
class Viewer:
    """The person a page is shown to; every page gets one, also a page for strangers.

    `unread` counts the inbox. `lead_name` and `lead_phone` say who leads on duty now: an empty name means
    that nobody does, and the bar says so; `None` means that the question does not arise (a bureau, a
    stranger). `account_id` tells whose drafts the browser keeps; 0 is a stranger's. `csrf` is bound to the
    session, or to the sign-in cookie of a stranger.
    """

    signed_in: bool
    name: str = ""
    post_title: str = ""
    school: str = ""
    language: str = SOURCE
    csrf: str = ""
    unread: int = 0
    lead_name: str | None = None
    lead_phone: str = ""
    may_admin: bool = False
    may_cover: bool = False
    account_id: int = 0

    @classmethod
    def stranger(cls, language: str = SOURCE, csrf: str = "") -> Self:
        """Somebody without a session: a parent, a visitor, or whoever is about to sign in."""
        return cls(signed_in=False, language=language, csrf=csrf)
