"""Is this xlsx safe to open? (TF5) The directory of a zip may lie, so every entry is inflated here, counted
and dropped.

Refused: more than 200 entries, 100 MB unpacked, 100:1, a password, macros, links to other files, a document
type (DTD),
a zip within the zip. Takes about 0.3 s for the largest file that passes.
"""

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator

from portal.core.refusals import Refused

MAX_ENTRIES = 200
MAX_UNPACKED = 100 * 1024 * 1024
MAX_RATIO = 100
SMALL = 256 * 1024
"""Below this many unpacked bytes the ratio says nothing: an empty style sheet already packs 50:1."""

_CHUNK = 256 * 1024
_TAIL = 64
_LOCAL_HEADER = struct.Struct("<4sHHHHHIIIHH")
_FORBIDDEN = (
    (b"<!DOCTYPE", "import.dtd"),
    (b"<!ENTITY", "import.dtd"),
    (b"macroEnabled", "import.macros"),
    (b"vbaProject", "import.macros"),
    (b"/externalLink", "import.external_links"),
)


def check_zip(data: bytes) -> None:
    """Passes in silence or raises `Refused`; reads each byte once and keeps none."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, UnicodeDecodeError) as error:
        raise Refused("import.broken") from error
    if len(entries) > MAX_ENTRIES:
        raise Refused("import.bomb")
    if sum(entry.file_size for entry in entries) > MAX_UNPACKED:
        raise Refused("import.bomb")
    _check_names(entries)
    budget = MAX_UNPACKED
    for entry in entries:
        budget -= _check_entry(data, entry, budget)


def _check_names(entries: list[zipfile.ZipInfo]) -> None:
    names = [entry.filename.lower() for entry in entries]
    if "[content_types].xml" not in names or not any(name.startswith("xl/") for name in names):
        raise Refused("import.not_a_table")
    if any("vbaproject" in name or "macrosheets/" in name for name in names):
        raise Refused("import.macros")
    if any("externallinks/" in name for name in names):
        raise Refused("import.external_links")
    if any(entry.flag_bits & 0x1 for entry in entries):
        raise Refused("import.old_or_locked")
    if len(set(names)) != len(names):
        raise Refused("import.broken")


def _check_entry(data: bytes, entry: zipfile.ZipInfo, budget: int) -> int:
    """Inflates one entry and returns its true size."""
    is_xml = entry.filename.lower().endswith((".xml", ".rels", ".vml"))
    size, tail = 0, b""
    for chunk in _inflated(data, entry):
        if size == 0:
            _check_beginning(chunk, is_xml=is_xml)
        size += len(chunk)
        if size > budget or (size > SMALL and size > MAX_RATIO * max(1, entry.compress_size)):
            raise Refused("import.bomb")
        if is_xml:
            _check_text(tail + chunk)
            tail = chunk[-_TAIL:]
    if size != entry.file_size:
        raise Refused("import.broken")  # the directory lies about it: whoever reads it next would be misled
    return size


def _check_beginning(chunk: bytes, *, is_xml: bool) -> None:
    if chunk.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise Refused("import.nested")
    # UTF-16 would hide a document type from the search below; Excel and WPS write UTF-8
    if is_xml and (chunk.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\x00" in chunk[:8]):
        raise Refused("import.broken")


def _check_text(text: bytes) -> None:
    for mark, code in _FORBIDDEN:
        if mark in text:
            raise Refused(code)


def _inflated(data: bytes, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    """The unpacked bytes of one entry in chunks, whatever size the directory claims."""
    packed = memoryview(data)[_start_of(data, entry) :][: entry.compress_size]
    if entry.compress_type == zipfile.ZIP_STORED:
        yield from (bytes(packed[at : at + _CHUNK]) for at in range(0, len(packed), _CHUNK))
        return
    if entry.compress_type != zipfile.ZIP_DEFLATED:
        raise Refused("import.broken")
    unpacker = zlib.decompressobj(-zlib.MAX_WBITS)
    rest: bytes | memoryview = packed
    try:
        while rest and not unpacker.eof:
            chunk = unpacker.decompress(rest, _CHUNK)
            rest = unpacker.unconsumed_tail
            if chunk:
                yield chunk
    except zlib.error as error:
        raise Refused("import.broken") from error


def _start_of(data: bytes, entry: zipfile.ZipInfo) -> int:
    try:
        fields = _LOCAL_HEADER.unpack_from(data, entry.header_offset)
    except struct.error as error:
        raise Refused("import.broken") from error
    if fields[0] != b"PK\x03\x04":
        raise Refused("import.broken")
    return entry.header_offset + _LOCAL_HEADER.size + int(fields[9]) + int(fields[10])
