"""What public pages of a letter show: frozen, in one language, and nobody's whole name."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from portal.core.clock import local, now, today
from portal.letters import labels as letter_labels
from portal.letters.document.text import grouped, short_digest
from portal.letters.rules import State, state_of
from portal.letters.sealing import Finding, SignatureFacts
from portal.letters.sealing import labels as sealing_labels
from portal.letters.verification import labels
from portal.letters.verification.checking import BESIDE, HOLDS, Checked
from portal.letters.verification.queries import EndKnown, Known, PartyKnown
from portal.rendering.assets import asset
from portal.rendering.i18n import LANGUAGES, NAMES, SOURCE, Translate, translator
from portal.rendering.moments import day_text, moment_text

MOST_SIGNATURES = 20
LOOKS = {
    State.IN_FORCE: "ok", State.PENDING: "orange", State.WAITING: "orange", State.SEALING: "orange",
    State.MAKING: "orange", State.REFUSED: "orange", State.REVOKED: "red", State.VOID: "red",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Frame:
    """What is round every public page: whose it is, the other language, files."""

    title: str
    org_name: str
    home: str
    css: str
    icon: str
    languages: tuple[tuple[str, str, str], ...]
    suffix: str


@dataclass(frozen=True, slots=True)
class PartyLine:
    """One who signs: as what, in which post, masked, when and how."""

    part: str
    who: str
    line: str
    is_signed: bool


@dataclass(frozen=True, slots=True)
class Digest:
    """A digest in full, and its beginning in groups."""

    whole: str
    short: str


@dataclass(frozen=True, slots=True)
class LetterPage:
    """A letter to a stranger."""

    code: str
    state: str
    look: str
    line: str
    later: str
    title: str
    number: str
    school: str
    place: str
    post: str
    interval: tuple[str, ...]
    parties: tuple[PartyLine, ...]
    honest: tuple[str, ...]
    text: Digest | None
    file: Digest | None
    pages: tuple[str, ...]
    host: str
    address: str
    at: datetime
    is_paper: bool = False


@dataclass(frozen=True, slots=True)
class FilePage:
    """What a file is, in plain words."""

    verdict: str
    look: str
    line: str
    note: str
    reasons: tuple[str, ...]
    signatures: tuple[PartyLine, ...]
    digest: str
    letter: LetterPage | None
    newest: str = ""


def frame_of(title: str, language: str, path: str, org_name: str) -> Frame:
    """The frame of a page of checking."""
    suffix = "" if language == SOURCE else f"?language={language}"
    others = tuple(
        (code, NAMES[code], path if code == SOURCE else f"{path}?language={code}")
        for code in LANGUAGES
        if code != language
    )
    say = translator(language)
    return Frame(
        say(title), org_name or say(labels.PORTAL), f"/v{suffix}", asset("public-form.css"), asset("icons/icon.svg"),
        others, suffix,
    )  # fmt: skip


def masked_name(name: str) -> str:
    """The first character of a name, and nothing that tells how long the rest is."""
    plain = name.strip()
    return f"{plain[0]}**" if plain else "**"


def letter_page(letter: Known, *, language: str, base_url: str) -> LetterPage:
    """The page of a letter at this instant."""
    say, at, row = translator(language), now(), letter.row
    words = _Words(language, at)
    state = state_of(letter.facts, at=at)
    return LetterPage(
        code=grouped(row.code), state=say(labels.STATES[state]), look=_look(letter, state),
        line=_line(letter, state, words), later=_later(letter, state, words), title=_title(letter, say),
        number=row.number, school=row.school, place=row.grid, post=row.post,
        interval=words.interval(row.starts_at, row.ends_at),
        parties=(*_parties(letter, words), *_seal(letter, words)), honest=tuple(_honest(letter, say)),
        text=_digest(row.text_digest), file=_digest(letter.final.digest if letter.final else None),
        pages=row.page_digits, host=urlsplit(base_url).netloc, address=f"{base_url}/v/", at=at,
        is_paper=row.paper_since is not None,
    )  # fmt: skip


def _look(letter: Known, state: State) -> str:
    """A letter on paper is never green: there is nothing in it that a machine could check."""
    return "" if letter.row.paper_since is not None and state in HOLDS else LOOKS.get(state, "")


def _title(letter: Known, say: Translate) -> str:
    """As it stands on the paper; before it is made, what kind it is."""
    try:
        told = json.loads(letter.row.text or "{}").get("title")
    except (ValueError, AttributeError):
        told = None
    kind = letter_labels.KINDS.get(letter.row.kind)
    return told if isinstance(told, str) and told else say(kind) if kind else letter.row.title


class _Words:
    """How moments and intervals read, in one language."""

    def __init__(self, language: str, at: datetime) -> None:
        self.say, self.language, self.at = translator(language), language, at

    def moment(self, moment: datetime) -> str:
        return moment_text(moment, at=self.at, language=self.language, full=True)

    def day(self, moment: datetime) -> str:
        return day_text(local(moment).date(), today=today(), language=self.language, full=True)

    def interval(self, start: datetime, end: datetime | None) -> tuple[str, ...]:
        first = self.say(labels.FROM, day=self.day(start))
        if end is None:
            return (first,)
        return (first, self.say(labels.UNTIL, day=self.day(end - timedelta(microseconds=1))))


def _line(letter: Known, state: State, words: _Words) -> str:
    if letter.row.paper_since is not None and state in labels.ON_PAPER:
        return words.say(labels.ON_PAPER[state], moment=words.moment(letter.row.starts_at))
    if state is State.ENDED and letter.row.ends_at is not None:
        return words.say(labels.STATE_LINES[state], moment=words.moment(letter.row.ends_at))
    if state is State.PENDING:
        return words.say(labels.STATE_LINES[state], moment=words.moment(letter.row.starts_at))
    end = next((one for one in letter.ends if one.kind == state), None)
    if end is None:
        return words.say(labels.STATE_LINES[state])
    return _ended(end, labels.STATE_LINES, words)


def _later(letter: Known, state: State, words: _Words) -> str:
    """What will end it, where that is known already."""
    coming = [one for one in letter.ends if one.ends_at > words.at]
    holds = state in (State.IN_FORCE, State.PENDING)
    return _ended(coming[0], labels.LATER, words) if coming and holds else ""


def _ended(end: EndKnown, sentences: dict[str, str], words: _Words) -> str:
    unknown = end.kind == "superseded" and not end.by_number
    sentence = sentences["superseded_by_none" if unknown else end.kind]
    return words.say(sentence, moment=words.moment(end.ends_at), number=end.by_number)


def _parties(letter: Known, words: _Words) -> Iterator[PartyLine]:
    for party in letter.parties:
        who = _who(party, words.say)
        if party.signed_at is None:
            line = words.say(labels.NOT_SIGNED)
        else:
            how = (
                ""
                if party.method == "paper"
                else words.say(letter_labels.METHODS.get(party.method or "", letter_labels.METHODS["key"]))
            )
            line = (
                words.say(labels.SIGNED_HOW, moment=words.moment(party.signed_at), method=how)
                if how
                else _by_hand(words)
            )
        yield PartyLine(words.say(letter_labels.PARTS[party.part]), who, line, party.signed_at is not None)


def _by_hand(words: _Words) -> str:
    return words.say(letter_labels.METHODS["paper"])


def _seal(letter: Known, words: _Words) -> Iterator[PartyLine]:
    row = letter.row
    if row.paper_since is not None:
        if row.sealed_at is not None and row.paper_day is not None:
            day = day_text(row.paper_day, today=today(), language=words.language, full=True)
            line = words.say(labels.PAPER_LINE, moment=words.moment(row.sealed_at), day=day)
            yield PartyLine(words.say(labels.PAPER_PART), row.school, line, True)
        return
    if letter.row.sealed_at is not None:
        line = words.say(labels.SEAL_LINE, moment=words.moment(letter.row.sealed_at))
        yield PartyLine(words.say(labels.SEAL), letter.row.school, line, True)


def _who(party: PartyKnown, say: Translate) -> str:
    """A post and a masked name; of a pupil nothing at all."""
    if party.kind == "pupil":
        return say(labels.PUPIL)
    who = " ".join(one for one in (party.post, masked_name(party.name)) if one)
    if party.signed_by is None:
        return who
    standing = say(letter_labels.STANDINGS.get(party.signed_as or "", ""))
    return say(labels.SIGNED_INSTEAD, who=who, name=masked_name(party.signed_by), standing=standing)


def _honest(letter: Known, say: Translate) -> Iterator[str]:
    """What kind of signature it is (clause 7 of the letter)."""
    methods = {one.method for one in letter.parties if one.signed_at is not None}
    if letter.row.paper_since is not None:
        yield say(labels.ALL_ON_PAPER)
        return
    if not methods or methods - {"paper", "licensed"}:
        yield say(labels.HONEST["key"])
    yield from (say(labels.HONEST[method]) for method in ("licensed", "device", "paper") if method in methods)


def _digest(digest: str | None) -> Digest | None:
    return Digest(digest, short_digest(digest)) if digest else None


def file_page(checked: Checked, *, language: str, base_url: str) -> FilePage:
    """The answer to a file."""
    say, verdict = translator(language), checked.verdict
    words, name = _Words(language, now()), _name(checked)
    title, line = labels.VERDICTS[name]
    look = "ok" if checked.is_green else "orange" if checked.letter is not None else "red"
    letter = letter_page(checked.letter, language=language, base_url=base_url) if checked.letter else None
    said = () if checked.is_green or checked.beside in BESIDE else verdict.reasons
    return FilePage(
        verdict=say(title), look=look, line=say(line),
        note=say(labels.KNOWN_AT, moment=words.moment(checked.known_at)) if checked.known_at else "",
        newest=_newest(checked, words),
        reasons=tuple(dict.fromkeys(say(sealing_labels.REASONS[one]) for one in said if one in sealing_labels.REASONS)),
        signatures=_signatures(checked, words),
        digest=verdict.digest, letter=letter,
    )  # fmt: skip


def _newest(checked: Checked, words: _Words) -> str:
    """Where the file was the letter once: since when another is, and what of that one can be compared."""
    final = checked.letter.final if checked.letter else None
    if checked.newest_at is None or final is None:
        return ""
    short = short_digest(final.digest)
    return words.say(labels.NEWEST, moment=words.moment(checked.newest_at), digest=short)


def _name(checked: Checked) -> str:
    if checked.beside:
        return "evidence_sealed" if checked.beside == "evidence" and checked.verdict.is_green else checked.beside
    finding = checked.verdict.finding
    if finding is Finding.ORIGINAL and not checked.is_green:
        return "original_over"
    if finding is Finding.ORIGINAL and checked.newest_at is not None:
        return "original_before"
    return str(finding)


def _signatures(checked: Checked, words: _Words) -> tuple[PartyLine, ...]:
    witnessed = _witnessed(checked.letter)
    return tuple(_signature(one, words, witnessed) for one in checked.verdict.signatures[:MOST_SIGNATURES])


def _witnessed(letter: Known | None) -> frozenset[str]:
    """The fields in which the key is a witness's: somebody else wrote there by hand, before them (R110)."""
    return frozenset(one.field for one in letter.parties if one.method == "device") if letter else frozenset()


def _signature(one: SignatureFacts, words: _Words, witnessed: frozenset[str]) -> PartyLine:
    """One signature of the file; names in it are masked like all others, a stranger's says nothing."""
    say = words.say
    sound = one.intact and one.valid and one.trusted and not one.reasons
    name = masked_name(one.name) if one.kind == "person" else ""
    kind = say(labels.KINDS_OF_SIGNATURE.get(one.kind, labels.KINDS_OF_SIGNATURE["stranger"]), name=name)
    if one.field in witnessed and one.kind == "person":
        kind = say(labels.WITNESSED, name=name)
    told = say(labels.NO_TIME)
    if one.proven_at is not None:
        told = say(labels.PROVEN, moment=words.moment(one.proven_at))
    elif one.said_at is not None:
        told = say(labels.SAID, moment=words.moment(one.said_at))
    reasons = [say(sealing_labels.REASONS[code]) for code in one.reasons if code in sealing_labels.REASONS]
    return PartyLine(kind, told, say(labels.INTACT) if sound else " · ".join(reasons) or say(labels.NOT_INTACT), sound)
