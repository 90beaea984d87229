"""What translating SQL needs to know of a portal: its tables, their columns, and what the portal calls them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from iptvvtab.jsonsql.pgtypes import PgType
from iptvvtab.types import ColumnType

SCHEMA = "portal"
"""What SQL may call the portal, as in `portal.subscriber`."""


@dataclass(frozen=True, slots=True)
class ColumnName:
    """A column. `name` is SQL's, `remote` the portal's, None where only its position is known.

    `type` is UNKNOWN where nobody can say. `kind`: what its values are to SQLite, by the schema.
    """

    name: str
    remote: str | None
    type: PgType = PgType.UNKNOWN
    can_be_null: bool = True
    kind: ColumnType = ColumnType.UNKNOWN


@dataclass(frozen=True, slots=True)
class TableName:
    """A table, its columns in order, the SQL names of its key. `is_whole`: the portal has no other columns."""

    name: str
    remote: str
    columns: tuple[ColumnName, ...]
    key: tuple[str, ...] = ()
    is_whole: bool = False


class Names(Mapping[str, TableName]):
    """Tables by their SQL names, in any case. `schema`: what SQL may write before a table's name."""

    def __init__(self, tables: Iterable[TableName], schema: str = SCHEMA) -> None:
        self.schema = schema
        self._tables = {table.name.casefold(): table for table in tables}

    def __getitem__(self, name: str) -> TableName:
        return self._tables[name.casefold()]

    def __iter__(self) -> Iterator[str]:
        return (table.name for table in self._tables.values())

    def __len__(self) -> int:
        return len(self._tables)

    @cached_property
    def remote_columns(self) -> Mapping[str, tuple[str, ...]]:
        """The portal's names of its columns, in order, by its name of the table: what `decode` reads."""
        return {
            table.remote: tuple(one.remote for one in table.columns if one.remote is not None)
            for table in self._tables.values()
        }

    @cached_property
    def as_remote(self) -> Names:
        """The same tables, where SQL calls everything as the portal does: what decoded documents name."""
        return Names(map(_as_remote, self._tables.values()), self.schema)

    @cached_property
    def remote_types(self) -> Mapping[str, Mapping[str, PgType]]:
        """The types of the same."""
        return {
            table.remote: {one.remote: one.type for one in table.columns if one.remote is not None}
            for table in self._tables.values()
        }

    @cached_property
    def never_null(self) -> Mapping[str, frozenset[str]]:
        """The portal's names of those that are never NULL."""
        return {
            table.remote: frozenset(one.remote for one in table.columns if one.remote and not one.can_be_null)
            for table in self._tables.values()
        }

    @cached_property
    def remote_keys(self) -> Mapping[str, tuple[str, ...]]:
        """The keys of the same."""
        return {table.remote: _remote_key(table) for table in self._tables.values()}


def _as_remote(table: TableName) -> TableName:
    columns = tuple(replace(one, name=one.remote) for one in table.columns if one.remote is not None)
    return TableName(table.remote, table.remote, columns, _remote_key(table), table.is_whole)


def _remote_key(table: TableName) -> tuple[str, ...]:
    remote = {one.name: one.remote for one in table.columns}
    return tuple(remote.get(name) or name for name in table.key)
