"""The forms of how letters are kept: texts in, typed commands or coded errors out (`Invalid`)."""

from collections.abc import Mapping

from portal.core.refusals import Invalid
from portal.letters.lasting.rules import FEWEST_YEARS, MOST_YEARS

LONGEST_WHERE = 120


def parse_years(texts: Mapping[str, str]) -> int:
    """For how many years files are kept."""
    text = texts.get("years", "")
    if not (text.isascii() and text.isdigit() and len(text) < 4 and FEWEST_YEARS <= int(text) <= MOST_YEARS):
        raise Invalid({"years": "letter.years_out_of_range"}, fewest=FEWEST_YEARS, most=MOST_YEARS)
    return int(text)


def parse_where(texts: Mapping[str, str]) -> str:
    """Where an archive lies."""
    where = texts.get("where", "")
    if not where:
        raise Invalid({"where": "letter.where_missing"})
    if len(where) > LONGEST_WHERE:
        raise Invalid({"where": "letter.where_long"})
    return where


def parse_removal(texts: Mapping[str, str]) -> tuple[int, int]:
    """Which year, and how many letters the page told."""
    year, count = (texts.get(name, "") for name in ("year", "count"))
    if not all(one.isascii() and one.isdigit() and len(one) < 6 for one in (year, count)):
        raise Invalid({"removal": "letter.nothing_to_remove"})
    if not texts.get("checked"):
        raise Invalid({"removal": "letter.removal_unticked"})
    return int(year), int(count)
