"""One letter as its page shows it to one reader."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from portal.core.actors import Actor
from portal.core.clock import local
from portal.letters import labels
from portal.letters.queries.letters import FileRow, LetterRow, PartyRow, Whole
from portal.letters.queries.pages import Beside
from portal.letters.rules import Method, State, may_sign_instead, number_text, places_of, state_of, turn_of
from portal.letters.rules.states import OVER
from portal.letters.sealing import service
from portal.letters.views.at_once import may_take_effect_now
from portal.letters.views.lists import deadline, ended_at, has_failed
from portal.letters.views.paper import Paper, paper_of
from portal.permissions.rules import Permission, scope
from portal.rendering.i18n import translator
from portal.web.again import Typed


@dataclass(frozen=True, slots=True)
class PartyView:
    """One who signs, in their place in the order. `standing`: signed, refused, now, next.

    `instead` says who has signed in this place for another, or may do so now, and by which right.
    """

    turn: int
    part: str
    name: str
    post: str
    is_you: bool
    standing: str
    signed_at: datetime | None
    how: str
    refused_at: datetime | None
    refusal: str
    instead: str = ""


@dataclass(frozen=True, slots=True)
class PagePicture:
    """A page of the file as a picture, and the digits that stand on it."""

    number: int
    href: str
    digits: str


@dataclass(frozen=True, slots=True)
class FileView:
    """The file as it stands; `read_at` is when this reader opened these very bytes, None where they did not."""

    href: str
    digest: str
    kilobytes: int
    read_at: datetime | None
    pages: tuple[PagePicture, ...] = ()


@dataclass(frozen=True, slots=True)
class Instead:
    """The reader signs in the place of another: whose, and by which right of their own, until when."""

    name: str
    post: str
    standing: str
    last_day: date | None


@dataclass(frozen=True, slots=True)
class Others:
    """What else waits for the reader: how many, the one before and the one after."""

    count: int
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class LetterView:
    """The page. `may_sign` is the reader's turn; `may_refuse` also before it."""

    id: int
    version: int
    title: str
    kind: str
    place: str
    name: str
    school: str
    number: str
    edition: int
    before_number: str
    state: str
    state_words: str
    state_since: datetime | None
    has_failed: bool
    failure: str
    end_reason: str
    next_href: str
    public_href: str
    sign_before: date | None
    is_late: bool
    starts_at: datetime
    last_day: date | None
    is_paper: bool
    paper: Paper | None
    parties: tuple[PartyView, ...]
    file: FileView | None
    signed_how: tuple[str, ...]
    is_taker: bool
    may_sign: bool
    may_refuse: bool
    may_reopen: bool
    may_retry: bool
    may_revoke: bool
    has_key: bool
    may_use_key: bool  # the consent is that of now
    has_passkey: bool
    at: datetime
    typed: Typed
    instead: Instead | None = None
    others: Others | None = None
    is_licensed: bool = False  # of a licensed authority's certificates, not of the school's own
    may_at_once: bool = False

    @property
    def is_over(self) -> bool:
        """Nobody has to do anything about it any more."""
        return self.state in ("void", "superseded", "revoked", "left", "ended")


@dataclass(frozen=True, slots=True)
class RevocationView:
    """The page on which a letter is revoked."""

    id: int
    version: int
    title: str
    number: str
    typed: Typed


def letter_view(
    found: Whole, more: Beside, file: FileRow | None, *, by: Actor, at: datetime, language: str, typed: Typed,
    why: Callable[[LetterRow], str],
) -> LetterView:  # fmt: skip
    """A letter for one reader at one instant. `why` words the reason of a failure."""
    say, row, state = translator(language), found.row, state_of(found.facts, at=at)
    turn = {one.id for one in turn_of(one.rule for one in found.parties)} if state is State.WAITING else set()
    rules = [one.rule for one in found.parties]
    mine = {one.id for one in places_of(rules, by.person_id)}
    own = [one for one in found.parties if one.id in mine]
    place = next((one for one in own if one.id in turn), None)
    instead = {one.id: may_sign_instead(one, rules) for one in rules}
    makes = scope(by, Permission.LETTER_MAKE).holds(row.path, row.org_id)
    paper = paper_of(row.text, more.before, digest=row.text_digest or "")
    last = deadline(row) - timedelta(microseconds=1)
    kind = say(labels.KINDS.get(row.kind, row.kind))
    failed = has_failed(row)
    return LetterView(
        id=row.id, version=row.version, title=(paper.title if paper else "") or kind, kind=kind, name=row.person,
        place=say(labels.PLACE_POST, grid=row.grid, post=row.post), school=row.school, number=row.number,
        edition=more.edition, state=str(state), state_since=ended_at(found, state),
        before_number=number_text(more.before_year, more.before_seq or 0) if more.before_year else "",
        state_words=say(labels.FAILED if failed else labels.STATES[state]),
        has_failed=failed, failure=why(row) if row.reason else "", end_reason=more.end_reason or "",
        next_href=f"/letters/{more.by_letter_id}" if more.by_letter_id else "",
        public_href=f"/v/{row.code}" if row.sealed_at is not None and row.kind != "class" else "",
        sign_before=local(last).date() if state is State.WAITING else None, is_late=deadline(row) <= at,
        starts_at=row.starts_at, last_day=_last_day(row.ends_at), is_paper=row.paper_since is not None, paper=paper,
        parties=tuple(_party(one, one.id in turn, by, say, instead.get(one.id)) for one in found.parties),
        file=_file(row, file, more),
        signed_how=_signed_how(found, say), is_licensed=_is_licensed(found),
        is_taker=any(one.part == "taker" for one in own),
        may_sign=row.paper_since is None and place is not None,
        may_refuse=state is State.WAITING and row.paper_since is None
        and any(one.signed_at is None and one.person_id == by.person_id for one in own),
        may_reopen=makes and state is State.REFUSED, may_retry=makes and failed,
        may_revoke=row.made_at is not None and state not in OVER
        and scope(by, Permission.LETTER_END).holds(row.path, row.org_id),
        has_key=more.key_since is not None, may_use_key=more.key_since is not None and more.consent in labels.EDITIONS,
        has_passkey=more.passkeys > 0, at=at, typed=typed,
        may_at_once=may_take_effect_now(found, by, at),
        instead=_instead(place, by, say), others=_others(more),
    )  # fmt: skip


