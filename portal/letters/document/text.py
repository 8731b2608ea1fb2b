"""Everything that a letter says, frozen, and its canonical JSON: the same text gives the same digest, ever (F1)."""

import hashlib
import json
import types
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, is_dataclass
from datetime import date
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

T = TypeVar("T")

FORMAT = 1
DIGEST_MARK = "{digest}"
"""Stands in a clause for the text's own digest, which the paper puts there: a text cannot hold its own digest."""

OWN, LICENSED, PAPER = "own", "licensed", "paper"
KINDS_OF_SIGNATURE = (OWN, LICENSED, PAPER)
SEAL = "seal"


@dataclass(frozen=True)
class Party:
    """Who gives the letter, who takes it, who looks on. `part`: giver, taker or witness; `label` as it is printed."""

    part: str
    label: str
    unit: str
    post: str
    name: str


@dataclass(frozen=True)
class Duty:
    """One thing to do; `rhythm` in words, "" where it has none."""

    text: str
    rhythm: str = ""


@dataclass(frozen=True)
class Provision:
    """One thing that the school provides. `kind`: authority, time, money, training, equipment, answer and others."""

    kind: str
    text: str


@dataclass(frozen=True)
class Clause:
    """A clause by its key. Those of `duties` and `means` list what stands in `LetterText.duties` and `provisions`."""

    key: str
    title: str
    text: str = ""


@dataclass(frozen=True)
class TextTable:
    """A list that belongs to the letter: targets of the year, fire equipment."""

    key: str
    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class SignatureField:
    """A place to sign, in signing order. `name` is the field's name in the file; the seal has no person."""

    name: str
    label: str
    post: str = ""
    person: str = ""


@dataclass(frozen=True)
class LetterText:
    """What a letter says. `standing` are duties of every holder, after those of the post."""

    kind: str
    title: str
    number: str
    edition: int
    school: str
    year: str
    opening: str
    parties: tuple[Party, ...]
    grid: str
    grid_code: str
    role: str
    boundary: str
    key_places: tuple[str, ...]
    grounds: tuple[str, ...]
    starts_on: date
    ends_on: date | None
    duties: tuple[Duty, ...]
    standing: tuple[str, ...]
    provisions: tuple[Provision, ...]
    clauses: tuple[Clause, ...]
    tables: tuple[TextTable, ...]
    signature_kind: str
    fields: tuple[SignatureField, ...]
    code: str
    address: str
    note: str
    variant: str = ""

    def party(self, part: str) -> Party | None:
        """The party of this part; None without one."""
        return next((one for one in self.parties if one.part == part), None)


def to_json(text: LetterText) -> str:
    """The canonical form: keys sorted, no spaces, characters as they are."""
    body = {"format": FORMAT, **asdict(text)}
    return json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=date.isoformat)


def from_json(body: str) -> LetterText:
    """What `to_json` wrote; a field that an older text lacks has its default. ValueError where it is none."""
    found = json.loads(body)
    if not isinstance(found, dict) or found.get("format") != FORMAT:
        raise ValueError("not a letter's text")
    return built(LetterText, found)


def digest_of(text: LetterText) -> str:
    """SHA-256 of the canonical JSON, in hex."""
    return hashlib.sha256(to_json(text).encode()).hexdigest()


def short_digest(digest: str) -> str:
    """The first 16 digits in groups of four, as printed on each page."""
    return grouped(digest[:16])


def grouped(code: str) -> str:
    """In groups of four, to be read aloud and typed."""
    return " ".join(code[at : at + 4] for at in range(0, len(code), 4))


def built(cls: type[T], found: Mapping[str, Any]) -> T:
    """A dataclass of plain JSON, by its annotations. ValueError where something is missing or of the wrong kind."""
    hints = get_type_hints(cls)
    known = {one.name for one in fields(cls) if one.name in found}  # type: ignore[arg-type]
    try:
        return cls(**{name: _as(hints[name], found[name]) for name in known})
    except (TypeError, KeyError, AttributeError) as error:
        raise ValueError(f"not a {cls.__name__}: {error}") from None


def _as(hint: Any, value: Any) -> Any:
    origin, inner = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        return None if value is None else _as(inner[0], value)
    if origin is tuple:
        return tuple(_as(inner[0], one) for one in value)
    if origin is dict:
        return {str(key): _as(inner[1], one) for key, one in value.items()}
    if is_dataclass(hint):
        return built(hint, value)  # type: ignore[arg-type]
    if hint is date:
        return date.fromisoformat(value)
    if not isinstance(value, hint):
        raise TypeError(f"{value!r} is no {hint.__name__}")
    return value
