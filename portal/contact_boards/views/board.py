"""What a public board shows: frozen, in one language, and nothing that a stranger may not read."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from portal.contact_boards import labels
from portal.contact_boards.queries.boards import OpenBoard
from portal.contact_boards.queries.page import BoardFacts, Counts, Near
from portal.contact_boards.rules import PublicPerson, picture_name
from portal.rendering.i18n import LANGUAGES, NAMES, SOURCE, translator
from portal.responsibilities.rules import Answer

EMERGENCY = (("110", labels.POLICE), ("119", labels.FIRE), ("120", labels.AMBULANCE))


class Addresses(Protocol):
    """Where things are: on the portal, or in the folder of the nightly copy."""

    def board(self, key: str, language: str) -> str: ...
    def file(self, name: str) -> str: ...
    def portraits(self, key: str) -> str: ...
    @property
    def can_send(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class WhoLine:
    """A line of "who answers": a place or a post, the person, and `person_id` where their number may be asked for."""

    text: str
    href: str
    who: str
    phone: str = ""
    person_id: int | None = None
    post_id: int | None = None
    is_gap: bool = False
    portrait: str = ""
    """The digest of the small picture; the page says only what it is called."""

    @property
    def is_bare(self) -> bool:
        """True when nothing but the post is told of somebody."""
        return not (self.who or self.phone or self.person_id or self.portrait)

    @property
    def picture(self) -> str:
        """What the portrait is called in an address."""
        return picture_name(self.portrait) if self.portrait else ""


@dataclass(frozen=True, slots=True)
class LeaderLine:
    """Who leads now: a name with consent, else only that somebody does."""

    name: str
    until: datetime | None


@dataclass(frozen=True, slots=True)
class WatchLine:
    """A lane of duty: where and as what, names with consent, how many are there, until when."""

    text: str
    names: str
    count: int
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Frame:
    """What is round every public page: school, language links, files."""

    title: str
    org_name: str
    home: str
    css: str
    icon: str
    languages: tuple[tuple[str, str, str], ...]
    can_send: bool
    suffix: str
    """What an address of this portal ends with so that the language stays."""


@dataclass(frozen=True, slots=True)
class BoardPage:
    """The public board of a grid."""

    frame: Frame
    key: str
    name: str
    crumbs: tuple[tuple[str, str], ...]
    duty_phone: str
    leader: LeaderLine | None
    watches: tuple[WatchLine, ...]
    """Whoever is on duty now; nothing of it stands in a copy, which speaks of no "now"."""
    emergency: tuple[tuple[str, str], ...]
    own: tuple[WhoLine, ...]
    places: tuple[WhoLine, ...]
    duties: tuple[str, ...]
    counts: Counts | None
    check_code: str
    may_ask: bool
    """Whether any number may be asked for."""
    has_phones: bool
    at: datetime
    portraits: str
    """The address that the names of pictures are put behind."""
    faces: Mapping[str, str]
    """Every picture on the page, by name: its digest."""


def frame_of(board: OpenBoard, title: str, to: Addresses, language: str, path: str = "", home: str = "") -> Frame:
    """The frame of a page below a board; `path` is what stands behind the board's address."""
    others = tuple(
        (code, NAMES[code], with_path(to.board(board.key, code), path)) for code in LANGUAGES if code != language
    )
    return Frame(
        title, board.org_name, home or to.board(board.key, language), to.file("public.css"), to.file("icons/icon.svg"),
        others, to.can_send, "" if language == SOURCE else f"?language={language}",
    )  # fmt: skip


def with_path(address: str, path: str) -> str:
    """A page below a board in a language: the path goes before the question mark."""
    if not path:
        return address
    head, mark, tail = address.partition("?")
    return f"{head}{path}{mark}{tail}"


def board_page(facts: BoardFacts, to: Addresses, language: str) -> BoardPage:
    """The page of these facts."""
    board, say = facts.board, translator(language)
    up = [one for one in facts.near if one.what == "up"]
    children = [one for one in facts.near if one.what == "child" and not one.is_heading]
    own = _told_apart(list(_own(facts, say)), say)
    places = tuple(_place(facts, one, to, language, say) for one in children)
    home = next((to.board(one.key, language) for one in up if one.key), "")
    faces = {line.picture: line.portrait for line in (*own, *places) if line.portrait}
    crumbs = tuple((one.name, to.board(one.key, language) if one.key else "") for one in up)
    return BoardPage(
        frame=frame_of(board, board.name, to, language, home=home), key=board.key, name=board.name,
        crumbs=(*crumbs, (board.name, "")), duty_phone=board.duty_phone, leader=_leader(facts, say),
        watches=tuple(_watches(facts, language, say)),
        emergency=tuple((number, say(what)) for number, what in EMERGENCY), own=own, places=places,
        duties=tuple(_duties(facts, language)), counts=facts.counts, check_code=board.check_code,
        may_ask=any(line.person_id for line in (*own, *places)), has_phones=any(line.phone for line in (*own, *places)),
        at=facts.at, portraits=to.portraits(board.key), faces=faces,
    )  # fmt: skip


