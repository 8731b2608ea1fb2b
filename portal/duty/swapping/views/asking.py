"""The page that asks for a swap: who is free, who is not and why, and what could be done in return."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from portal.duty.queries import SeenShift
from portal.duty.rules import Duty
from portal.duty.swapping import labels
from portal.duty.swapping.queries import Around
from portal.duty.swapping.rules import Offer, fitting, offers, speaks_against, whose
from portal.duty.swapping.views.reader import Reader
from portal.duty.views.words import hours_text
from portal.web.again import Typed

MOST_BACK = 24
FEW = 8
FEW_BACK = 6


class OfferLine(NamedTuple):
    """Somebody who could do it, with what is said beside the name."""

    id: int
    name: str
    note: str
    phone: str = ""


@dataclass(frozen=True, slots=True)
class AskView:
    """The form that asks: whom (those who are free first), or which shift of theirs in exchange."""

    shift_id: int
    what: str
    giver: str
    """Whose shift it is, where somebody asks on their behalf."""
    urgent: bool
    closed: str
    """Why nothing can be asked, or nothing."""
    swap_href: str
    free: tuple[OfferLine, ...]
    others: tuple[OfferLine, ...]
    busy: tuple[OfferLine, ...]
    back: tuple[tuple[str, str, str], ...]
    more_back: tuple[tuple[str, str, str], ...]
    typed: Typed
    people: tuple[str, ...] = ()
    everyone: int = 0
    """How many do such shifts and are free: they may be asked all at once."""


def offer_line(offer: Offer, around: Around, reader: Reader, phone: str = "") -> OfferLine:
    """A name with its post, and what speaks for and against it."""
    say, parts = reader.words.say, [around.staff.people[offer.person.id].title]
    if offer.against:
        parts += [reader.clash(one, around) for one in offer.against]
    else:
        parts += [say(labels.KNOWS)] if offer.knows else []
        parts.append(say(labels.RESTED) if offer.rest is None else say(labels.REST, hours=hours_text(offer.rest)))
    return OfferLine(offer.person.id, offer.person.name, reader.together(part for part in parts if part), phone)


def ask_view(
    shift: SeenShift, around: Around, reader: Reader, *, swap_id: int | None, urgent: bool, typed: Typed,
    people: Sequence[str] = (),
) -> AskView:  # fmt: skip
    """The page that asks for a swap."""
    giver = around.whose(shift.id)
    duty = Duty(shift.starts_at, shift.ends_at, shift.line, shift.id)
    found = offers(duty, around.duties, around.staff, but=(giver,))
    fine = [offer_line(one, around, reader) for one in found if not one.against]
    closed = "duty.swap_nobodys" if giver is None else "duty.swap_too_late" if shift.starts_at <= reader.at else ""
    name = around.opened.name(giver)
    back = tuple(_back(duty, giver, around, reader)) if giver is not None else ()
    return AskView(
        shift.id, reader.duty(duty), "" if giver == reader.person_id else name, urgent, reader.why(closed),
        f"/duty/swaps/{swap_id}" if swap_id else "", tuple(fine[:FEW]), tuple(fine[FEW:]),
        tuple(offer_line(one, around, reader) for one in found if one.against),
        back[:FEW_BACK], back[FEW_BACK:], typed, tuple(people),
        len(fitting(found, shift.line)),
    )  # fmt: skip


def _back(duty: Duty, giver: int, around: Around, reader: Reader) -> Iterable[tuple[str, str, str]]:
    """Shifts of others that could be done in return: those without anything against them first, those of the same lane
    before those of the same role elsewhere."""
    fit = {one.person.id: one.person.name for one in offers(duty, around.duties, around.staff, but=(giver,))}
    found = []
    for shift in around.shifts:
        other = whose(around.opened.book, shift)
        if other in fit and shift.role == duty.line.role and shift.starts_at > reader.at:
            back = Duty(shift.starts_at, shift.ends_at, shift.line, shift.id)
            against = [
                *speaks_against(other, duty, around.duties.get(other, ()), around.staff.terms, gives=shift.id),
                *speaks_against(giver, back, around.duties.get(giver, ()), around.staff.terms, gives=duty.shift_id),
            ]  # fmt: skip
            found.append((bool(against), shift.line != duty.line, shift.starts_at, shift.id, fit[other], against, back))
    for bad, _, _, shift_id, name, against, back in sorted(found, key=lambda one: one[:4])[:MOST_BACK]:
        names = {giver: around.staff.people[giver].name if giver in around.staff.people else ""} | fit
        texts = [
            reader.words.say(labels.PERSON_AGAINST, name=names.get(one.person_id, ""), text=reader.clash(one, around))
            for one in against
        ]
        yield (
            str(shift_id), f"{name} {reader.duty(back)}",
            reader.together(texts) if bad else reader.words.say(labels.NOTHING_AGAINST),
        )  # fmt: skip
