"""What the pages of an import show: each oddity as two plain sentences on its row."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from portal.core.refusals import Refused
from portal.importing import labels
from portal.importing.answers import RENAME, Answers
from portal.importing.queries import BatchRow, Made, Preview, School
from portal.importing.rows import GridRow, Oddity
from portal.rendering.i18n import translator

PAGE = 100
SINGLE_TICKS = 50
"""Up to here each question has its own tick; more are confirmed kind by kind."""
SHOWN = ("odd", "error", "ask", "note", "all")
COLLAPSED = ("odd", "note")
"""In these lists a note that stands on several rows in the same words is one line with its count."""
ROWS_NAMED = 10


@dataclass(frozen=True, slots=True)
class Remark:
    """An oddity in the reader's language."""

    severity: str
    label: str
    column: str
    what: str
    remedy: str


@dataclass(frozen=True, slots=True)
class RowView:
    """A row of the file with what is odd about it."""

    sheet: str
    number: int
    where: str
    kind: str
    who: str
    remarks: tuple[Remark, ...]


@dataclass(frozen=True, slots=True)
class SameNote:
    """A note that several rows have in the same words: how many, and the first of them."""

    remark: Remark
    count: int
    rows: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """One tick: a single question, or all of one kind with their number."""

    answer: str
    row: int
    text: str
    remedy: str
    count: int = 1
    rename: str = ""
    suggestion: str = ""


@dataclass(frozen=True, slots=True)
class Tab:
    """A filter of the rows: its name, where it leads, how many it shows, whether it is the chosen one."""

    text: str
    href: str
    count: int
    chosen: bool


@dataclass(frozen=True, slots=True)
class PreviewView:
    """What the file would do, what must be mended or confirmed, and one page of its rows."""

    mark: str
    made: Made
    left_alone: int
    total: int
    rows_in_file: int
    errors: int
    questions: tuple[Question, ...]
    tabs: tuple[Tab, ...]
    notes: tuple[SameNote, ...]
    rows: tuple[RowView, ...]
    first: int
    last: int
    of: int
    previous: str
    next: str


@dataclass(frozen=True, slots=True)
class ImportView:
    """The page of one upload, in whatever state it is."""

    batch: BatchRow
    state: str
    preview: PreviewView | None = None
    made: Made | None = None
    left_vacant: tuple[tuple[int, Remark], ...] = ()
    failure: str = ""
    error: str = ""
    ticked: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class ImportsView:
    """The page of all uploads, with the form for the next one."""

    schools: tuple[School, ...]
    batches: tuple[tuple[BatchRow, str], ...]
    school: int = 0
    errors: Mapping[str, str] = field(default_factory=dict)


def remark(oddity: Oddity, language: str) -> Remark:
    """The sentences of an oddity; columns of our own are named in the reader's language."""
    translate = translator(language)
    column = translate(labels.COLUMNS[oddity.column]) if oddity.column in labels.COLUMNS else oddity.column
    words = labels.ODDITIES[oddity.code]
    params = {"value": oddity.value, "column": column, "row": oddity.row, **oddity.params}
    label = translate(labels.SEVERITIES[oddity.severity])
    return Remark(oddity.severity, label, column, translate(words.what, **params), translate(words.remedy, **params))


def left_vacant(batch: BatchRow, language: str) -> tuple[tuple[int, Remark], ...]:
    """What an import has left to somebody else: the row of the file, and the sentences that stood there."""
    return tuple((oddity.row, remark(oddity, language)) for oddity in Answers.load(batch.answers).left_vacant)


def refusal_text(refusal: Refused, language: str) -> str:
    """The sentence of one of our refusals; what blocks an undo is named and counted."""
    translate = translator(language)
    params = dict(refusal.params)
    if "hanging" in params:
        params["what"] = hanging_text(params.pop("hanging"), language)
    if "state" in params:
        params["state"] = translate(labels.STATES[params["state"]])
    if refusal.code not in labels.REFUSALS:
        return translate(labels.REFUSALS["import.failed"])
    return translate(labels.REFUSALS[refusal.code], **params)


def hanging_text(hanging: Mapping[str, int], language: str) -> str:
    """`2 hazards, 1 account`: tables without a word of their own are summed up as other records."""
    translate = translator(language)
    counts: dict[str, int] = defaultdict(int)
    for table, count in hanging.items():
        counts[table if table in labels.HANGING else "other"] += count
    return translate(labels.COMMA).join(
        translate(labels.HANGING[table], count=count) for table, count in counts.items()
    )


