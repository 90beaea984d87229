"""What a portal has, as frozen records: a catalog of tables, a table of columns."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import Literal, TypeAlias, TypeVar, get_args, overload

from pydantic import BaseModel, ConfigDict, model_validator

from iptvvtab.errors import SchemaError, UnknownColumn, UnknownTable
from iptvvtab.types import ColumnType

T = TypeVar("T")
Scalar: TypeAlias = bool | int | float | str | None
CacheStrategy: TypeAlias = Literal["full", "incremental", "on-demand", "verify"]
Priority: TypeAlias = Literal["high", "medium", "low"]
PRIORITIES: tuple[Priority, ...] = get_args(Priority)
"""From the first to the last."""


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Relationship(_Record):
    """How a community model sees a foreign key; where a join looks ahead first."""

    type: str | None = None
    target_table: str | None = None
    field_name: str | None = None
    back_populates: str | None = None


class Column(_Record):
    """A column as SQL sees it. `remote_name` is None when only its position is known (`Field_N`).

    `position` counts from 0 in `["*"]` where the table's `total_fields` is known; else, and from `total_fields`
    on, it is an order only. `references` is (table, column) in SQL names. `default` is what the portal fills in.
    """

    position: int
    name: str
    remote_name: str | None
    type: ColumnType = ColumnType.UNKNOWN
    nullable: bool = True
    unique: bool = False
    index: bool = False
    primary_key: bool = False
    sensitive: bool = False
    description: str = ""
    references: tuple[str, str] | None = None
    default: Scalar = None
    transformer: str | None = None
    relationships: tuple[Relationship, ...] = ()


class Policy(_Record):
    """How a table is kept in the mirror (`sync_config`). `ttl`, `swr`, `sie` and `sync_interval` are in seconds.

    None: the settings decide.
    """

    where: str | None = None
    limit: int | None = None
    order_by: str | None = None
    chunk_size: int | None = None
    enable_chunking: bool = True
    ttl: int | None = None
    swr: int | None = None
    sie: int | None = None
    cache_strategy: CacheStrategy = "full"
    auto_sync: bool = False
    sync_interval: int | None = None
    priority: Priority | None = None
    disabled: bool = False
    include_fields: tuple[str, ...] = ()
    exclude_fields: tuple[str, ...] = ()
    hash_fields: tuple[str, ...] = ()
    incremental_field: str | None = None
    incremental_mode: bool = False
    prefetch_relationships: bool = False
    max_concurrent_chunks: int | None = None


class Statistics(_Record):
    """What the last look at the portal counted (`metadata`). None: not known. `other`: what else the file says."""

    row_count: int | None = None
    max_id: int | None = None
    min_id: int | None = None
    analyzed_at: str | None = None
    other: tuple[tuple[str, Scalar], ...] = ()


class Table(_Record):
    """A table of the portal as SQL sees it; `key` is the columns that identify a row, empty when unknown.

    Raises SchemaError when two columns have one name: SQLite compares names without regard to case.
    """

    name: str
    remote_name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()
    policy: Policy = Policy()
    statistics: Statistics = Statistics()
    label: str | None = None
    description: str = ""
    total_fields: int | None = None

    @model_validator(mode="after")
    def _one_column_a_name(self) -> Table:
        if len(self._places) != len(self.columns):
            raise SchemaError(f"table {self.name!r} has two columns of one name")
        return self

    @cached_property
    def _places(self) -> dict[str, int]:
        return {column.name.casefold(): place for place, column in enumerate(self.columns)}

    def index(self, name: str) -> int:
        """Return the place of a column in `columns`, by its SQL name in any case. Raises UnknownColumn."""
        place = self._places.get(name.casefold())
        if place is None:
            raise UnknownColumn(self.name, name, (column.name for column in self.columns))
        return place

    def column(self, name: str) -> Column:
        """Return a column by its SQL name in any case. Raises UnknownColumn."""
        return self.columns[self.index(name)]

    def is_placed(self, column: Column) -> bool:
        """Tell whether a column's position in `["*"]` is known: beyond the portal's width it is an order only."""
        return self.total_fields is None or column.position < self.total_fields

    def has(self, name: str) -> bool:
        """Tell whether the table has a column of that SQL name, in any case."""
        return name.casefold() in self._places

    @cached_property
    def schema_hash(self) -> str:
        """32 hex digits over what changes rows: names, positions, types, key, what is secret, what the mirror takes."""
        policy = self.policy
        facts = [
            self.name,
            self.remote_name,
            self.total_fields,
            self.key,
            [(one.position, one.name, one.remote_name, one.type, one.sensitive) for one in self.columns],
            [policy.where, policy.limit, policy.order_by, policy.include_fields, policy.exclude_fields],
            policy.hash_fields,
        ]
        return hashlib.sha256(json.dumps(facts, ensure_ascii=False).encode()).hexdigest()[:32]


class Catalog(Mapping[str, Table]):
    """Tables by name, in order, compared without regard to case. `catalog[name]` raises UnknownTable."""

    def __init__(self, tables: Iterable[Table]) -> None:
        self._tables = {table.name.casefold(): table for table in tables}

    def __getitem__(self, name: str) -> Table:
        try:
            return self._tables[name.casefold()]
        except KeyError:
            raise UnknownTable(name, self) from None

    @overload
    def get(self, name: str, default: None = None, /) -> Table | None: ...
    @overload
    def get(self, name: str, default: Table | T, /) -> Table | T: ...
    def get(self, name: str, default: object = None, /) -> object:
        """Return a table, or the default: an unknown name is no KeyError, which Mapping's own `get` expects."""
        return self._tables.get(name.casefold(), default)

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and name.casefold() in self._tables

    def __iter__(self) -> Iterator[str]:
        return (table.name for table in self._tables.values())

    def __len__(self) -> int:
        return len(self._tables)

    def __repr__(self) -> str:
        return f"Catalog({', '.join(self)})"
