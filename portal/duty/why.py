"""Why a date is the date it is, in a sentence: for whatever page shows a due time (R61, B12)."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from typing import Any

from portal.core.clock import local
from portal.duty import labels
from portal.duty.rules import Part
from portal.rendering.i18n import translator
from portal.rendering.labels import LEVELS
from portal.rendering.moments import day_text, moment_text


def why_this_date(trace: Iterable[Part], *, at: datetime, language: str) -> str:
    """The stored trace as one sentence, in the reader's language; nothing for an empty trace."""
    translate = translator(language)
    clauses = [translate(labels.TRACE[part.code], **_spoken(part.params, at, language)) for part in trace]
    return translate(labels.END, text=translate(labels.BETWEEN).join(clauses)) if clauses else ""


def _spoken(params: Mapping[str, Any], at: datetime, language: str) -> dict[str, Any]:
    """The parameters of a clause as people say them."""
    translate, today = translator(language), local(at).date()
    say: dict[str, Callable[[Any], str]] = {
        "level": lambda level: translate(LEVELS[level]),
        "at": lambda moment: moment_text(datetime.fromisoformat(moment), at=at, language=language),
        "names": lambda names: translate(labels.AND).join(translate(labels.HOLIDAYS.get(name, name)) for name in names),
        "dates": lambda days: translate(labels.AND).join(
            day_text(date.fromisoformat(day), today=today, language=language) for day in days
        ),
        "years": lambda years: translate(labels.AND).join(map(str, years)),
    }
    return {name: say[name](value) if name in say else value for name, value in params.items()}
