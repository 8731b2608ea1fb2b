"""What somebody sees who reports from outside, and how their report goes on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import segno

from portal.contact_boards.labels import STAGES
from portal.contact_boards.queries.reports import Earlier, Followed
from portal.contact_boards.rules import NotFixed, Stage, not_fixed_leads_to, stage_of, without_numbers
from portal.contact_boards.views.board import Frame
from portal.rendering.i18n import translator


@dataclass(frozen=True, slots=True)
class SimilarLine:
    """Something that others have reported already."""

    id: int
    title: str
    place: str
    stage: str
    too_count: int


@dataclass(frozen=True, slots=True)
class ReportPage:
    """The form of a stranger's report; `similar` is what may be the same."""

    frame: Frame
    key: str
    action: str
    place: str
    duty_phone: str
    form_key: str
    title: str = ""
    phone: str = ""
    kept: tuple[str, ...] = ()
    similar: tuple[SimilarLine, ...] = ()
    errors: Mapping[str, str] = field(default_factory=dict)
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class FollowPage:
    """A report as its reporter sees it: stages, no names."""

    frame: Frame
    key: str
    action: str
    place: str
    title: str
    sent_at: datetime
    answer_by: datetime
    waits: bool
    steps: tuple[tuple[str, str], ...]
    refused: bool
    reason: str
    too_count: int
    photos: int
    not_fixed: NotFixed | None
    again: bool
    form_key: str
    secret: str
    """The report key, right after sending; then never again."""
    link: str
    qr_size: int
    qr_path: str
    duty_phone: str
    error: str = ""
    text: str = ""


def similar_lines(found: Sequence[Earlier], language: str) -> tuple[SimilarLine, ...]:
    """Earlier reports as strangers may read them."""
    say = translator(language)
    return tuple(
        SimilarLine(one.id, without_numbers(one.title), one.place, say(STAGES[stage_of(one.state, one.status)]),
                    one.too_count)
        for one in found
    )  # fmt: skip


def steps_of(report: Followed, language: str) -> tuple[tuple[str, str], ...]:
    """The three stages as the component draws them."""
    say, order = translator(language), (Stage.RECEIVED, Stage.FIXING, Stage.DONE)
    stage = stage_of(report.state, report.status)
    here = order.index(stage) if stage in order else 0
    states = ("past" if n < here else "here" if n == here else "next" for n in range(len(order)))
    return tuple((say(STAGES[one]), state) for one, state in zip(order, states, strict=True))


def not_fixed_of(report: Followed, *, at: datetime) -> NotFixed | None:
    """What "not fixed" leads to now; None: nothing can be said."""
    return not_fixed_leads_to(
        state=report.state, status=report.status, outcome=report.outcome, closed_at=report.closed_at,
        reopened_at=report.reopened_at, is_own=report.is_own, at=at,
    )  # fmt: skip


def qr_of(link: str) -> tuple[int, str]:
    """A QR code as the size of its grid, with the quiet edge that readers need, and one SVG path."""
    matrix, quiet = segno.make(link, error="m", micro=False).matrix, 4
    dark = [(x + quiet, y + quiet) for y, row in enumerate(matrix) for x, module in enumerate(row) if module]
    return len(matrix) + 2 * quiet, "".join(f"M{x} {y}h1v1h-1z" for x, y in dark)
