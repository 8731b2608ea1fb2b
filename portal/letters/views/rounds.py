"""The page that starts a round of letters."""

from dataclasses import dataclass

from portal.web.again import Typed


@dataclass(frozen=True, slots=True)
class RoundView:
    """The form; `due` is how many people would get a post letter now, None for other kinds."""

    typed: Typed
    kinds: tuple[tuple[str, str], ...]
    due: int | None
