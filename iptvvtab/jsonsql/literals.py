"""Values of Python as SQL writes them."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime
from decimal import Decimal
from ipaddress import IPv4Address, IPv6Address
from uuid import UUID

from iptvvtab import types
from iptvvtab.errors import UsageError

NULL, TRUE, FALSE = "NULL", "TRUE", "FALSE"


def literal(value: object) -> str:
    """Return a value as one literal of SQL: a text in quotes, a number with its sign, NULL, TRUE or FALSE.

    A moment with a zone says it in UTC. Raises UsageError for what SQL has no literal for: a list, bytes, infinity.
    """
    if value is None:
        return NULL
    if isinstance(value, bool):
        return TRUE if value else FALSE
    if isinstance(value, (int, float, Decimal)):
        return _number(value)
    if isinstance(value, str):
        return quoted(str.__str__(value))
    if isinstance(value, date):
        return quoted(_moment(value))
    if isinstance(value, (UUID, IPv4Address, IPv6Address)):
        return quoted(str(value))
    raise UsageError(
        f"a value of type {type(value).__name__} has no form in SQL; give a text, a number, None or a date"
    )


def quoted(text: str) -> str:
    """Return a text as SQL writes it."""
    return "'" + text.replace("'", "''") + "'"


def _number(value: float | Decimal) -> str:
    if not math.isfinite(value):
        raise UsageError(f"{value} is no number that SQL can write")
    if isinstance(value, Decimal):
        return f"{value:f}"
    return float.__repr__(value) if isinstance(value, float) else int.__repr__(value)


def _moment(value: date) -> str:
    if not isinstance(value, datetime):
        return value.isoformat()
    if value.tzinfo is None:
        return value.isoformat(" ")
    return value.astimezone(UTC).replace(tzinfo=None).isoformat(" ") + types.UTC
