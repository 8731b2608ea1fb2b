"""Paper: a template becomes a PDF in a process of its own, within limits (TR4), and fetches nothing (TW4).

The HTML is made here by our own environment and goes over a pipe as text. Only the other process knows WeasyPrint, so
the portal starts, and serves everything else, on a machine without pango.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from portal.core.refusals import Refused
from portal.rendering.pdf.extras import AttachedFile, EmptyField, Extras

__all__ = [
    "AttachedFile",
    "EmptyField",
    "Extras",
    "PdfFailed",
    "Printed",
    "pdf_alike",
    "pdf_of",
    "pdf_of_many",
    "pdf_with",
    "shutdown",
    "use_processes",
]

Progress = Callable[[int], None]


class PdfFailed(Refused):
    """Why there is no PDF, and what helps: `pdf.…`, the sentences are in `portal.rendering.labels`.

    A web handler lets it pass: it is answered as 503 with the sentence. A job notes the code on its row.
    """

    status = 503


async def pdf_of(template: str, language: str, **context: Any) -> bytes:
    """The PDF of a template under `templates/pdf/` (`"pdf/handover.html"`). The same input gives the same bytes."""
    return await pdf_of_many(template, language, [context])


async def pdf_of_many(
    template: str, language: str, contexts: Sequence[Mapping[str, Any]], *, progress: Progress | None = None
) -> bytes:
    """One PDF of several pieces, each the template with another context, in their order.

    `progress` is told after each piece how many are set; it is called from another thread and must not wait.
    """
    from portal.rendering.pdf.press import press  # a page that prints nothing starts nothing

    return await press().pdf_of(template, language, contexts, progress or _silent)


async def pdf_with(template: str, language: str, extras: Extras, **context: Any) -> bytes:
    """The PDF of a template that carries more than its pages; tagged, so that it can be read aloud.

    Refused besides: `pdf.field_missing`, when no element has the `id` of a signature field.
    """
    from portal.rendering.environment import render
    from portal.rendering.pdf.press import press

    piece = render(f"pdf/{template.removeprefix('pdf/')}", language, **context)
    return await press().set([piece], _silent, extras)


class Printed(NamedTuple):
    """A PDF, and the digits of the words on each of its pages, as they are printed there."""

    pdf: bytes
    pages: tuple[str, ...]


async def pdf_alike(template: str, language: str, extras: Extras, **context: Any) -> Printed:
    """A document that has most of its words in common with others: otherwise as `pdf_with`.

    What is its own stands in the template in elements with `data-own="name"` that hold text only; one of them, `page`,
    has twelve noughts in groups of four, where the digits of each page are put. All else is set once: after the first
    one, each takes a few milliseconds. The same document gives the same bytes, whatever was printed before it.
    """
    from portal.rendering.environment import render
    from portal.rendering.pdf.press import press

    return await press().print(render(f"pdf/{template.removeprefix('pdf/')}", language, **context), extras)


def use_processes(count: int) -> None:
    """How many PDF processes this one may keep: 1 unless said otherwise; the worker says 2."""
    from portal.rendering.pdf.press import use_processes as use

    use(count)


def shutdown() -> None:
    """Ends the PDF processes of this process. What is asked for afterwards starts new ones."""
    from portal.rendering.pdf.press import shutdown as close

    close()


def _silent(_: int) -> None:
    """Nobody asked how far it is."""
