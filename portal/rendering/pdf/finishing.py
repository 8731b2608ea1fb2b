"""Puts `extras` into a PDF while it is written, in one go: no second revision. Imported by the PDF process only."""

from datetime import UTC, datetime
from typing import Any

import pydyf  # type: ignore[import-untyped]
from weasyprint import Attachment

PRINT_AND_LOCKED = 132  # flags of an annotation
NEVER = datetime(1970, 1, 1, tzinfo=UTC)
POINTS = 0.75  # to a CSS pixel


class FieldMissing(Exception):
    """No element has this `id`: there is no place to sign."""

    def __init__(self, names: list[str]) -> None:
        super().__init__(" ".join(names))
        self.names = names


def options_of(extras: dict[str, Any] | None) -> dict[str, Any]:
    """How WeasyPrint is to write it."""
    if extras is None:
        return {}
    files = [
        Attachment(
            string=one["text"], name=one["name"], description=one["about"], created=NEVER, modified=NEVER,
            relationship="Data",
        )
        for one in extras["files"]
    ]  # fmt: skip
    return {
        "attachments": files,
        "pdf_tags": True,
        "pdf_identifier": bytes.fromhex(extras["identifier"]),
        "finisher": _Finisher(extras["fields"]),
    }


class _Finisher:
    """Called by WeasyPrint before the trailer is written.

    The fields stand outside the tree of tags: a signed field that is reached through it looks to a checker as if the
    page had been changed. Its label is read aloud all the same (`TU`).
    """

    def __init__(self, fields: list[dict[str, str]]) -> None:
        self.fields = fields

    def __call__(self, document: Any, pdf: Any) -> None:
        pages = [item for item in pdf.objects if isinstance(item, dict) and item.get("Type") == "/Page"]
        places = {
            name: (number, box) for number, page in enumerate(document.pages) for name, box in page.anchors.items()
        }
        missing = [one["name"] for one in self.fields if one["name"] not in places]
        if missing:
            raise FieldMissing(missing)
        widgets = []
        for one in self.fields:
            number, box = places[one["name"]]
            widgets.append(_field(pdf, pages[number], document.pages[number].height, box, one))
        if widgets:
            form = pydyf.Dictionary({"Fields": pydyf.Array(widget.reference for widget in widgets)})
            pdf.add_object(form)
            pdf.catalog["AcroForm"] = form.reference


def _field(pdf: Any, page: Any, height: float, box: tuple[float, ...], one: dict[str, str]) -> Any:
    left, top, right, low = box
    corners = [left, height - low, right, height - top]
    widget = pydyf.Dictionary(
        {
            "Type": "/Annot",
            "Subtype": "/Widget",
            "FT": "/Sig",
            "T": pydyf.String(one["name"]),
            "TU": pydyf.String(one["label"]),
            "F": PRINT_AND_LOCKED,
            "P": page.reference,
            "Rect": pydyf.Array(round(side * POINTS, 2) for side in corners),
        }
    )
    pdf.add_object(widget)
    page.setdefault("Annots", pydyf.Array()).append(widget.reference)
    return widget
