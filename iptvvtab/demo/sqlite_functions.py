"""PostgreSQL's functions and orders for SQLite: what `iptvvtab.jsonsql.prepare` calls by name.

A function that refuses leaves the refusal in `Failures`: SQLite itself says only that a function failed.
"""

from __future__ import annotations

import hashlib
import operator
import re
import sqlite3
import zlib
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache, wraps
from ipaddress import ip_interface
from typing import Any

from iptvvtab.errors import SqlRefused
from iptvvtab.jsonsql import KEY_SEPARATOR, PgType, parse
from iptvvtab.types import Value


class Failures:
    """The last refusal of a function on a connection."""

    def __init__(self) -> None:
        self._last: SqlRefused | None = None

    def take(self) -> SqlRefused | None:
        """Return the refusal since the last time, and forget it."""
        last, self._last = self._last, None
        return last

    def watched(self, function: Callable[..., Value]) -> Callable[..., Value]:
        """Wrap a function so that its refusal is kept; NULL in, NULL out, as STRICT in PostgreSQL."""

        @wraps(function)
        def call(*arguments: Any) -> Value:
            if None in arguments:
                return None
            try:
                return function(*arguments)
            except SqlRefused as refusal:
                self._last = refusal
                raise

        return call


def install(connection: sqlite3.Connection) -> Failures:
    """Give a connection every function; the returned record says why one of them failed."""
    failures = Failures()
    for name, (function, arity) in _FUNCTIONS.items():
        connection.create_function(name, arity, failures.watched(function), deterministic=name != "now")
    connection.create_aggregate("portal_sum", 1, _Sum)  # type: ignore[arg-type]  # the stub knows integer results only
    connection.create_aggregate("portal_avg", 1, _Average)  # type: ignore[arg-type]
    return failures


def text_key(text: str) -> str:
    """Return what orders a text case-insensitively first and by its bytes on ties (jsonsql: ordering.py)."""
    lowered = "".join(lower if len(lower := letter.lower()) == 1 else letter for letter in text)
    return f"{lowered}{KEY_SEPARATOR}{text}"


@lru_cache(maxsize=4096)
def _inet_key(text: str) -> str:
    """Return what orders an address as PostgreSQL does: family, bits of the network, length, all bits."""
    address = ip_interface(text)
    bits = f"{int(address.ip):0{address.max_prefixlen}b}"
    return f"{address.version}{bits[: address.network.prefixlen]} {bits}{KEY_SEPARATOR}{text}"


def _key_text(key: str) -> str:
    return key.partition(KEY_SEPARATOR)[2]


def _ilike(text: str, pattern: str) -> bool:
    return _like_pattern(pattern.lower()).fullmatch(text.lower()) is not None


@lru_cache(maxsize=256)
def _like_pattern(pattern: str) -> re.Pattern[str]:
    pieces, letters = [], iter(pattern)
    for letter in letters:
        if letter == "\\":
            pieces.append(re.escape(next(letters, "")))
        else:
            pieces.append({"%": ".*", "_": "."}.get(letter) or re.escape(letter))
    return re.compile("".join(pieces), re.DOTALL)


def _regexp_replace(text: str, pattern: str, replacement: str, flags: str = "") -> str:
    def replace(found: re.Match[str]) -> str:
        return _ESCAPED.sub(lambda escape: _expanded(escape[1], found), replacement)

    options = re.IGNORECASE if "i" in flags else re.NOFLAG
    try:
        return re.sub(pattern, replace, text, count=0 if "g" in flags else 1, flags=options)
    except re.error as error:
        raise SqlRefused(f"invalid regular expression: {error}") from error


_ESCAPED = re.compile(r"\\([\\&1-9])")


def _expanded(mark: str, found: re.Match[str]) -> str:
    """Return what an escape of a replacement stands for: a backslash, the whole match, or a group."""
    if mark == "\\":
        return mark
    return (found[0 if mark == "&" else int(mark)] or "") if mark == "&" or int(mark) <= found.re.groups else ""


def _arithmetic(symbol: str, kind: str, left: float, right: float) -> float:
    pg_type = PgType(kind)
    if symbol in "/%" and right == 0:
        raise SqlRefused("division by zero")
    if pg_type.is_integer:
        value = _integer_operation(symbol, int(left), int(right))
        if not -(limit := 2**31 if pg_type is PgType.INTEGER else 2**63) <= value < limit:
            raise SqlRefused(f"{pg_type} out of range")
        return value
    return float(_OPERATIONS[symbol](Decimal(repr(left)), Decimal(repr(right))))


def _integer_operation(symbol: str, left: int, right: int) -> int:
    """Divide towards zero, as SQL does and Python does not."""
    if symbol in "/%":
        quotient = abs(left) // abs(right) * (1 if (left < 0) == (right < 0) else -1)
        return quotient if symbol == "/" else left - quotient * right
    return int(_OPERATIONS[symbol](left, right))


_OPERATIONS: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "%": operator.mod,
}


_SCIENTIFIC_FROM = 1e15
"""Doubles from here on are printed with an exponent."""


def _text(value: Value, kind: str, true: str, false: str) -> str:
    """Return a value as PostgreSQL prints it."""
    if kind == PgType.BOOLEAN:
        return true if value else false
    if kind == PgType.NUMERIC and isinstance(value, float):
        return str(Decimal(repr(value)).quantize(Decimal("0.01"), ROUND_HALF_UP))
    if isinstance(value, float) and value.is_integer() and abs(value) < _SCIENTIFIC_FROM:
        return str(int(value))
    if isinstance(value, float) and abs(value) >= _SCIENTIFIC_FROM:
        return str(Decimal(repr(value)).normalize()).lower()
    return str(value)


def _date(text: str) -> str:
    return str(parse(PgType.DATE, text))


def _now() -> str:
    return str(parse(PgType.TIMESTAMPTZ, datetime.now(UTC).isoformat(sep=" ")))


def _hashtext(text: str) -> int:
    """Return some signed 32-bit hash; PostgreSQL's own differs and may change between versions."""
    value = zlib.crc32(text.encode())
    return value - 2**32 if value >= 2**31 else value


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


class _Sum:
    """Sums money as decimals."""

    def __init__(self) -> None:
        self._values: list[Decimal] = []

    def step(self, value: Value) -> None:
        if value is not None:
            self._values.append(Decimal(repr(value)))

    def finalize(self) -> Value:
        return float(sum(self._values)) if self._values else None


class _Average(_Sum):
    def finalize(self) -> Value:
        return float(sum(self._values) / len(self._values)) if self._values else None


_FUNCTIONS: dict[str, tuple[Callable[..., Value], int]] = {
    "portal_text_key": (text_key, 1),
    "portal_inet_key": (_inet_key, 1),
    "portal_key_text": (_key_text, 1),
    "portal_ilike": (_ilike, 2),
    "portal_arithmetic": (_arithmetic, 4),
    "portal_text": (_text, 4),
    "regexp_replace": (_regexp_replace, -1),
    "date": (_date, 1),
    "md5": (_md5, 1),
    "hashtext": (_hashtext, 1),
    "now": (_now, 0),
}
