"""The story of a hazard in sentences: what happened, to whom it was told, what people wrote."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from portal.audit.queries import StoryLine
from portal.hazards import labels
from portal.rendering.i18n import translator
from portal.rendering.moments import moment_text

MOMENTS = ("was", "now", "until", "next_check")


@dataclass(frozen=True, slots=True)
class EventView:
    """One line of the story."""

    at: datetime
    who: str
    text: str
    quotes: tuple[tuple[str, str], ...]


def people_told(story: Iterable[StoryLine]) -> set[int]:
    """Everybody whom the story names as told by the clock: their names are read with the others."""
    return {person for line in story if line.kind == "hazard.told_higher" for person in line.facts["people"]}


def story_view(
    story: Iterable[StoryLine], names: Mapping[int, str], *, at: datetime, language: str
) -> tuple[EventView, ...]:
    """The lines of the story; of several that tell higher at one moment one line with everybody in it."""
    lines = _together(list(story))
    return tuple(_event(line, facts, names, at, language) for line, facts in lines)


def _together(story: list[StoryLine]) -> list[tuple[StoryLine, dict[str, Any]]]:
    found: list[tuple[StoryLine, dict[str, Any]]] = []
    for line in story:
        facts = line.facts
        before = found[-1][0] if found else None
        if before and line.kind == before.kind == "hazard.told_higher" and before.at == line.at:
            people = found[-1][1]["people"]
            people += [person for person in facts["people"] if person not in people]
        else:
            found.append((line, facts))
    return found


def _event(line: StoryLine, facts: dict[str, Any], names: Mapping[int, str], at: datetime, language: str) -> EventView:
    translate = translator(language)
    message = labels.UNDONE if facts.get("undoes") else labels.EVENTS[line.kind]
    text = translate(message, **_words(line.kind, facts, names, at, language))
    if facts.get("level"):
        text += translate(labels.COMMA) + translate(labels.LEVELS[facts["level"]])
    if facts.get("outcome"):
        text += translate(labels.COMMA) + translate(labels.OUTCOME[facts["outcome"]])
    return EventView(line.at, line.actor or translate(labels.BY_SYSTEM), text, _quotes(line, translate))


def _words(
    kind: str, facts: Mapping[str, Any], names: Mapping[int, str], at: datetime, language: str
) -> dict[str, str]:
    """What the sentence of an event needs put in."""
    translate = translator(language)
    words = {key: translate(labels.STATUS[facts[key]]) for key in ("came_from", "went_to") if key in facts}
    for key in MOMENTS:
        if isinstance(facts.get(key), str):
            words[key] = moment_text(datetime.fromisoformat(facts[key]), at=at, language=language)
    if kind == "hazard.told_higher":
        told = [names[person] for person in facts["people"] if person in names]
        words["people"] = translate(labels.LIST_COMMA).join(told) or translate(labels.ABOVE)
    return words


def _quotes(line: StoryLine, translate: Callable[..., str]) -> tuple[tuple[str, str], ...]:
    written = json.loads(line.texts) if line.texts else {}
    return tuple(
        (translate(labels.TEXT_FIELDS[key]), body)
        for key, body in written.items()
        if key in labels.TEXT_FIELDS and key != "title"
    )
