"""The photos of a card, before and after."""

from dataclasses import dataclass
from datetime import datetime

from portal.hazards.queries.choices import PhotoRow


@dataclass(frozen=True, slots=True)
class PhotoView:
    """A photo and the words below it."""

    id: int
    phase: str
    by: str
    at: datetime


def photos_in(photos: list[PhotoRow], phase: str) -> tuple[PhotoView, ...]:
    """Those of one phase: `before` or `after`."""
    return tuple(PhotoView(row.id, row.phase, row.name or "", row.at) for row in photos if row.phase == phase)
