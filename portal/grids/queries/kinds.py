"""The kinds and schemes that a school may use."""

from typing import NamedTuple

from portal.core.database import fetch


class KindRow(NamedTuple):
    """A kind of grid, shared by all (`org_id` None) or a school's own."""

    id: int
    org_id: int | None
    code: str
    name: str
    name_en: str
    keeper_title: str | None
    is_place: bool
    sort: int

    def text(self, language: str) -> str:
        """Its name in the reader's language."""
        return self.name_en if language == "en" else self.name


async def kinds_of(org_id: int) -> list[KindRow]:
    """The kinds that a school may use, in their order."""
    return await fetch(
        KindRow,
        "SELECT id, org_id, code, name, name_en, keeper_title, is_place, sort FROM grid_kind "
        "WHERE org_id IS NULL OR org_id = {} ORDER BY sort, id",
        org_id,
    )


class SchemeRow(NamedTuple):
    """A way of dividing the same places."""

    code: str
    name: str
    name_en: str

    def text(self, language: str) -> str:
        """Its name in the reader's language."""
        return self.name_en if language == "en" else self.name


async def schemes_of(org_id: int) -> list[SchemeRow]:
    """The schemes that a school may use."""
    return await fetch(
        SchemeRow,
        "SELECT code, name, name_en FROM grid_scheme WHERE org_id IS NULL OR org_id = {} ORDER BY id",
        org_id,
    )
