"""Canonical values: what a plain SQLite table of the same declaration would hold (semantics: docs/sql.md).

SQLite does not coerce what a virtual table returns, so each value must already be what the declared type would store.
A page is judged by column: one look at the set of types, and only a column with an odd one is converted.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any, NoReturn

import orjson

from iptvvtab import types
from iptvvtab.errors import WrongType
from iptvvtab.schema import Column, Table
from iptvvtab.types import BY_MEANING, ColumnType, Json, Value

INT64_MAX = 2**63 - 1
INT64_MIN = -(2**63)

_NULL = type(None)
_INTEGER_TEXT = re.compile(r"\s*[+-]?\d+\s*", re.ASCII)
_TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{0,5}[1-9])?", re.ASCII)
_LOOSE_TIMESTAMP = re.compile(
    r"(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d)?)(?:[.,](\d{1,6})\d*)?\s*(Z|[+-]\d\d(?::?\d\d)?(?::?\d\d)?)?)?",
    re.ASCII | re.IGNORECASE,
)
_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_ENDLESS = ("infinity", "-infinity")
_TRUE = frozenset({"t", "true", "y", "yes", "on", "1"})
_FALSE = frozenset({"f", "false", "n", "no", "off", "0"})
_NUMBERS = (ColumnType.INTEGER, ColumnType.BOOLEAN, ColumnType.FLOAT)
_TEXTS = (ColumnType.STRING, *BY_MEANING)


class _Mismatch(Exception):
    """The value is not one of its column's type."""


def to_integer(value: Json) -> Value:
    """Return an int of 64 bits for what an INTEGER column would store as one."""
    if isinstance(value, str):
        if not _INTEGER_TEXT.fullmatch(value):
            raise _Mismatch
        value = int(value)
    elif isinstance(value, float):
        if not value.is_integer():
            raise _Mismatch
        value = int(value)
    elif not isinstance(value, int):
        raise _Mismatch
    if not INT64_MIN <= value <= INT64_MAX:
        raise _Mismatch
    return int(value)


def to_float(value: Json) -> Value:
    """Return a float; NaN, which SQLite cannot hold, stays the text that PostgreSQL writes for it."""
    if isinstance(value, str):
        if value.strip().casefold() == "nan":
            return "NaN"
        try:
            return float(value)
        except ValueError:
            raise _Mismatch from None
    if isinstance(value, (int, float)):
        return float(value)
    raise _Mismatch


def to_boolean(value: Json) -> Value:
    """Return 0 or 1."""
    if isinstance(value, str):
        word = value.casefold()
        if word in _TRUE or word in _FALSE:
            return int(word in _TRUE)
        raise _Mismatch
    if value in (0, 1) and isinstance(value, (int, float)):
        return int(value)
    raise _Mismatch


def to_text(value: Json) -> Value:
    """Return text: as the portal wrote it, JSON for what is no scalar."""
    if isinstance(value, str):
        return value
    if isinstance(value, float):
        return repr(value)
    return orjson.dumps(value).decode()


def to_json_text(value: Json) -> Value:
    """Return minified JSON; a text is taken for JSON that the portal had already written."""
    if isinstance(value, str):
        try:
            return orjson.dumps(orjson.loads(value)).decode()
        except orjson.JSONDecodeError:
            return orjson.dumps(value).decode()
    return orjson.dumps(value).decode()


def _timestamp(text: str) -> str:
    if _TIMESTAMP.fullmatch(text) or text in _ENDLESS:
        return text
    match = _LOOSE_TIMESTAMP.fullmatch(text)
    if not match:
        raise _Mismatch
    day, time, fraction, zone = match.groups()
    time = time or "00:00:00"
    time = time if len(time) == 8 else f"{time}:00"
    fraction = (fraction or "").rstrip("0")
    if zone and zone.upper() != "Z":
        return _to_utc(f"{day} {time}", fraction, zone)
    return f"{day} {time}" + (f".{fraction}" if fraction else "")


def _to_utc(text: str, fraction: str, zone: str) -> str:
    digits = zone[1:].replace(":", "")
    try:
        moment = datetime.fromisoformat(f"{text}{zone[0]}{digits[:2]}:{digits[2:4] or '00'}").astimezone(UTC)
    except (ValueError, OverflowError):
        raise _Mismatch from None
    return moment.strftime("%Y-%m-%d %H:%M:%S") + (f".{fraction}" if fraction else "")


def to_timestamp(value: Json) -> Value:
    """Return `YYYY-MM-DD HH:MM:SS[.ffffff]`: T, Z and offsets normalised to UTC, no trailing zeros."""
    if not isinstance(value, str):
        raise _Mismatch
    return _timestamp(value)


def to_date(value: Json) -> Value:
    """Return `YYYY-MM-DD`."""
    if isinstance(value, str) and (_DATE.fullmatch(value) or value in _ENDLESS):
        return value
    raise _Mismatch


