"""Wordings: the clauses of each kind of letter as data, with places for facts (`{grid}`), and how they are filled.

A wording is plain text, never code: a place is a name in braces, nothing more can stand there.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from portal.core.refusals import Refused
from portal.letters.document.labels import PROVISIONS, VARIABLES
from portal.letters.document.text import (
    DIGEST_MARK,
    KINDS_OF_SIGNATURE,
    OWN,
    SEAL,
    Clause,
    Duty,
    LetterText,
    Party,
    Provision,
    SignatureField,
    TextTable,
    built,
)

FOLDER = Path(__file__).parent / "wordings"
PLACE = re.compile(r"\{(\w+)\}")
COMMA = "\u3001"
MOST = 40_000  # characters: what is longer nobody reads, and whoever made it so may mean harm (TR4)
PIECE = 20  # and so many for each piece: ten thousand lines of one character are long as well
LATER = frozenset({DIGEST_MARK.strip("{}")})

MUST_GIVE = ("authority", "time", "training")
PARTS = ("giver", "taker", "witness", SEAL)
PUPILS = "class"
PUPILS_ARE_GIVEN = ("notice", "protection", "privacy")  # what a school owes to children is no time and no money


@dataclass(frozen=True)
class Variant:
    """What is different for one sort of holder: guards at the gate, the canteen.

    It is for posts of one of its roles, and for those whose title or place holds one of its words.
    """

    name: str
    title: str
    standing: tuple[str, ...] = ()
    provisions: tuple[Provision, ...] = ()
    words: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()

    def fits(self, role: str, said: str) -> bool:
        """Whether a post of this role, of which this is said, takes this variant."""
        return role in self.roles or any(word in said for word in self.words)


@dataclass(frozen=True)
class Wording:
    """The words of one kind of letter in one edition.

    `defaults` fill what nobody has said otherwise; `signing` says in the clause on signing what each kind of signature
    proves; `open_period` is the clause on the period where no end is set; a clause may name a table by its key.
    """

    kind: str
    edition: int
    name: str
    title: str
    opening: str
    parts: dict[str, str]
    day: str
    defaults: dict[str, str]
    clauses: tuple[Clause, ...]
    open_period: str
    standing: tuple[str, ...]
    provisions: tuple[Provision, ...]
    signing: dict[str, str]
    note: str
    tables: tuple[TextTable, ...] = ()
    variants: tuple[Variant, ...] = field(default=())

    def variant_for(self, role: str, said: str) -> str | None:
        """The variant for a post of which this is said; None where all that there are ask for others.

        One that asks for nobody in particular is for everybody else.
        """
        open_to_all = next((one.name for one in self.variants if not one.words and not one.roles), None)
        return next((one.name for one in self.variants if one.fits(role, said)), open_to_all)

    def as_for(self, name: str) -> "Wording":
        """With what is different in this variant; the first one where none is named."""
        if not self.variants:
            return self
        chosen = next((one for one in self.variants if one.name == name), None if name else self.variants[0])
        if chosen is None:
            raise Refused("letter.variant_unknown", name=name)
        given = {one.kind for one in chosen.provisions}
        rest = tuple(one for one in self.provisions if one.kind not in given)
        return replace(
            self,
            title=chosen.title or self.title,
            standing=(*chosen.standing, *self.standing),
            provisions=(*rest, *chosen.provisions),
        )


@cache
def shipped_wordings() -> tuple[Wording, ...]:
    """Those that come with the portal, by kind."""
    return tuple(wording_from(file.read_text("utf-8")) for file in sorted(FOLDER.glob("*.json")))


def wording_from(body: str) -> Wording:
    """A wording of its JSON. Refused: `letter.wording_broken`, with what is wrong; `letter.too_long`."""
    if len(body) > 2 * MOST:
        raise too_long()
    try:
        made = built(Wording, json.loads(body))
        gone = {*PARTS} - made.parts.keys() | {*KINDS_OF_SIGNATURE} - made.signing.keys()
        if gone:
            raise ValueError(f"lacks {sorted(gone)}")
        return made
    except (ValueError, RecursionError) as error:
        raise Refused("letter.wording_broken", why=str(error)[:120]) from None


def wording_json(wording: Wording) -> str:
    """Its canonical JSON, for the register."""
    return json.dumps(asdict(wording), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def lacking(place: str) -> Refused:
    """A fact that is not there: `place` by its code, `name` in the words of the labels, which a page may translate."""
    return Refused("letter.variable_missing", name=VARIABLES.get(place, place), place=place)


def too_long() -> Refused:
    """More than a letter may say."""
    return Refused("letter.too_long", limit=MOST)


def _one_sided(kinds: Sequence[str]) -> Refused:
    return Refused("letter.one_sided", missing=COMMA.join(PROVISIONS[kind] for kind in kinds), kinds=list(kinds))


def check_two_sided(wording: Wording) -> None:
    """A letter that only takes is none: without authority, time and training it is refused (F2)."""
    must = PUPILS_ARE_GIVEN if wording.kind == PUPILS else MUST_GIVE
    keys = {one.key for one in wording.clauses}
    for name in [one.name for one in wording.variants] or [""]:
        given = {one.kind for one in wording.as_for(name).provisions if one.text.strip()}
        missing = [kind for kind in must if kind not in given]
        if missing or "means" not in keys:
            raise _one_sided(missing or must)


def variables_of(wording: Wording) -> list[str]:
    """The facts that its places ask for, in order; those with a default are not asked for."""
    found: dict[str, None] = {}
    for line in _all_lines(wording):
        found |= dict.fromkeys(PLACE.findall(line))
    return [name for name in found if name not in wording.defaults and name not in LATER | {"signing"}]


def filled(wording: Wording, facts: Mapping[str, Any]) -> LetterText:
    """The letter. Refused: `letter.variable_missing` (`place`, `name`), `letter.one_sided`, `letter.variant_unknown`,
    `letter.too_long`.

    Facts: number, school, year, grid, grid_code, role, boundary, key_places, grounds, superior, starts_on, ends_on
    (or None), duties (`Duty`s or pairs), giver, taker and perhaps witness (mappings with unit, post, name), fields
    (mappings with name, part, post, person), signature_kind, code, address, variant, tables, at_once (what the clause
    on the period says of a letter that takes effect at once); and whatever else a place or a default of the wording
    names.
    """
    check_two_sided(wording)
    wording = wording.as_for(str(facts.get("variant") or ""))
    filler = _Filler(wording, facts)
    kind = str(facts.get("signature_kind") or OWN)
    if kind not in KINDS_OF_SIGNATURE:
        raise lacking("signature_kind")
    filler.words["signing"] = filler.line(wording.signing[kind])
    return LetterText(
        kind=wording.kind,
        title=filler.line(wording.title),
        number=filler.must("number"),
        edition=wording.edition,
        school=filler.must("school"),
        year=filler.must("year"),
        opening=filler.line(wording.opening),
        parties=tuple(_parties(wording, facts)),
        grid=filler.must("grid"),
        grid_code=filler.must("grid_code"),
        role=filler.must("role"),
        boundary=filler.must("boundary"),
        key_places=filler.each("key_places"),
        grounds=filler.each("grounds"),
        starts_on=filler.day("starts_on"),
        ends_on=filler.day("ends_on") if facts.get("ends_on") else None,
        duties=tuple(filler.duties()),
        standing=tuple(filler.line(one) for one in wording.standing),
        provisions=tuple(Provision(one.kind, filler.line(one.text)) for one in wording.provisions),
        clauses=tuple(filler.clauses()),
        tables=tuple(_tables(wording, facts, filler)),
        signature_kind=kind,
        fields=tuple(_fields(wording, facts)),
        code=filler.must("code"),
        address=filler.must("address"),
        note=filler.line(wording.note),
        variant=str(facts.get("variant") or ""),
    )


class _Filler:
    """Fills places; what is missing or empty is refused by its name."""

    def __init__(self, wording: Wording, facts: Mapping[str, Any]) -> None:
        self.wording, self.facts = wording, facts
        self.room = MOST
        said = {name: _words(value) for name, value in facts.items() if isinstance(value, str | int | list | tuple)}
        self.words: dict[str, str] = {**wording.defaults, **{name: text for name, text in said.items() if text}}
        for name, words in (("starts_on", "starts"), ("ends_on", "ends")):
            if facts.get(name):
                self.words[words] = self._in_words(self.day(name))

    def line(self, text: str) -> str:
        self.count(text)
        return PLACE.sub(lambda found: found[0] if found[1] in LATER else self.must(found[1]), text)

    def must(self, name: str) -> str:
        found = self.words.get(name, "").strip()
        if not found:
            raise lacking(name)
        self.count(found)
        return found

    def count(self, text: str) -> None:
        """Each piece as it comes: a place that stands there a thousand times is refused before it has unfolded."""
        self.room -= len(text) + PIECE
        if self.room < 0:
            raise too_long()

    def each(self, name: str) -> tuple[str, ...]:
        value = self.facts.get(name)
        many = value if isinstance(value, Sequence) and not isinstance(value, str) else ()
        return tuple(str(one) for one in many) or (self.must(name),)

    def duties(self) -> Iterator[Duty]:
        for one in self.facts.get("duties") or ():
            duty = one if isinstance(one, Duty) else Duty(*one)
            self.count(duty.text)
            yield duty

    def day(self, name: str) -> date:
        value = self.facts.get(name)
        if not isinstance(value, date):
            raise lacking(name)
        return date(value.year, value.month, value.day)

    def clauses(self) -> list[Clause]:
        is_open, at_once = not self.facts.get("ends_on"), str(self.facts.get("at_once") or "")
        made = []
        for one in self.wording.clauses:
            text = self.line(self.wording.open_period if one.key == "period" and is_open else one.text)
            if one.key == "period" and at_once:  # as somebody wrote it: a brace in it is no place
                self.count(at_once)
                text = at_once
            made.append(Clause(one.key, self.line(one.title), text))
        return made

    def _in_words(self, day: date) -> str:
        return (
            self.wording.day.replace("{y}", str(day.year)).replace("{m}", str(day.month)).replace("{d}", str(day.day))
        )


def _words(value: Any) -> str:
    if isinstance(value, list | tuple):
        return COMMA.join(one for one in value if isinstance(one, str))
    return str(value)


def _parties(wording: Wording, facts: Mapping[str, Any]) -> list[Party]:
    made = []
    for part in ("giver", "taker", "witness"):
        found: Mapping[str, Any] | None = facts.get(part)
        if not found and part != "witness":
            raise lacking(part)
        if found:
            unit, post, name = (str(found.get(key) or "") for key in ("unit", "post", "name"))
            if not name and wording.kind != PUPILS:  # a class letter is signed by many: nobody stands in it
                raise lacking(part)
            made.append(Party(part, wording.parts[part], unit, post, name))
    return made


def _fields(wording: Wording, facts: Mapping[str, Any]) -> list[SignatureField]:
    asked: Sequence[Mapping[str, Any]] = facts.get("fields") or [
        {"name": f"party_{turn}", "part": part, "post": facts[part].get("post"), "person": facts[part].get("name")}
        for turn, part in enumerate((one for one in ("taker", "giver", "witness") if facts.get(one)), start=1)
    ]
    made = []
    for one in asked:
        label = _sign_label(wording, str(one["part"]))
        made.append(SignatureField(str(one["name"]), label, str(one.get("post") or ""), str(one.get("person") or "")))
    return made if wording.kind == PUPILS else [*made, SignatureField(SEAL, wording.parts[SEAL])]


def _sign_label(wording: Wording, part: str) -> str:
    """Shorter than the party's own label, where the wording has one."""
    return wording.parts.get(f"{part}_sign") or wording.parts[part]


def _tables(wording: Wording, facts: Mapping[str, Any], filler: _Filler) -> list[TextTable]:
    """The wording's tables: with the school's rows where it gave some, otherwise with those of the wording."""
    given: Mapping[str, Sequence[Sequence[str]]] = facts.get("tables") or {}
    made = []
    for one in wording.tables:
        rows: Sequence[Sequence[str]] = given.get(one.key) or one.rows
        lines = tuple(tuple(filler.line(str(cell)) for cell in row) for row in rows)
        if lines:
            made.append(replace(one, rows=lines))
    return made


def _all_lines(wording: Wording) -> list[str]:
    clauses = [line for one in wording.clauses for line in (one.title, one.text)]
    tables = [cell for one in wording.tables for row in one.rows for cell in row]
    given = [one.text for one in wording.provisions]
    return [wording.title, wording.opening, *clauses, *wording.standing, *given, *tables, wording.note]
