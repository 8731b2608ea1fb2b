"""A wording as the texts of a form, and back; what is wrong with it, field by field; what two editions say differently.

The clause that says which kind of signature a letter bears is no field: what it may honestly say is not a school's
choice.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Any, NamedTuple

from portal.core.refusals import Invalid, Refused
from portal.letters.document import (
    Clause,
    LetterText,
    Provision,
    TextTable,
    Wording,
    check_two_sided,
    filled,
)
from portal.letters.document.labels import PROVISIONS
from portal.letters.document.wording import COMMA, MUST_GIVE, PLACE, PUPILS, PUPILS_ARE_GIVEN, Variant

SIGNING = "signing"
CELL = "|"
PARTS = ("giver", "taker", "witness", "giver_sign", "taker_sign", "witness_sign", "seal")
GIVEN = (
    "school", "year", "number", "grid", "grid_code", "role", "boundary", "key_places", "grounds", "superior", "starts",
    "ends", "code", "address",
)  # fmt: skip
"""Facts that the portal itself puts in; every other name is one of the wording's own, with its usual value."""
LONGEST = 4_000  # characters of one field
LONGEST_NAME = 200


class Change(NamedTuple):
    """A field that reads otherwise: lines that are gone, lines that are new."""

    field: str
    gone: tuple[str, ...]
    new: tuple[str, ...]


class WordingWrong(Invalid):
    """Fields that are wrong; `said` holds for each its code and what fills the sentence."""

    def __init__(self, said: Mapping[str, Refused]) -> None:
        super().__init__({field: one.code for field, one in said.items()})
        self.said = dict(said)


def texts_of(wording: Wording) -> dict[str, str]:
    """Every text that a school may change, by the name of its field."""
    found = {"title": wording.title, "opening": wording.opening}
    for one in wording.clauses:
        if one.key != SIGNING:
            found |= {f"clause-{one.key}-title": one.title, f"clause-{one.key}-text": one.text}
    found |= {"open_period": wording.open_period, "standing": "\n".join(wording.standing)}
    for kind in provision_kinds(wording):
        found[f"give-{kind}"] = "\n".join(one.text for one in wording.provisions if one.kind == kind)
    for table in wording.tables:
        found[f"table-{table.key}"] = "\n".join(f" {CELL} ".join(row) for row in table.rows)
    for variant in wording.variants:
        name = f"variant-{variant.name}"
        found |= {f"{name}-title": variant.title, f"{name}-standing": "\n".join(variant.standing)}
        found[f"{name}-words"] = COMMA.join(variant.words)
    found["note"] = wording.note
    found |= {f"default-{name}": text for name, text in wording.defaults.items()}
    return found | {f"part-{part}": wording.parts.get(part, "") for part in PARTS}


def must_give(wording: Wording) -> tuple[str, ...]:
    """What such a letter has to give, or it is refused (F2)."""
    return PUPILS_ARE_GIVEN if wording.kind == PUPILS else MUST_GIVE


def provision_kinds(wording: Wording) -> tuple[str, ...]:
    """What the school can give in such a letter: what it must, what it does, whatever else there is."""
    there = [one.kind for one in wording.provisions]
    return tuple(dict.fromkeys([*must_give(wording), *there, *PROVISIONS]))


def wording_of_texts(base: Wording, texts: Mapping[str, str]) -> Wording:
    """The wording that a form says; what it does not name stays as in `base`. Refused: `WordingWrong`."""
    say = {name: texts.get(name, text).strip() for name, text in texts_of(base).items()}
    wrong = dict(_wrong(base, say))
    if wrong:
        raise WordingWrong(wrong)
    made = replace(
        base, title=say["title"], opening=say["opening"], note=say["note"], open_period=say["open_period"],
        standing=_lines(say["standing"]), clauses=tuple(_clause(one, say) for one in base.clauses),
        provisions=tuple(_provisions(base, say)), tables=tuple(_table(one, say) for one in base.tables),
        variants=tuple(_variant(one, say) for one in base.variants),
        defaults={name: say[f"default-{name}"] for name in base.defaults},
        parts=base.parts | {part: say[f"part-{part}"] for part in PARTS},
    )  # fmt: skip
    _check_whole(made)
    return made


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.splitlines() if line.strip())


def _clause(one: Clause, say: Mapping[str, str]) -> Clause:
    if one.key == SIGNING:
        return one
    return Clause(one.key, say[f"clause-{one.key}-title"], " ".join(_lines(say[f"clause-{one.key}-text"])))


def _provisions(base: Wording, say: Mapping[str, str]) -> Iterator[Provision]:
    for kind in provision_kinds(base):
        yield from (Provision(kind, line) for line in _lines(say[f"give-{kind}"]))


