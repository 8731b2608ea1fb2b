"""The forms of letters: texts in, typed commands or coded errors out (`Invalid`). A passphrase is never given back."""

import json
import math
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from portal.core.refusals import Invalid
from portal.letters.proof import FIELDS, LONGEST_SECRET, gives_proof
from portal.letters.rules.together import Choice
from portal.letters.sealing.plain import Strokes, Typed

MOST_LINES = 120
MOST_POINTS = 1_500
WIDEST = 4_000  # in thousandths of the pad's width; a pad that was turned is wider than it is high
SMALLEST = 30  # a dot is no signature
LONGEST_NAME = 60
LONGEST_REASON = 500
SECRETS = (*FIELDS, "again")
MOST_TOGETHER = 50
"""Letters that are signed at once: a few seconds of one person's patience."""
DIGEST = 64


@dataclass(frozen=True, slots=True)
class Signature:
    """What somebody signs: the digest of the file that they saw, their mark. Their secret is `proof_of`'s alone."""

    seen: str
    mark: Strokes | Typed


def parse_signature(texts: Mapping[str, str], *, name: str) -> Signature:
    """A signature in the place of somebody of this name. Drawn lines go before a typed name."""
    errors: dict[str, str] = {}
    if not texts.get("read"):
        errors["read"] = "letter.tick_missing"
    mark = _mark(texts, name, errors)
    if not gives_proof(texts):
        errors["passphrase"] = "letter.passphrase_missing"  # noqa: S105 - a code
    if errors or mark is None:
        raise Invalid(errors)
    return Signature(texts.get("seen", ""), mark)


def _mark(texts: Mapping[str, str], name: str, errors: dict[str, str]) -> Strokes | Typed | None:
    drawn, typed = texts.get("strokes", ""), texts.get("name", "")
    if drawn:
        try:
            return Strokes(parse_strokes(drawn))
        except Invalid as wrong:
            errors |= wrong.fields
            return None
    if not typed:
        errors["name"] = "letter.mark_missing"
    elif len(typed) > LONGEST_NAME or _plain(typed) != _plain(name):
        errors["name"] = "letter.name_differs"
    return Typed(typed) if "name" not in errors else None


def parse_strokes(text: str) -> tuple[tuple[tuple[float, float], ...], ...]:
    """Lines of points from the pad: `[[x, y, x, y, …], …]`, whole numbers, bounded. Wrong ones say so at `name`."""
    try:
        lines = json.loads(text, parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise Invalid({"name": "letter.mark_broken"}) from None
    if not isinstance(lines, list) or not all(isinstance(line, list) and line for line in lines):
        raise Invalid({"name": "letter.mark_broken"})
    numbers = [number for line in lines for number in line]
    if len(lines) > MOST_LINES or len(numbers) > 2 * MOST_POINTS:
        raise Invalid({"name": "letter.mark_too_big"})
    if any(len(line) % 2 for line in lines) or not all(_is_place(number) for number in numbers):
        raise Invalid({"name": "letter.mark_broken"})
    if max(_span(numbers[::2]), _span(numbers[1::2])) < SMALLEST:
        raise Invalid({"name": "letter.mark_missing"})
    return tuple(
        tuple((float(x), float(y)) for x, y in zip(line[::2], line[1::2], strict=True)) for line in lines
    )  # fmt: skip


def _no_number(text: str) -> float:
    raise ValueError(text)


def _is_place(number: object) -> bool:
    return isinstance(number, int | float) and not isinstance(number, bool) and 0 <= number <= WIDEST


def _span(numbers: list[float]) -> float:
    return max(numbers) - min(numbers) if numbers else -math.inf


def _plain(name: str) -> str:
    return "".join(unicodedata.normalize("NFKC", name).split()).casefold()


def parse_refusal(texts: Mapping[str, str], *, missing: str = "letter.reason_missing") -> str:
    """Why somebody does not sign, or why a letter is revoked; `missing` is the code where nothing is written."""
    reason = texts.get("reason", "")
    if not reason:
        raise Invalid({"reason": missing})
    if len(reason) > LONGEST_REASON:
        raise Invalid({"reason": "letter.reason_long"})
    return reason


def parse_new_key(texts: Mapping[str, str]) -> str:
    """The passphrase, written twice alike, with the consent. Whether it is a good one is the service's question."""
    errors: dict[str, str] = {}
    secret = texts.get("passphrase", "")[:LONGEST_SECRET]
    if not texts.get("consent"):
        errors["consent"] = "letter.consent_missing"
    if not secret:
        errors["passphrase"] = "letter.passphrase_missing"  # noqa: S105 - a code
    elif secret != texts.get("again", "")[:LONGEST_SECRET]:
        errors["again"] = "letter.again_differs"
    if errors:
        raise Invalid(errors)
    return secret


class NewRound(NamedTuple):
    """What was asked for; days are Shanghai's."""

    kind: str
    label: str
    starts_on: date
    ends_on: date | None
    sign_by: date | None


def parse_round(texts: Mapping[str, str]) -> NewRound:
    """A round of letters. Refused: no name, a day that is none."""
    errors: dict[str, str] = {}
    days: dict[str, date | None] = {}
    for name in ("starts_on", "ends_on", "sign_by"):
        text = texts.get(name, "")
        try:
            days[name] = date.fromisoformat(text) if text else None
        except ValueError:
            errors[name] = "letter.day_unreadable"
    if not texts.get("label"):
        errors["label"] = "letter.label_length"
    if not days.get("starts_on") and "starts_on" not in errors:
        errors["starts_on"] = "letter.day_unreadable"
    starts_on = days.get("starts_on")
    if errors or starts_on is None:
        raise Invalid(errors)
    return NewRound(texts.get("kind", ""), texts["label"], starts_on, days["ends_on"], days["sign_by"])


def parse_choices(ticks: Sequence[str]) -> tuple[Choice, ...]:
    """The letters that were ticked, each once. Refused: none, more than `MOST_TOGETHER`, what no tick of ours says."""
    found = dict(_choice(one) for one in ticks)
    if not found:
        raise Invalid({"letters": "letter.none_ticked"})
    if len(found) > MOST_TOGETHER:
        raise Invalid({"letters": "letter.too_many_ticked"}, most=MOST_TOGETHER)
    return tuple(Choice(letter_id, seen) for letter_id, seen in found.items())


def _choice(tick: str) -> tuple[int, str]:
    number, _, seen = tick.partition(":")
    if not number.isascii() or not number.isdigit() or len(number) > 9 or len(seen) > DIGEST:
        raise Invalid({"letters": "letter.none_ticked"})
    return int(number), seen
