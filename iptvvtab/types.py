"""The words every floor shares: the type of a column, and the values SQLite can hold."""

from __future__ import annotations

from enum import StrEnum
from typing import Any, TypeAlias

Value: TypeAlias = None | int | float | str | bytes
"""A canonical value: what a plain SQLite table would hold (semantics: docs/sql.md)."""

Json: TypeAlias = Any
"""Whatever JSON can say: None, bool, int, float, str, list, dict."""

UTC = "+00"
"""Said with every timestamp: a column without a zone ignores it, one with a zone would else take the session's."""

Row: TypeAlias = tuple[Value, ...]
"""Canonical values in the order of the columns that were asked for."""


class ColumnType(StrEnum):
    """The type of a column, in the words of the schema files."""

    INTEGER = "integer"
    STRING = "string"
    BOOLEAN = "boolean"
    FLOAT = "float"
    DATETIME = "datetime"
    DATE = "date"
    JSON = "json"
    INET = "inet"
    MACADDR = "macaddr"
    UUID = "uuid"
    INTERVAL = "interval"
    UNKNOWN = "unknown"

    @property
    def declaration(self) -> str:
        """The type's name in a SQLite declaration; it gives SQLite the affinity and tells people the type."""
        return _DECLARATIONS[self]


_DECLARATIONS = {
    ColumnType.INTEGER: "INTEGER",
    ColumnType.STRING: "TEXT",
    ColumnType.BOOLEAN: "BOOLEAN",
    ColumnType.FLOAT: "REAL",
    ColumnType.DATETIME: "DATETIME",
    ColumnType.DATE: "DATE",
    ColumnType.JSON: "TEXT",
    ColumnType.INET: "TEXT",
    ColumnType.MACADDR: "TEXT",
    ColumnType.UUID: "TEXT",
    ColumnType.INTERVAL: "TEXT",
    ColumnType.UNKNOWN: "",
}

BY_MEANING = frozenset({ColumnType.INET, ColumnType.MACADDR, ColumnType.UUID, ColumnType.INTERVAL})
"""Text here, but the portal compares what it means: `10.0.0.1/32` equals `10.0.0.1`, `9.1.1.1` is below `10.0.0.1`.

Texts that are equal here are equal there, as a text means one value; not the other way round (`1 day` is `24:00:00`).
"""
