"""What a photo must be before anything decodes it (TF1): read from its first bytes, by parsers of our own.

A picture of 9 KB can ask for 800 MB. So nothing is decoded until its header has been believed, and then only
in a child process with a cap (`darkroom`). Parsers here never allocate by what a header says, and stop after
a fixed number of steps.
"""

import re
from collections.abc import Iterator
from enum import StrEnum
from typing import NamedTuple

from portal.core.refusals import Refused

MAX_BYTES = 15 * 1024 * 1024
MAX_PIXELS = 50_000_000
MAX_SIDE = 12_000  # px

MAX_STEPS = 70_000  # blocks looked at; honest files of 15 MB need fewer
MEGABYTE = 1024 * 1024


class Kind(StrEnum):
    """The kinds of picture that are accepted, by the names the decoder knows."""

    JPEG = "JPEG"
    PNG = "PNG"
    WEBP = "WEBP"
    GIF = "GIF"


class Cut(StrEnum):
    """What is made of a photo: all of it, or the square that a face fills."""

    WHOLE = "whole"
    FACE = "face"


class Frame(NamedTuple):
    """How large the two pictures of a cut may be: px of the longer side, bytes of the larger one."""

    full: int
    thumb: int
    most: int


FRAMES = {Cut.WHOLE: Frame(2048, 480, 8 * MEGABYTE), Cut.FACE: Frame(320, 144, 30 * 1024)}


class Header(NamedTuple):
    """What a file says it holds. `width` and `height` in px, before any rotation."""

    kind: Kind
    width: int
    height: int


