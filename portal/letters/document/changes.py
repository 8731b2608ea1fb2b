"""What changed between two letters, and what a letter comes to in plain words (F1, F2)."""

from typing import NamedTuple

from portal.letters.document.text import Duty, LetterText

PARTIES, DUTIES, MEANS, TABLES = "parties", "duties", "means", "tables"


class Section(NamedTuple):
    """A part of a letter as lines: what the paper prints and what is compared."""

    key: str
    title: str
    text: str
    lines: tuple[str, ...]


class Change(NamedTuple):
    """A clause that reads otherwise: what is no more in it, what is new. `key`: a clause's, `parties`, a table's."""

    key: str
    title: str
    gone: tuple[str, ...]
    new: tuple[str, ...]


class Summary(NamedTuple):
    """Two halves: what the taker does, what the school gives."""

    duties: tuple[str, ...]
    provided: tuple[str, ...]


def duty_line(duty: Duty) -> str:
    """A duty with its rhythm in full-width brackets and a full stop."""
    text = duty.text.rstrip("\u3002\uff1b;. ")
    return f"{text}\uff08{duty.rhythm}\uff09\u3002" if duty.rhythm else f"{text}\u3002"


def duty_lines(text: LetterText) -> tuple[str, ...]:
    """Those of the post, then those of everybody."""
    return (*(duty_line(one) for one in text.duties), *text.standing)


def sections_of(text: LetterText) -> list[Section]:
    """The clauses in their order, with their lines."""
    lines = {DUTIES: duty_lines(text), MEANS: tuple(one.text for one in text.provisions)}
    return [Section(one.key, one.title, one.text, lines.get(one.key, ())) for one in text.clauses]


def differences(old: LetterText, new: LetterText) -> list[Change]:
    """Clause by clause. Numbers, codes and addresses differ in every letter and are no change."""
    before, after = _compared(old), _compared(new)
    changes = []
    for key in dict.fromkeys([*after, *before]):
        title, was = before.get(key, ("", ()))
        title, now = after.get(key, (title, ()))
        gone = tuple(dict.fromkeys(line for line in was if line not in now))
        come = tuple(dict.fromkeys(line for line in now if line not in was))
        if gone or come:
            changes.append(Change(key, title, gone, come))
    return changes


def summary(text: LetterText) -> Summary:
    """Both halves in plain lines."""
    return Summary(duty_lines(text), tuple(one.text for one in text.provisions))


def _compared(text: LetterText) -> dict[str, tuple[str, tuple[str, ...]]]:
    parties = tuple(f"{one.label}\uff1a{one.unit}{one.post} {one.name}" for one in text.parties)
    found: dict[str, tuple[str, tuple[str, ...]]] = {PARTIES: ("", parties)}
    for part in sections_of(text):
        found[part.key] = (part.title, (*([part.text] if part.text else []), *part.lines))
    for table in text.tables:
        found[f"{TABLES}:{table.key}"] = (table.title, tuple(" ".join(row) for row in table.rows))
    return found
