"""Whose a card is, on its page: why this post is offered, a dispute that waits, who may urge or rule."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from portal.hazards import labels
from portal.hazards.queries.choices import Choice
from portal.responsibilities.rules import Candidate, Duty, Ground

Translate = Callable[..., str]
Options = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class OwningView:
    """What the page shows of it; empty where there is nothing."""

    may_urge: bool = False
    has_urged: bool = False
    may_comment: bool = False
    may_dispute: bool = False
    may_rule: bool = False
    disputed_by: str = ""
    disputed_at: datetime | None = None
    dispute: str = ""
    supervises: str = ""
    informed: str = ""

    @property
    def is_any(self) -> bool:
        """Whether the page has anything of it to show."""
        return self.may_urge or self.may_dispute or self.may_rule or self.may_comment or bool(self.dispute)


def offered(found: Sequence[Candidate], rows: Sequence[Choice], duty: Duty, translate: Translate) -> Options:
    """The posts that may answer, the one that does first, each with the reason beside it (R10, R17, R20)."""
    known = {row.post_id: row for row in rows}
    return tuple(
        (f"post:{one.post_id}", f"{choice_text(row, rows, translate)}{reason(one, row, duty, translate)}")
        for one in found
        if (row := known.get(one.post_id)) is not None
    )


def choice_text(row: Choice, rows: Sequence[Choice], translate: Translate) -> str:
    """A post as a form offers it: where, what, and who answers for it now."""
    there = [other for other in rows if other.post_id == row.post_id and other.person]
    who = next((other.person for other in there if other.is_primary), "") or translate(labels.VACANT)
    return f"{row.grid} {row.title} {who}"


def reason(one: Candidate, row: Choice, duty: Duty, translate: Translate) -> str:
    """Why it is this post, in a few words."""
    ground = "level" if one.ground is Ground.KEEPS and duty.level else str(one.ground)
    level = translate(labels.LEVELS_OF_DUTY.get(duty.level, labels.LEVELS_OF_DUTY["room"]))
    return translate(labels.BECAUSE[ground], grid=row.grid, level=level)


def first_there(found: Sequence[Candidate], rows: Sequence[Choice]) -> str:
    """The value that a form starts with: the first who is there, else the first post at all."""
    known = {row.post_id for row in rows}
    fit = [one for one in found if one.post_id in known]
    first = next((one for one in fit if one.held is not None), fit[0] if fit else None)
    return f"post:{first.post_id}" if first else ""
