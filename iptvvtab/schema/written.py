"""The format of the files, as people write it: that of the community client, with some keys of ours.

Everything may be left out, and what was left out is known (`model_fields_set`): so one file can override another.
Ours: `sensitive` (column), `label`, `without` and `remote_name` (table), `swr` and `sie` (`sync_config`).
"""

from __future__ import annotations

from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field, StrictStr, field_validator

from iptvvtab.schema.records import CacheStrategy, Priority, Relationship, Scalar
from iptvvtab.types import ColumnType


class _Written(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    def over(self, below: Self) -> Self:
        """Return what `below` says, overridden key by key by what is written here."""
        update: dict[str, Any] = {}
        for name in self.model_fields_set:
            mine, theirs = getattr(self, name), getattr(below, name)
            update[name] = mine.over(theirs) if isinstance(mine, _Written) and isinstance(theirs, _Written) else mine
        return below.model_copy(update=update)


class WrittenConstraints(_Written):
    """`constraints` of a column."""

    primary_key: bool | None = None
    nullable: bool | None = None
    unique: bool | None = None
    index: bool | None = None
    foreign_key: StrictStr | None = None
    default: Scalar = None

    @field_validator("foreign_key")
    @classmethod
    def _table_and_column(cls, value: str | None) -> str | None:
        if value is not None and len([part for part in value.split(".") if part]) != 2:
            raise ValueError("must be written as table.column")
        return value


class WrittenColumn(_Written):
    """One entry of `fields`."""

    name: StrictStr | None = Field(default=None, min_length=1)
    type: ColumnType | None = None
    alias: StrictStr | None = Field(default=None, min_length=1)
    python_name: StrictStr | None = None
    remote_name: StrictStr | None = Field(default=None, min_length=1)
    description: StrictStr | None = None
    transformer: StrictStr | None = None
    constraints: WrittenConstraints | None = None
    relationships: Relationship | tuple[Relationship, ...] | None = None
    remote_mapping: dict[str, Any] | None = None
    sensitive: bool | None = None


class WrittenPolicy(_Written):
    """`sync_config` of a table."""

    where: StrictStr | None = None
    limit: int | None = Field(default=None, ge=1)
    order_by: StrictStr | None = None
    chunk_size: int | None = Field(default=None, ge=1)
    enable_chunking: bool | None = None
    ttl: int | None = Field(default=None, ge=0)
    swr: int | None = Field(default=None, ge=0)
    sie: int | None = Field(default=None, ge=0)
    cache_strategy: CacheStrategy | None = None
    auto_sync: bool | None = None
    sync_interval: int | None = Field(default=None, ge=0)
    priority: Priority | None = None
    disabled: bool | None = None
    include_fields: tuple[StrictStr, ...] | None = None
    exclude_fields: tuple[StrictStr, ...] | None = None
    hash_fields: tuple[StrictStr, ...] | None = None
    incremental_field: StrictStr | None = None
    incremental_mode: bool | None = None
    prefetch_relationships: bool | None = None
    max_concurrent_chunks: int | None = Field(default=None, ge=1)


class WrittenTable(_Written):
    """One entry of `schemas`."""

    description: StrictStr | None = None
    remote_name: StrictStr | None = Field(default=None, min_length=1)
    label: StrictStr | None = None
    total_fields: int | None = Field(default=None, ge=1)
    fields: dict[int, WrittenColumn] = Field(default_factory=dict)
    without: tuple[StrictStr, ...] = ()
    sync_config: WrittenPolicy | None = None
    metadata: dict[str, Scalar] | None = None
    from_model: StrictStr | None = None
