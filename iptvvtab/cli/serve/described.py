"""Schemas in Datasette's words: its `metadata`. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from iptvvtab.types import Json

if TYPE_CHECKING:
    from iptvvtab.schema import Table

_HIDDEN = ("_mirror_", "sqlite_")
"""Datasette hides all tables whose names begin as a hidden one does, whether or not there is such a table."""


def described(name: str, portal: str, tables: Iterable[tuple[Table, float]]) -> Json:
    """Return the metadata of a shadow file that is called `name`; `tables` are given with their ttl in seconds.

    Under `plugins` stands what our own part of the server needs to know of tables.
    """
    from iptvvtab.mirror import said_of

    own: dict[str, Json] = {prefix: {"hidden": True} for prefix in _HIDDEN}
    known: dict[str, Json] = {}
    for table, ttl in tables:
        own[table.name] = _table(table)
        known[table.name] = {
            "ttl": ttl,
            "schema_hash": table.schema_hash,
            "label": table.label,
            "part": f"only {part}" if (part := said_of(table)) else None,
        }
    return {
        "title": portal,
        "databases": {name: {"title": f"{name}: {portal}", "tables": own}},
        "plugins": {"iptvvtab": {"tables": known}},
    }


def _table(table: Table) -> Json:
    from iptvvtab.mirror import mirrored

    return {
        "description": table.description,
        "columns": {column.name: column.description for column in mirrored(table) if column.description},
    }
