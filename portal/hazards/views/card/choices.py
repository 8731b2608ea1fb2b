"""What the forms of a card offer: categories, people, receivers."""

from dataclasses import dataclass

from portal.hazards import labels
from portal.hazards.queries.choices import Category, Choice, Receiver
from portal.hazards.views.owning import choice_text
from portal.rendering.i18n import Translate

Options = tuple[tuple[str, str], ...]
Groups = tuple[tuple[str, Options], ...]


@dataclass(frozen=True, slots=True)
class MoveChoices:
    """What the forms of the moves offer; empty where no form asks for it."""

    categories: Groups = ()
    responsible: Groups = ()
    watchers: Options = ()
    receivers: Options = ()
    supervisors: Options = ()
    chosen: str = ""
    why_chosen: str = ""


def category_groups(rows: list[Category], language: str) -> Groups:
    """Categories for a select: groups with their check points."""
    names = {row.code: row.name_en if language == "en" else row.name for row in rows}
    return tuple(
        (names[group.code], tuple((row.code, names[row.code]) for row in rows if row.parent == group.code))
        for group in rows
        if group.parent is None
    )


def choice_groups(fit: Options, everybody: list[Choice], translate: Translate) -> Groups:
    """Who may answer for it: those whom the rule offers, with the reason, then every post of the school (R10, R17)."""
    known = {value for value, _ in fit}
    rest = tuple(
        dict.fromkeys(
            (f"post:{row.post_id}", choice_text(row, everybody, translate))
            for row in everybody
            if f"post:{row.post_id}" not in known
        )
    )
    return ((translate(labels.GROUP_FIT), fit), (translate(labels.GROUP_ALL), rest))


def people_options(rows: list[Choice]) -> Options:
    """People as choices, each once, with the post they are known by."""
    found: dict[str, str] = {}
    for row in rows:
        if row.person_id and row.person:
            found.setdefault(str(row.person_id), f"{row.person} {row.grid}{row.title}")
    return tuple(found.items())


def receiver_options(rows: list[Receiver]) -> Options:
    """Where to escalate to."""
    return tuple((str(row.id), row.name) for row in rows)
