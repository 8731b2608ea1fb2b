"""The page of screens: which there are, and the address of one just made."""

from dataclasses import dataclass

from portal.duty.sheets.queries import ScreenLine


@dataclass(frozen=True, slots=True)
class ScreensView:
    """The page. `address` and `made` are those of a screen just made: shown here and never again."""

    org_id: int
    school: str
    other: str
    lines: tuple[ScreenLine, ...]
    may_edit: bool
    typed: str = ""
    error: str = ""
    trouble: str = ""
    made: str = ""
    address: str = ""
