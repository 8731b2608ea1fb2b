"""What addresses and forms of this room ask for: text in, ids or coded errors out. Pure."""

from collections.abc import Mapping

from portal.core.refusals import Refused
from portal.grids.rules import parse_id


def part_of(asked: Mapping[str, str]) -> int | None:
    """The branch that an address asks for; nothing for whatever is no number."""
    return parse_id(asked.get("part", ""))


def parse_pair(texts: Mapping[str, str]) -> tuple[int, int]:
    """The two people whose names look alike."""
    one, other = parse_id(texts.get("one", "")), parse_id(texts.get("other", ""))
    if one is None or other is None:
        raise Refused("coverage.pair_missing")
    return one, other
