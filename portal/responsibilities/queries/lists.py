"""Reading the lists of duties, and which post takes which."""

from datetime import datetime
from typing import NamedTuple

from portal.core.database import fetch, fetch_one, fetch_value, in_list
from portal.responsibilities.rules.mapping import Mapping


class ListRow(NamedTuple):
    """A list as its page needs it: shared (`org_id` None) or a school's own, with how many duties are in force."""

    id: int
    org_id: int | None
    name: str
    name_en: str
    origin: str
    source: str | None
    copy_of: int | None
    sort: int
    confirmed_at: datetime | None
    confirmed_by: str | None
    ended_at: datetime | None
    version: int
    items: int

    def text(self, language: str) -> str:
        """Its name in the reader's language."""
        return self.name_en if language == "en" and self.name_en else self.name

    @property
    def asks(self) -> bool:
        """True for a list with words of ours that the school has not confirmed yet: it goes into no letter so."""
        return self.origin in ("mixed", "ours") and self.confirmed_at is None


class ItemRow(NamedTuple):
    """One duty in one wording."""

    id: int
    list_id: int
    code: str
    number: str
    text: str
    text_en: str | None
    domain: str
    kind: str
    rhythm: str
    level: str
    source: str | None
    edition: int
    sort: int
    starts_at: datetime
    ends_at: datetime | None
    entered_by: str | None

    def words(self, language: str) -> str:
        """The duty in the reader's language, in Chinese where it is not translated."""
        return self.text_en if language == "en" and self.text_en else self.text


class DomainRow(NamedTuple):
    """A line of work."""

    code: str
    name: str
    name_en: str

    def text(self, language: str) -> str:
        """Its name in the reader's language."""
        return self.name_en if language == "en" else self.name


class MappingRow(NamedTuple):
    """A row of the mapping as it stands."""

    id: int
    org_id: int | None
    title: str
    grid_kind: str
    grid_name: str
    list_id: int | None
    line_of_work: str
    domain: str
    version: int

    @property
    def rule(self) -> Mapping:
        """The row as the rule takes it."""
        return Mapping(
            self.id, self.org_id is not None, self.title, self.grid_kind, self.grid_name, self.list_id,
            self.line_of_work, self.domain, self.version,
        )  # fmt: skip


_LIST = (
    "SELECT l.id, l.org_id, l.name, l.name_en, l.origin, l.source, l.copy_of, l.sort, l.confirmed_at, p.name, "
    "l.ended_at, l.version, (SELECT count(*) FROM duty_item i WHERE i.list_id = l.id AND i.ends_at IS NULL) "
    "FROM duty_list l LEFT JOIN person p ON p.id = l.confirmed_by"
)
_OF_SCHOOL = "(l.org_id IS NULL OR l.org_id = {})"


async def lists_of(org_id: int) -> list[ListRow]:
    """The lists that hold in a school: its own, and the shared ones that it has not taken over."""
    rows = await fetch(ListRow, f"{_LIST} WHERE {_OF_SCHOOL} AND l.ended_at IS NULL ORDER BY l.sort, l.id", org_id)
    taken = {row.copy_of for row in rows if row.org_id is not None}
    return [row for row in rows if row.id not in taken]


async def list_row(list_id: int, org_id: int) -> ListRow | None:
    """One list as a school may see it: a shared one or its own."""
    return await fetch_one(ListRow, f"{_LIST} WHERE l.id = {{}} AND {_OF_SCHOOL}", list_id, org_id)


async def org_of_list(list_id: int) -> int | None:
    """The school that a list belongs to; None for a shared one, and for none at all."""
    found = await fetch_value("SELECT org_id FROM duty_list WHERE id = {}", list_id)
    return int(found) if found is not None else None


async def copy_of(list_id: int, org_id: int) -> int | None:
    """The school's own copy of a shared list."""
    sql = "SELECT id FROM duty_list WHERE copy_of = {} AND org_id = {} AND ended_at IS NULL"
    found = await fetch_value(sql, list_id, org_id)
    return int(found) if found is not None else None


_ITEM = (
    "SELECT i.id, i.list_id, i.code, i.number, i.text, i.text_en, i.domain, i.kind, i.rhythm, i.level, i.source, "
    "i.edition, i.sort, i.starts_at, i.ends_at, p.name FROM duty_item i LEFT JOIN person p ON p.id = i.entered_by"
)


