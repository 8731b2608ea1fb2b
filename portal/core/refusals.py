"""How the product says no: one small family of exceptions, each with a code that a sentence is kept for.

A refusal is never a surprise to the caller: services raise it before anything is written, or the unit of work
that raised it is rolled back whole. `portal.web.errors` turns it into a page, `tasks` into a note on the row.
"""

from typing import Any


class Refused(Exception):
    """A plain no. `code` is `room.reason`; `params` fill the sentence kept for that code (see each room's labels)."""

    status = 422

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.code = code
        self.params = params

    def __str__(self) -> str:
        return f"{self.code} {self.params}" if self.params else self.code


class NotFound(Refused):
    """Missing, or outside what the actor may see: the two are never told apart (TA1)."""

    status = 404

    def __init__(self, code: str = "core.not_found", **params: Any) -> None:
        super().__init__(code, **params)


class Forbidden(Refused):
    """The thing may be seen, the act may not be done: by this role, or not with this request (CSRF, origin)."""

    status = 403


class Conflict(Refused):
    """Somebody else was first. `params` name who, what and when, where the caller knows it (TR5)."""

    status = 409

    def __init__(self, code: str = "core.conflict", **params: Any) -> None:
        super().__init__(code, **params)


class Invalid(Refused):
    """A form with errors: `fields` maps a field's name to the code of its error; what was typed is kept by the page."""

    def __init__(self, fields: dict[str, str], code: str = "core.invalid", **params: Any) -> None:
        super().__init__(code, **params)
        self.fields = fields


class TooMany(Refused):
    """Asked too often; `params["seconds"]` says when to come back."""

    status = 429


class Busy(Refused):
    """The database could not take the write in time; nothing was changed, trying again is safe (TR7)."""

    status = 503

    def __init__(self, code: str = "core.busy", **params: Any) -> None:
        super().__init__(code, **params)
