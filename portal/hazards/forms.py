"""From what a browser sent to what a service takes: typed commands, or the fields that are wrong (`Invalid`)."""

from datetime import date, datetime, time
from typing import Protocol

from portal.core.clock import at_local
from portal.core.refusals import Invalid
from portal.hazards.rules import Level, Status, level_of
from portal.hazards.rules.plan import MOST_STEPS, PlanStep
from portal.hazards.services import Move, NewPhoto, Report

MOST_PHOTOS = 3
YEARS = range(2000, 2100)  # a date near the ends of the calendar has no day before or after it to reckon with
LONGEST_TITLE = 100
BY_RULE = "rule"
"""In place of a post or person: whoever answers for the category by the matrix and the tree."""


class Texts(Protocol):
    """What a form is read through (`portal.web.forms.Form` fits)."""

    def get(self, name: str, default: str = "") -> str: ...
    def all(self, name: str) -> list[str]: ...


def number(text: str) -> int | None:
    """A row's id, or None for anything that is no small whole number."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def parse_report(form: Texts, photos: tuple[NewPhoto, ...]) -> Report:
    """The report form. Needs a place and one line; refuses an unknown level."""
    errors = {}
    grid_id = number(form.get("grid_id"))
    title = " ".join(form.get("title").split())
    level = form.get("level")
    if grid_id is None:
        errors["grid_id"] = "hazard.unknown_place" if form.get("place") else "hazard.need_place"
    if not title:
        errors["title"] = "hazard.need_title"
    elif len(title) > LONGEST_TITLE:
        errors["title"] = "hazard.title_too_long"
    if level and level not in set(Level):
        errors["level"] = "hazard.unknown_level"
    if errors or grid_id is None:
        raise Invalid(errors)
    return Report(
        grid_id=grid_id, title=title, level=Level(level) if level else None, category=form.get("category") or None,
        interim=form.get("interim_measure") or None, confidential=form.get("confidential") == "1", photos=photos,
        key=form.get("key")[:40],
    )  # fmt: skip


def parse_move(form: Texts, photos: tuple[NewPhoto, ...], duplicate_of_id: int | None = None) -> Move:
    """The form of a move: `to`, `version`, and the fields of its arrow. What is missing is the rule's word."""
    to, version = form.get("to"), number(form.get("version"))
    if to not in set(Status) or version is None:
        raise Invalid({"to": "hazard.no_such_move"})
    post_id, person_id = responsible(form.get("responsible"))
    likelihood, severity, level = level_from(form)
    return Move(
        to=Status(to), version=version, category=form.get("category") or None, level=level, likelihood=likelihood,
        severity=severity, responsible_post_id=post_id, responsible_person_id=person_id,
        by_rule=form.get("responsible") == BY_RULE, due_at=due_from(form.get("due_at") or form.get("due")),
        interim=form.get("interim_measure") or None,
        plan_measure=form.get("plan_measure") or None, plan_money=form.get("plan_money") or None,
        plan_contingency=form.get("plan_contingency") or None, outcome=form.get("outcome") or None,
        reason=form.get("reason") or None, duplicate_of_id=duplicate_of_id, measure=form.get("measure") or None,
        photos=photos, conclusion=form.get("conclusion") or None, watcher_id=number(form.get("watcher")),
        receivers=tuple(sorted({found for text in form.all("receivers") if (found := number(text))})),
        over_reason=form.get("over_reason") or None,
    )  # fmt: skip


def responsible(text: str) -> tuple[int | None, int | None]:
    """ "post:12" or "person:5" as `(post, person)`."""
    kind, _, rest = text.partition(":")
    found = number(rest)
    return (found, None) if kind == "post" else (None, found) if kind == "person" else (None, None)


def level_from(form: Texts) -> tuple[int | None, int | None, Level | None]:
    """Likelihood, severity and the level: by two taps, or said directly."""
    likelihood, severity = number(form.get("likelihood")), number(form.get("severity"))
    said = form.get("level")
    if likelihood in (1, 2, 3) and severity in (1, 2, 3):
        return likelihood, severity, level_of(likelihood, severity)
    if said and said not in set(Level):
        raise Invalid({"level": "hazard.unknown_level"})
    return None, None, Level(said) if said else None


def due_from(text: str, *, field: str = "due_at", hour: time = time(18)) -> datetime | None:
    """A date (its end of work, 18:00, or another hour) or a date with an hour, in Shanghai; None for nothing."""
    if not text:
        return None
    try:
        moment = datetime.combine(date.fromisoformat(text), hour) if len(text) == 10 else datetime.fromisoformat(text)
        if moment.year not in YEARS:
            raise Invalid({field: "hazard.bad_date"})
        return at_local(moment.date(), moment.time()) if moment.tzinfo is None else moment
    except (ValueError, OverflowError):
        raise Invalid({field: "hazard.bad_date"}) from None


def parse_steps(form: Texts) -> tuple[PlanStep, ...]:
    """Steps of a plan, by row; a row without words is no step. Days before the end go before a date."""
    rows = (_step(form, f"step{place}") for place in range(1, MOST_STEPS + 1))
    return tuple(step for step in rows if step is not None)


def _step(form: Texts, row: str) -> PlanStep | None:
    title, days = " ".join(form.get(f"{row}_title").split())[:120], form.get(f"{row}_days")
    if not title:
        return None
    if days and number(days) is None:
        raise Invalid({"step_days": "hazard.bad_step_days"})
    due = None if days else due_from(form.get(f"{row}_due"), field="step_due")
    return PlanStep(title, due, number(days), number(form.get(f"{row}_who")), number(form.get(f"{row}_id")))
