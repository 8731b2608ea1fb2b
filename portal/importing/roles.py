"""What a title in the table means in the portal: a role code and how far it reaches. Pure; the table is
`words.toml`."""

from typing import NamedTuple

from portal.importing.words import Reach, key, words


class Meaning(NamedTuple):
    """One role code and its reach: "grid" = the grid with all below it, "school" = the whole school."""

    role: str
    reach: Reach
    is_known: bool = True


UNKNOWN_TITLE = Meaning("member", "grid", is_known=False)
"""A title nobody has told us about gives no rights: a member, until the school says more."""

ACCOUNTABLE = frozenset({"principal", "safety_officer", "chief", "keeper", "class_teacher"})
"""Roles whose post answers for its grid; deputies, members and pupils do not."""


def meaning_of(title: str, kind: str) -> Meaning:
    """The role and reach of this title on a grid of this kind."""
    wanted = key(title)
    for rule in words().roles:
        if wanted in rule.titles and (not rule.kinds or kind in rule.kinds):
            return Meaning(rule.role, rule.reach)
    return UNKNOWN_TITLE
