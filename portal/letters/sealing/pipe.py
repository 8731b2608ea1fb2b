"""How plain things go over the pipe to the sealing process and back: only what is known here can be built from it."""

import struct
import types
from collections.abc import Mapping
from dataclasses import fields
from datetime import UTC, datetime
from enum import StrEnum
from json import dumps, loads
from typing import Any

from portal.letters.sealing.plain import (
    Answers,
    Appearance,
    Check,
    Expected,
    ExpectedSigner,
    Extend,
    Finding,
    Key,
    Level,
    MakeKey,
    NewKey,
    Page,
    Picture,
    Refusal,
    Registered,
    SignAll,
    SignatureFacts,
    Signed,
    Signing,
    Stamp,
    Strokes,
    TimeStamping,
    Typed,
    Verdict,
)
from portal.letters.sealing.wrapping import Cost, Secret, SecretKind

_KNOWN: dict[str, type[Any]] = {
    kind.__name__: kind
    for kind in (
        *(Strokes, Picture, Typed, Page, Stamp, Appearance, TimeStamping, Key, Secret, Signing, Signed, NewKey),
        *(Refusal, Registered, ExpectedSigner, Expected, SignatureFacts, Verdict, SignAll, Extend, Check, MakeKey),
        Answers,
    )
}
_WORDS = {kind.__name__: kind for kind in (Level, Finding, SecretKind)}


def packed(thing: Any, before: bytes = b"") -> bytes:
    """As it goes over the pipe: JSON, and after it the bytes that it speaks of. Nothing else can be built from it.

    `before` stands in front of it all: large files are then joined, and so copied, only once.
    """
    blobs: list[bytes] = []
    head = dumps(_flat(thing, blobs)).encode()
    sizes = struct.pack(f">II{len(blobs)}I", len(head), len(blobs), *(len(blob) for blob in blobs))
    return b"".join((before, sizes, head, *blobs))


def unpacked(data: bytes) -> Any:
    """The thing again. Refuses by ValueError what it does not know."""
    size, count = struct.unpack_from(">II", data)
    sizes = struct.unpack_from(f">{count}I", data, 8)
    at = 8 + 4 * count
    head, at, blobs = data[at : at + size], at + size, []
    for length in sizes:
        blobs.append(data[at : at + length])
        at += length
    return _built(loads(head), blobs)


def _flat(thing: Any, blobs: list[bytes]) -> Any:  # noqa: PLR0911 - one line for each kind of value
    match thing:
        case StrEnum():
            return {"$word": [type(thing).__name__, thing.value]}
        case None | bool() | int() | float() | str():
            return thing
        case bytes():
            blobs.append(thing)
            return {"$bytes": len(blobs) - 1}
        case datetime():
            return {"$at": thing.astimezone(UTC).isoformat()}
        case Cost():
            return {"$cost": list(thing)}
        case tuple() | list():
            return [_flat(one, blobs) for one in thing]
        case Mapping():
            return {"$map": {str(name): _flat(value, blobs) for name, value in thing.items()}}
    name = type(thing).__name__
    if name not in _KNOWN:
        raise ValueError(f"no {name} goes over the pipe")
    return {"$": name} | {one.name: _flat(getattr(thing, one.name), blobs) for one in fields(thing)}


def _built(found: Any, blobs: list[bytes]) -> Any:  # noqa: PLR0911 - the same
    if isinstance(found, list):
        return tuple(_built(one, blobs) for one in found)
    if not isinstance(found, dict):
        return found
    match found:
        case {"$word": [str(kind), str(value)]}:
            return _WORDS[kind](value)
        case {"$bytes": int(place)}:
            return blobs[place]
        case {"$at": str(text)}:
            return datetime.fromisoformat(text)
        case {"$cost": [int(memory), int(time)]}:
            return Cost(memory, time)
        case {"$map": dict(values)}:
            return types.MappingProxyType({name: _built(value, blobs) for name, value in values.items()})
    known = _KNOWN[found.pop("$")]
    return known(**{name: _built(value, blobs) for name, value in found.items()})
