"""A TrueType font of a few signs, out of one of ours: thirty times as fast as a general tool. For the PDF process only.

Signs keep their numbers, as PDF wants them. Only for fonts that are outlines and nothing else; the others are left to
WeasyPrint (a rare sign from a font of the system).
"""

import struct
from collections.abc import Iterable, Iterator
from typing import NamedTuple

WANTED = ("glyf", "head", "hhea", "hmtx", "loca", "maxp")
BESIDES = frozenset({"OS/2", "cmap", "name", "post", "gasp", "GPOS", "GSUB", "GDEF", "vhea", "vmtx", "VORG", "BASE"})
WORDS, SCALE, MORE, XY_SCALE, FOUR = 0x1, 0x8, 0x20, 0x40, 0x80  # flags of a part of a composed sign


class Face(NamedTuple):
    """The tables of a font file, and where each sign's outline begins."""

    tables: dict[str, bytes]
    starts: tuple[int, ...]
    measured: int


def face_of(data: bytes) -> Face | None:
    """A font file, opened; None where it holds what this module knows nothing of."""
    if data[:4] != b"\0\1\0\0":
        return None
    tables = {}
    for at in range(12, 12 + 16 * struct.unpack_from(">H", data, 4)[0], 16):
        name, _, start, size = struct.unpack_from(">4sIII", data, at)
        tables[name.decode("latin-1")] = data[start : start + size]
    if set(tables) - BESIDES != set(WANTED):
        return None
    count, is_long = struct.unpack_from(">H", tables["maxp"], 4)[0], struct.unpack_from(">h", tables["head"], 50)[0]
    starts = struct.unpack(f">{count + 1}{'I' if is_long else 'H'}", tables["loca"])
    measured = struct.unpack_from(">H", tables["hhea"], 34)[0]
    return Face(tables, starts if is_long else tuple(2 * start for start in starts), measured)


def small_font(face: Face, signs: Iterable[int]) -> bytes:
    """The font with no more than these signs, what they are composed of, and the sign for what is missing."""
    wanted = {0, *(sign for sign in signs if sign < len(face.starts) - 1)}  # a missing sign has a number beyond
    queue = list(wanted)
    while queue:
        new = set(_parts(_outline(face, queue.pop()))) - wanted
        wanted |= new
        queue += new
    count = max(wanted) + 1
    outlines: list[bytes] = []
    starts: list[bytes] = []
    widths, at, before = bytearray(4 * count), 0, -1
    for sign in sorted(wanted):
        starts.append(struct.pack(">I", at) * (sign - before))
        outlines.append(_outline(face, sign))
        widths[4 * sign : 4 * sign + 4] = _width(face, sign)
        at, before = at + len(outlines[-1]), sign
    tables = {
        "glyf": b"".join(outlines),
        "head": face.tables["head"][:8] + bytes(4) + face.tables["head"][12:50] + b"\0\1" + face.tables["head"][52:],
        "hhea": face.tables["hhea"][:34] + struct.pack(">H", count),
        "hmtx": bytes(widths),
        "loca": b"".join([*starts, struct.pack(">I", at)]),
        "maxp": face.tables["maxp"][:4] + struct.pack(">H", count) + face.tables["maxp"][6:],
    }
    return _file(tables)


def _outline(face: Face, sign: int) -> bytes:
    found = face.tables["glyf"][face.starts[sign] : face.starts[sign + 1]]
    return found + bytes(-len(found) % 4)


def _width(face: Face, sign: int) -> bytes:
    """How far it reaches and where it begins; the last signs of a font share the first of these."""
    table = face.tables["hmtx"]
    if sign < face.measured:
        return table[4 * sign : 4 * sign + 4]
    beside = 4 * face.measured + 2 * (sign - face.measured)
    return table[4 * face.measured - 4 : 4 * face.measured - 2] + table[beside : beside + 2]


def _parts(outline: bytes) -> Iterator[int]:
    """The signs that a sign is composed of."""
    if len(outline) < 10 or struct.unpack_from(">h", outline)[0] >= 0:
        return
    at, flags = 10, MORE
    while flags & MORE:
        flags, sign = struct.unpack_from(">HH", outline, at)
        yield sign
        at += 4 + (4 if flags & WORDS else 2)
        at += 2 if flags & SCALE else 4 if flags & XY_SCALE else 8 if flags & FOUR else 0


def _file(tables: dict[str, bytes]) -> bytes:
    head = struct.pack(">IHHHH", 0x00010000, len(tables), 64, 2, 16 * len(tables) - 64)
    at, lines, bodies = 12 + 16 * len(tables), [], []
    for name, body in sorted(tables.items()):
        whole = body + bytes(-len(body) % 4)
        lines.append(struct.pack(">4sIII", name.encode(), _sum(whole), at, len(body)))
        bodies.append(whole)
        at += len(whole)
    data = b"".join([head, *lines, *bodies])
    where = data.index(tables["head"]) + 8
    return data[:where] + struct.pack(">I", (0xB1B0AFBA - _sum(data)) & 0xFFFFFFFF) + data[where + 4 :]


def _sum(data: bytes) -> int:
    words: tuple[int, ...] = struct.unpack(f">{len(data) // 4}I", data)
    return sum(words) & 0xFFFFFFFF
