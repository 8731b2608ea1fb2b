"""The batch of a new school year as it is reviewed."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from portal.changes import labels
from portal.changes.queries.years import TermRow, YearRow
from portal.rendering.i18n import translator
from portal.web.again import Typed


@dataclass(frozen=True, slots=True)
class YearCard:
    """A batch in the list."""

    href: str
    name: str
    school: str
    state: str
    effective_at: datetime


@dataclass(frozen=True, slots=True)
class YearsView:
    """The batches, and the form of a new one."""

    years: tuple[YearCard, ...]
    org_id: int
    school: str
    typed: Typed


@dataclass(frozen=True, slots=True)
class ClassLine:
    """A class with what is chosen for it."""

    grid_id: int
    was: str
    then: str
    then_words: str
    becomes: str


@dataclass(frozen=True, slots=True)
class TermLine:
    """An appointment with what is chosen for it."""

    number: int
    title: str
    person: str
    then: str
    then_words: str
    ends_at: datetime | None


@dataclass(frozen=True, slots=True)
class YearView:
    """The batch."""

    id: int
    version: int
    name: str
    school: str
    state: str
    state_words: str
    handover_on: date
    effective_at: datetime
    seconds: float
    classes: tuple[ClassLine, ...]
    terms: tuple[TermLine, ...]
    fresh: tuple[str, ...]
    counts: tuple[int, int, int, int]
    """Classes that move up, that leave, that are new; appointments that end."""
    class_then: tuple[tuple[str, str], ...]
    term_then: tuple[tuple[str, str], ...]
    may_undo: bool
    typed: Typed


def year_card(year: YearRow, language: str) -> YearCard:
    """A batch in the list."""
    words = translator(language)(labels.YEAR_STATES[year.state])
    return YearCard(f"/school-years/{year.id}", year.name, year.school, words, year.effective_at)


def year_view(year: YearRow, terms: Iterable[TermRow], language: str, *, at: datetime, typed: Typed) -> YearView:
    """The batch with what is chosen in it; names of appointments that are over by now are left out."""
    say, told = translator(language), year.told
    known = {one.id: one for one in terms}
    classes = tuple(
        ClassLine(one.grid_id, one.was, one.then, say(labels.CLASS_THEN[one.then]), one.becomes) for one in told.classes
    )
    lines = tuple(
        TermLine(
            one.appointment_id,
            say(labels.PLACE_POST, grid=known[one.appointment_id].grid, post=known[one.appointment_id].title),
            known[one.appointment_id].person, one.then, say(labels.TERM_THEN[one.then]),
            known[one.appointment_id].ends_at,
        )
        for one in told.terms if one.appointment_id in known
    )  # fmt: skip
    counts = (
        sum(one.then == "up" for one in classes), sum(one.then == "leaves" for one in classes), len(told.fresh),
        sum(one.then == "end" for one in told.terms),
    )  # fmt: skip
    return YearView(
        id=year.id, version=year.version, name=year.name, school=year.school, state=year.state,
        state_words=say(labels.YEAR_STATES[year.state]), handover_on=year.handover_on, effective_at=year.effective_at,
        seconds=(year.effective_at - at).total_seconds(), classes=classes, terms=lines, fresh=told.fresh,
        counts=counts, class_then=tuple((key, say(text)) for key, text in labels.CLASS_THEN.items()),
        term_then=tuple((key, say(text)) for key, text in labels.TERM_THEN.items()),
        may_undo=year.state == "drafted" or (year.state == "applied" and at < year.effective_at), typed=typed,
    )  # fmt: skip
