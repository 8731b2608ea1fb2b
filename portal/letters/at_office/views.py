"""What the office's pages show."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from portal.core.actors import Actor
from portal.letters import labels as letter_labels
from portal.letters.at_office import labels
from portal.letters.at_office.forms import numbers_text
from portal.letters.at_office.queries import ClassRow, OnPaper, PaperRow, Signer, Waiting
from portal.letters.queries.letters import FileRow, LetterRow, Whole
from portal.letters.rules import State, state_of, turn_of
from portal.letters.services.drafting import CLASS_LETTER
from portal.letters.views.paper import Paper, paper_of
from portal.permissions.rules import Permission, scope
from portal.rendering.i18n import Translate, translator
from portal.web.again import Typed


@dataclass(frozen=True, slots=True)
class Head:
    """Which letter it is."""

    id: int
    version: int
    title: str
    kind: str
    number: str
    place: str
    name: str
    school: str

    @property
    def here(self) -> str:
        """Its own page."""
        return f"/letters/{self.id}"


def head_of(row: LetterRow, say: Translate) -> Head:
    """The head of a letter's page in the office."""
    place = say(letter_labels.PLACE_POST, grid=row.grid, post=row.post)
    kind = say(letter_labels.KINDS.get(row.kind, row.kind))
    return Head(row.id, row.version, say(letter_labels.TITLE, place=place, name=row.person), kind, row.number, place,
                row.person, row.school)  # fmt: skip


@dataclass(frozen=True, slots=True)
class DeviceView:
    """The page that is shown to whoever signs here. `trouble` says why not, and then there is no form."""

    head: Head
    party_id: int
    name: str
    paper: Paper | None
    file: FileRow | None
    read: bool
    agreed: str
    trouble: str
    has_key: bool
    has_passkey: bool
    first: str
    at: datetime
    typed: Typed


@dataclass(frozen=True, slots=True)
class PaperView:
    """How far a letter on paper is. `step`: choose, making, print, check, differs, done."""

    head: Head
    step: str
    words: str
    paper: PaperRow | None
    trouble: str
    is_mine: bool
    typed: Typed

    @property
    def scan_href(self) -> str:
        """The scan, with the digest that the page knows."""
        return f"{self.head.here}/scan.pdf"


@dataclass(frozen=True, slots=True)
class ClassView:
    """How far a class is."""

    head: Head
    room: ClassRow | None
    kept_where: str
    missing: str
    is_made: bool
    is_open: bool
    is_done: bool
    typed: Typed

    @property
    def version(self) -> int:
        """Of the record; 0 before there is one."""
        return self.room.version if self.room else 0


@dataclass(frozen=True, slots=True)
class Paths:
    """What the office, or the teacher of a class, can do about a letter: beside the letter on its own page."""

    here: tuple[tuple[str, str], ...]  # who signs on the device: name, address
    may_take_to_paper: bool
    paper: PaperRow | None
    room: ClassRow | None
    is_class: bool
    href: str
    words: str
    is_complete: bool


@dataclass(frozen=True, slots=True)
class OfficeLine:
    """A letter in the office's list."""

    href: str
    title: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OfficeView:
    """What waits in the office: hands without an account, scans, classes."""

    device: tuple[OfficeLine, ...]
    paper: tuple[OfficeLine, ...]
    classes: tuple[OfficeLine, ...]


def device_view(
    found: Whole, signer: Signer, file: FileRow | None, *, read: bool, trouble: str, has_key: bool, has_passkey: bool,
    at: datetime, by: Actor, language: str, typed: Typed,
) -> DeviceView:  # fmt: skip
    """The page of one who signs here."""
    say = translator(language)
    return DeviceView(
        head_of(found.row, say), signer.party_id, signer.name,
        paper_of(found.row.text, None, digest=found.row.text_digest or ""), file, read,
        say(labels.AGREED[labels.AGREE_EDITION]), trouble, has_key, has_passkey, by.name, at, typed,
    )  # fmt: skip


def step_of(found: Whole, paper: PaperRow | None, at: datetime) -> str:
    """Where a letter on paper is."""
    if paper is None:
        return "choose"
    if paper.checked_at is not None:
        return "done"
    if state_of(found.facts, at=at) is State.MAKING:
        return "making"
    if paper.differs and paper.scanned_at is None:
        return "differs"
    return "check" if paper.scanned_at is not None else "print"


