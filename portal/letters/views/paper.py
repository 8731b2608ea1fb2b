"""A letter's frozen text as the page reads it: what it asks, what it gives, clause by clause, with changes marked."""

import difflib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from portal.letters.document.changes import PARTIES, TABLES, sections_of, summary
from portal.letters.document.text import DIGEST_MARK, LetterText, from_json, short_digest

DIGITS = "\u3007\u4e00\u4e8c\u4e09\u56db\u4e94\u516d\u4e03\u516b\u4e5d"
TEN, STOP, COLON = "\u5341", "\u3001", "\uff1a"
ALIKE = 0.5  # below this a paragraph is another one, not the same one with changes


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of words; `is_new` where the letter before did not say them."""

    text: str
    is_new: bool = False


Line = tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause with its heading and paragraphs, each a run of pieces; `numbered` ones begin with 1."""

    head: str
    lines: tuple[Line, ...]
    numbered: tuple[Line, ...] = ()


@dataclass(frozen=True, slots=True)
class Paper:
    """The text. `changes` counts the paragraphs that differ from the letter before; None where there is none before."""

    title: str
    opening: str
    parties: tuple[Line, ...]
    clauses: tuple[Clause, ...]
    asks: tuple[str, ...]
    gives: tuple[str, ...]
    changes: int | None
    dropped: tuple[str, ...]
    """Paragraphs of the letter before that this one does not say any more."""


@dataclass(frozen=True, slots=True)
class _Part:
    title: str
    text: tuple[str, ...]
    lines: tuple[str, ...]


def paper_of(text: str | None, before: str | None, *, digest: str = "") -> Paper | None:
    """The text of a letter, compared with the one before it; None while there is no text that can be read."""
    said, known = _read(text), _read(before)
    if said is None:
        return None
    old, new = _parts(known) if known else {}, _parts(said)
    marker = _Marker(old if known else None, short_digest(digest))
    shown = {key: marker.clause(key, part) for key, part in new.items()}
    marker.missing(new)
    short = summary(said)
    return Paper(
        title=said.title, opening=said.opening, parties=shown.pop(PARTIES).lines, clauses=_numbered(shown),
        asks=short.duties, gives=short.provided, changes=marker.count if known else None,
        dropped=tuple(marker.dropped),
    )  # fmt: skip


def changes_of(text: str | None, before: str | None) -> int:
    """How many paragraphs differ from the letter before; 0 where there is none."""
    found = paper_of(text, before) if text and before else None
    return found.changes or 0 if found else 0


def _read(text: str | None) -> LetterText | None:
    try:
        return from_json(text) if text else None
    except ValueError:
        return None


def _parts(text: LetterText) -> dict[str, _Part]:
    """Everything that is compared, by its key: who, the clauses in their order, the lists."""
    who = tuple(f"{one.label}{COLON}{one.unit}{one.post} {one.name}" for one in text.parties)
    found = {PARTIES: _Part("", who, ())}
    for one in sections_of(text):
        found[one.key] = _Part(one.title, (one.text,) if one.text else (), one.lines)
    for table in text.tables:
        rows = tuple(" \u00b7 ".join(row) for row in (table.head, *table.rows))
        found[f"{TABLES}:{table.key}"] = _Part(table.title, rows, ())
    return found


class _Marker:
    """Compares part by part, and counts."""

    def __init__(self, old: Mapping[str, _Part] | None, digest: str) -> None:
        self.old, self.digest = old, digest
        self.count = 0
        self.dropped: list[str] = []

    def clause(self, key: str, part: _Part) -> Clause:
        """A part with what is new in it."""
        was = self.old.get(key) if self.old is not None else None
        text = self._lines(was.text if was else (), part.text, whole=key == PARTIES)
        return Clause(part.title, text, self._lines(was.lines if was else (), part.lines))

    def missing(self, new: Mapping[str, _Part]) -> None:
        """What stands in parts that are not there any more."""
        for key, part in (self.old or {}).items():
            if key not in new:
                self._drop([*part.text, *part.lines])

    def _lines(self, was: Sequence[str], now: Sequence[str], *, whole: bool = False) -> tuple[Line, ...]:
        """`whole`: a line that differs is new from end to end, as somebody's name is."""
        if self.old is None:
            return tuple((Piece(self._said(line)),) for line in now)
        marked: list[Line] = []
        for tag, i1, i2, j1, j2 in difflib.SequenceMatcher(None, was, now, autojunk=False).get_opcodes():
            if tag == "equal":
                marked += [(Piece(self._said(line)),) for line in now[j1:j2]]
                continue
            self.count += j2 - j1
            for number, line in enumerate(now[j1:j2]):
                marked.append(tuple(self._pieces("" if whole or i1 + number >= i2 else was[i1 + number], line)))
            self._drop(was[min(i2, i1 + j2 - j1) : i2])
        return tuple(marked)

    def _drop(self, lines: Sequence[str]) -> None:
        self.dropped += [self._said(line) for line in lines]
        self.count += len(lines)

    def _pieces(self, was: str, now: str) -> Iterator[Piece]:
        found = difflib.SequenceMatcher(None, was, now, autojunk=False)
        if found.ratio() < ALIKE:
            yield Piece(self._said(now), True)
            return
        steps = [step for step in found.get_opcodes() if step[4] > step[3]]
        yield from (Piece(self._said(now[j1:j2]), tag != "equal") for tag, _, _, j1, j2 in steps)
        if all(step[0] == "equal" for step in steps):
            yield Piece("\u2026", True)  # words are gone and none came: the place is shown

    def _said(self, line: str) -> str:
        return line.replace(DIGEST_MARK, self.digest)


def _numbered(shown: Mapping[str, Clause]) -> tuple[Clause, ...]:
    """Clauses with their numbers, as on paper; lists have a title alone."""
    found = []
    for number, (key, one) in enumerate(shown.items(), 1):
        head = one.head if key.startswith(f"{TABLES}:") else f"{chinese(number)}{STOP}{one.head}"
        found.append(Clause(head, one.lines, one.numbered))
    return tuple(found)


def chinese(number: int) -> str:
    """1 to 99 as clauses are numbered."""
    tens, ones = divmod(number, 10)
    return f"{DIGITS[tens] if tens > 1 else ''}{TEN if tens else ''}{DIGITS[ones] if ones or not tens else ''}"
