"""What a letter's file holds besides its pages. Imported by the sealing process only."""

import json
from collections.abc import Iterator
from typing import Any

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import PdfFileReader

MOST_JSON = 1024 * 1024
MOST_FILES = 20
DEEPEST = 6


def number_inside(reader: PdfFileReader) -> str | None:
    """The letter's number in the machine-readable copy (an attached JSON with `number`); None without one."""
    for name, file in files_in(reader):
        if not name.lower().endswith(".json") or len(file.encoded_data) > MOST_JSON:
            continue
        data = file.data
        if len(data) > MOST_JSON:
            continue
        try:
            found = json.loads(data)
        except (ValueError, RecursionError):
            continue
        if isinstance(found, dict) and isinstance(found.get("number"), str):
            return str(found["number"])
    return None


def files_in(reader: PdfFileReader) -> Iterator[tuple[str, Any]]:
    """Attached files: their name and their stream."""
    names = _of(reader.root, "/Names")
    tree = _of(names, "/EmbeddedFiles")
    for count, spec in enumerate(_leaves(tree, 0)):
        if count >= MOST_FILES:
            return
        name = _of(spec, "/UF") or _of(spec, "/F")
        file = _of(_of(spec, "/EF"), "/F")
        if isinstance(file, generic.StreamObject):
            yield str(name), file


def has_active_parts(reader: PdfFileReader) -> bool:
    """Whether opening it starts something: a script, an action. A letter never does."""
    root = reader.root
    names = _of(root, "/Names")
    action = _of(root, "/OpenAction")
    starts = isinstance(action, generic.DictionaryObject)  # an array only says which page to show
    return starts or _of(root, "/AA") is not None or _of(names, "/JavaScript") is not None


def lists_in(reader: PdfFileReader) -> list[bytes]:
    """The lists of taken-back certificates that the file brings with it."""
    lists = _of(_of(reader.root, "/DSS"), "/CRLs")
    if not isinstance(lists, generic.ArrayObject):
        return []
    streams = [lists[place] for place in range(min(len(lists), MOST_FILES))]
    return [stream.data for stream in streams if isinstance(stream, generic.StreamObject)]


def _leaves(tree: Any, depth: int) -> Iterator[Any]:
    if depth > DEEPEST or tree is None:
        return
    pairs = _of(tree, "/Names")
    if isinstance(pairs, generic.ArrayObject):
        for place in range(1, len(pairs), 2):
            yield pairs[place]
    kids = _of(tree, "/Kids")
    if isinstance(kids, generic.ArrayObject):
        for kid in kids:
            yield from _leaves(kid, depth + 1)


def _of(holder: Any, name: str) -> Any:
    """The value under a name, whatever the holder is."""
    if isinstance(holder, generic.IndirectObject):
        holder = holder.get_object()
    if not isinstance(holder, generic.DictionaryObject):
        return None
    try:
        found = holder[name]
    except KeyError:
        return None
    return found.get_object() if isinstance(found, generic.IndirectObject) else found
