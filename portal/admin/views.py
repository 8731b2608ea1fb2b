"""Lines of the history, and the links of the keeper's first page."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from urllib.parse import urlencode

from portal.admin import labels
from portal.admin.queries import PAGE, EventRow, Known, Wanted
from portal.core.actors import Actor
from portal.grids.labels import FIELDS as GRID_FIELDS
from portal.hazards.labels import OUTCOME, STATUS, TEXT_FIELDS
from portal.people.labels import FIELDS as PEOPLE_FIELDS
from portal.permissions.rules import Permission, Role, has
from portal.rendering.i18n import translator
from portal.web.stories import sentence_of

FIELDS = {**TEXT_FIELDS, **PEOPLE_FIELDS, **GRID_FIELDS}
PAGES = {"hazard": "/hazards/{}", "grid": "/grids/{}", "post": "/posts/{}", "person": "/people/{}"}


class EventLine(NamedTuple):
    """One line: number in the chain, when, who, what, about what."""

    seq: int
    at: datetime
    who: str
    what: str
    about: str
    href: str


@dataclass(frozen=True, slots=True)
class HistoryView:
    """The page of the trail."""

    org_id: int
    name: str
    lines: tuple[EventLine, ...]
    count: int
    wanted: Wanted
    kinds: tuple[tuple[str, str], ...]
    people: tuple[tuple[str, str], ...]
    schools: tuple[tuple[str, str], ...]
    older: str
    newest: str
    sign_ins: tuple[str, str]
    """The way to the list with the sign-ins, or to the one without them; empty where there is no choice."""
    broken: str = ""


def people_in(rows: Iterable[EventRow]) -> set[int]:
    """Whom the sentences name."""
    return {facts["person_id"] for row in rows if (facts := row.facts).get("person_id") is not None}


def history_view(
    org_id: int, name: str, rows: Sequence[EventRow], *, count: int, wanted: Wanted, people: Mapping[int, Known],
    doers: Iterable[Known], schools: Sequence[Known], language: str, broken: str = "",
) -> HistoryView:  # fmt: skip
    """Puts the page together; `rows` holds one more than a page where older ones follow."""
    say = translator(language)
    kept: dict[str, Any] = {
        "org": org_id, "kind": wanted.kind, "person": wanted.person_id or "", "day": wanted.day or "",
        "sign_ins": "1" if wanted.sign_ins else "",
    }  # fmt: skip
    kept = {key: value for key, value in kept.items() if value}
    older = urlencode({**kept, "before": rows[PAGE - 1].seq}) if len(rows) > PAGE else ""
    return HistoryView(
        org_id=org_id, name=name, lines=tuple(_line(row, people, language) for row in rows[:PAGE]), count=count,
        wanted=wanted, kinds=tuple((key, say(text)) for key, text in labels.KINDS.items()),
        people=tuple((str(one.id), one.name) for one in doers),
        schools=tuple((str(one.id), one.name) for one in schools) if len(schools) > 1 else (),
        older=f"?{older}" if older else "", newest=f"?{urlencode(kept)}" if wanted.before else "",
        sign_ins=_sign_ins(kept, wanted, language), broken=broken,
    )  # fmt: skip


def _sign_ins(kept: Mapping[str, Any], wanted: Wanted, language: str) -> tuple[str, str]:
    if wanted.kind:
        return "", ""
    say, others = translator(language), {key: value for key, value in kept.items() if key != "sign_ins"}
    if wanted.sign_ins:
        return say(labels.HIDE_SIGN_INS), f"/admin/history?{urlencode(others)}"
    return say(labels.SHOW_SIGN_INS), f"/admin/history?{urlencode({**others, 'sign_ins': '1'})}"


def _line(row: EventRow, people: Mapping[int, Known], language: str) -> EventLine:
    say = translator(language)
    subject = row.subject or (say(labels.PUPIL) if row.subject_kind == "person" else "")
    about = (
        say(labels.SUBJECTS[row.subject_kind], name=subject) if subject and row.subject_kind in labels.SUBJECTS else ""
    )
    page = PAGES.get(row.subject_kind, "")
    return EventLine(
        seq=row.seq, at=row.at, who=row.actor or say(labels.VIA.get(row.via, row.via)),
        what=sentence_of(row.kind, _spoken(row, people, language), say), about=about,
        href=page.format(row.subject_id) if row.subject and page and row.subject_id else "",
    )  # fmt: skip


def _spoken(row: EventRow, people: Mapping[int, Known], language: str) -> dict[str, Any]:
    """The details as people say them: columns, fields and persons by their names."""
    say, facts = translator(language), row.facts
    for key in ("came_from", "went_to", "column"):
        if facts.get(key) in STATUS:
            facts[key] = say(STATUS[facts[key]])
    if facts.get("outcome") in OUTCOME:
        facts["outcome"] = say(OUTCOME[facts["outcome"]])
    if "fields" in facts:
        facts["fields"] = ", ".join(say(FIELDS.get(name, name)) for name in facts["fields"])
    person = people.get(facts.get("person_id") or 0)
    facts["person"] = (say(labels.PUPIL) if person.kind == "pupil" else person.name) if person else ""
    if row.subject_kind == "post":
        facts["post"] = row.subject or ""
    return facts


class Link(NamedTuple):
    """One way from the keeper's first page."""

    title: str
    text: str
    href: str


CHANGED_BY = {
    "grids": Permission.GRID_EDIT,
    "accounts": Permission.ACCOUNT_MANAGE,
    "viewers": Permission.VIEWER_NAME,
}
"""Pages that some may only look at, with the right that lets others change something there."""


def _about(key: str, actor: Actor) -> str:
    """What a page is for, said as it is for this person."""
    looks = key in CHANGED_BY and not has(actor, CHANGED_BY[key])
    if looks or (key == "duty" and Role.BUREAU_OFFICER in actor.roles):
        return labels.LOOKING[key]
    return labels.LINKS[key][1]


def links_for(actor: Actor, language: str) -> list[Link]:
    """The pages that this person's roles open, in the order of use."""
    say, own = translator(language), actor.org_id
    offered: list[tuple[str, Permission, str]] = [
        ("grids", Permission.GRID_VIEW, "/grids"),
        ("people", Permission.PERSON_VIEW, "/people"),
        ("changes", Permission.CHANGE_VIEW, "/changes"),
        ("coverage", Permission.COVERAGE_VIEW, "/coverage"),
        ("duties", Permission.DUTY_LIST_EDIT, "/duties"),
        ("screening", Permission.SCREENING_VIEW, "/screening"),
        ("boards", Permission.CONTACT_BOARD_EDIT, f"/grids/{own}/contact-board"),
        ("prints", Permission.PRINT_VIEW, "/prints"),
        ("imports", Permission.IMPORT_VIEW, "/imports"),
        ("accounts", Permission.ACCOUNT_VIEW, "/admin/accounts"),
        ("duty", Permission.DUTY_EDIT, "/duty"),
        ("ledger", Permission.REGISTER_EXPORT, f"/grids/{own}/ledger"),
        ("limits", Permission.BOARD_LIMIT, f"/grids/{own}/limits"),
        ("viewers", Permission.VIEWER_VIEW, "/admin/viewers"),
        ("history", Permission.AUDIT_VIEW, "/admin/history"),
    ]
    return [
        Link(say(labels.LINKS[key][0]), say(_about(key, actor)), href)
        for key, permission, href in offered
        if has(actor, permission) and own is not None
    ]
