"""What the pages of wordings show: the list, one edition, the form."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from portal.letters import labels as letter_labels
from portal.letters.document import Wording
from portal.letters.document.labels import PROVISIONS, VARIABLES
from portal.letters.wordings import labels
from portal.letters.wordings.queries import EditionRow, WordingRow
from portal.letters.wordings.texts import GIVEN, Change, must_give, texts_of
from portal.rendering.i18n import Translate, translator
from portal.rendering.moments import moment_text
from portal.web.again import Typed

HERE = "/letters/wordings"


@dataclass(frozen=True, slots=True)
class EditionLine:
    """An edition as a line; `newer_shared` says that the portal has brought a later one than the school's own."""

    id: int
    href: str
    kind: str
    edition: str
    by: str
    used: str
    is_own: bool
    is_now: bool
    ended: str = ""
    newer_shared: int = 0


@dataclass(frozen=True, slots=True)
class WordingsView:
    """The wordings that hold in an organisation."""

    school: str
    lines: tuple[EditionLine, ...]


@dataclass(frozen=True, slots=True)
class ChangeView:
    """A field that reads otherwise than in the edition before."""

    label: str
    gone: tuple[str, ...]
    new: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EditionView:
    """One edition: what it says, what it changed, samples; the acts are offered where it holds now."""

    line: EditionLine
    name: str
    may_edit: bool
    before: EditionLine | None
    changes: tuple[ChangeView, ...]
    texts: tuple[tuple[str, tuple[str, ...]], ...]
    samples: tuple[tuple[str, str], ...]
    history: tuple[EditionLine, ...]
    error: str = ""
    beaten: str = ""


@dataclass(frozen=True, slots=True)
class FieldView:
    """A field of the form."""

    name: str
    label: str
    value: str
    hint: str = ""
    rows: int = 0  # 0: one line
    limit: int = 4_000


@dataclass(frozen=True, slots=True)
class Group:
    """Fields that belong together; `is_open` shows them without being asked."""

    title: str
    fields: tuple[FieldView, ...]
    is_open: bool


@dataclass(frozen=True, slots=True)
class FormView:
    """The form of the next edition."""

    id: int
    name: str
    edition: str
    groups: tuple[Group, ...]
    places: tuple[tuple[str, str], ...]
    variants: tuple[tuple[str, str], ...]
    typed: Typed


class Words:
    """Words of the pages for one reader."""

    def __init__(self, language: str, at: datetime) -> None:
        self.language, self.at = language, at
        self.say: Translate = translator(language)

    def moment(self, moment: datetime) -> str:
        """An instant in words."""
        return moment_text(moment, at=self.at, language=self.language)

    def line(self, row: EditionRow, *, now_id: int, newer: int = 0) -> EditionLine:
        """An edition as a line."""
        say, label = self.say, labels.OWN_EDITION if row.is_own else labels.SHARED_EDITION
        since = self.moment(row.made_at)
        by = say(labels.BY_PERSON, moment=since, name=row.made_by) if row.made_by else ""
        return EditionLine(
            row.id, f"{HERE}/{row.id}", say(letter_labels.KINDS.get(row.kind, row.kind)),
            say(label, edition=row.edition), by or say(labels.BY_PORTAL, moment=since),
            say(labels.USED_BY, count=row.letters) if row.letters else "", row.is_own, row.id == now_id,
            say(labels.HELD_UNTIL, moment=self.moment(row.ended_at)) if row.ended_at else "", newer,
        )  # fmt: skip

    def label(self, field: str, wording: Wording) -> str:
        """What a field is called."""
        say, (head, _, rest) = self.say, field.partition("-")
        if field in labels.FIELDS:
            return say(labels.FIELDS[field])
        if head in ("clause", "variant"):
            return self._of_several(head, rest, wording)
        if head == "table":
            return next((one.title for one in wording.tables if one.key == rest), rest)
        if head == "part":
            return say(labels.PARTS[rest])
        label, what = (labels.PROVISION, PROVISIONS) if head == "give" else (labels.DEFAULT, VARIABLES)
        return say(label, what=say(what.get(rest, rest)))

    def _of_several(self, head: str, rest: str, wording: Wording) -> str:
        key, _, what = rest.rpartition("-")
        if head == "variant":
            return self.say(labels.VARIANT_FIELDS[what], name=self.variant(key))
        title = next((one.title for one in wording.clauses if one.key == key), key)
        return self.say(labels.CLAUSE_TITLE if what == "title" else labels.CLAUSE_TEXT, clause=title)

    def variant(self, name: str) -> str:
        """What a variant is called."""
        return self.say(labels.VARIANTS[name]) if name in labels.VARIANTS else name


