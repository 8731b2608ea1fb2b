"""Single cells: cleaned, split, understood. Pure; each function returns a value or names a code of what is
wrong."""

import re
import unicodedata
from typing import NamedTuple

from portal.importing.words import key, words

_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"))
_DIRECTION = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_BREAKS = "\n\r\t"
_FORMULA = tuple("=+-@")
_BRACKET = re.compile(r"^(?P<stem>.+?)\s*[(\uff08](?P<inside>[^()\uff08\uff09]*)[)\uff09]$")
_PHONE = re.compile(r"1\d{10}|0\d{9,11}|\d{7,8}")


class Bracket(NamedTuple):
    """ "Room (2)": the name before and the word inside of a bracket that ends it."""

    stem: str
    inside: str


def clean(cell: str) -> str:
    """The cell without the invisible characters that copying from a web page or WeChat leaves behind."""
    return cell.translate(_INVISIBLE).replace("\u00a0", " ").replace("\u3000", " ").strip()


def has_control(cell: str) -> bool:
    """Control characters or such that turn the direction of writing: never in a name, and never by
    accident."""
    return any(mark in _DIRECTION or (unicodedata.category(mark) == "Cc" and mark not in _BREAKS) for mark in cell)


def looks_like_formula(cell: str) -> bool:
    """It would be calculated if it were pasted back into Excel; here it stays the text that it is (TF6)."""
    return cell.startswith(_FORMULA) and key(cell) not in words().nobody


def one_line(cell: str) -> str:
    """Line breaks and runs of spaces become one space."""
    return " ".join(cell.split())


def person_name(cell: str) -> str:
    """Without the spaces that set a name of two characters as wide as one of three; Latin names keep one
    space."""
    line = one_line(cell)
    return line if any(mark.isascii() and mark.isalpha() for mark in line) else line.replace(" ", "")


def split_people(cell: str) -> list[str]:
    """The parts of a cell that holds several; words that mean nobody are dropped."""
    marks = "".join(map(re.escape, words().separators))
    parts = (part.strip() for part in re.split(f"[{marks}\n\r\t]", cell))
    return [part for part in parts if part and key(part) not in words().nobody]


def split_parallel(cell: str) -> list[str]:
    """The parts of a cell that goes with another one, person by person: an empty part keeps its place."""
    if not cell:
        return []
    marks = "".join(map(re.escape, words().separators))
    return [part.strip() for part in re.split(f"[{marks}\n\r\t]", cell)]


def split_path(cell: str) -> tuple[str, ...]:
    """The names of a path from the top; slashes at its ends do not count."""
    for mark in words().path_separators:
        cell = cell.replace(mark, "/")
    return tuple(one_line(part) for part in cell.split("/") if part.strip())


def bracket_of(name: str) -> Bracket | None:
    """The bracket that ends a name, if one does."""
    found = _BRACKET.match(name)
    return Bracket(found["stem"], found["inside"]) if found else None


def post_without_person(part: str) -> str | None:
    """The post of a part that is marked as a post ("cleaners (post)" → "cleaners"); a person → `None`."""
    bracket = bracket_of(part)
    return bracket.stem if bracket and key(bracket.inside) in words().post_marks else None


def phone_number(cell: str) -> str | None:
    """Digits only, without +86; `None` when it is no Chinese number (11 digits, or a landline)."""
    digits = re.sub(r"[\s\-()]", "", unicodedata.normalize("NFKC", cell)).removeprefix("+86")
    return digits if _PHONE.fullmatch(digits) else None


def area(cell: str) -> float | None:
    """Square metres; `None` when it is no number of at least 0."""
    try:
        value = float(unicodedata.normalize("NFKC", cell).replace(",", "").removesuffix("m2"))
    except ValueError:
        return None
    return value if 0 <= value < 10_000_000 else None