def to_any(value: Json) -> Value:
    """Return the value as received; true and false become 1 and 0, lists and objects JSON text."""
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, int) and not INT64_MIN <= value <= INT64_MAX:
        raise _Mismatch
    if isinstance(value, (list, dict)):
        return orjson.dumps(value).decode()
    return value  # type: ignore[no-any-return]


_CONVERT: dict[ColumnType, Callable[[Json], Value]] = {
    ColumnType.INTEGER: to_integer,
    ColumnType.FLOAT: to_float,
    ColumnType.BOOLEAN: to_boolean,
    ColumnType.STRING: to_text,
    ColumnType.JSON: to_json_text,
    ColumnType.DATETIME: to_timestamp,
    ColumnType.DATE: to_date,
    ColumnType.UNKNOWN: to_any,
    **dict.fromkeys(BY_MEANING, to_text),
}

_ALREADY: dict[ColumnType, frozenset[type]] = {
    ColumnType.INTEGER: frozenset({int, _NULL}),
    ColumnType.FLOAT: frozenset({float, _NULL}),
    ColumnType.STRING: frozenset({str, _NULL}),
    ColumnType.UNKNOWN: frozenset({str, float, _NULL}),
    **dict.fromkeys(BY_MEANING, frozenset({str, _NULL})),
}
"""Types whose values are canonical as JSON gives them; other columns are looked at value by value."""

_FORMS = {ColumnType.DATETIME: _TIMESTAMP, ColumnType.DATE: _DATE}
"""What text of a type is canonical as it is."""


def convert(kind: ColumnType, value: Json) -> Value:
    """Return one value in canonical form; ValueError when it is not of that type."""
    try:
        return None if value is None else _CONVERT[kind](value)
    except _Mismatch:
        raise ValueError(f"not a value of type {kind}: {value!r}") from None


def converted(kind: ColumnType, values: Sequence[Json]) -> Sequence[Value]:
    """Return a column of values in canonical form; ValueError when any is not of that type."""
    try:
        changed = _converted(kind, values)
    except _Mismatch:
        raise ValueError(f"not values of type {kind}") from None
    return values if changed is None else changed


def held(kind: ColumnType, value: Value | bool) -> Value:
    """Return a term's value as canonical rows hold such values; None if they hold none that compares alike."""
    if kind in _NUMBERS and isinstance(value, int | float):
        return int(value) if isinstance(value, bool) else value
    if not isinstance(value, str):
        return None
    if kind in _TEXTS:
        return value
    bare = value.removesuffix(types.UTC)
    pattern = {ColumnType.DATETIME: _TIMESTAMP, ColumnType.DATE: _DATE}.get(kind)
    return bare if pattern is not None and pattern.fullmatch(bare) else None


def _is_canonical(kind: ColumnType, values: Sequence[Json]) -> bool:
    present = set(map(type, values))
    if kind in _FORMS:
        return present <= {str, _NULL} and all(map(_FORMS[kind].fullmatch, set(values) - {None}))
    if not present <= _ALREADY.get(kind, frozenset({_NULL})):
        return False
    if kind is ColumnType.INTEGER and int in present:
        numbers: Sequence[int] = values if _NULL not in present else [one for one in values if one is not None]
        return max(numbers) <= INT64_MAX and min(numbers) >= INT64_MIN
    return True


def _converted(kind: ColumnType, values: Sequence[Json]) -> list[Value] | None:
    """Return the column in canonical form, or None where every value already was."""
    if _is_canonical(kind, values):
        return None
    change = _CONVERT[kind]
    if set(map(type, values)) <= {str, bool, _NULL}:  # hashable and often repeated: flags, days, full hours
        by_value: dict[Any, Value] = {one: None if one is None else change(one) for one in set(values)}
        if all(map(operator.is_, by_value, by_value.values())):
            return None
        return [by_value[one] for one in values]
    return [None if one is None else change(one) for one in values]


def canonical(portal: str, table: Table, columns: Sequence[Column], rows: list[list[Json]]) -> list[list[Value]]:
    """Turn a page of rows into canonical values, in place, and return it.

    `rows` have the width of `columns` (the caller checked). Raises WrongType, naming table, column and row, for a value
    that is not of its column's type: guessing would answer other rows than the portal keeps.
    """
    for position, column in enumerate(columns):
        values = [row[position] for row in rows]
        try:
            changed = _converted(column.type, values)
        except _Mismatch:
            _complain(portal, table, columns, rows, position)
        if changed is not None:
            for row, value in zip(rows, changed, strict=True):
                row[position] = value
    return rows


def _complain(portal: str, table: Table, columns: Sequence[Column], rows: list[list[Json]], position: int) -> NoReturn:
    column = columns[position]
    for row in rows:
        try:
            convert(column.type, row[position])
        except ValueError:
            found = type(row[position]).__name__ if column.sensitive else repr(row[position])[:60]
            where = {c.name: v for c, v in zip(columns, row, strict=True) if c.name in table.key and not c.sensitive}
            raise WrongType(portal, table.name, column.name, str(column.type), found, where) from None
    raise AssertionError("a column was refused of which each value is accepted")
