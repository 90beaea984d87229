"""Texts as values of PostgreSQL's types: what its input functions accept, in the form its output functions print.

Source of the rules: PostgreSQL documentation, "Data Types", and a PostgreSQL 18 asked for each error (tests/jsonsql).
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal, InvalidOperation
from ipaddress import ip_interface
from typing import TypeAlias

from iptvvtab.errors import SqlRefused
from iptvvtab.jsonsql.pgtypes import PgType
from iptvvtab.types import Json

Literal: TypeAlias = int | float | bool | str

_RANGES = {PgType.INTEGER: 2**31, PgType.BIGINT: 2**63}
_SHORT_NAMES = {PgType.TIMESTAMP: "timestamp", PgType.JSONB: "json"}
_DECIMAL = re.compile(r"[+-]?\d+(_\d+)*", re.ASCII)
_PREFIXED = re.compile(r"[+-]?0([xX][0-9a-fA-F]+|[oO][0-7]+|[bB][01]+)", re.ASCII)
_INET = re.compile(r"[0-9a-fA-F:.]+(/\d{1,3})?", re.ASCII)
_TIMESTAMP = re.compile(
    r"(?P<year>\d{4,6})-(?P<month>\d{1,2})-(?P<day>\d{1,2})"
    r"(?:[T ]+(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?P<fraction>\.\d*)?)?)?"
    r"\s*(?P<zone>[zZ]|[+-]\d{1,2}(?::?\d{2})?)?",
    re.ASCII,
)


def parse(kind: PgType, text: str) -> Literal:
    """Return a text as a value of a type, canonical: `' 7 '` is 7, `'2020-1-2T3:04Z'` is `'2020-01-02 03:04:00'`.

    Raises SqlRefused, worded as PostgreSQL words it.
    """
    return _PARSERS[kind](kind, text)


def _bad_syntax(kind: PgType, text: str) -> SqlRefused:
    return SqlRefused(f'invalid input syntax for type {_SHORT_NAMES.get(kind, kind)}: "{text}"')


def _integer(kind: PgType, text: str) -> int:
    stripped = text.strip(" \t\n\v\f\r")
    if _DECIMAL.fullmatch(stripped):
        value = int(stripped)
    elif _PREFIXED.fullmatch(stripped):
        value = int(stripped, 0)
    else:
        raise _bad_syntax(kind, text)
    if not -_RANGES[kind] <= value < _RANGES[kind]:
        raise SqlRefused(f'value "{text}" is out of range for type {kind}')
    return value


def _number(kind: PgType, text: str) -> float:
    stripped = text.strip(" \t\n\v\f\r")
    if _PREFIXED.fullmatch(stripped):
        return float(int(stripped, 0))
    try:
        value = float(Decimal(stripped))
    except (InvalidOperation, ValueError) as error:
        raise _bad_syntax(kind, text) from error
    if kind is PgType.DOUBLE and "_" in stripped:
        raise _bad_syntax(kind, text)
    if kind is PgType.DOUBLE and math.isinf(value) and "inf" not in stripped.lower():
        raise SqlRefused(f'"{text}" is out of range for type {kind}')
    return value


def _boolean(kind: PgType, text: str) -> bool:
    word = text.strip(" \t\n\v\f\r").lower()
    if word in ("1", "on") or (word and ("true".startswith(word) or "yes".startswith(word))):
        return True
    if word in ("0", "of", "off") or (word and ("false".startswith(word) or "no".startswith(word))):
        return False
    raise _bad_syntax(kind, text)


def _text(_: PgType, text: str) -> str:
    return text


def _inet(kind: PgType, text: str) -> str:
    if not _INET.fullmatch(text):
        raise _bad_syntax(kind, text)
    try:
        address = ip_interface(text)
    except ValueError as error:
        raise _bad_syntax(kind, text) from error
    return str(address.ip) if address.network.prefixlen == address.max_prefixlen else str(address)


def _moment(kind: PgType, text: str) -> datetime | str:
    stripped = text.strip()
    if stripped.lower() in ("infinity", "-infinity"):
        return stripped.lower()
    found = _TIMESTAMP.fullmatch(stripped)
    if found is None:
        raise _bad_syntax(kind, text)
    part = {name: int(found[name] or 0) for name in ("year", "month", "day", "hour", "minute", "second")}
    try:
        if part["hour"] == 24 and not part["minute"] and not part["second"]:
            moment = datetime(part["year"], part["month"], part["day"], tzinfo=UTC) + timedelta(days=1)
        else:
            moment = datetime(**part, tzinfo=UTC)
    except ValueError as error:
        raise SqlRefused(f'date/time field value out of range: "{text}"') from error
    moment += timedelta(microseconds=round(Decimal(f"0{found['fraction'] or '.'}0") * 1_000_000))
    if kind is PgType.TIMESTAMPTZ:
        moment = moment.replace(tzinfo=_zone(found["zone"])).astimezone(UTC)
    return moment


def _zone(text: str | None) -> timezone:
    if text is None or text in "zZ":
        return UTC
    digits = text[1:].replace(":", "").ljust(4, "0") if len(text) > 3 else text[1:].zfill(2) + "00"
    offset = timedelta(hours=int(digits[:-2]), minutes=int(digits[-2:]))
    return timezone(-offset if text[0] == "-" else offset)


def to_timestamp_text(moment: datetime) -> str:
    """Return `YYYY-MM-DD HH:MM:SS[.ffffff]`, the fraction without trailing zeros."""
    text = moment.strftime("%Y-%m-%d %H:%M:%S").zfill(19)
    return f"{text}.{moment.microsecond:06d}".rstrip("0") if moment.microsecond else text


def _timestamp(kind: PgType, text: str) -> str:
    moment = _moment(kind, text)
    if isinstance(moment, str):
        return moment
    return to_timestamp_text(moment) + ("+00" if kind is PgType.TIMESTAMPTZ else "")


def _date(kind: PgType, text: str) -> str:
    moment = _moment(kind, text)
    return moment if isinstance(moment, str) else to_timestamp_text(moment)[:10]


def _jsonb(kind: PgType, text: str) -> str:
    try:
        return to_jsonb_text(json.loads(text))
    except ValueError as error:
        raise SqlRefused(f"invalid input syntax for type {_SHORT_NAMES[kind]}") from error


def to_jsonb_text(value: Json) -> str:
    """Return minified JSON with the keys in jsonb's order: the shorter first, then by bytes."""
    return json.dumps(_in_jsonb_order(value), ensure_ascii=False, separators=(",", ":"))


def _in_jsonb_order(value: Json) -> Json:
    if isinstance(value, list):
        return [_in_jsonb_order(one) for one in value]
    if isinstance(value, dict):
        keys = sorted(value, key=lambda key: (len(key.encode()), key.encode()))
        return {key: _in_jsonb_order(value[key]) for key in keys}
    return value


_PARSERS: dict[PgType, Callable[[PgType, str], Literal]] = {
    PgType.INTEGER: _integer,
    PgType.BIGINT: _integer,
    PgType.NUMERIC: _number,
    PgType.DOUBLE: _number,
    PgType.BOOLEAN: _boolean,
    PgType.TEXT: _text,
    PgType.UNKNOWN: _text,
    PgType.INET: _inet,
    PgType.TIMESTAMP: _timestamp,
    PgType.TIMESTAMPTZ: _timestamp,
    PgType.DATE: _date,
    PgType.JSONB: _jsonb,
}
