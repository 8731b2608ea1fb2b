"""The forms of the office's device, of scans and of classes: texts in, typed commands or coded errors out."""

import re
from collections.abc import Mapping
from datetime import date

from portal.accounts.rules import normal_login
from portal.core.refusals import Invalid
from portal.letters.at_office.services.classes import ClassNote
from portal.letters.at_office.services.witnessing import Witnessed
from portal.letters.forms import LONGEST_REASON, SECRETS, parse_signature
from portal.letters.proof import LONGEST_SECRET

MOST_PUPILS = 120
LONGEST_NOTE = 200
LONGEST_PLACE = 120
HIDDEN = (*SECRETS, "second_passphrase")
"""What is never given back."""

_PIECE = re.compile(r"(\d{1,3})(?:[-~\u2014\u2013\uff0d\u81f3\u5230](\d{1,3}))?")
_BETWEEN = re.compile(r"[\s,;.\uff0c\u3001\uff1b\u3002]+")


def parse_witnessed(texts: Mapping[str, str], *, name: str) -> Witnessed:
    """A signature by hand of somebody of this name, with both proofs of identity; all that is wrong at once."""
    errors: dict[str, str] = {}
    signature = None
    try:
        signature = parse_signature(texts, name=name)
    except Invalid as wrong:
        errors |= wrong.fields
    if not texts.get("agree"):
        errors["agree"] = "letter.office_agree_missing"
    login, secret = normal_login(texts.get("second_login", "")), texts.get("second_passphrase", "")[:LONGEST_SECRET]
    if not login:
        errors["second_login"] = "letter.second_login_missing"
    if not secret:
        errors["second_passphrase"] = "letter.second_secret_missing"  # noqa: S105 - a code
    if errors or signature is None:
        raise Invalid(errors)
    return Witnessed(signature.seen, signature.mark, login, secret)


def parse_signed_on(texts: Mapping[str, str]) -> date:
    """The day on the paper. Refused: none, or what is no day."""
    try:
        return date.fromisoformat(texts.get("signed_on", ""))
    except ValueError:
        raise Invalid({"signed_on": "letter.day_unreadable"}) from None


def parse_differs(texts: Mapping[str, str]) -> str:
    """What is wrong with a scan."""
    said = texts.get("differs", "")
    if not said or len(said) > LONGEST_REASON:
        raise Invalid({"differs": "letter.differs_missing" if not said else "letter.reason_long"})
    return said


def parse_class(texts: Mapping[str, str]) -> ClassNote:
    """The record of a class. Refused: a count that is none, numbers that the class has not, a list that is closed
    without a word about whoever is missing or about where the paper lies."""
    errors: dict[str, str] = {}
    pupils = parse_count(texts.get("pupils", ""))
    if pupils is None:
        errors["pupils"] = "letter.pupils_count"
    missing = parse_numbers(texts.get("missing", ""))
    if missing is None or (pupils is not None and any(not 1 <= one <= pupils for one in missing)):
        errors["missing"] = "letter.numbers_unreadable"
    note, kept, is_done = texts.get("note", ""), texts.get("kept_where", ""), bool(texts.get("done"))
    if len(note) > LONGEST_NOTE:
        errors["note"] = "letter.class_note_long"
    if is_done and missing and not note:
        errors["note"] = "letter.class_note_missing"
    if len(kept) > LONGEST_PLACE or (is_done and not kept):
        errors["kept_where"] = "letter.kept_where_missing"
    if errors or pupils is None or missing is None:
        raise Invalid(errors)
    return ClassNote(pupils, missing, note, kept, is_done)


def parse_count(text: str) -> int | None:
    """How many pupils; None for what is no such number."""
    is_count = text.isascii() and text.isdigit() and len(text) <= 6
    return int(text) if is_count and 1 <= int(text) <= MOST_PUPILS else None


def parse_numbers(text: str) -> tuple[int, ...] | None:
    """Numbers and stretches of them ("3, 5-7"), sorted, each once; None for anything else."""
    found: set[int] = set()
    for piece in _BETWEEN.split(text.strip()):
        if not piece:
            continue
        match = _PIECE.fullmatch(piece)
        if match is None:
            return None
        first, last = int(match[1]), int(match[2] or match[1])
        if last < first:
            return None
        found |= set(range(first, last + 1))
    return tuple(sorted(found))


def numbers_text(numbers: tuple[int, ...]) -> str:
    """The same as text: stretches of three and more in short."""
    parts: list[str] = []
    rest = list(numbers)
    while rest:
        last = 0
        while last + 1 < len(rest) and rest[last + 1] == rest[last] + 1:
            last += 1
        stretch, rest = rest[: last + 1], rest[last + 1 :]
        parts += [f"{stretch[0]}-{stretch[-1]}"] if len(stretch) > 2 else [str(one) for one in stretch]
    return ", ".join(parts)