async def items_in(list_id: int, *, at: datetime) -> list[ItemRow]:
    """The duties of a list that are in force at an instant, in their order."""
    sql = f"{_ITEM} WHERE i.list_id = {{}} AND i.starts_at <= {{}} AND (i.ends_at IS NULL OR i.ends_at > {{}})"
    return await fetch(ItemRow, f"{sql} ORDER BY i.sort, i.id", list_id, at, at)


async def items_of(list_ids: set[int], *, at: datetime) -> dict[int, list[ItemRow]]:
    """The same for several lists, in one statement."""
    marks, ids = in_list(sorted(list_ids))
    sql = f"{_ITEM} WHERE i.list_id IN {marks} AND i.starts_at <= {{}} AND (i.ends_at IS NULL OR i.ends_at > {{}})"
    found: dict[int, list[ItemRow]] = {}
    for row in await fetch(ItemRow, f"{sql} ORDER BY i.sort, i.id", *ids, at, at):
        found.setdefault(row.list_id, []).append(row)
    return found


async def item_row(item_id: int) -> ItemRow | None:
    """A duty in one wording, whether in force or over."""
    return await fetch_one(ItemRow, f"{_ITEM} WHERE i.id = {{}}", item_id)


async def editions_of(list_id: int, code: str) -> list[ItemRow]:
    """Every wording that a duty has had, the latest first."""
    return await fetch(ItemRow, f"{_ITEM} WHERE i.list_id = {{}} AND i.code = {{}} ORDER BY i.id DESC", list_id, code)


async def domains() -> list[DomainRow]:
    """The lines of work in their order."""
    return await fetch(DomainRow, "SELECT code, name, name_en FROM domain ORDER BY sort, id")


# -- the mapping

_MAPPING = (
    "SELECT id, org_id, title, COALESCE(grid_kind, ''), COALESCE(grid_name, ''), list_id, COALESCE(line_of_work, ''), "
    "COALESCE(domain, ''), version FROM duty_mapping"
)


async def mappings_of(org_id: int) -> list[MappingRow]:
    """The shared proposal and the school's own rows."""
    return await fetch(MappingRow, f"{_MAPPING} WHERE org_id IS NULL OR org_id = {{}} ORDER BY id", org_id)


async def mapping_row(mapping_id: int) -> MappingRow | None:
    """One row by its id."""
    return await fetch_one(MappingRow, f"{_MAPPING} WHERE id = {{}}", mapping_id)


async def own_mapping(org_id: int, title: str, kind: str, name: str) -> MappingRow | None:
    """The school's own row for exactly this title, kind and part of a name."""
    return await fetch_one(
        MappingRow,
        f"{_MAPPING} WHERE org_id = {{}} AND title = {{}} AND COALESCE(grid_kind, '') = {{}} "
        "AND COALESCE(grid_name, '') = {}",
        org_id, title, kind, name,
    )  # fmt: skip


class _Copy(NamedTuple):
    copy_of: int
    id: int


async def copies_of(org_id: int) -> dict[int, int]:
    """From shared lists to the school's own copies of them."""
    rows = await fetch(
        _Copy,
        "SELECT copy_of, id FROM duty_list WHERE org_id = {} AND copy_of IS NOT NULL AND ended_at IS NULL",
        org_id,
    )
    return {row.copy_of: row.id for row in rows}


class ChargedPost(NamedTuple):
    """A post with what decides about its list."""

    id: int
    title: str
    line_of_work: str
    grid_id: int
    grid: str
    kind: str


async def posts_charged(org_id: int, *, at: datetime) -> list[ChargedPost]:
    """Every open post of a school but the pupils', in the order of the tree."""
    return await fetch(
        ChargedPost,
        "SELECT p.id, p.title, COALESCE(p.line_of_work, ''), g.id, g.name, g.kind FROM post p "
        "JOIN grid g ON g.id = p.grid_id WHERE p.org_id = {} AND p.role <> 'pupil' "
        "AND (p.ended_at IS NULL OR p.ended_at > {}) ORDER BY g.path, p.sort, p.id",
        org_id, at,
    )  # fmt: skip


async def posts_held(person_id: int, *, at: datetime) -> list[ChargedPost]:
    """The posts that somebody holds at an instant; a pupil's are none."""
    return await fetch(
        ChargedPost,
        "SELECT DISTINCT p.id, p.title, COALESCE(p.line_of_work, ''), g.id, g.name, g.kind FROM appointment a "
        "JOIN post p ON p.id = a.post_id JOIN grid g ON g.id = p.grid_id WHERE a.person_id = {} AND p.role <> 'pupil' "
        "AND a.starts_at <= {} AND (a.ends_at IS NULL OR a.ends_at > {}) ORDER BY p.id",
        person_id, at, at,
    )  # fmt: skip
