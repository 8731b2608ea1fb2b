"""The history of a grid, a post or a person as sentences. Rooms to the right add their own words in `app.py`."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from portal.grids import labels
from portal.grids.queries import NamedPerson, Told
from portal.rendering.i18n import Translate, translator

sentences: dict[str, str] = dict(labels.EVENTS)
"""Event kind → sentence for stories; rooms to the right add their own in `app.py`."""

field_words: dict[str, Mapping[str, str]] = {"grid": labels.FIELDS}
"""What an event is about (the first part of its kind) → words of its columns: a name is one thing of a place,
another of a person. Filled in `app.py`."""


@dataclass(frozen=True, slots=True)
class StoryView:
    """A line of the history: when, who, what, and the old and new words."""

    at: datetime
    who: str
    text: str
    notes: tuple[str, ...]


def people_in(told: Iterable[Told]) -> set[int]:
    """The ids of the people that a story speaks of."""
    found = (json.loads(row.details).get("person_id") for row in told)
    return {person_id for person_id in found if isinstance(person_id, int)}


def story_views(
    told: Iterable[Told], people: Mapping[int, NamedPerson], language: str, *, knows_pupils: bool
) -> tuple[StoryView, ...]:
    """The history as sentences, newest first. A kind without a sentence is another room's and is left out."""
    say = translator(language)
    texts: dict[int, dict[str, str]] = {}
    events: dict[int, Told] = {}
    for row in told:
        events.setdefault(row.id, row)
        if row.field is not None:
            texts.setdefault(row.id, {})[row.field] = row.body or ""
    return tuple(
        StoryView(
            row.at, row.actor or say(labels.VIA.get(row.via, labels.VIA["web"])),
            _sentence(row, people, say, knows_pupils=knows_pupils), _notes(row.kind, texts.get(row.id, {}), say),
        )
        for row in events.values() if row.kind in sentences
    )  # fmt: skip


def _sentence(row: Told, people: Mapping[int, NamedPerson], say: Translate, *, knows_pupils: bool) -> str:
    details: dict[str, Any] = json.loads(row.details)
    person = people.get(details.get("person_id", 0))
    name = (
        say(labels.PUPIL) if person and person.kind == "pupil" and not knows_pupils else person.name if person else ""
    )
    words = say(labels.AND).join(say(_field(row.kind, key)) for key in details.get("fields", ()))
    return say(sentences[row.kind], **{**details, "post": row.post or "", "person": name, "fields": words})


BOOLEAN = frozenset({"is_key_spot", "is_heading", "is_accountable"})
value_words: dict[str, Mapping[str, str]] = {}
"""Words for columns whose events keep codes (a post's role); filled in `app.py`."""


def _field(kind: str, name: str) -> str:
    return field_words.get(kind.partition(".")[0], {}).get(name, name)


def _notes(kind: str, texts: Mapping[str, str], say: Translate) -> tuple[str, ...]:
    """`name_was` and `name_now` as one line: the field, the old words, the new ones."""
    names = [key.removesuffix("_now") for key in texts if key.endswith("_now")]
    names += [key.removesuffix("_was") for key in texts if key.endswith("_was")]
    return tuple(
        say(
            labels.CHANGE, field=say(_field(kind, name)), was=_value(name, texts.get(f"{name}_was", ""), say),
            becomes=_value(name, texts.get(f"{name}_now", ""), say),
        )
        for name in dict.fromkeys(names)
    )  # fmt: skip


def _value(name: str, text: str, say: Translate) -> str:
    if name in BOOLEAN:
        return say(labels.YES if text == "1" else labels.NO)
    return say(value_words.get(name, {}).get(text, text)) if text else say(labels.NOTHING)