def _leader(facts: BoardFacts, say: Callable[..., str]) -> LeaderLine | None:
    if facts.leader is None:
        return None
    somebody = facts.people.get(facts.leader.leader_id or 0)
    shown = somebody.public(say(labels.LEADER)) if somebody else None
    return LeaderLine(shown.name if shown else "", facts.leads_until)


def _watches(facts: BoardFacts, language: str, say: Callable[..., str]) -> Iterator[WatchLine]:
    """Of each lane the names that may be shown, and how many are there; a pupil is nobody here."""
    for watch in facts.watches:
        text = watch.text(language)
        somebody = [facts.people[one] for one in watch.people if one in facts.people]
        shown = [one for one in (person.public(text) for person in somebody) if one is not None]
        names = say(labels.COMMA).join(one.name for one in shown if one.name)
        yield WatchLine(text, names, len(watch.people), watch.until)


def _own(facts: BoardFacts, say: Callable[..., str]) -> Iterator[WhoLine]:
    yield _line(facts, facts.answers[facts.board.grid_id], "", "", say, by_title=True)
    told = {facts.answers[facts.board.grid_id].post_id}
    for post_id, person_id in facts.others:
        post, somebody = facts.posts.get(post_id), facts.people.get(person_id or 0)
        shown = somebody.public(post.title) if somebody and post else None
        if shown and post:
            asked = _asked(shown, person_id, None if post_id in told else post_id)
            yield WhoLine(post.title, "", shown.name, shown.phone, *asked, portrait=shown.portrait)
            told.add(post_id)  # of two in one post, the post stands for the first


def _told_apart(lines: list[WhoLine], say: Callable[..., str]) -> tuple[WhoLine, ...]:
    """Those who hold one post and show no name read alike: who can be reached is numbered, the others are said once."""
    found: list[WhoLine] = []
    for line in lines:
        alike = [one for one in lines if not one.who and one.text == line.text]
        if line.who or len(alike) == 1:
            found.append(line)
            continue
        bare, reached = [one for one in alike if one.is_bare], [one for one in alike if not one.is_bare]
        if not line.is_bare:
            number = next(n for n, one in enumerate(reached, 1) if one is line)
            found.append(replace(line, text=say(labels.ONE_OF, post=line.text, number=number, count=len(alike))))
        elif line is bare[0]:
            words = labels.SO_MANY_MORE if reached else labels.SO_MANY
            found.append(replace(line, text=say(words, post=line.text, count=len(bare))))
    return tuple(found)


def _place(facts: BoardFacts, one: Near, to: Addresses, language: str, say: Callable[..., str]) -> WhoLine:
    href = to.board(one.key, language) if one.key else ""
    return _line(facts, facts.answers[one.id], one.name, href, say)


def _line(
    facts: BoardFacts, answer: Answer, text: str, href: str, say: Callable[..., str], *, by_title: bool = False
) -> WhoLine:
    """Whoever answers, or who sees to it as long as nobody does."""
    post = facts.posts.get(answer.post_id or 0)
    if answer.accountable is None:
        above = facts.posts.get(answer.falls_to_post or 0)
        who = say(labels.FALLS_TO, post=f"{above.grid} {above.title}") if above else say(labels.NOBODY)
        return WhoLine(text or (post.title if post else say(labels.ANSWERS)), href, who, is_gap=True)
    title = post.title if post else say(labels.ANSWERS)
    somebody = facts.people.get(answer.accountable.person_id)
    shown = somebody.public(title) if somebody else None
    if shown is None:  # a pupil stands on no board, whatever the rows say
        return WhoLine(text or title, href, say(labels.ASK_DUTY))
    if post is not None and answer.grid_id != facts.board.grid_id and by_title:
        title = f"{post.grid} {title}"
    who = shown.called if text else shown.name
    asked = _asked(shown, answer.accountable.person_id, answer.post_id)
    return WhoLine(text or title, href, who, shown.phone, *asked, portrait=shown.portrait)


def _asked(shown: PublicPerson, person_id: int | None, post_id: int | None) -> tuple[int | None, int | None]:
    """Whose number may be asked for, and the post they have it for; nothing without consent."""
    return (person_id, post_id) if shown.number else (None, None)


def _duties(facts: BoardFacts, language: str) -> Iterator[str]:
    if facts.board.duty_note:
        yield facts.board.duty_note
    for duty in facts.duties:
        yield duty.words(language)
