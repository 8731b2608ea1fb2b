"""The code of a letter as people write it, and the year of an archive. Pure."""

import re
import unicodedata

from portal.core.refusals import Invalid, Refused

WHOLE = 32
FEWEST = 12
"""Characters that are enough where no other letter begins with them: 48 bits, as printed on paper (F18)."""
BETWEEN = re.compile(r"[\s\-\u2010-\u2015\u2212\u00b7.]+")
_CODE = re.compile(rf"[0-9a-f]{{{FEWEST},{WHOLE}}}")
_YEAR = re.compile(r"20[0-9]{2}")
NUMBER = re.compile(r"\u5b89\u8d23\u3014(\d{4})\u3015(\d{1,9})\u53f7")


def is_code(text: str) -> bool:
    """Whether this has the shape of a whole code."""
    return len(text) == WHOLE and _CODE.fullmatch(text) is not None


def parse_code(typed: str) -> str:
    """A code, or its beginning, as it was copied from paper: in groups or not, in any case, or as the whole address.

    Refused: anything else than 12 to 32 hexadecimal characters.
    """
    plain = unicodedata.normalize("NFKC", typed).strip().rstrip("/")
    found = BETWEEN.sub("", plain.rpartition("/")[2].partition("?")[0]).lower()
    if not _CODE.fullmatch(found):
        raise Invalid({"code": "letter.code_malformed"})
    return found


def parse_number(text: str | None) -> tuple[int, int] | None:
    """The year and the running number of a letter's number; None for anything else."""
    found = NUMBER.fullmatch(text or "")
    return (int(found[1]), int(found[2])) if found else None


def parse_year(text: str, *, this: int) -> int:
    """The year of an archive, this one when none is named. Refused: what is no year."""
    if not text:
        return this
    if not _YEAR.fullmatch(text):
        raise Refused("letter.no_such_year")
    return int(text)
