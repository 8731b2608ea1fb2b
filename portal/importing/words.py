"""The words of `words.toml`, read once: column names, kinds, titles, marks. No Chinese stands in the code."""

import tomllib
import unicodedata
from functools import cache
from pathlib import Path
from typing import Literal, NamedTuple, cast

Reach = Literal["grid", "school"]


class RoleRule(NamedTuple):
    """Titles (and kinds of grid; none = every kind) that mean one role code with one reach."""

    titles: frozenset[str]
    kinds: frozenset[str]
    role: str
    reach: Reach


class Words(NamedTuple):
    """Everything the importer takes for granted about a school's wording."""

    columns: dict[str, str]
    kinds: dict[str, str]
    roles: tuple[RoleRule, ...]
    separators: tuple[str, ...]
    path_separators: tuple[str, ...]
    post_marks: frozenset[str]
    nobody: frozenset[str]
    empty_marks: frozenset[str]
    class_room_suffixes: tuple[str, ...]
    synonyms: dict[str, str]
    default_title: str


def key(text: str) -> str:
    """How two spellings are compared: width, case and spaces do not count (a full-width bracket is a
    bracket)."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


@cache
def words() -> Words:
    """The table of words as it stands in the file."""
    raw = tomllib.loads((Path(__file__).parent / "words.toml").read_text("utf-8"))
    return Words(
        columns=_by_spelling(raw["columns"]),
        kinds=_by_spelling(raw["kinds"]),
        roles=tuple(_role_rule(rule) for rule in raw["roles"]),
        separators=tuple(raw["separators"]),
        path_separators=tuple(raw["path_separators"]),
        post_marks=frozenset(map(key, raw["post_marks"])),
        nobody=frozenset(map(key, raw["nobody"])),
        empty_marks=frozenset(map(key, raw["empty_marks"])),
        class_room_suffixes=tuple(raw["class_room_suffixes"]),
        synonyms={key(word): group[0] for group in raw["synonyms"] for word in group},
        default_title=raw["default_title"],
    )


def _by_spelling(table: dict[str, list[str]]) -> dict[str, str]:
    """Each spelling, the code itself included, to its code."""
    return {key(word): code for code, spellings in table.items() for word in (code, *spellings)}


def _role_rule(raw: dict[str, object]) -> RoleRule:
    return RoleRule(
        titles=frozenset(key(title) for title in cast(list[str], raw["titles"])),
        kinds=frozenset(cast(list[str], raw.get("kinds", []))),
        role=cast(str, raw["role"]),
        reach=cast(Reach, raw.get("reach", "grid")),
    )