def wordings_view(rows: Sequence[EditionRow], words: Words, *, school: str) -> WordingsView:
    """Of each kind the one that holds: the organisation's own before the shared one."""
    lines = []
    for kind in letter_labels.KINDS:
        of_kind = [row for row in rows if row.kind == kind]
        if not of_kind:
            continue
        now = next((row for row in of_kind if row.is_own), of_kind[0])
        shared = next((row for row in of_kind if not row.is_own and row.made_at > now.made_at), None)
        lines.append(words.line(now, now_id=now.id, newer=shared.id if shared is not None else 0))
    return WordingsView(school, tuple(lines))


def edition_view(
    row: WordingRow, wording: Wording, before: EditionRow | None, changed: Sequence[Change],
    rows: Sequence[EditionRow], words: Words, *, now_id: int, may_edit: bool, error: str = "", beaten: str = "",
) -> EditionView:  # fmt: skip
    """The page of one edition."""
    lines = tuple(words.line(one, now_id=now_id) for one in rows)
    mine = next(one for one in lines if one.id == row.id)
    said = ((words.label(name, wording), tuple(text.splitlines())) for name, text in texts_of(wording).items() if text)
    samples = tuple(
        (words.variant(one.name), f"{HERE}/{row.id}/sample.pdf?variant={one.name}") for one in wording.variants
    )
    return EditionView(
        mine, wording.name, may_edit and mine.is_now,
        words.line(before, now_id=now_id) if before is not None else None,
        tuple(ChangeView(words.label(one.field, wording), one.gone, one.new) for one in changed), tuple(said),
        samples or ((mine.kind, f"{HERE}/{row.id}/sample.pdf"),), lines, error, beaten,
    )  # fmt: skip


SHORT = ("title", "words")
CORE = ("title", "opening", "note", "open_period")


def form_view(row: WordingRow, wording: Wording, words: Words, typed: Typed) -> FormView:
    """The form, with what was typed before anything else."""
    texts = texts_of(wording)
    fields = {name: _field(name, typed.texts.get(name, text), wording, words) for name, text in texts.items()}
    say = words.say
    edition = say(labels.OWN_EDITION if row.org_id is not None else labels.SHARED_EDITION, edition=row.edition)
    groups = []
    for label, heads, is_open in labels.GROUPS:
        chosen = tuple(view for name, view in fields.items() if _group(name) in heads)
        bad = any(typed.wrong(view.name) for view in chosen)
        if chosen:
            groups.append(Group(say(label), chosen, is_open or bad))
    variants = tuple((one.name, words.variant(one.name)) for one in wording.variants)
    return FormView(row.id, wording.name, edition, tuple(groups), _places(wording, words), variants, typed)


def _group(name: str) -> str:
    head = name.partition("-")[0]
    if head in ("clause", "open_period"):
        return "clause"
    return "core" if head in CORE else head


def _field(name: str, value: str, wording: Wording, words: Words) -> FieldView:
    say, last = words.say, name.rpartition("-")[2]
    short = name == "title" or last in SHORT or name.startswith(("part-", "default-"))
    hint = ""
    if name.startswith("table-"):
        table = next(one for one in wording.tables if f"table-{one.key}" == name)
        hint = say(labels.CELLS, head=say(letter_labels.COMMA).join(table.head))
    elif name == "standing" or last == "standing" or name.startswith("give-"):
        hint = say(labels.LINE_EACH)
    elif name in ("clause-duties-text", "clause-means-text"):
        hint = say(labels.LISTED_BELOW)
    elif last == "words":
        hint = say(labels.WORDS_HINT)
    elif name.startswith("variant-") and last == "title":
        hint = say(labels.TITLE_OR_USUAL)
    rows = 0 if short else min(12, max(2, value.count("\n") + 1 + len(value) // 24))
    must = name in {f"give-{kind}" for kind in must_give(wording)}
    hint = say(labels.MUST_GIVE) if must else hint
    return FieldView(name, words.label(name, wording), value, hint, rows, 200 if short else 4_000)


def _places(wording: Wording, words: Words) -> tuple[tuple[str, str], ...]:
    """Every place that may stand in a text, and what it becomes."""
    given = [(f"{{{name}}}", words.say(VARIABLES.get(name, name))) for name in GIVEN]
    own = [(f"{{{name}}}", f"{words.say(VARIABLES.get(name, name))}") for name in wording.defaults if name not in GIVEN]
    return (*given, *own)
