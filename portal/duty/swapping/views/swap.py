"""The page of one swap: what it is, what speaks against it, what this person may do, what happened."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from portal.audit.queries import StoryLine
from portal.duty.swapping import labels
from portal.duty.swapping.queries import Around, Swapped
from portal.duty.swapping.rules import OF_THE_OFFICE, Act, State, acts_of, on_behalf_of, standing
from portal.duty.swapping.services.checking import against_swap
from portal.duty.swapping.views.lists import swap_card
from portal.duty.swapping.views.reader import Reader
from portal.web.again import Typed
from portal.web.stories import sentence_of

MAIN = frozenset({Act.ACCEPT, Act.APPROVE})
WITH_REASON = frozenset({Act.APPROVE, Act.REFUSE, Act.DECLINE, Act.UNDO})


@dataclass(frozen=True, slots=True)
class ActForm:
    """One legal act as a form: its button, for whom, and whether it takes a reason."""

    act: str
    text: str
    main: bool
    people: tuple[tuple[str, str], ...]
    takes_reason: bool
    hint: str
    must: bool


class Told(NamedTuple):
    """A line of the story."""

    at: datetime
    who: str
    text: str
    quotes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SwapView:
    """One swap: both shifts, who is asked, what speaks against it, what this person may do, what happened."""

    id: int
    version: int
    title: str
    state: str
    is_open: bool
    urgent: str
    until: str
    gives: str
    back: str
    giver: str
    asked: tuple[tuple[str, str], ...]
    reason: str
    answer: str
    against: tuple[str, ...]
    acts: tuple[ActForm, ...]
    why_not: str
    history: tuple[Told, ...]
    typed: Typed = field(default_factory=Typed)


def swap_view(
    one: Swapped, around: Around, history: Iterable[StoryLine], names: Mapping[int, str], reader: Reader,
    typed: Typed | None = None,
) -> SwapView:  # fmt: skip
    """The page of a swap."""
    card, row, say = swap_card(one, reader), one.row, reader.words.say
    state = standing(one.swap, reader.at)
    is_open = state in (State.ASKED, State.ACCEPTED)
    against = _against(one, around, reader) if is_open or state is State.APPROVED else ()
    return SwapView(
        id=row.id, version=row.version, title=card.title, state=card.state, is_open=is_open, urgent=card.urgent,
        until=card.lines[-1] if is_open else "", gives=reader.duty(row.gives),
        back=reader.duty(row.back) if row.back else say(labels.NOTHING_IN_RETURN), giver=row.from_name,
        asked=tuple((offer.name, _said(offer.person_id, one, reader)) for offer in one.offers),
        reason=row.reason, answer=row.answer, against=against,
        acts=tuple(_act_form(act, one, reader, bool(against)) for act in _acts(one, reader)),
        why_not=_why_not(one, reader), history=tuple(told(line, names, reader) for line in history),
        typed=typed or Typed(),
    )  # fmt: skip


def _acts(one: Swapped, reader: Reader) -> tuple[Act, ...]:
    return acts_of(one.swap, reader.mover, reader.at)


def _why_not(one: Swapped, reader: Reader) -> str:
    """Why somebody who keeps the book does not find "approve" here."""
    waits = reader.is_office and standing(one.swap, reader.at) is State.ACCEPTED
    return reader.why("duty.swap_only_party") if waits and Act.APPROVE not in _acts(one, reader) else ""


def _said(person_id: int, one: Swapped, reader: Reader) -> str:
    say, offer = reader.words.say, next(offer for offer in one.offers if offer.person_id == person_id)
    if offer.declined_at is not None:
        return offer.answer or say(labels.ACTS[Act.DECLINE])
    return say(labels.ACTS[Act.ACCEPT]) if one.swap.to_person == person_id else ""


def _against(one: Swapped, around: Around, reader: Reader) -> tuple[str, ...]:
    """What speaks against it, person by person; while several are asked, of each of them."""
    takers = sorted(one.swap.offered) if one.swap.state is State.ASKED else [one.row.to_person_id]
    names = {offer.person_id: offer.name for offer in one.offers} | {one.row.from_person_id: one.row.from_name}
    found: dict[int, list[str]] = {}
    for taker in takers:
        for clash in against_swap(one.row, around, taker=taker):
            found.setdefault(clash.person_id, []).append(reader.clash(clash, around))
    say = reader.words.say
    return tuple(
        say(labels.PERSON_AGAINST, name=names.get(person, ""), text=reader.together(texts))
        for person, texts in found.items()
    )


def _act_form(act: Act, one: Swapped, reader: Reader, speaks: bool) -> ActForm:
    say, text = reader.words.say, reader.words.say(labels.ACTS[act])
    people = on_behalf_of(one.swap, act, reader.mover) if act not in OF_THE_OFFICE else frozenset()
    others = () if reader.person_id in people else tuple(sorted(people))
    names = {offer.person_id: offer.name for offer in one.offers} | {one.row.from_person_id: one.row.from_name}
    if len(others) == 1:
        text = say(labels.FOR_SOMEBODY, name=names.get(others[0], ""), act=text)
    return ActForm(
        str(act), text, act in MAIN and not others, tuple((str(one), names.get(one, "")) for one in others),
        act in WITH_REASON and (speaks or act is not Act.APPROVE),
        say(labels.HINTS[act]) if act in labels.HINTS else "", act is Act.REFUSE or (act is Act.APPROVE and speaks),
    )  # fmt: skip


def told(line: StoryLine, names: Mapping[int, str], reader: Reader) -> Told:
    """A line of the story in words."""
    person = line.facts.get("person_id")
    facts = {**line.facts, "person": "" if person == line.actor_id else names.get(person or 0, "")}
    texts = json.loads(line.texts) if line.texts else {}
    return Told(line.at, line.actor or "", sentence_of(line.kind, facts, reader.words.say), tuple(texts.values()))
