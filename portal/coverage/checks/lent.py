"""Checks that other rooms lend: hours without anybody on duty, unfinished sheets, missing boards."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from portal.core.provided import Check, CoverageCheck


class CheckWords(NamedTuple):
    """A check in words: what is missing, that nothing is, and the action (messages of the lender's labels)."""

    title: str
    fine: str
    action: str


class Lent(NamedTuple):
    """What a room lends: the question, and the words for each code that it answers with."""

    ask: CoverageCheck
    words: dict[str, CheckWords]


_lent: list[Lent] = []


def use_checks(*lent: Lent) -> None:
    """Sets whose checks stand on the page, in this order; called in `app.py` only. Doing it twice changes nothing."""
    _lent[:] = lent


def words_of(code: str, own: dict[str, CheckWords]) -> CheckWords:
    """The words of a check, whoever's it is."""
    return own.get(code) or next(one.words[code] for one in _lent if code in one.words)


async def lent_checks(org_id: int, *, at: datetime, language: str) -> list[Check]:
    """Every lent check of an organisation: as many statements as the lenders take."""
    found: list[Check] = []
    for one in _lent:
        found += _known(await one.ask(org_id, at, language), one)
    return found


def _known(checks: Iterable[Check], lent: Lent) -> list[Check]:
    return [check for check in checks if check.code in lent.words]
