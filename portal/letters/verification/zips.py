"""Zip files written as they go out: one file of it in memory, the same bytes for the same content."""

import hashlib
import io
import zipfile
from typing import NamedTuple

EPOCH = (1980, 1, 1, 0, 0, 0)
PACKED = (".pdf",)  # are compressed already


class Entry(NamedTuple):
    """A file of a zip."""

    name: str
    size: int
    digest: str


class Zip:
    """`add` gives the bytes that may go out, `end` the rest. What is written is never read again."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self._sink = _Sink()
        self._zip = zipfile.ZipFile(self._sink, "w")

    def add(self, name: str, body: bytes) -> bytes:
        """One more file."""
        info = zipfile.ZipInfo(name, EPOCH)
        info.create_system = 3  # the same on every machine
        info.external_attr = 0o644 << 16
        info.compress_type = zipfile.ZIP_STORED if name.endswith(PACKED) else zipfile.ZIP_DEFLATED
        self._zip.writestr(info, body)
        self.entries.append(Entry(name, len(body), hashlib.sha256(body).hexdigest()))
        return self._sink.taken()

    def end(self) -> bytes:
        """The list of contents."""
        self._zip.close()
        return self._sink.taken()


class _Sink(io.RawIOBase):
    """What the zip is written to: cannot be turned back, and keeps nothing that was taken."""

    def __init__(self) -> None:
        super().__init__()
        self._parts: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        body = bytes(data)  # type: ignore[call-overload]
        self._parts.append(body)
        return len(body)

    def taken(self) -> bytes:
        found, self._parts = b"".join(self._parts), []
        return found
