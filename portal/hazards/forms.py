"""From what a browser sent to what a service takes: typed commands, or the fields that are wrong (`Invalid`)."""

from datetime import date, datetime, time
from typing import Protocol

from portal.core.clock import at_local
from portal.core.refusals import Invalid
from portal.hazards.rules import Level, Status, level_of
from portal.hazards.services import Move, NewPhoto, Report

MOST_PHOTOS = 3
YEARS = range(2000, 2100)  # a date near the ends of the calendar has no day before or after it to reckon with
LONGEST_TITLE = 100


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
        due_at=due_from(form.get("due_at") or form.get("due")), interim=form.get("interim_measure") or None,
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


def due_from(text: str, *, field: str = "due_at") -> datetime | None:
    """A date (its end of work, 18:00) or a date with an hour, as Shanghai reads it; None when nothing was given."""
    if not text:
        return None
    try:
        moment = (
            datetime.combine(date.fromisoformat(text), time(18)) if len(text) == 10 else datetime.fromisoformat(text)
        )
        if moment.year not in YEARS:
            raise Invalid({field: "hazard.bad_date"})
        return at_local(moment.date(), moment.time()) if moment.tzinfo is None else moment
    except (ValueError, OverflowError):
        raise Invalid({field: "hazard.bad_date"}) from None


def parse_steps(form: Texts) -> tuple[tuple[str, datetime | None], ...]:
    """Steps of a plan: `step` and `step_due` as pairs; a line without words is no step."""
    titles, dues = form.all("step"), form.all("step_due")
    return tuple(
        (title[:120], due_from(dues[place]) if place < len(dues) else None) for place, title in enumerate(titles)
    )