def preview_view(batch_id: int, found: Preview, language: str, *, shown: str, page: int) -> PreviewView:
    """One page of the preview. Without a filter it shows what has to be done first; an unknown page is the first."""
    plan = found.plan
    shown = shown if shown in SHOWN else "error" if plan.errors else "ask" if plan.questions else "odd"
    marks = _by_row(plan.oddities)
    rows = _rows(found.parsed.rows, marks)
    same = _same_notes(plan.oddities) if shown in COLLAPSED else {}
    left = {row: [one for one in odd if _key(one) not in same] for row, odd in marks.items()} if same else marks
    chosen = [row for row in rows if _belongs(shown, left.get(row, []))]
    page = page if 0 < page <= (len(chosen) + PAGE - 1) // PAGE else 1
    first, last = (page - 1) * PAGE, min(page * PAGE, len(chosen))
    address = f"/imports/{batch_id}?show={shown}&page="
    return PreviewView(
        mark=found.mark,
        made=Made(len(plan.grids), len(plan.posts), len(plan.persons), len(plan.appointments)),
        left_alone=plan.left_alone,
        total=plan.total,
        rows_in_file=sum(not _is_header(marks.get(row, [])) for row in rows),
        errors=len(plan.errors),
        questions=_questions(plan.questions, language),
        tabs=_tabs(batch_id, rows, marks, shown, language),
        notes=_note_lines(same, language) if page == 1 else (),
        rows=_row_views(chosen[first:last], found.parsed.rows, left, language),
        first=first + 1 if chosen else 0,
        last=last,
        of=len(chosen),
        previous=f"{address}{page - 1}" if page > 1 else "",
        next=f"{address}{page + 1}" if last < len(chosen) else "",
    )


_Place = tuple[str, int]


def _by_row(oddities: Iterable[Oddity]) -> dict[_Place, list[Oddity]]:
    found: dict[_Place, list[Oddity]] = defaultdict(list)
    for oddity in oddities:
        found[oddity.sheet, oddity.row].append(oddity)
    return found


_Key = tuple[str, str, str, str, str]


def _key(oddity: Oddity) -> _Key:
    """What makes two oddities read the same."""
    return oddity.severity, oddity.code, oddity.column, oddity.value, repr(sorted(oddity.params.items()))


def _same_notes(oddities: Iterable[Oddity]) -> dict[_Key, list[Oddity]]:
    """Notes that stand on more than one row in the same words, in the order of the file."""
    found: dict[_Key, list[Oddity]] = defaultdict(list)
    for oddity in oddities:
        if oddity.severity == "note":
            found[_key(oddity)].append(oddity)
    return {key: notes for key, notes in found.items() if len(notes) > 1}


def _note_lines(same: Mapping[_Key, Sequence[Oddity]], language: str) -> tuple[SameNote, ...]:
    return tuple(
        SameNote(remark(notes[0], language), len(notes), tuple(note.row for note in notes[:ROWS_NAMED]))
        for notes in same.values()
    )


def _rows(rows: Iterable[GridRow], marks: Mapping[_Place, object]) -> list[_Place]:
    """Every row of the file, also those that could not be read and have only their error."""
    return sorted({(row.sheet, row.number) for row in rows} | set(marks))


def _belongs(shown: str, oddities: list[Oddity]) -> bool:
    if shown == "all":
        return True
    return bool(oddities) if shown == "odd" else any(oddity.severity == shown for oddity in oddities)


def _tabs(
    batch_id: int, rows: list[_Place], marks: Mapping[_Place, list[Oddity]], shown: str, language: str
) -> tuple[Tab, ...]:
    translate = translator(language)
    names = {"odd": labels.ODD_ROWS, **labels.SEVERITIES, "all": labels.ALL_ROWS}
    return tuple(
        Tab(
            translate(names[kind]),
            f"/imports/{batch_id}?show={kind}",
            sum(_belongs(kind, marks.get(row, [])) for row in rows),
            kind == shown,
        )
        for kind in SHOWN
    )


def _is_header(oddities: list[Oddity]) -> bool:
    """Remarks on columns and sheets stand on the header's row, which is no row of the table."""
    return any(oddity.code in {"column_twice", "column_unknown", "sheet_skipped"} for oddity in oddities)


def _row_views(
    places: list[_Place], rows: Sequence[GridRow], marks: Mapping[_Place, list[Oddity]], language: str
) -> tuple[RowView, ...]:
    """The rows of one page; the sheet is named only where there are several."""
    by_place = {(row.sheet, row.number): row for row in rows}
    several = len({row.sheet for row in rows} | {sheet for sheet, _ in marks}) > 1
    return tuple(
        RowView(
            place[0] if several else "",
            place[1],
            " / ".join((*row.parent, row.name)) if row else "",
            kind_name(row.kind, language) if row else "",
            " / ".join(holder.name or holder.title for holder in row.holders) if row else "",
            tuple(remark(oddity, language) for oddity in marks.get(place, [])),
        )
        for place in places
        for row in [by_place.get(place)]
    )


def kind_name(kind: str, language: str) -> str:
    """The name of a kind of grid."""
    return translator(language)(labels.KINDS[kind]) if kind in labels.KINDS else kind


def _questions(asked: tuple[Oddity, ...], language: str) -> tuple[Question, ...]:
    if len(asked) <= SINGLE_TICKS:
        return tuple(_question(oddity, remark(oddity, language)) for oddity in asked)
    kinds: dict[str, list[Oddity]] = defaultdict(list)
    for oddity in asked:
        kinds[oddity.code].append(oddity)
    return tuple(_questions_of_one_kind(code, found, language) for code, found in kinds.items())


def _question(oddity: Oddity, said: Remark) -> Question:
    suggestion = str(oddity.params.get("suggestion", ""))
    rename = RENAME + oddity.id if suggestion else ""
    return Question(oddity.id, oddity.row, said.what, said.remedy, rename=rename, suggestion=suggestion)


def _questions_of_one_kind(code: str, found: list[Oddity], language: str) -> Question:
    said = remark(found[0], language)
    return Question(code, found[0].row, said.what, said.remedy, count=len(found))