def paper_view(
    found: Whole, paper: PaperRow | None, *, trouble: str, at: datetime, by: Actor, language: str, typed: Typed
) -> PaperView:
    """The page of a letter on paper."""
    say, step = translator(language), step_of(found, paper, at)
    words = say(labels.STEPS[step]) if step in labels.STEPS else ""
    is_mine = paper is not None and by.person_id in (paper.scanned_by, found.row.person_id)
    return PaperView(head_of(found.row, say), step, words, paper, trouble, is_mine, typed)


def class_view(
    found: Whole, room: ClassRow | None, paper: PaperRow | None, *, at: datetime, language: str, typed: Typed
) -> ClassView:
    """The page of a class."""
    state = state_of(found.facts, at=at)
    return ClassView(
        head_of(found.row, translator(language)), room, paper.kept_where or "" if paper else "",
        numbers_text(room.numbers) if room else "", found.row.made_at is not None, state is State.WAITING,
        room is not None and room.done_at is not None, typed,
    )  # fmt: skip


def paths_of(
    found: Whole, signers: list[Signer], paper: PaperRow | None, room: ClassRow | None, *, at: datetime, by: Actor,
    language: str,
) -> Paths:  # fmt: skip
    """What can be done about this letter here."""
    say, row, state = translator(language), found.row, state_of(found.facts, at=at)
    turn = {one.id for one in turn_of(one.rule for one in found.parties)} if state is State.WAITING else set[int]()
    hands = [one for one in signers if one.party_id in turn and one.account_id is None and one.is_staff]
    office = scope(by, Permission.LETTER_AT_OFFICE_VIEW).holds(row.path, row.org_id)
    untouched = all(one.signed_at is None for one in found.parties)
    is_class, step = row.kind == CLASS_LETTER, step_of(found, paper, at)
    base = f"/letters/{row.id}"
    return Paths(
        tuple((one.name, f"{base}/at-office/{one.party_id}") for one in hands) if office and paper is None else (),
        office and paper is None and untouched and state in (State.WAITING, State.REFUSED), paper, room, is_class,
        f"{base}/class" if is_class else f"{base}/paper" if office else "",
        say(labels.STEPS[step]) if step in labels.STEPS and not is_class else "", row.sealed_at is not None,
    )  # fmt: skip


def office_view(waiting: list[Waiting], papers: list[OnPaper], *, at: datetime, language: str) -> OfficeView:
    """What waits in the office."""
    say = translator(language)
    device = tuple(
        OfficeLine(
            f"/letters/{one.letter.id}/at-office/{one.party_id}", one.name, (_named(one.letter, say),)
        )
        for one in waiting
    )  # fmt: skip
    plain = [one for one in papers if one.letter.kind != CLASS_LETTER]
    classes = [one for one in papers if one.letter.kind == CLASS_LETTER]
    return OfficeView(
        device,
        tuple(_line(one, "paper", _far(one, say), say) for one in plain),
        tuple(_line(one, "class", _counted(one, say), say) for one in classes),
    )


def _named(row: LetterRow, say: Callable[..., str]) -> str:
    head = head_of(row, say)
    return f"{head.kind} {head.number} {head.place}"


def _line(one: OnPaper, page: str, far: str, say: Translate) -> OfficeLine:
    head = head_of(one.letter, say)
    return OfficeLine(f"{head.here}/{page}", head.title, (f"{head.kind} {head.number}", far))


def _far(one: OnPaper, say: Translate) -> str:
    if one.letter.made_at is None:
        return say(labels.STEPS["making"])
    if one.paper.differs and one.paper.scanned_at is None:
        return say(labels.STEPS["differs"])
    return say(labels.STEPS["check" if one.paper.scanned_at else "print"])


def _counted(one: OnPaper, say: Translate) -> str:
    if one.room is None:
        return say(labels.NOT_COUNTED)
    return say(labels.COUNTED, signed=one.room.signed, pupils=one.room.pupils)


def told_day(day: date | None) -> str:
    """A day as a form takes it."""
    return day.isoformat() if day else ""
