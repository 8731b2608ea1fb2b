"""What a person answered to the questions of a preview, and what follows from it. Pure."""

import json
from collections.abc import Iterable
from typing import NamedTuple

from portal.core.refusals import Refused
from portal.importing.plan import Plan
from portal.importing.rows import Oddity, Parsed

RENAME = "rename:"
"""Before the id of a question: take the name that was suggested."""


class Answers(NamedTuple):
    """What the person ticked, and the mark of the plan that was looked at (None: nobody looked, a command
    ran)."""

    given: tuple[str, ...] = ()
    seen: str | None = None
    since: str = ""
    """When the import began, in ISO form and UTC: tells one that runs from one whose process died."""
    left_vacant: tuple[Oddity, ...] = ()
    """Once imported: the appointments that were left to somebody else."""

    def dump(self) -> str:
        """As the batch keeps it until the worker comes."""
        return json.dumps([self.given, self.seen, self.since, self.left_vacant])

    @classmethod
    def load(cls, text: str) -> "Answers":
        """What `dump` wrote; a batch that nobody answered yet holds `{}`."""
        raw = json.loads(text)
        if not raw:
            return cls()
        given, seen, since, *more = raw  # a batch of an earlier release has three
        return cls(tuple(given), seen, since, tuple(Oddity(*each) for each in (more[0] if more else ())))


def check_answers(plan: Plan, answers: Iterable[str]) -> None:
    """Refuses while something has to be mended, something is not confirmed, or nothing is to be done.

    A question is confirmed by its id, or together with all others of its code by the code.
    """
    given = set(answers)
    if plan.errors:
        raise Refused("import.has_errors", count=len(plan.errors))
    unanswered = [question for question in plan.questions if not is_answered(question, given)]
    if unanswered:
        raise Refused("import.questions_open", count=len(unanswered))
    if not plan.total:
        raise Refused("import.nothing_to_do")


def is_answered(question: Oddity, answers: set[str]) -> bool:
    """Confirmed singly, by its code, or by taking the suggested name."""
    return bool({question.id, question.code, RENAME + question.id} & answers)


def renamed(parsed: Parsed, plan: Plan, answers: Iterable[str]) -> Parsed:
    """The rows with the suggested names that were taken."""
    given = set(answers)
    names = {
        (question.sheet, question.row): str(question.params["suggestion"])
        for question in plan.questions
        if "suggestion" in question.params and RENAME + question.id in given
    }
    rows = tuple(row._replace(name=names.get((row.sheet, row.number), row.name)) for row in parsed.rows)
    return parsed._replace(rows=rows)
