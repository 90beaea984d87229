"""Results as files write them: values by type, sorted, hashed. What SQLite converts, SQLite converts here too."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import apsw

from iptvvtab.types import Row, Value
from tests.sqllogictest.script import Sort

NULL, EMPTY, UNPRINTABLE = "NULL", "(empty)", b"@"
HASHED = re.compile(r"\d+ values hashing to [0-9a-f]{32}")
_UNPRINTABLE = re.compile(rb"[^ -~]")
_INT_VALUES = 2**32

_sqlite = apsw.Connection(":memory:")


class WrongWidth(Exception):
    """The rows are not as wide as the query's types."""


def laid_out(rows: Sequence[Row], types: str, sort: Sort) -> list[str]:
    """Return the values of a result in the order in which a file lists them. Raises WrongWidth."""
    for row in rows:
        if len(row) != len(types):
            raise WrongWidth(f"{len(row)} columns where the types say {len(types)}")
    texts = [[shown(value, kind) for value, kind in zip(row, types, strict=True)] for row in rows]
    if sort == "rowsort":
        texts.sort()
    values = [text for row in texts for text in row]
    return sorted(values) if sort == "valuesort" else values


def hashed(values: Sequence[str]) -> str:
    """Return the line that stands for many values."""
    digest = hashlib.md5("".join(f"{value}\n" for value in values).encode(), usedforsecurity=False).hexdigest()
    return f"{len(values)} values hashing to {digest}"


def agrees(expected: Sequence[str], values: Sequence[str]) -> bool:
    """Whether values are those that a file expects, one by one or by their hash."""
    if len(expected) == 1 and HASHED.fullmatch(expected[0]):
        return hashed(values) == expected[0]
    return list(expected) == list(values)


@lru_cache(maxsize=100_000, typed=True)
def shown(value: Value, kind: str) -> str:
    """Return a value as T, I or R writes it."""
    if value is None:
        return NULL
    if kind == "T":
        return _text(value)
    if kind == "R":
        return str(_asked("SELECT format('%.3f', CAST(? AS REAL))", value))
    number = int(_asked("SELECT CAST(? AS INTEGER)", value))
    return str((number + _INT_VALUES // 2) % _INT_VALUES - _INT_VALUES // 2)  # the reference reads an int of C


def _text(value: Value) -> str:
    """Bytes that are no printable ASCII become @; a text ends at its first NUL, as in C."""
    if not isinstance(value, bytes):
        value = str(_asked("SELECT CAST(? AS TEXT)", value)).encode()
    value = value.partition(b"\0")[0]
    return _UNPRINTABLE.sub(UNPRINTABLE, value).decode() or EMPTY


def _asked(sql: str, value: Value) -> Any:
    return _sqlite.execute(sql, (value,)).get
