"""The forms of an import, as typed values. Pure."""

from collections.abc import Iterable
from typing import NamedTuple

from portal.core.refusals import Conflict

ANSWER = "answer"


class Apply(NamedTuple):
    """What the preview's form sends: the version and the plan that were looked at, and the ticks."""

    version: int
    seen: str
    answers: tuple[str, ...]


def number(text: str) -> int:
    """The version in a form; a form without one knows nothing of how things stand, which is a conflict."""
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise Conflict()
    return int(text)


def page_number(text: str) -> int:
    """The page of an address; 1 for anything that is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 1


def parse_apply(version: str, seen: str, answers: Iterable[str]) -> Apply:
    """The preview's form. Without a mark the plan counts as not looked at, and the service refuses it."""
    return Apply(number(version), seen[:64] or "-", tuple(answers))
