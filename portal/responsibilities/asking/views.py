"""The answer in one sentence, and each row that it follows from."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from portal.core.clock import local
from portal.core.ids import digest
from portal.rendering.i18n import translator
from portal.rendering.moments import moment_text
from portal.responsibilities.asking import labels
from portal.responsibilities.asking.queries import AwayRow, DutyName, Found, HeldRow, RuledRow
from portal.responsibilities.rules import Answer, Cell, Mark

Options = tuple[tuple[str, tuple[tuple[str, str], ...]], ...]


@dataclass(frozen=True, slots=True)
class RowView:
    """One dated row: what it says, over which time, and when it was entered by whom (R163)."""

    text: str
    span: str
    entered: str
    more: str = ""
    is_ruled: bool = False
    """A row of the matrix: it may have a reason."""


@dataclass(frozen=True, slots=True)
class AskView:
    """The question as it was asked, and the answer; `digest` stands on the page and on the extract."""

    q: str
    day: str
    time: str
    duty: str
    duties: Options = ()
    places: tuple[Found, ...] = ()
    grid_id: int = 0
    grid: str = ""
    sentence: str = ""
    ground: str = ""
    is_gap: bool = False
    has_moved: bool = False
    rows: tuple[RowView, ...] = ()
    also: tuple[tuple[str, str], ...] = ()
    digest: str = ""
    problem: str = ""
    asked_at: datetime | None = None
    address: str = ""


@dataclass(frozen=True, slots=True)
class Proof:
    """The rows that an answer follows from."""

    held: Sequence[HeldRow]
    ruled: Sequence[RuledRow]
    away: Sequence[AwayRow]


def sentence_of(
    answer: Answer, grid: str, duty: str, proof: Proof, *, at: datetime, asked_at: datetime, language: str
) -> str:
    """Who it was, or that it was nobody and who had to see to it."""
    say = translator(language)
    what = say(labels.DUTY, grid=grid, duty=duty) if duty else grid
    moment = moment_text(at, at=asked_at, language=language, full=True)
    post = next((row for row in proof.held if row.post_id == answer.post_id), None)
    if post is None:
        return say(labels.NOBODY, moment=moment, grid=what)
    words = {"moment": moment, "grid": what, "place": _place(post, grid), "post": post.title}
    if answer.accountable is not None:
        standing = labels.STANDING[answer.accountable.standing]
        name = _name(proof, answer.accountable.appointment_id)
        return say(labels.ANSWER, **words, name=name, standing=say(standing) if standing else "")
    if answer.falls_to is None:
        return say(labels.GAP, **words)
    above = next((row for row in proof.held if row.post_id == answer.falls_to_post), post)
    name = _name(proof, answer.falls_to.appointment_id)
    return say(labels.GAP_FALLS, **words, name=name, above=f"{above.grid} {above.title}")


def _place(row: HeldRow, grid: str) -> str:
    """The place of a post, where it is not the one that was asked about."""
    return "" if row.grid == grid else f"{row.grid} "


def _name(proof: Proof, appointment_id: int) -> str:
    return next((row.name or "" for row in proof.held if row.appointment_id == appointment_id), "")


def ground_of(answer: Answer, proof: Proof, language: str) -> str:
    """Why it is this post."""
    post = next((row for row in proof.held if row.post_id == answer.post_id), None)
    if answer.ground is None or post is None:
        return ""
    return translator(language)(labels.GROUNDS[answer.ground], place=post.grid)


def rows_of(proof: Proof, *, asked_at: datetime, language: str) -> tuple[RowView, ...]:
    """Every row, in the order: the matrix, appointments and vacancies, absences."""
    say = translator(language)

    def when(moment: datetime) -> str:
        return moment_text(moment, at=asked_at, language=language, full=True)

    found = [
        RowView(
            say(labels.ROW_RULED, place=row.grid, post=row.title, mark=say(labels.MARKS[row.mark])),
            _span(row.starts_at, row.ends_at, when, say), _entered(row.entered_at, row.entered_by, when, say),
            row.reason or "", is_ruled=True,
        ) for row in proof.ruled
    ]  # fmt: skip
    for held in proof.held:
        words = {"place": f"{held.grid} ", "post": held.title}
        if held.starts_at is None or held.entered_at is None:
            found.append(RowView(say(labels.ROW_VACANT, **words), "", ""))
            continue
        text = say(labels.ROW_HELD, **words, name=held.name or "", held=say(labels.HELD[held.kind or "holder"]))
        span = _span(held.starts_at, held.ends_at, when, say)
        found.append(RowView(text, span, _entered(held.entered_at, held.entered_by, when, say)))
    for away in proof.away:
        span = _span(away.starts_at, away.ends_at, when, say)
        entered = _entered(away.entered_at, away.entered_by, when, say)
        found.append(RowView(say(labels.ROW_AWAY, name=away.name), span, entered))
    return tuple(found)


def _span(first: datetime, last: datetime | None, when: Callable[[datetime], str], say: Callable[..., str]) -> str:
    if last is None:
        return say(labels.SPAN_OPEN, first=when(first))
    return say(labels.SPAN, first=when(first), last=when(last))


def _entered(at: datetime, by: str | None, when: Callable[[datetime], str], say: Callable[..., str]) -> str:
    return say(labels.ENTERED, moment=when(at), name=by) if by else say(labels.ENTERED_BY_NOBODY, moment=when(at))


def also_of(cells: Sequence[Cell], held: Sequence[HeldRow], language: str) -> tuple[tuple[str, str], ...]:
    """Who else had a mark: the word and the post with its person."""
    say = translator(language)
    found = []
    for cell in cells:
        rows = [row for row in held if row.post_id == cell.post_id]
        if cell.mark is not Mark.MAIN and rows:
            name = next((row.name for row in rows if cell.held and row.person_id == cell.held.person_id), "") or ""
            found.append((say(labels.MARKS[cell.mark]), f"{rows[0].grid} {rows[0].title} {name}".strip()))
    return tuple(found)


def duty_options(rows: Sequence[DutyName], language: str) -> Options:
    """What may be asked for apart: groups with their categories; the group itself stands first in its own."""
    names = {row.code: row.name_en if language == "en" else row.name for row in rows}
    return tuple(
        (names[group.code], tuple((row.code, names[row.code]) for row in rows if group.code in (row.code, row.parent)))
        for group in rows
        if group.parent is None
    )


def digest_of(grid_id: int, at: datetime, duty: str, answer: Answer, proof: Proof) -> str:
    """A check of the extract: the same question over the same rows gives the same one, whoever asks and when."""
    rows = [
        *(f"r{row.id} {_dates(row)}" for row in proof.ruled),
        *(f"a{row.post_id}-{row.appointment_id} {row.person_id} {row.kind} {_dates(row)}" for row in proof.held),
        *(f"b{row.id} {_dates(row)}" for row in proof.away),
    ]
    held = answer.accountable or answer.falls_to
    said = [str(grid_id), at.isoformat(), duty, str(answer.post_id), str(answer.is_gap)]
    return digest("\n".join([*said, str(held.appointment_id if held else ""), *rows]))


def _dates(row: RuledRow | HeldRow | AwayRow) -> str:
    return " ".join(one.isoformat() if one else "-" for one in (row.starts_at, row.ends_at, row.entered_at))


def typed_moment(at: datetime) -> tuple[str, str]:
    """The instant as the two fields of the form show it."""
    here = local(at)
    return here.date().isoformat(), here.strftime("%H:%M")