def _cells(line: str) -> tuple[str, ...]:
    return tuple(cell.strip() for cell in line.replace("\uff5c", CELL).split(CELL))


def _table(one: TextTable, say: Mapping[str, str]) -> TextTable:
    return replace(one, rows=tuple(_cells(line) for line in _lines(say[f"table-{one.key}"])))


def _variant(one: Variant, say: Mapping[str, str]) -> Variant:
    name = f"variant-{one.name}"
    words = say[f"{name}-words"].replace(",", COMMA).replace("\uff0c", COMMA).split(COMMA)
    return replace(
        one, title=say[f"{name}-title"], standing=_lines(say[f"{name}-standing"]),
        words=tuple(word.strip() for word in words if word.strip()),
    )  # fmt: skip


def _wrong(base: Wording, say: Mapping[str, str]) -> Iterator[tuple[str, Refused]]:
    known = {*GIVEN, *base.defaults}
    for field, text in say.items():
        if _must_stand(field) and not text:
            yield field, Refused("letter.text_missing")
        elif len(text) > (LONGEST_NAME if _is_short(field) else LONGEST):
            yield field, Refused("letter.text_long", limit=LONGEST_NAME if _is_short(field) else LONGEST)
        elif strange := [name for name in dict.fromkeys(PLACE.findall(text)) if name not in known]:
            yield field, Refused("letter.variable_unknown", names=COMMA.join(strange), known=COMMA.join(sorted(known)))
        elif any(mark in PLACE.sub("", text) for mark in "{}"):
            yield field, Refused("letter.brace_alone", example="{grid}")
        elif field.startswith("default-") and PLACE.search(text):
            yield field, Refused("letter.default_plain")
        elif field == "open_period" and "ends" in PLACE.findall(text):
            yield field, Refused("letter.no_end_here", example="{ends}")
    yield from _wrong_tables(base, say)


def _wrong_tables(base: Wording, say: Mapping[str, str]) -> Iterator[tuple[str, Refused]]:
    for one in base.tables:
        lines = _lines(say[f"table-{one.key}"])
        if any(len(_cells(line)) != len(one.head) for line in lines):
            yield f"table-{one.key}", Refused("letter.table_cells", count=len(one.head), head=COMMA.join(one.head))


def _must_stand(field: str) -> bool:
    return field in ("title", "opening", "note", "open_period", "clause-scope-text", "clause-period-text") or (
        field.startswith(("part-", "default-")) or (field.startswith("clause-") and field.endswith("-title"))
    )


def _is_short(field: str) -> bool:
    return field == "title" or field.startswith(("part-", "default-")) or field.endswith(("-title", "-words"))


def _check_whole(wording: Wording) -> None:
    """Both sides; a letter of each variant, with an end and without: what the worker would refuse is refused here."""
    try:
        check_two_sided(wording)
    except Refused as refusal:
        kinds = refusal.params.get("kinds") or must_give(wording)
        raise WordingWrong({f"give-{kind}": refusal for kind in kinds}) from None
    try:
        for variant in [one.name for one in wording.variants] or [""]:
            sample_letter(wording, SAMPLE, variant=variant)
            sample_letter(wording, {**SAMPLE, "ends_on": None}, variant=variant)
    except Refused as refusal:
        raise WordingWrong({"title": refusal}) from None


SAMPLE: dict[str, Any] = {
    **dict.fromkeys(("number", "school", "year", "grid", "grid_code", "role", "superior", "code", "address"), "x"),
    "boundary": "", "key_places": "", "grounds": (), "starts_on": date(2026, 9, 1), "ends_on": date(2027, 6, 30),
    "duties": [("x", "")], "giver": {"unit": "x", "post": "x", "name": "x"},
    "taker": {"unit": "x", "post": "x", "name": "x"},
}  # fmt: skip
"""The least that every letter has: what a wording asks for besides would stop each of its letters."""


def sample_letter(wording: Wording, facts: Mapping[str, Any], *, variant: str = "") -> LetterText:
    """A letter of this wording from facts that are nobody's. Refused as `filled` refuses."""
    return filled(wording, {**facts, "variant": variant})


def changes(before: Wording, after: Wording) -> list[Change]:
    """What `after` says otherwise, field by field, in the order of the form."""
    old, new = texts_of(before), texts_of(after)
    found = []
    for field in dict.fromkeys([*new, *old]):
        was, now = _lines(old.get(field, "")), _lines(new.get(field, ""))
        gone = tuple(line for line in was if line not in now)
        come = tuple(line for line in now if line not in was)
        if was != now:
            found.append(Change(field, gone, come))
    return found
