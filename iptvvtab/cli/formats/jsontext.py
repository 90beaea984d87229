"""json and jsonl: JSON that is JSON.

Integers keep all their digits, infinities become a number that every reader takes for one, a blob is
`{"$base64": true, "encoded": "..."}` (as Datasette and sqlite-utils write it).
"""

from __future__ import annotations

import base64
import json
import math
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, TextIO

from iptvvtab.cli.formats.flow import Flow
from iptvvtab.cli.formats.style import Style
from iptvvtab.types import Json, Row, Value

_text = json.JSONEncoder(ensure_ascii=False).encode
_BEYOND_DOUBLE = "1e999"
"""What JSON readers take for infinity; JSON has no word for it."""


def write_jsonl(columns: Sequence[str], rows: Iterable[Row], stream: TextIO, style: Style) -> None:
    """One JSON object a line."""
    flow = Flow(stream)
    for line in _objects(columns, rows):
        flow.write(line + "\n")


def write_json(columns: Sequence[str], rows: Iterable[Row], stream: TextIO, style: Style) -> None:
    """One JSON array of objects, an object a line."""
    flow = Flow(stream)
    opening = "["
    for line in _objects(columns, rows):
        flow.write(f"{opening}{line}")
        opening = ",\n "
    flow.write("]\n" if opening != "[" else "[]\n")


def unique(columns: Sequence[str]) -> list[str]:
    """Return column names with a number where one comes again: an object would lose the second `id`."""
    found: list[str] = []
    for name in columns:
        number, candidate = 1, name
        while candidate in found:
            number += 1
            candidate = f"{name}_{number}"
        found.append(candidate)
    return found


def _objects(columns: Sequence[str], rows: Iterable[Row]) -> Iterator[str]:
    keys = [_text(name) + ": " for name in unique(columns)]
    for row in rows:
        yield "{" + ", ".join([key + _value(value) for key, value in zip(keys, row, strict=True)]) + "}"


def _value(value: Value | bool | list[Json] | dict[str, Json]) -> str:
    """Return a value of SQLite, or one that a portal answered itself, as JSON."""
    if isinstance(value, (str, bool, list, dict)):
        return _text(value)
    if value is None:
        return "null"
    if isinstance(value, bytes):
        return _text(encoded(value))
    if isinstance(value, float) and math.isinf(value):
        return _BEYOND_DOUBLE if value > 0 else f"-{_BEYOND_DOUBLE}"
    return repr(value)


def encoded(blob: bytes) -> dict[str, Any]:
    """Return a blob as JSON can hold it."""
    return {"$base64": True, "encoded": base64.b64encode(blob).decode()}
