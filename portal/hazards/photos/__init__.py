"""Photos that people send: checked, turned upright, shrunk, rid of all that is not the picture (TF1–TF3, B7).

Most are of hazards; portraits for the public boards come through the same door and differ in their cut only.
"""

import atexit
from functools import cache

from portal.hazards.photos.child import Photo
from portal.hazards.photos.darkroom import Darkroom
from portal.hazards.photos.rules import Cut

__all__ = ["Photo", "make_photo", "make_portrait", "shutdown"]


@cache
def _darkroom() -> Darkroom:
    return Darkroom()  # made when first asked: its locks belong to the event loop of that moment


async def make_photo(data: bytes, *, owner: int) -> Photo:
    """The photo that is kept of what a person (`owner`, an id) sent; nothing else of the input survives.

    Photos of one person are made one after another. Refused: `photo.too_large`, `photo.too_many_pixels`,
    `photo.not_an_image`, `photo.heic`, `photo.animated`, `photo.broken`, `photo.too_slow`,
    `photo.interrupted`, `photo.busy`; the sentences are in `labels`.
    """
    return await _darkroom().develop(data, owner=owner)


async def make_portrait(data: bytes, *, owner: int) -> Photo:
    """The same of somebody's face: two small squares, cut from the middle. Refuses what `make_photo` refuses."""
    return await _darkroom().develop(data, owner=owner, cut=Cut.FACE)


@atexit.register
def shutdown() -> None:
    """End the child processes that wait for photos. Photos sent afterwards start new ones."""
    _darkroom().close()
    _darkroom.cache_clear()
