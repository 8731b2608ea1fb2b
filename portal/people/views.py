"""What the pages of the people room show."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from portal.core.crypto import unseal
from portal.grids.stories import StoryView
from portal.people import labels
from portal.people.queries import Away, Holding, PeopleWanted, PersonLine, PersonRow, PostPlace, Tenure
from portal.people.rules import roles_of
from portal.rendering.i18n import translator
from portal.web.again import Typed


@dataclass(frozen=True, slots=True)
class PeopleView:
    """The list of people, a page of it."""

    school: str
    org_id: int | None
    wanted: PeopleWanted
    filters: tuple[tuple[str, str, str, bool], ...]
    people: tuple[PersonLine, ...]
    found: int
    first: int
    more: tuple[str, str]
    many_schools: bool
    may_edit: bool


@dataclass(frozen=True, slots=True)
class TenureView:
    """A post of a person, now, ahead or before."""

    appointment_id: int
    title: str
    post_href: str
    grid: str
    grid_href: str
    held_as: str
    is_primary: bool
    starts_at: datetime
    ends_at: datetime | None


@dataclass(frozen=True, slots=True)
class PersonView:
    """The page of a person. Phone and mail are in plain words here; the page masks what it shows."""

    id: int
    org_id: int
    school: str
    name: str
    kind: str
    is_pupil: bool
    staff_no: str
    phone: str
    email: str
    left_at: datetime | None
    leaves_at: datetime | None
    """An announced day that lies ahead."""
    away: tuple[Away, ...]
    held: tuple[TenureView, ...]
    before: tuple[TenureView, ...]
    story: tuple[StoryView, ...]
    may_edit: bool
    may_change: bool
    """Whether they may enter a change of personnel about this person."""
    may_see_account: bool
    sheet: str
    """Where the list of their duties is; empty for whoever has none."""


def person_view(
    person: PersonRow, tenures: Iterable[Tenure], story: tuple[StoryView, ...], language: str, *, at: datetime,
    away: Iterable[Away], may_edit: bool, may_change: bool, may_edit_posts: bool, may_see_account: bool,
    may_see_duties: bool,
) -> PersonView:  # fmt: skip
    """A person with the posts of now (and those entered ahead) apart from those that are over."""
    say = translator(language)
    views = [
        TenureView(
            one.appointment_id, one.title, f"/posts/{one.post_id}" if may_edit_posts else "", one.grid,
            f"/grids/{one.grid_id}", say(labels.HELD_AS[one.kind]), bool(one.is_primary), one.starts_at, one.ends_at,
        )
        for one in tenures
    ]  # fmt: skip
    return PersonView(
        id=person.id, org_id=person.org_id, school=person.school, name=person.name,
        kind=say(labels.PERSON_KINDS[person.kind]), is_pupil=person.kind == "pupil", staff_no=person.staff_no or "",
        phone=opened(person.phone_sealed), email=opened(person.email_sealed),
        left_at=person.left_at if person.has_left(at) else None,
        leaves_at=None if person.has_left(at) else person.left_at,
        away=tuple(away), held=tuple(one for one in views if one.ends_at is None or one.ends_at > at),
        before=tuple(one for one in views if one.ends_at is not None and one.ends_at <= at), story=story,
        may_edit=may_edit and not person.has_left(at),
        may_change=may_change and person.kind == "staff" and person.left_at is None, may_see_account=may_see_account,
        sheet=f"/people/{person.id}/duty-sheet" if may_see_duties and person.kind == "staff" else "",
    )  # fmt: skip


def opened(sealed: str | None) -> str:
    """What was sealed, in plain words; nothing where there is nothing or no key of ours opens it."""
    return (unseal(sealed) or "") if sealed else ""


@dataclass(frozen=True, slots=True)
class PersonForm:
    """The form of a person, new or known."""

    id: int | None
    org_id: int
    school: str
    version: int
    action: str
    back: str
    typed: Typed


@dataclass(frozen=True, slots=True)
class LeaveView:
    """Marking somebody as left: what falls vacant by it."""

    id: int
    name: str
    version: int
    held: tuple[TenureView, ...]
    typed: Typed


@dataclass(frozen=True, slots=True)
class HoldingView:
    """An appointment on the post's page."""

    id: int
    version: int
    name: str
    person_href: str
    phone: str
    held_as: str
    is_primary: bool
    may_be_primary: bool
    is_ahead: bool
    starts_at: datetime
    ends_at: datetime | None


