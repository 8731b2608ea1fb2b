"""What the pages of duty show of others: of rooms to their right, whose lenders `app.py` hands over, and of our own."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import NamedTuple

from portal.core.actors import Actor


class Place(NamedTuple):
    """A part of the school that is asked about: its grid, and where that lies in the tree."""

    grid_id: int
    name: str


class Told(NamedTuple):
    """A line: what, in words of the reader's language, where it leads ("" for nowhere), whether it presses."""

    text: str
    href: str = ""
    urgent: bool = False


OpenHere = Callable[[int, Sequence[Place], Actor, str], Awaitable[list[Told]]]
"""`(organisation, places, by, language)` to what is open in them; one statement each, whatever the number of places."""

HandoverLines = Callable[[int, datetime, Actor, str], Awaitable[list[Told]]]
"""`(organisation, at, by, language)` to what whoever takes over has to know; one statement each."""

CardNumbered = Callable[[int, str, Actor], Awaitable[int | None]]
"""`(organisation, number, by)` to the card of a hazard, where everybody of the school may know of it and this person
sees it; one statement."""

CardsTold = Callable[[int, Sequence[int], Actor, str], Awaitable[dict[int, Told]]]
"""`(organisation, cards, by, language)` to a line for each card that this person sees; one statement."""


class Cards(NamedTuple):
    """How the log of duty knows cards of hazards."""

    numbered: CardNumbered
    told: CardsTold


cards: list[Cards] = []
open_here: list[OpenHere] = []
handover_lines: list[HandoverLines] = []


async def open_in(org_id: int, places: Sequence[Place], by: Actor, language: str) -> list[Told]:
    """What is open in the areas of a school, by all lenders."""
    return [line for lender in open_here for line in await lender(org_id, places, by, language)]


async def handed_over(org_id: int, at: datetime, by: Actor, language: str) -> list[Told]:
    """What is handed over, by all lenders."""
    return [line for lender in handover_lines for line in await lender(org_id, at, by, language)]


async def card_numbered(org_id: int, number: str, by: Actor) -> int | None:
    """The card of a school with this number; None where there is none that this person may name."""
    for lender in cards:
        found = await lender.numbered(org_id, number, by)
        if found is not None:
            return found
    return None


async def cards_told(org_id: int, wanted: Sequence[int], by: Actor, language: str) -> dict[int, Told]:
    """Those of the cards that this person sees, in words. No statement for no card."""
    return {key: told for lender in cards if wanted for key, told in
            (await lender.told(org_id, wanted, by, language)).items()}  # fmt: skip
