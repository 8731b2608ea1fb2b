"""The matrix as rows of a workbook: the letters of the page, with where they come from in words. Pure."""

from portal.rendering.i18n import translator
from portal.rendering.moments import day_text
from portal.responsibilities import labels
from portal.responsibilities.views.matrix import MatrixView
from portal.responsibilities.views.table import CellView


def matrix_head(view: MatrixView, language: str) -> list[tuple[str, str]]:
    """The columns: kind, number, duty, whether it lacks somebody, then the posts with their grid and holder."""
    say = translator(language)
    fixed = [(say(labels.ROW_KIND), "narrow"), (say(labels.DUTY), "wide"), (say(labels.GAP), "narrow")]
    return fixed + [("\n".join(filter(None, (one.title, one.place, one.who))), "") for one in view.columns]


def matrix_rows(view: MatrixView, language: str) -> list[list[str]]:
    """One line per duty."""
    lacking = translator(language)(labels.GAP)
    return [
        [
            body.title, f"{row.number} {row.text}".strip(), lacking if row.is_lacking else "",
            *(_text(cell) for cell in row.cells),
        ]
        for body in view.bodies for row in body.rows
    ]  # fmt: skip


def _text(cell: CellView | None) -> str:
    return " ".join(filter(None, (cell.sign, cell.source))) if cell else ""


def matrix_note(view: MatrixView, language: str) -> str:
    """The line below the title."""
    day = day_text(view.day, today=view.day, language=language, full=True)
    return translator(language)(labels.ON_DAY, place=view.name, day=day, rows=view.rows, columns=len(view.columns))
