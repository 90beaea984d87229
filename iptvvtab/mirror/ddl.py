"""The tables of a shadow file as SQL: those of the schemas, as stock SQLite reads them. Pure."""

from __future__ import annotations

from collections.abc import Container, Iterator

from iptvvtab.schema import Column, Table
from iptvvtab.types import ColumnType

BOOKKEEPING = "_mirror_"
"""How the names of a shadow file's own tables begin; none of the portal's is mirrored under such a name."""


def quoted(name: str) -> str:
    """Return a name as a quoted SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def mirrored(table: Table) -> tuple[Column, ...]:
    """Return the columns that a mirror holds, the key among them: what policy leaves in, and nothing sensitive."""
    policy = table.policy
    chosen = {name.casefold() for name in policy.include_fields}
    left_out = {name.casefold() for name in policy.exclude_fields}

    def is_held(column: Column) -> bool:
        if column.name in table.key:
            return True
        name = column.name.casefold()
        return not column.sensitive and name not in left_out and (not chosen or name in chosen)

    return tuple(column for column in table.columns if is_held(column))


def hashed(table: Table) -> tuple[Column, ...]:
    """Return the sensitive columns of which a mirror holds a keyed hash, behind the columns that it holds."""
    names = {name.casefold() for name in table.policy.hash_fields}
    return tuple(column for column in table.columns if column.sensitive and column.name.casefold() in names)


def hash_of(column: Column) -> str:
    """Return the name of the column that holds the hash of a column."""
    return f"{column.name}_hash"


def is_mirrorable(table: Table) -> bool:
    """Return whether a mirror of a table can be kept: no value of its key is a secret, and its name is free."""
    is_secret = any(table.column(name).sensitive for name in table.key)
    return not is_secret and not table.policy.disabled and not table.name.casefold().startswith(BOOKKEEPING)


def creation(table: Table, name: str, tables: Container[str] = ()) -> str:
    """Return the statement that creates a table of mirrored columns under a name; it refers to others of `tables`.

    Keys are as the virtual table declares them. No column is NOT NULL: the portal's word for it is not enough.
    """
    columns = mirrored(table)
    single = table.key[0] if len(table.key) == 1 and table.column(table.key[0]).type is ColumnType.INTEGER else None
    lines = [_line(column, tables, is_key=column.name == single) for column in columns]
    lines += [f"{quoted(hash_of(column))} TEXT" for column in hashed(table)]
    if table.key and single is None:
        lines.append(f"PRIMARY KEY ({', '.join(map(quoted, table.key))})")
        return f"CREATE TABLE {quoted(name)} (\n  {_joined(lines)}\n) WITHOUT ROWID"
    return f"CREATE TABLE {quoted(name)} (\n  {_joined(lines)}\n)"


def _joined(lines: list[str]) -> str:
    return ",\n  ".join(lines)


def _line(column: Column, tables: Container[str], *, is_key: bool) -> str:
    parts = [quoted(column.name), column.type.declaration, "PRIMARY KEY" if is_key else ""]
    if column.references is not None and column.references[0] in tables:
        target, field = column.references
        parts.append(f"REFERENCES {quoted(target)} ({quoted(field)})")
    return " ".join(part for part in parts if part)


def indexes(table: Table, run: int) -> Iterator[tuple[str, str]]:
    """Yield (name, columns as SQL) of each index: foreign keys, cursors of incremental syncs, `index` and `unique`.

    An index cannot be renamed: its name carries the run that made it.
    """
    for column in mirrored(table):
        is_asked = column.index or column.unique or column.references is not None
        if (is_asked or column.name == table.policy.incremental_field) and (column.name,) != table.key:
            yield f"{table.name}_{column.name}_{run}", quoted(column.name)
    for column in hashed(table):
        if column.index or column.unique:
            yield f"{table.name}_{hash_of(column)}_{run}", quoted(hash_of(column))
