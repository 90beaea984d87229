"""Texts that people compare dates and times with, as bounds that the portal understands. Pure.

Canonical timestamps (`YYYY-MM-DD HH:MM:SS[.ffffff]`) order as text exactly as they do in time. So a full one compares
the same on both sides, and a shorter one (`2024-01`) stands before every canonical text that starts with it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from iptvvtab.types import UTC, ColumnType

_FULL = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{0,5}[1-9])?", re.ASCII)
_PREFIX = re.compile(r"\d{4}-(\d\d(-\d\d( (\d\d(:(\d\d(:)?)?)?)?)?)?)?", re.ASCII)
_LIKE_PREFIX = re.compile(r"(\d{4})-?|(\d{4}-\d\d)-?|(\d{4}-\d\d-\d\d) ?|(\d{4}-\d\d-\d\d \d\d):?", re.ASCII)
_TEMPLATE = "0001-01-01 00:00:00"


@dataclass(frozen=True, slots=True)
class Bound:
    """A value to compare with. Not `is_full`: the text equals no canonical value, and stands right before this one."""

    value: str
    is_full: bool


def _is_real(text: str) -> bool:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


def _completed(text: str) -> str | None:
    """Return the first moment that starts with a prefix such as `2024-01`, or None."""
    if not _PREFIX.fullmatch(text):
        return None
    whole = text + _TEMPLATE[len(text) :]
    return whole if _is_real(whole) else None


def timestamp_bound(text: str) -> Bound | None:
    """Return the bound for a comparison of a timestamp with a text; None where it must stay local.

    A bare year looks like a number, and SQLite compares it as one.
    """
    if _FULL.fullmatch(text):
        return Bound(text + UTC, is_full=True) if _is_real(text) else None
    first = _completed(text)
    return Bound(first + UTC, is_full=False) if first else None


def date_bound(text: str) -> Bound | None:
    """Return the bound for a comparison of a date with a text; None where it must stay local."""
    if len(text) > 10:
        return None
    first = _completed(text)
    return Bound(first[:10], is_full=len(text) == 10) if first else None


def moment_span(prefix: str, kind: ColumnType) -> tuple[str, str] | None:
    """Return the first moment that starts with a prefix, and the first after all that do; None if it is no prefix."""
    match = _LIKE_PREFIX.fullmatch(prefix)
    if not match:
        return None
    text = next(one for one in match.groups() if one)
    first = text + _TEMPLATE[len(text) :]
    if not _is_real(first):
        return None
    start = datetime.fromisoformat(first)
    try:
        end = _following(start, len(text))
    except (ValueError, OverflowError):
        return None
    if kind is ColumnType.DATE:
        return None if len(text) > 10 else (f"{start:%Y-%m-%d}".zfill(10), f"{end:%Y-%m-%d}".zfill(10))
    return str(start) + UTC, str(end) + UTC


def _following(start: datetime, length: int) -> datetime:
    """Return the moment after the year, month, day or hour that starts at `start`, by the prefix's length."""
    match length:
        case 4:
            return start.replace(year=start.year + 1)
        case 7:
            return start.replace(year=start.year + start.month // 12, month=start.month % 12 + 1)
        case 10:
            return start + timedelta(days=1)
        case _:
            return start + timedelta(hours=1)