@dataclass(frozen=True, slots=True)
class PostView:
    """The page of a post: what it is, who holds it, who did."""

    id: int
    version: int
    title: str
    role: str
    rights: str
    reach: str
    is_accountable: bool
    line_of_work: str
    grid: str
    grid_id: int
    school_crumbs: tuple[tuple[str, str], ...]
    held: tuple[HoldingView, ...]
    before: tuple[HoldingView, ...]
    reasons: tuple[str, ...]
    """Why the post cannot be ended now."""
    is_over: bool
    typed: Typed


def post_view(
    post: PostPlace, holdings: Sequence[Holding], crumbs: tuple[tuple[str, str], ...], reasons: tuple[str, ...],
    language: str, *, at: datetime, typed: Typed, opens_people: bool,
) -> PostView:  # fmt: skip
    """A post with its holders now, ahead and before."""
    say = translator(language)
    views = [_holding(one, language, at=at, opens_people=opens_people) for one in holdings]
    return PostView(
        id=post.id, version=post.version, title=post.title, role=say(labels.ROLES[post.role]),
        rights=say(labels.RIGHTS[post.role]), reach=post.reach, is_accountable=bool(post.is_accountable),
        line_of_work=post.line_of_work, grid=post.grid, grid_id=post.grid_id, school_crumbs=crumbs, reasons=reasons,
        is_over=post.ended_at is not None, typed=typed,
        held=tuple(one for one in views if one.ends_at is None or one.ends_at > at),
        before=tuple(one for one in views if one.ends_at is not None and one.ends_at <= at),
    )  # fmt: skip


def _holding(one: Holding, language: str, *, at: datetime, opens_people: bool) -> HoldingView:
    say = translator(language)
    return HoldingView(
        id=one.id, version=one.version, name=one.name, person_href=f"/people/{one.person_id}" if opens_people else "",
        phone=opened(one.phone_sealed) if one.person_kind == "staff" else "", held_as=say(labels.HELD_AS[one.kind]),
        is_primary=bool(one.is_primary), may_be_primary=one.kind == "holder" and not one.is_primary,
        is_ahead=one.starts_at > at, starts_at=one.starts_at, ends_at=one.ends_at,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class PostForm:
    """The form of a post, new or known. `roles`: code, what it is, what rights it gives."""

    title: str
    action: str
    back: str
    version: int
    crumbs: tuple[tuple[str, str], ...]
    roles: tuple[tuple[str, str, str], ...]
    reaches: tuple[tuple[str, str], ...]
    typed: Typed


def role_choices(org_kind: str, language: str) -> tuple[tuple[str, str, str], ...]:
    """The roles of an organisation in plain words, each with the rights it gives."""
    say = translator(language)
    return tuple((role.value, say(labels.ROLES[role]), say(labels.RIGHTS[role])) for role in roles_of(org_kind))


@dataclass(frozen=True, slots=True)
class AppointView:
    """The form that puts somebody into a post: people found by a search, or a new name."""

    post_id: int
    title: str
    grid: str
    grid_id: int
    crumbs: tuple[tuple[str, str], ...]
    query: str
    back: str
    """The page to return to; empty for the post's own."""
    people: tuple[PersonLine, ...]
    found: int
    held_as: tuple[tuple[str, str, str], ...]
    is_vacant: bool
    is_pupil_post: bool
    typed: Typed


@dataclass(frozen=True, slots=True)
class SchoolForm:
    """The form of a new school."""

    bureaus: tuple[tuple[str, str], ...]
    typed: Typed
