"""The form of several signatures: which letters, each with the digest of the bytes that were shown for it."""

from collections.abc import Sequence

from portal.core.refusals import Invalid
from portal.letters.together.services import Choice

MOST = 50
"""Letters that are signed at once: a few seconds of one person's patience."""
DIGEST = 64


def parse_choices(ticks: Sequence[str]) -> tuple[Choice, ...]:
    """The letters that were ticked, each once. Refused: none, more than `MOST`, what no tick of ours says."""
    found = dict(_choice(one) for one in ticks)
    if not found:
        raise Invalid({"letters": "letter.none_ticked"})
    if len(found) > MOST:
        raise Invalid({"letters": "letter.too_many_ticked"}, most=MOST)
    return tuple(Choice(letter_id, seen) for letter_id, seen in found.items())


def _choice(tick: str) -> tuple[int, str]:
    number, _, seen = tick.partition(":")
    if not number.isascii() or not number.isdigit() or len(number) > 9 or len(seen) > DIGEST:
        raise Invalid({"letters": "letter.none_ticked"})
    return int(number), seen
