"""What the language needs to know of a portal, out of its schema and of what it was seen to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iptvvtab.jsonsql import EVIDENT_FUNCTIONS, ColumnName, Features, Names, PgType, TableName
from iptvvtab.types import ColumnType

if TYPE_CHECKING:
    from iptvvtab.portal import Capabilities
    from iptvvtab.schema import Catalog, Table

_TYPES = {
    ColumnType.INTEGER: PgType.BIGINT,
    ColumnType.STRING: PgType.TEXT,
    ColumnType.BOOLEAN: PgType.BOOLEAN,
    ColumnType.FLOAT: PgType.NUMERIC,
    ColumnType.DATETIME: PgType.TIMESTAMP,
    ColumnType.DATE: PgType.DATE,
    ColumnType.JSON: PgType.JSONB,
    ColumnType.INET: PgType.INET,
}
"""The schema does not tell bigint from integer, nor money from doubles; none of this changes a document."""


def names_of(catalog: Catalog, schema: str) -> Names:
    """Return the tables of a catalog as statements of SQL name them, `schema` before them or not."""
    return Names(map(_table, catalog.values()), schema)


def _table(table: Table) -> TableName:
    columns = tuple(
        ColumnName(
            one.name,
            one.remote_name,
            _TYPES.get(one.type, PgType.UNKNOWN),
            can_be_null=one.nullable and one.name not in table.key,
            kind=one.type,
        )
        for one in table.columns
    )
    is_whole = table.total_fields == len(columns) and all(one.remote is not None for one in columns)
    return TableName(table.name, table.remote_name, columns, table.key, is_whole)


def proven_features(seen: Capabilities | None) -> Features:
    """Return what a portal was seen to do, and nothing that is only likely: what exact statements may use."""
    return features_of(seen) if seen is not None and seen.is_probed else Features()


def features_of(seen: Capabilities | None) -> Features:
    """Return what documents may say to a portal. Where nobody has looked, DESC is written as most portals were seen to.

    What was not seen counts as absent; functions with evidence count as there.
    """
    if seen is None or not seen.is_probed:
        return Features(order_direction="list")
    functions = set(EVIDENT_FUNCTIONS)
    functions -= {"count"} if seen.count is False else set()
    functions |= {"now"} if seen.now else set()
    functions |= {seen.row_hash} if seen.row_hash in ("hashtext", "md5") else set()
    return Features(
        order_direction=seen.order_direction if seen.order_direction in ("list", "object") else None,
        ilike=bool(seen.ilike),
        group_by_expression=bool(seen.group_by_expression),
        functions=frozenset(functions),
        bytewise_text=bool(seen.bytewise_text),
    )
