"""Events as sentences: each room lends its words in `app.py`, and one function puts them together."""

import re
from collections.abc import Callable, Mapping
from typing import Any

EVENTS: dict[str, str] = {}
"""Kind of event → sentence with holes. Filled by `use_event_words`."""

_HOLE = re.compile(r"\{(\w+)\}")


def use_event_words(*rooms: Any) -> None:
    """Merges the EVENTS of each room's labels; the room of the event comes after those that only mention it."""
    for labels in rooms:
        EVENTS.update(getattr(labels, "EVENTS", {}))


def sentence_of(kind: str, facts: Mapping[str, Any], translate: Callable[..., str]) -> str:
    """An event in words. A hole for which the event has no fact stays empty; a kind without words says its own name."""
    message = EVENTS.get(kind)
    if message is None:
        return kind
    holes = set(_HOLE.findall(message))
    return translate(message, **{hole: facts.get(hole, "") for hole in holes}) if holes else translate(message)
