"""The wizard's three steps: who, what becomes of the posts, and everything that follows, before anything is written."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from portal.changes import labels
from portal.changes.forms import MOST_TAKEN
from portal.changes.queries.changes import PostName
from portal.changes.queries.offers import HeldPost, PostOffer
from portal.changes.rules import MOST_SHOWN, Change, Named, Plan, last_day_of, people_meant
from portal.changes.services import Checked
from portal.core.provided import Held
from portal.rendering.i18n import Translate, translator
from portal.web.again import Typed

Options = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class WhoView:
    """The first step: what kind of change, and whose."""

    kind: str
    kinds: tuple[tuple[str, str, str, str], ...]
    """Address, words, help, and "1" for the chosen one."""
    query: str
    people: tuple[tuple[str, str, str], ...]
    """Address, name, what they are known by."""
    hidden: tuple[tuple[str, str], ...]
    school: str
    org_id: int
    may_be_new: bool
    typed: Typed


@dataclass(frozen=True, slots=True)
class GiveRow:
    """One post of the person, and what is to become of it."""

    number: int
    title: str
    grid: str
    held_as: str
    choices: tuple[tuple[str, str, str], ...]
    who: str
    """The name that was typed, or of whom an address says already."""
    meant: tuple[tuple[str, str, str], ...]
    """Whom the name may mean, where it means several: value, words, nothing."""
    starts_at: datetime
    ends_at: datetime | None


@dataclass(frozen=True, slots=True)
class FormView:
    """The second step: days and posts."""

    kind: str
    title: str
    hidden: tuple[tuple[str, str], ...]
    back: str
    is_new: bool
    gives: tuple[GiveRow, ...]
    staff: tuple[str, ...]
    """What the field of a name proposes while one types."""
    posts: tuple[tuple[str, Options], ...]
    takes: tuple[int, ...]
    taken_as: Options
    needs_last: bool
    has_last: bool
    today: date
    typed: Typed


def form_view(
    kind: Change, name: str, held: Iterable[HeldPost], staff: Iterable[Named], posts: Iterable[PostOffer],
    typed: Typed, hidden: tuple[tuple[str, str], ...], language: str, *, back: str, today: date,
) -> FormView:  # fmt: skip
    """The second step for somebody."""
    say = translator(language)
    words = labels.AWAY if kind is Change.LEAVE else labels.THEN
    choices = tuple(
        (key, say(text), say(help_)) for key, (text, help_) in words.items()
        if key != "keep" or kind is Change.MOVING
    )  # fmt: skip
    gives = kind in (Change.LEAVING, Change.MOVING, Change.LEAVE)
    people = list(staff) if gives else []
    rows = [_give_row(one, choices, people, typed, say) for one in held]
    shown = [n for n in range(MOST_TAKEN) if n == 0 or typed.get(f"take-{n}") or typed.get(f"take-{n - 1}")]
    taken = {key: text for key, text in labels.TAKEN_AS.items() if key != "acting"}
    return FormView(
        kind=str(kind), title=say(labels.TITLES[kind], name=name or say(labels.NEW_PERSON)), hidden=hidden, back=back,
        is_new=kind is Change.JOINING and not typed.get("person"), gives=tuple(rows) if gives else (),
        staff=tuple(one.label for one in people),
        posts=_offers(posts, say) if kind in (Change.JOINING, Change.MOVING, Change.ACTING) else (),
        takes=tuple(range(max(len(shown), 2))), taken_as=tuple((key, say(text)) for key, text in taken.items()),
        needs_last=kind in (Change.LEAVE, Change.ACTING), has_last=kind in (Change.LEAVE, Change.ACTING), today=today,
        typed=typed,
    )  # fmt: skip


def _give_row(
    one: HeldPost, choices: tuple[tuple[str, str, str], ...], staff: Sequence[Named], typed: Typed, say: Translate
) -> GiveRow:
    chosen = next((some.label for some in staff if str(some.id) == typed.get(f"give_to-{one.appointment_id}")), "")
    who = typed.get(f"give_who-{one.appointment_id}") or chosen
    meant = people_meant(who, staff)
    several = [(str(some.id), some.label, some.staff_no) for some in meant[:MOST_SHOWN]] if len(meant) > 1 else []
    return GiveRow(
        one.appointment_id, one.title, one.grid, say(labels.HELD_AS[one.kind]), choices, who, tuple(several),
        one.starts_at, one.ends_at,
    )  # fmt: skip


def _offers(posts: Iterable[PostOffer], say: Translate) -> tuple[tuple[str, Options], ...]:
    vacant: list[tuple[str, str]] = []
    held: list[tuple[str, str]] = []
    for one in posts:
        text = say(labels.PLACE_POST, grid=one.grid, post=one.title)
        if one.holder:
            held.append((str(one.id), say(labels.NOW_HELD, post=text, holder=one.holder)))
        else:
            vacant.append((str(one.id), text))
    groups = ((say(labels.VACANT_OFFER), tuple(vacant)), (say(labels.HELD_OFFER), tuple(held)))
    return tuple((words, options) for words, options in groups if options)


@dataclass(frozen=True, slots=True)
class PostLine:
    """What becomes of one post: who until then, who from then on, since when it is empty."""

    title: str
    before: str
    after: str
    answers: str
    """Who answers then, where nobody follows by name: the deputy, somebody beside."""
    at: datetime
    until: date | None
    gap_at: datetime | None


@dataclass(frozen=True, slots=True)
class CheckView:
    """The third step: everything that follows, and the button."""

    title: str
    effective_at: datetime
    announced_on: date
    handover_on: date
    last_day: date | None
    note: str
    leaves: bool
    lines: tuple[PostLine, ...]
    hanging: tuple[tuple[str, str], ...]
    hidden: tuple[tuple[str, str], ...]
    edit: str
    key: str


def check_view(
    plan: Plan, checked: Checked, names: Mapping[int, str], posts: Mapping[int, PostName], held: Iterable[Held],
    texts: Mapping[str, str], language: str, *, edit: str, key: str,
) -> CheckView:  # fmt: skip
    """What a checked plan comes to, in words."""
    say = translator(language)
    name = checked.person.name if checked.person else plan.name
    return CheckView(
        title=say(labels.TITLES[plan.kind], name=name), effective_at=plan.effective_at, note=plan.note,
        announced_on=plan.announced_on, handover_on=plan.handover_on, last_day=plan.last_day,
        leaves=plan.kind is Change.LEAVING, lines=tuple(_lines(plan, checked, names, posts, name, say)),
        hanging=tuple((say(labels.HANGING.get(one.code, one.code), count=one.number), one.href or "") for one in held),
        hidden=tuple(texts.items()), edit=edit, key=key,
    )  # fmt: skip


def _lines(
    plan: Plan, checked: Checked, names: Mapping[int, str], posts: Mapping[int, PostName], newcomer: str, say: Translate
) -> list[PostLine]:
    gaps = {fault.post_id: fault.at for fault in checked.gaps}
    found = []
    for post_id in sorted(checked.worked.posts, key=list(posts).index):
        ends = [one for one in checked.worked.ends if one.post_id == post_id]
        starts = [one for one in checked.worked.starts if one.post_id == post_id]
        after = [
            f"{names.get(one.person_id, newcomer)} {say(labels.HELD_AS[one.kind])}".strip() for one in starts
        ]  # fmt: skip
        at = min([one.at for one in ends] + [one.starts_at for one in starts], default=plan.effective_at)
        until = next((last_day_of(one.ends_at) for one in starts if one.ends_at), None)
        title = say(labels.PLACE_POST, grid=posts[post_id].grid, post=posts[post_id].title)
        before = [names.get(one.person_id, "") for one in ends] or ([newcomer] if plan.kind is Change.LEAVE else [])
        answers, comma = names.get(checked.answers.get(post_id, 0), "") if not starts else "", say(labels.COMMA)
        found.append(PostLine(title, comma.join(before), comma.join(after), answers, at, until, gaps.get(post_id)))
    return found
