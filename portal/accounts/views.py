"""What the pages of the accounts room show."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlencode

import segno

from portal.accounts.labels import BROWSERS, STATES, SYSTEMS
from portal.accounts.queries import AccountLine, HeldPost, Org, OwnPage, OwnSession, SlipRow, Wanted
from portal.accounts.rules import SHORT, AccountState, device_of, grouped
from portal.rendering.i18n import translator

PAGE = 100
Errors = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class SignInView:
    """The sign-in page; `trouble` is the sentence above the form."""

    next: str
    login: str = ""
    trouble: str = ""
    errors: Errors = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CodeView:
    """The page on which a code is typed."""

    code: str = ""
    errors: Errors = field(default_factory=dict)
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class JoinView:
    """The page of an invitation that can be used."""

    code: str
    is_reset: bool
    name: str
    school: str
    login: str
    expires_at: datetime
    signed_in_as: str = ""
    errors: Errors = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SessionLine:
    """One device that is signed in."""

    id: int
    device: str
    address: str
    created_at: datetime
    seen_at: datetime
    is_this: bool


@dataclass(frozen=True, slots=True)
class OwnView:
    """A person's own page."""

    login: str
    name: str
    school: str
    posts: tuple[str, ...]
    sessions: tuple[SessionLine, ...]
    phone: str
    email: str
    version: int
    errors: Errors = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PasswordView:
    """The page of a new password. `must`: nothing else opens before."""

    login: str
    must: bool
    errors: Errors = field(default_factory=dict)
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class PersonLine:
    """One line of the list of accounts."""

    id: int
    name: str
    staff_no: str
    school: str
    posts: tuple[str, ...]
    login: str
    last_sign_in_at: datetime | None
    state: str
    state_text: str
    ticked: bool


@dataclass(frozen=True, slots=True)
class AccountsView:
    """The list of accounts: filters (text, href, count, chosen), lines, and the ways on."""

    filters: tuple[tuple[str, str, int, bool], ...]
    lines: tuple[PersonLine, ...]
    orgs: tuple[tuple[str, str], ...]
    org: str
    state: str
    words: str
    may_manage: bool
    without: int
    first: int
    last: int
    total: int
    previous: str
    next: str
    tick_all: str
    errors: Errors = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Slip:
    """One printed slip: for whom, the code to type, and the same as a QR code (size of its grid, one path)."""

    name: str
    school: str
    posts: tuple[str, ...]
    staff_no: str
    is_reset: bool
    code: str
    link: str
    expires_at: datetime
    size: int
    path: str


def session_line(row: OwnSession, *, this: int | None, language: str) -> SessionLine:
    """A session in words: 安卓 微信."""
    return SessionLine(
        row.id, device_text(row.device, language), row.address, row.created_at, row.seen_at, row.id == this
    )


def device_text(user_agent: str, language: str) -> str:
    """What a browser calls itself, in words."""
    translate = translator(language)
    system, browser = device_of(user_agent)
    name = translate(BROWSERS[browser]) if browser in BROWSERS else browser
    return f"{translate(SYSTEMS[system])} {name}".strip()


def posts_text(posts: Iterable[HeldPost], *, most: int = 2) -> tuple[str, ...]:
    """Posts with their places, the first ones."""
    return tuple(f"{post.place} {post.title}" for post in list(posts)[:most])


def own_view(
    page: OwnPage, posts: Sequence[HeldPost], sessions: Sequence[SessionLine], *, phone: str, email: str,
    errors: Errors | None = None,
) -> OwnView:  # fmt: skip
    """A person's own page, with what was typed if it was wrong."""
    return OwnView(
        page.login,
        page.name,
        page.school,
        posts_text(posts, most=50),
        tuple(sessions),
        phone,
        email,
        page.person_version,
        errors or {},
    )


def person_line(row: AccountLine, posts: Iterable[HeldPost], *, language: str, ticked: bool) -> PersonLine:
    """One line of the list, in words."""
    return PersonLine(
        row.person_id, row.name, row.staff_no or "", row.school, posts_text(posts), row.login or "",
        row.last_sign_in_at, row.state, translator(language)(STATES[row.state]), ticked,
    )  # fmt: skip


def address(wanted: Wanted, *, org: str, skip: int = 0, tick: bool = False) -> str:
    """The list with these filters."""
    parts = {
        "org": org, "state": wanted.state.value if wanted.state else "", "q": wanted.words,
        "skip": str(skip) if skip else "", "tick": "all" if tick else "",
    }  # fmt: skip
    query = urlencode({name: value for name, value in parts.items() if value})
    return f"/admin/accounts?{query}" if query else "/admin/accounts"


def accounts_view(
    lines: Sequence[PersonLine], counts: Mapping[str, int], orgs: Sequence[Org], wanted: Wanted, *,
    all_text: str, language: str, skip: int, may_manage: bool, errors: Errors | None = None,
) -> AccountsView:  # fmt: skip
    """The list of accounts with its filters and neighbours."""
    org = str(wanted.org_id or "")
    total = counts.get(wanted.state, 0) if wanted.state else sum(counts.values())
    chips = [(all_text, address(wanted._replace(state=None), org=org), sum(counts.values()), wanted.state is None)]
    for state in AccountState:
        text = translator(language)(STATES[state])
        href = address(wanted._replace(state=state), org=org)
        chips.append((text, href, counts.get(state, 0), wanted.state is state))
    return AccountsView(
        filters=tuple(chips), lines=tuple(lines), orgs=tuple((str(one.id), one.name) for one in orgs), org=org,
        state=wanted.state.value if wanted.state else "", words=wanted.words, may_manage=may_manage,
        without=counts.get("none", 0), first=skip + 1 if lines else 0, last=skip + len(lines), total=total,
        previous=address(wanted, org=org, skip=max(0, skip - PAGE)) if skip else "",
        next=address(wanted, org=org, skip=skip + PAGE) if skip + len(lines) < total else "",
        tick_all=address(wanted, org=org, skip=skip, tick=True), errors=errors or {},
    )  # fmt: skip


def slips(
    rows: Sequence[SlipRow], codes: Mapping[int, str], posts: Mapping[int, Sequence[HeldPost]], *, base_url: str
) -> list[Slip]:
    """Slips with their codes (by invitation). A QR code takes about a millisecond: the caller does this in a thread."""
    return [_slip(row, codes[row.id], posts.get(row.person_id, ()), base_url) for row in rows]


def _slip(row: SlipRow, code: str, posts: Sequence[HeldPost], base_url: str) -> Slip:
    size, path = qr_path(f"{base_url}/join/{code}")
    return Slip(
        row.name, row.school, posts_text(posts), row.staff_no or "", row.purpose == "reset", grouped(code[:SHORT]),
        f"{base_url}/join", row.expires_at, size, path,
    )  # fmt: skip


def qr_path(text: str) -> tuple[int, str]:
    """A QR code as one SVG path: the side of its grid with its margin, and the path. Level Q survives photocopies."""
    matrix = segno.make(text, error="q", micro=False, mask=2, boost_error=False).matrix
    quiet = 4
    runs: list[str] = []
    for y, line in enumerate(matrix):
        x = 0
        while x < len(line):
            start = x
            while x < len(line) and line[x]:
                x += 1
            if x > start:
                runs.append(f"M{start + quiet} {y + quiet}h{x - start}v1h-{x - start}z")
            x += 1
    return len(matrix) + 2 * quiet, "".join(runs)
