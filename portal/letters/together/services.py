"""Several letters signed with one proof of identity: each by itself, in a transaction of its own (F5, TP2, TP6).

A letter that changed, ended or was signed by another meanwhile is refused by itself; the others are signed. Killed in
the middle, those that are recorded are signed, and the rest wait as before. The key is opened once for a handful, not
once for each.
"""

from collections.abc import AsyncIterator, Sequence
from typing import NamedTuple

from portal.core.actors import Actor
from portal.core.files import FileStore
from portal.core.refusals import Conflict, NotFound, Refused
from portal.letters.queries.letters import Whole, letter_seen
from portal.letters.rules.together import Choice
from portal.letters.sealing import Refusal, SealingFailed, SealingLate, Secret, Signed, sign_many
from portal.letters.services.keys import KeyRow
from portal.letters.services.signing import Place, place_to_sign
from portal.letters.signing_online import Pen, keep, opening, signing_with

HANDFUL = 1_500_000
"""Bytes of files that are in memory at once, about fifteen letters: each is there several times on its way to the key
and back, and a web process is small. The key is opened again for the next handful, which costs a third of a second."""


class Unsigned(NamedTuple):
    """A letter that was not signed, and why. `letter` is None where it is not this person's to see."""

    letter_id: int
    letter: Whole | None
    refusal: Refused


class Outcome(NamedTuple):
    """What came of it: the letters that are signed, and those that are not."""

    signed: tuple[int, ...]
    unsigned: tuple[Unsigned, ...]


class _Ready(NamedTuple):
    place: Place
    pdf: bytes


async def sign_together(
    choices: Sequence[Choice], *, held: KeyRow, secret: Secret, pen: Pen, store: FileStore, by: Actor
) -> Outcome:
    """Signs the letters that were chosen, as far as each still can be; gives what came of each.

    Only what this person has opened is signed, in the very bytes that they saw. Refused: a wrong secret, which is
    counted once however many letters there are; a machine that cannot sign just now, where nothing is signed yet.
    """
    signed, unsigned = list[int](), list[Unsigned]()
    places = [found for one in choices if (found := await _place(one, unsigned, by)) is not None]
    async for handful in _handfuls(places, store, unsigned):
        here = [one.place for one in handful]
        try:
            made = await _made(handful, held, secret, pen, by)
        except SealingLate as late:
            if not signed:
                raise
            made = [Refusal(late.code, late.params)] * len(here)
        for place in here:
            refusal = await _kept(place, made.pop(0), held, pen, store, by)
            if refusal is None:
                signed.append(place.letter.row.id)
            else:
                unsigned.append(Unsigned(place.letter.row.id, place.letter, refusal))
    return Outcome(tuple(signed), tuple(unsigned))


async def _place(choice: Choice, unsigned: list[Unsigned], by: Actor) -> Place | None:
    """Where this letter is signed; None, with its reason among the unsigned, where it cannot be."""
    try:
        return await place_to_sign(choice.letter_id, seen=choice.seen, by=by)
    except NotFound:
        unsigned.append(Unsigned(choice.letter_id, None, Refused("letter.not_here")))
    except Refused as refusal:
        unsigned.append(Unsigned(choice.letter_id, await letter_seen(choice.letter_id, by=by), refusal))
    return None


async def _handfuls(places: Sequence[Place], store: FileStore, unsigned: list[Unsigned]) -> AsyncIterator[list[_Ready]]:
    """The files, a handful at a time; one that is lost or damaged keeps no other from being signed."""
    taken, size = list[_Ready](), 0
    for place in places:
        try:
            pdf = await store.open(place.file_digest)
        except Refused as damaged:
            unsigned.append(Unsigned(place.letter.row.id, place.letter, damaged))
            continue
        if pdf is None:
            unsigned.append(Unsigned(place.letter.row.id, place.letter, Refused("letter.file_missing")))
            continue
        if taken and size + len(pdf) > HANDFUL:
            yield taken
            taken, size = [], 0
        taken.append(_Ready(place, pdf))
        size += len(pdf)
    if taken:
        yield taken


async def _made(handful: list[_Ready], held: KeyRow, secret: Secret, pen: Pen, by: Actor) -> list[Signed | Refusal]:
    signings = [signing_with(pen, one.place, one.pdf, by=by) for one in handful]
    handful.clear()  # the files are in the signings now, and leave the memory with them
    async with opening(held):
        return await sign_many(
            signings, wrapped=held.wrapped, secret=secret, certificate=held.certificate, chain=pen.chain
        )


async def _kept(
    place: Place, done: Signed | Refusal, held: KeyRow, pen: Pen, store: FileStore, by: Actor
) -> Refused | None:
    """Keeps one signature; gives why it was not kept."""
    if isinstance(done, Refusal):
        return SealingFailed(done.code, **done.params)
    try:
        await keep(place, done, held, pen, store=store, by=by)
    except Conflict as beaten:
        return beaten if beaten.code != "core.conflict" else Conflict("letter.changed_since")
    except Refused as refusal:
        return refusal
    return None
