"""The file of a document that is printed many times: what never changes is packed once. For the PDF process only."""

import hashlib
import struct
import zlib
from collections.abc import Mapping, Sequence
from typing import Any

import pydyf  # type: ignore[import-untyped]
from weasyprint import DEFAULT_OPTIONS
from weasyprint.pdf.fonts import build_fonts_dictionary

HEAD = b"%PDF-1.7\n%\xf0\x9f\x96\xa4\n"
ENTRY = struct.Struct(">BIH")  # a line of the table: kind, place, generation or place among the packed
FREE, PLAIN, PACKED = 0, 1, 2


def joined(items: Sequence[Any]) -> bytes:
    """The operators of a page, one a line."""
    return b"\n".join(pydyf._to_bytes(item) for item in items)


class Filed:
    """The objects of a PDF: those that each document has for itself by their numbers, all others as finished bytes."""

    def __init__(self, pdf: Any, contents: Sequence[Any]) -> None:
        pdf.add_object(pdf.info)
        self.info, self.root = pdf.info, pdf.catalog.reference
        dictionaries: list[Any] = [one for one in pdf.objects if isinstance(one, dict)]
        named = {one["Font"] for one in dictionaries if isinstance(one.get("Font"), bytes)}
        self.fonts = next(one for one in dictionaries if one.reference in named)
        self.widgets = {one["T"].string: one for one in dictionaries if one.get("Subtype") == "/Widget"}
        self.specs = [one for one in dictionaries if one.get("Type") == "/Filespec"]
        self.files = [one for one in pdf.objects if getattr(one, "extra", {}).get("Type") == "/EmbeddedFile"]
        own = [self.info, self.fonts, *self.widgets.values(), *self.specs, *self.files, *contents]
        self.count = len(pdf.objects)
        self.entries: dict[int, bytes] = {0: ENTRY.pack(FREE, 0, 0xFFFF)}
        self._pack([one for one in pdf.objects[1:] if one.number not in {each.number for each in own}])

    def _pack(self, objects: Sequence[Any]) -> None:
        parts, at = [HEAD], len(HEAD)
        for one in objects:
            if not one.compressible:
                self.entries[one.number] = ENTRY.pack(PLAIN, at, 0)
                parts.append(one.indirect + b"\n")
                at += len(parts[-1])
        number, self.count = self.count, self.count + 1
        self.entries[number] = ENTRY.pack(PLAIN, at, 0)
        parts.append(_box(number, [one for one in objects if one.compressible], self.entries))
        self.body = b"".join(parts)


class Filer:
    """The file of one document."""

    def __init__(self, filed: Filed) -> None:
        self._filed = filed
        self._count = filed.count
        self._own: list[tuple[int, bytes]] = []
        self._packed: list[Any] = []
        self._later: list[Any] = []

    def add_object(self, added: Any) -> None:
        """As `pydyf.PDF` does: WeasyPrint's fonts are put in by this."""
        added.number, self._count = self._count, self._count + 1
        self._later.append(added)

    def put_content(self, stream: Any, drawn: bytes) -> None:
        """What is drawn on a page."""
        self._put(stream.number, _stream(stream.number, stream.extra, drawn))

    def put_fonts(self, fonts: Mapping[Any, Any]) -> None:
        """The fonts of the document's own words, with no more signs than they need."""
        own = build_fonts_dictionary(self, dict(fonts), True, True, DEFAULT_OPTIONS)
        self._put_object(self._filed.fonts, pydyf.Dictionary({**self._filed.fonts, **own}))

    def put_extras(self, title: str, extras: Mapping[str, Any]) -> None:
        """Its title, what its places to sign are called, the files inside it."""
        filed = self._filed
        self._put_object(filed.info, pydyf.Dictionary({**filed.info, "Title": pydyf.String(title)}))
        for field in extras["fields"]:
            widget = filed.widgets[field["name"]]
            self._put_object(widget, pydyf.Dictionary({**widget, "TU": pydyf.String(field["label"])}))
        for file, stream, spec in zip(extras["files"], filed.files, filed.specs, strict=True):
            body = file["text"].encode()
            told = {**stream.extra["Params"], "Size": len(body)}
            told["CheckSum"] = f"<{hashlib.md5(body, usedforsecurity=False).hexdigest()}>"
            extra = {**stream.extra, "Params": pydyf.Dictionary(told)}
            self._put(stream.number, _stream(stream.number, extra, body))
            self._put_object(spec, pydyf.Dictionary({**spec, "Desc": pydyf.String(file["about"])}))

    def filed(self, identifier: str) -> bytes:
        """All of it."""
        for added in self._later:
            if added.compressible:
                self._packed.append(added)
            else:
                self._put(added.number, added.indirect + b"\n")
        entries, at = dict(self._filed.entries), len(self._filed.body)
        self._put(self._count, _box(self._count, self._packed, entries))
        for number, body in self._own:
            entries[number] = ENTRY.pack(PLAIN, at, 0)
            at += len(body)
        last = self._count + 1
        entries[last] = ENTRY.pack(PLAIN, at, 0)
        table = b"".join(entries[number] for number in range(last + 1))
        extra = {
            "Type": "/XRef", "Index": pydyf.Array((0, last + 1)), "W": pydyf.Array((1, 4, 2)), "Size": last + 1,
            "Root": self._filed.root, "Info": self._filed.info.reference,
            "ID": pydyf.Array((f"<{identifier}>", f"<{identifier}>")),
        }  # fmt: skip
        own = (body for _, body in self._own)
        return b"".join([self._filed.body, *own, _stream(last, extra, table), b"startxref\n%d\n%%%%EOF\n" % at])

    def _put_object(self, old: Any, new: Any) -> None:
        new.number = old.number
        self._packed.append(new)

    def _put(self, number: int, body: bytes) -> None:
        self._own.append((number, body))


def _box(number: int, objects: Sequence[Any], entries: dict[int, bytes]) -> bytes:
    """Small objects in one packed stream of this number; where each stands is noted."""
    places, bodies, at = [], [], 0
    for place, one in enumerate(objects):
        entries[one.number] = ENTRY.pack(PACKED, number, place)
        bodies.append(one.data)
        places.append(f"{one.number} {at}")
        at += len(bodies[-1]) + 1
    head = " ".join(places).encode()
    return _stream(number, {"Type": "/ObjStm", "N": len(bodies), "First": len(head) + 1}, b"\n".join([head, *bodies]))


def _stream(number: int, extra: Mapping[str, Any], body: bytes) -> bytes:
    packed = zlib.compress(body, 9)
    told = pydyf.Dictionary({**extra, "Filter": "/FlateDecode", "Length": len(packed)})
    return b"%d 0 obj\n%s\nstream\n%s\nendstream\nendobj\n" % (number, told.data, packed)
