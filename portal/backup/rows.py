"""A row as one line of JSON, the same on both databases, so that equal rows have equal bytes."""

import base64
import json
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

BATCH = 500
"""So many rows are read and written at a time."""


def _moment(value: datetime) -> str:
    return (value.astimezone(UTC) if value.tzinfo else value).isoformat(timespec="microseconds")


# a value that JSON lacks becomes {"kind": text}; the kinds are part of the format and keep their meaning
_KINDS: dict[str, tuple[type, Callable[[Any], str], Callable[[str], Any]]] = {
    "moment": (datetime, _moment, datetime.fromisoformat),
    "date": (date, date.isoformat, date.fromisoformat),
    "time": (time, time.isoformat, time.fromisoformat),
    "seconds": (
        timedelta,
        lambda value: repr(value.total_seconds()),
        lambda text: timedelta(seconds=float(text)),
    ),
    "decimal": (Decimal, str, Decimal),
    "uuid": (UUID, str, UUID),
    "bytes": (bytes, lambda value: base64.b64encode(value).decode(), base64.b64decode),
}


def to_line(row: Sequence[Any]) -> bytes:
    """The line of a row, with its newline."""
    return json.dumps([_packed(value) for value in row], ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def from_line(line: bytes) -> list[Any]:
    """The row back, with Python's types. Raises `ValueError` on what `to_line` never writes."""
    return [_unpacked(value) for value in json.loads(line)]


def _packed(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | float | str):
        return value
    for kind, (type_, pack, _) in _KINDS.items():
        if isinstance(value, type_):
            return {kind: pack(value)}
    raise ValueError(f"a backup cannot hold a {type(value).__name__}")


def _unpacked(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    ((kind, text),) = value.items()
    return _KINDS[kind][2](text)
