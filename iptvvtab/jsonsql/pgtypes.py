"""The PostgreSQL types that a portal's columns and expressions have, by PostgreSQL's own names."""

from __future__ import annotations

from enum import StrEnum


class PgType(StrEnum):
    """A type by the name that PostgreSQL's messages and declarations use."""

    INTEGER = "integer"
    BIGINT = "bigint"
    NUMERIC = "numeric"
    DOUBLE = "double precision"
    BOOLEAN = "boolean"
    TEXT = "text"
    INET = "inet"
    TIMESTAMP = "timestamp without time zone"
    TIMESTAMPTZ = "timestamp with time zone"
    DATE = "date"
    JSONB = "jsonb"
    UNKNOWN = "unknown"
    """A literal, or NULL, whose type its neighbours decide."""

    @property
    def is_number(self) -> bool:
        """Return whether arithmetic and comparison with other numbers work."""
        return self in _NUMBERS

    @property
    def is_integer(self) -> bool:
        """Return whether division truncates."""
        return self in (PgType.INTEGER, PgType.BIGINT)


_NUMBERS = frozenset({PgType.INTEGER, PgType.BIGINT, PgType.NUMERIC, PgType.DOUBLE})