def read_header(data: bytes) -> Header:
    """The header of a picture that may be decoded.

    Refused: `photo.too_large`, `photo.not_an_image`, `photo.heic`, `photo.animated`, `photo.too_many_pixels`,
    `photo.broken`.
    """
    if len(data) > MAX_BYTES:
        megabytes = -(-len(data) // MEGABYTE)  # rounded up: nobody shall read "15 MB, at most 15 MB"
        raise Refused("photo.too_large", megabytes=megabytes, limit=MAX_BYTES // MEGABYTE)
    kind = _kind(data)
    try:
        width, height = _SIZE_READERS[kind](data)
    except (IndexError, StopIteration) as error:
        raise Refused("photo.broken") from error
    if width == 0 or height == 0:
        raise Refused("photo.broken")
    check_size(width, height)
    return Header(kind, width, height)


def check_size(width: int, height: int) -> None:
    """Refused: `photo.too_many_pixels`, for a picture (px) larger than a common phone's camera makes."""
    if width > MAX_SIDE or height > MAX_SIDE or width * height > MAX_PIXELS:
        raise too_many_pixels(width, height)


def too_many_pixels(width: int, height: int) -> Refused:
    """The refusal of a picture of this size (px), to be raised."""
    return Refused("photo.too_many_pixels", width=width, height=height)


def is_bare_jpeg(data: bytes, *, side: int) -> bool:
    """Whether this is a JPEG of at most `side` px and nothing but a picture: no EXIF, XMP, ICC, no tail.

    Asked of what the child hands back, since the child has worked on bytes of a stranger.
    """
    try:
        segments = dict(_jpeg_segments(data))
        width, height = _jpeg_size(data)
    except (IndexError, StopIteration, Refused):
        return False
    end = _SCAN_ENDS.search(data, segments.get(_SCAN, 0))
    bare = segments.keys() <= _PICTURE_MARKERS and end is not None and data[end.start() :] == b"\xff\xd9"
    return bare and 0 < width <= side and 0 < height <= side


def _kind(data: bytes) -> Kind:
    if data.startswith(b"\xff\xd8\xff"):
        return Kind.JPEG
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return Kind.PNG
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return Kind.WEBP
    if data[:6] in (b"GIF87a", b"GIF89a"):
        return Kind.GIF
    if data[4:8] == b"ftyp" and data[8:12] in _HEIC_BRANDS:
        raise Refused("photo.heic")
    raise Refused("photo.not_an_image")


_HEIC_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs", b"mif1", b"msf1"}


def _number(data: bytes, start: int, size: int, *, little: bool = False) -> int:
    if start + size > len(data):
        raise IndexError("the file ends inside its header")
    return int.from_bytes(data[start : start + size], "little" if little else "big")


# --- JPEG: segments up to the first scan

_FRAMES = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}  # SOF0…SOF15; the three others are tables
_ALONE = {0x00, 0x01, *range(0xD0, 0xD9)}  # markers without a length
_SCAN = 0xDA
_PICTURE_MARKERS = {0xE0, 0xDB, 0xC4, 0xDD, _SCAN} | _FRAMES  # JFIF, tables, restart interval, frame, scan
_SCAN_ENDS = re.compile(rb"\xff[^\x00\xd0-\xd7]")  # in a scan only stuffed bytes and restarts follow an FF


def _jpeg_segments(data: bytes) -> Iterator[tuple[int, int]]:
    """Marker and place of each segment, up to and including the first scan."""
    at = 2
    for _ in range(MAX_STEPS):
        at = data.find(b"\xff", at) + 1
        if at == 0:
            raise IndexError("no further marker")
        marker = _number(data, at, 1)
        if marker == 0xFF or marker in _ALONE:
            continue  # padding
        yield marker, at + 1
        if marker == _SCAN:
            return
        at += 1 + max(_number(data, at + 1, 2), 2)
    raise Refused("photo.broken")


def _jpeg_size(data: bytes) -> tuple[int, int]:
    at = next(at for marker, at in _jpeg_segments(data) if marker in _FRAMES)
    return _number(data, at + 5, 2), _number(data, at + 3, 2)


# --- PNG: chunks up to the first data


def _png_size(data: bytes) -> tuple[int, int]:
    if data[12:16] != b"IHDR":
        raise Refused("photo.broken")
    at = 8
    for _ in range(MAX_STEPS):
        name = data[at + 4 : at + 8]
        if name == b"IDAT":
            return _number(data, 16, 4), _number(data, 20, 4)
        if name == b"acTL" and _number(data, at + 8, 4) > 1:
            raise Refused("photo.animated")
        at += 12 + _number(data, at, 4)
    raise Refused("photo.broken")


# --- WebP: the first chunk tells


def _webp_size(data: bytes) -> tuple[int, int]:
    name = data[12:16]
    if name == b"VP8X":
        if _number(data, 20, 1) & 0x02:
            raise Refused("photo.animated")
        return _number(data, 24, 3, little=True) + 1, _number(data, 27, 3, little=True) + 1
    if name == b"VP8L" and _number(data, 20, 1) == 0x2F:
        bits = _number(data, 21, 4, little=True)
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if name == b"VP8 " and data[23:26] == b"\x9d\x01\x2a":
        return _little(data, 26) & 0x3FFF, _little(data, 28) & 0x3FFF
    raise Refused("photo.broken")


# --- GIF: every block up to a second picture

_EXTENSION, _PICTURE = 0x21, 0x2C


def _gif_size(data: bytes) -> tuple[int, int]:
    width, height = _little(data, 6), _little(data, 8)
    at = 13 + _palette(_number(data, 10, 1))
    steps = iter(range(MAX_STEPS))
    frames = 0
    for _ in steps:
        block = data[at] if at < len(data) else None
        if block == _EXTENSION:
            at = _after_sub_blocks(data, at + 2, steps)
        elif block == _PICTURE and frames:
            raise Refused("photo.animated")
        elif block == _PICTURE:
            frames = 1
            # a frame may reach beyond the canvas, and the decoder then makes the canvas larger
            width = max(width, _little(data, at + 1) + _little(data, at + 5))
            height = max(height, _little(data, at + 3) + _little(data, at + 7))
            at = _after_sub_blocks(data, at + 11 + _palette(_number(data, at + 9, 1)), steps)
        elif frames:
            return width, height
        else:
            break
    raise Refused("photo.broken")


def _little(data: bytes, start: int) -> int:
    return _number(data, start, 2, little=True)


def _palette(flags: int) -> int:
    return 3 * 2 ** ((flags & 0x07) + 1) if flags & 0x80 else 0


def _after_sub_blocks(data: bytes, at: int, steps: Iterator[int]) -> int:
    for _ in steps:
        size = _number(data, at, 1)
        at += 1 + size
        if size == 0:
            return at
    raise Refused("photo.broken")


_SIZE_READERS = {Kind.JPEG: _jpeg_size, Kind.PNG: _png_size, Kind.WEBP: _webp_size, Kind.GIF: _gif_size}
