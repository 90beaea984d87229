"""A plain table as a portal's: as an entry of a schema file, as it is on the portal, and what of it does not fit."""

from __future__ import annotations

import json
import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from iptvvtab.demo import DemoColumn, DemoTable
from iptvvtab.jsonsql import PgType
from iptvvtab.schema import Catalog
from iptvvtab.types import ColumnType, Row, Value
from tests.sqllogictest.scratch import READ, Declared, DeclaredColumn

ROWID, WHOLE = "rowid", ""
"""What SQLite calls, in telling what is read, a rowid without a name, and a table of which no column matters."""


class Affinity(StrEnum):
    """What a declared type makes of values (SQLite documentation, "Datatypes", 3.1)."""

    INTEGER = "INTEGER"
    TEXT = "TEXT"
    BLOB = "BLOB"
    REAL = "REAL"
    NUMERIC = "NUMERIC"


_AFFINITIES = (
    (("INT",), Affinity.INTEGER),
    (("CHAR", "CLOB", "TEXT"), Affinity.TEXT),
    (("BLOB",), Affinity.BLOB),
    (("REAL", "FLOA", "DOUB"), Affinity.REAL),
)

_ON_THE_PORTAL = {
    ColumnType.INTEGER: PgType.BIGINT,
    ColumnType.FLOAT: PgType.DOUBLE,
    ColumnType.STRING: PgType.TEXT,
    ColumnType.UNKNOWN: PgType.JSONB,
}


def affinity_of(declared: str) -> Affinity:
    """Return the affinity of a declared type."""
    name = declared.upper()
    if not name:
        return Affinity.BLOB
    return next((found for parts, found in _AFFINITIES if any(part in name for part in parts)), Affinity.NUMERIC)


@dataclass(frozen=True)
class Unfit:
    """Why a column cannot be a portal's."""

    reason: str


def type_for(declared: DeclaredColumn, values: Collection[Value]) -> ColumnType | Unfit:
    """Return the portal's type that compares and stores these values as the declaration does.

    NUMERIC compares as INTEGER and REAL do, so that a column of one kind of number is a column of that type. Where two
    kinds are mixed no type has the affinity of the declaration.
    """
    affinity = affinity_of(declared.type)
    if declared.collation.upper() != "BINARY":
        return Unfit(f"a column is declared COLLATE {declared.collation.upper()}")
    found = {type(value) for value in values} - {type(None)}
    if bytes in found:
        return Unfit("a column holds blobs, which JSON has not")
    if any(isinstance(value, float) and not math.isfinite(value) for value in values):
        return Unfit("a column holds infinity, which JSON has not")
    if affinity is Affinity.BLOB:
        return ColumnType.UNKNOWN
    if affinity is Affinity.TEXT:
        return ColumnType.STRING
    if found <= {float} and (found or affinity is Affinity.REAL):
        return ColumnType.FLOAT
    if found <= {int}:
        return ColumnType.INTEGER
    kinds = " and ".join(sorted(one.__name__ for one in found))
    return Unfit(f"a column of {affinity} affinity holds {kinds}")


@dataclass(frozen=True)
class Served:
    """A table to serve: on the portal, with rows, and as an entry of a schema file; columns that do not fit are out.

    `unfit`: why, by folded name; `rowid` counts as a column that a table without an INTEGER PRIMARY KEY has not.
    """

    table: DemoTable
    entry: dict[str, Any]
    rows: list[list[Any]]
    unfit: dict[str, str]


def serve(declared: Declared, rows: Sequence[Row], packaged: Catalog) -> Served:
    """Make a plain table one of a portal. `packaged`: tables that a schema file lies over."""
    values = list(zip(*rows, strict=True)) or [()] * len(declared.columns)
    types = {one.name: type_for(one, column) for one, column in zip(declared.columns, values, strict=True)}
    fit = {name: kind for name, kind in types.items() if isinstance(kind, ColumnType)}
    unfit = {name.casefold(): kind.reason for name, kind in types.items() if isinstance(kind, Unfit)}
    if not fit:
        unfit[WHOLE] = next(iter(unfit.values()))
    if declared.rowid is None:
        unfit[ROWID] = "asks for a rowid that is no column"
    by_name = dict(zip(types, values, strict=True))
    key = next((key for key in declared.keys if _is_key(key, fit, by_name)), ())
    if declared.rowid and key != (declared.rowid,):
        unfit[ROWID] = f"asks for a rowid, and {unfit.get(declared.rowid.casefold(), 'it is not the key')}"
    required = {one.name for one in declared.columns if one.is_required} | set(key)
    columns = tuple(DemoColumn(name, _ON_THE_PORTAL[kind], name in required) for name, kind in fit.items())
    sent = [_sent(fit[name], by_name[name]) for name in fit]
    return Served(
        DemoTable(declared.name, columns, key),
        _entry(declared.name, fit, key, required, packaged),
        [list(row) for row in zip(*sent, strict=True)],
        unfit,
    )


def _is_key(key: Sequence[str], fit: dict[str, ColumnType], values: dict[str, Any]) -> bool:
    """SQLite allows NULL in a primary key; a portal's key has none, and a type that has an order."""
    return all(fit.get(name) in (ColumnType.INTEGER, ColumnType.STRING) and None not in values[name] for name in key)


def _sent(kind: ColumnType, values: Sequence[Value]) -> list[Any]:
    """Return a column as the control path takes it: documents as their text."""
    if kind is not ColumnType.UNKNOWN:
        return list(values)
    return [None if value is None else json.dumps(value) for value in values]


def _entry(
    name: str, types: dict[str, ColumnType], key: Sequence[str], required: Collection[str], packaged: Catalog
) -> dict[str, Any]:
    fields = {
        place: {
            "name": column,
            "remote_name": column,
            "type": str(kind),
            "constraints": {"primary_key": column in key, "nullable": column not in required},
        }
        for place, (column, kind) in enumerate(types.items())
    }
    entry: dict[str, Any] = {"remote_name": name, "total_fields": len(fields), "fields": fields}
    same = next((table for table in packaged.values() if table.name.casefold() == name.casefold()), None)
    if same is not None:
        ours = {column.casefold() for column in types}
        entry["without"] = [one.remote_name for one in same.columns if (one.remote_name or "").casefold() not in ours]
    return entry


def refusal(reads: Collection[READ], served: Collection[Served], virtual: Collection[str]) -> str | None:
    """Say why a query that reads this cannot be asked over a portal, or None."""
    tables = {one.table.name.casefold(): one for one in served}
    for table, column in sorted(reads):
        if table in virtual:
            return "reads a virtual table"
        if table.startswith("sqlite_"):
            return f"reads {table}"
        if table in tables and (reason := tables[table].unfit.get(column)):
            return reason
    return None