def _instead(place: PartyRow | None, by: Actor, say: Callable[..., str]) -> Instead | None:
    if place is None or place.person_id == by.person_id:
        return None
    standing = say(labels.STANDINGS.get(place.stand_in_as or "", ""))
    return Instead(place.person, place.post or "", standing, _last_day(place.stand_in_until))


def _others(more: Beside) -> Others | None:
    """The letters that wait besides this one; the last leads to the first again."""
    if not more.waiting:
        return None
    before, after = more.waiting_before or more.waiting_last, more.waiting_after or more.waiting_first
    return Others(more.waiting, f"/letters/{before}", f"/letters/{after}")


def _last_day(ends_at: datetime | None) -> date | None:
    return local(ends_at - timedelta(microseconds=1)).date() if ends_at else None


def _party(one: PartyRow, is_now: bool, by: Actor, say: Callable[..., str], instead: int | None) -> PartyView:
    standing = "signed" if one.signed_at else "refused" if one.refused_at else "now" if is_now else "next"
    return PartyView(
        turn=one.turn, part=say(labels.PARTS[one.part]), name=one.person, post=one.post or "",
        is_you=one.person_id == by.person_id, standing=standing, signed_at=one.signed_at, how=_how(one, say),
        refused_at=one.refused_at, refusal=one.refusal or "",
        instead=_said_instead(one, say, standing == "now" and instead not in (None, by.person_id)),
    )  # fmt: skip


def _said_instead(one: PartyRow, say: Callable[..., str], may: bool) -> str:
    """Who has signed for another, by which right; who may do so, for as long as nobody has."""
    if one.signed_by:
        return say(
            labels.SIGNED_INSTEAD, name=one.signed_by, standing=say(labels.STANDINGS.get(one.signed_as or "", ""))
        )
    if may and one.stand_in:
        return say(labels.MAY_INSTEAD, name=one.stand_in, standing=say(labels.STANDINGS.get(one.stand_in_as or "", "")))
    return ""


def _how(one: PartyRow, say: Callable[..., str]) -> str:
    level = say(labels.LEVELS[one.level]) if one.method in ("key", "licensed") and one.level in labels.LEVELS else ""
    method = say(labels.METHODS[one.method]) if one.method in labels.METHODS else ""
    return say(labels.SIGNED_HOW, method=method, level=level) if method and level else method


def _signed_how(found: Whole, say: Callable[..., str]) -> tuple[str, ...]:
    """Which kinds of signature the letter bears, each once."""
    methods = dict.fromkeys(one.method for one in found.parties if one.signed_at is not None)
    return tuple(say(labels.METHODS[one]) for one in methods if one in labels.METHODS)


def _is_licensed(found: Whole) -> bool:
    """Whether no signature of it, of now or to come, is one with the school's own certificates."""
    methods = {one.method for one in found.parties if one.signed_at is not None}
    return methods == {str(Method.LICENSED)} or (not methods and service().basis == "licensed")


def _file(row: LetterRow, file: FileRow | None, more: Beside) -> FileView | None:
    if file is None:
        return None
    read_at = more.read_at if more.read_digest == file.digest else None
    href, kilobytes = f"/letters/{row.id}/file", max(1, round(file.size / 1024))
    return FileView(href, file.digest, kilobytes, read_at, _pictures(row, file.digest))


def _pictures(row: LetterRow, digest: str) -> tuple[PagePicture, ...]:
    """A picture for each page; its address changes with the file."""
    return tuple(
        PagePicture(number, f"/letters/{row.id}/pages/{number}?of={digest[:12]}", digits)
        for number, digits in enumerate(row.page_digits, start=1)
    )
