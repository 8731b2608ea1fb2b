"""Checks as panels: each blind spot a line, with the one action that the reader may take."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from portal.core.actors import Actor
from portal.core.clock import local
from portal.core.provided import Check
from portal.coverage import labels
from portal.coverage.checks import Act, Blind, Found
from portal.coverage.checks.lent import words_of
from portal.coverage.queries.reading import School
from portal.permissions.rules import Permission, scope
from portal.rendering.i18n import SOURCE, translator
from portal.rendering.moments import day_text

Domains = Mapping[str, tuple[str, str]]
MOST = 5
MOST_MORE = 200


@dataclass(frozen=True, slots=True)
class Line:
    """One blind spot as it is read. `pair` makes the action a form that confirms two names."""

    text: str
    href: str
    note: str
    action: str = ""
    action_href: str = ""
    pair: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Panel:
    """One check with something missing: the first lines, the others folded away, and how many are not on this page."""

    code: str
    title: str
    have: int
    whole: int
    missing: int
    lines: tuple[Line, ...]
    folded: tuple[Line, ...]
    rest: int


class Doors:
    """Which actions the reader may take in this organisation, and where their forms are."""

    def __init__(self, org_id: int, path: str, by: Actor, *, back: str = "") -> None:
        """`back`: the page to return to once somebody is appointed; the coverage of the organisation unless named."""
        self.org = org_id
        self._back = back or ("/coverage" if org_id == by.org_id else f"/coverage/{org_id}")
        self._path, self._by = path, by
        self._known: dict[Permission, bool] = {}

    def may(self, permission: Permission) -> bool:
        """Whether the reader may do this in the whole organisation."""
        if permission not in self._known:
            held = scope(self._by, permission)
            self._known[permission] = held.holds(self._path, self.org)
        return self._known[permission]

    def to(self, one: Blind) -> str:
        """The address of the form that closes a blind spot; "" where the reader may only look."""
        return next((href for permission, href in self._ways(one) if self.may(permission)), "")

    def _ways(self, one: Blind) -> Iterable[tuple[Permission, str]]:
        if one.act in (Act.APPOINT, Act.FOLLOW):
            back = urlencode({"next": self._back}, safe="/")
            yield Permission.PERSON_EDIT_VIEW, f"/posts/{one.about}/appoint?{back}"
            yield Permission.CHANGE_MAKE_VIEW, self._change({"take-0": one.about})
        elif one.act is Act.PLACE:
            yield Permission.CHANGE_MAKE_VIEW, self._change({"kind": "joining", "person": one.about})
        elif one.act is not None:
            permission, address = ADDRESSES[one.act]
            yield permission, address.format(about=one.about, code=one.code)

    def _change(self, more: dict[str, object]) -> str:
        return "/changes/new?" + urlencode({"org": self.org, **more})


ADDRESSES: dict[Act, tuple[Permission, str]] = {
    Act.MAKE_POST: (Permission.GRID_EDIT_VIEW, "/grids/{about}/posts/new"),
    Act.CHARGE: (Permission.DUTY_LIST_EDIT_VIEW, "/duty-mappings/{about}"),
    Act.PRIMARY: (Permission.GRID_EDIT_VIEW, "/posts/{about}"),
    Act.ONE_POST: (Permission.MATRIX_EDIT_VIEW, "/matrix/{about}/all"),
    Act.MARK: (Permission.MATRIX_EDIT_VIEW, "/matrix/{about}/{code}"),
    Act.CONFIRM: (Permission.COVERAGE_CONFIRM, ""),
}


def line_of(one: Blind, doors: Doors, language: str, *, at: datetime, domains: Domains | None = None) -> Line:
    """A blind spot in words. `domains`: the names of lines of work, where one may be meant."""
    say = translator(language)
    until = day_text(local(one.until).date(), today=local(at).date(), language=language) if one.until else ""
    note = say(labels.NOTES[one.note], title=one.title, count=one.count, until=until) if one.note else ""
    text = one.text or _domain(domains or {}, one.code, language)
    if one.act is Act.CONFIRM:
        may = doors.may(Permission.COVERAGE_CONFIRM)
        return Line(text, one.href, note, say(labels.ACTS[one.act]) if may else "", "", (one.about, one.other))
    href = doors.to(one)
    return Line(text, one.href, note, say(labels.ACTS[one.act]) if href and one.act else "", href)


def _domain(domains: Domains, code: str, language: str) -> str:
    name, name_en = domains.get(code, (code, code))
    return name if language == SOURCE else name_en or name


def panel_of(found: Found, school: School, doors: Doors, language: str, *, at: datetime) -> Panel:
    """A check of this room as a panel."""
    make: Callable[[Blind], Line] = lambda one: line_of(one, doors, language, at=at, domains=school.domains)  # noqa: E731
    lines = tuple(make(one) for one in found.blind[: MOST + MOST_MORE])
    missing = found.whole - found.have if found.whole else len(found.blind)
    title = translator(language)(labels.CHECKS[found.code].title)
    rest = max(len(found.blind) - len(lines), 0)
    return Panel(found.code, title, found.have, found.whole, missing, lines[:MOST], lines[MOST:], rest)


def panel_of_lent(check: Check, doors: Doors, language: str) -> Panel:
    """A check of another room as a panel; its action only for whoever may take it."""
    say, words = translator(language), words_of(check.code, labels.CHECKS)
    may = not check.permission or doors.may(Permission(check.permission))
    lines = tuple(
        Line(gap.text, gap.href, gap.note, say(words.action), gap.action)
        if gap.action and may
        else Line(gap.text, gap.href, gap.note)
        for gap in check.gaps[: MOST + MOST_MORE]
    )
    rest = check.more + max(len(check.gaps) - len(lines), 0)
    missing = check.whole - check.have if check.whole else len(check.gaps) + check.more
    return Panel(check.code, say(words.title), check.have, check.whole, missing, lines[:MOST], lines[MOST:], rest)
