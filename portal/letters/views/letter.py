"""One letter as its page shows it to one reader."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from portal.core.actors import Actor
from portal.core.clock import local
from portal.letters import labels
from portal.letters.queries.letters import FileRow, LetterRow, PartyRow, Whole
from portal.letters.queries.pages import Beside
from portal.letters.rules import State, number_text, state_of, turn_of
from portal.letters.rules.states import OVER
from portal.letters.views.lists import deadline, ended_at, has_failed
from portal.letters.views.paper import Paper, paper_of
from portal.permissions.rules import Permission, scope
from portal.rendering.i18n import translator
from portal.web.again import Typed


@dataclass(frozen=True, slots=True)
class PartyView:
    """One who signs, in their place in the order. `standing`: signed, refused, now, next."""

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


@dataclass(frozen=True, slots=True)
class FileView:
    """The file as it stands; `read_at` is when this reader opened these very bytes, None where they did not."""

    href: str
    digest: str
    kilobytes: int
    read_at: datetime | None


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
    at: datetime
    typed: Typed

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
    own = [one for one in found.parties if one.person_id == by.person_id]
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
        sign_before=local(last).date() if state is State.WAITING else None, is_late=deadline(row) <= at,
        starts_at=row.starts_at, last_day=_last_day(row.ends_at), is_paper=row.kind == "class", paper=paper,
        parties=tuple(_party(one, one.id in turn, by, say) for one in found.parties), file=_file(row, file, more),
        signed_how=_signed_how(found, say), is_taker=any(one.part == "taker" for one in own),
        may_sign=row.kind != "class" and any(one.id in turn for one in own),
        may_refuse=state is State.WAITING and any(one.signed_at is None for one in own),
        may_reopen=makes and state is State.REFUSED, may_retry=makes and failed,
        may_revoke=row.made_at is not None and state not in OVER
        and scope(by, Permission.LETTER_END).holds(row.path, row.org_id),
        has_key=more.key_since is not None and more.consent is not None, at=at, typed=typed,
    )  # fmt: skip


def _last_day(ends_at: datetime | None) -> date | None:
    return local(ends_at - timedelta(microseconds=1)).date() if ends_at else None


def _party(one: PartyRow, is_now: bool, by: Actor, say: Callable[..., str]) -> PartyView:
    standing = "signed" if one.signed_at else "refused" if one.refused_at else "now" if is_now else "next"
    return PartyView(
        turn=one.turn, part=say(labels.PARTS[one.part]), name=one.person, post=one.post or "",
        is_you=one.person_id == by.person_id, standing=standing, signed_at=one.signed_at, how=_how(one, say),
        refused_at=one.refused_at, refusal=one.refusal or "",
    )  # fmt: skip


def _how(one: PartyRow, say: Callable[..., str]) -> str:
    level = say(labels.LEVELS[one.level]) if one.method == "key" and one.level in labels.LEVELS else ""
    method = say(labels.METHODS[one.method]) if one.method in labels.METHODS else ""
    return say(labels.SIGNED_HOW, method=method, level=level) if method and level else method


def _signed_how(found: Whole, say: Callable[..., str]) -> tuple[str, ...]:
    """Which kinds of signature the letter bears, each once."""
    methods = dict.fromkeys(one.method for one in found.parties if one.signed_at is not None)
    return tuple(say(labels.METHODS[one]) for one in methods if one in labels.METHODS)


def _file(row: LetterRow, file: FileRow | None, more: Beside) -> FileView | None:
    if file is None:
        return None
    read_at = more.read_at if more.read_digest == file.digest else None
    return FileView(f"/letters/{row.id}/file", file.digest, max(1, round(file.size / 1024)), read_at)
