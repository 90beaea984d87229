"""The scratch side: a plain SQLite database that runs everything of a file, and knows what its tables are and hold."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import apsw

from iptvvtab.mirror import quoted
from iptvvtab.types import Row

READ = tuple[str, str]
"""A table and a column of it that a query reads."""
_HIDDEN = 1
"""How `table_xinfo` marks the hidden columns of virtual tables; generated ones are 2 and 3."""


@dataclass(frozen=True)
class Outcome:
    """What SQL gave: rows, or the class and words of an error; `reads`: what it looked at."""

    rows: tuple[Row, ...] = ()
    error: str | None = None
    reads: frozenset[READ] = frozenset()


@dataclass(frozen=True)
class DeclaredColumn:
    """A column as declared: its type's name, its collation, NOT NULL."""

    name: str
    type: str
    collation: str
    is_required: bool


@dataclass(frozen=True)
class Declared:
    """A table as declared. `keys`: sets of columns that tell rows apart, the best first; `rowid`: its column's name."""

    schema: str
    name: str
    columns: tuple[DeclaredColumn, ...]
    keys: tuple[tuple[str, ...], ...]
    rowid: str | None


class Scratch:
    """A scratch database. A context manager that closes it."""

    def __init__(self) -> None:
        # Without a cache every statement is prepared, and the authorizer hears of it.
        self._connection = apsw.Connection(":memory:", statementcachesize=0)
        self._reads: set[READ] = set()
        self._connection.authorizer = self._hear

    def __enter__(self) -> Scratch:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def run(self, sql: str) -> Outcome:
        """Run SQL to its end."""
        self._reads.clear()
        try:
            rows = tuple(self._connection.execute(sql))
        except apsw.Error as error:
            return Outcome(error=f"{type(error).__name__}: {error}")
        return Outcome(rows, reads=frozenset(self._reads))

    def tables(self) -> Iterator[tuple[Declared, list[Row]]]:
        """Yield the tables that names without a schema mean, and their rows."""
        temporary = {name for name, _ in self._listed("temp", "table")}
        for schema in ("main", "temp"):
            for name, _ in self._listed(schema, "table"):
                if schema == "temp" or name not in temporary:
                    declared = self._declared(schema, name)
                    columns = ", ".join(quoted(column.name) for column in declared.columns)
                    rows = self._connection.execute(f"SELECT {columns} FROM {schema}.{quoted(name)}")
                    yield declared, list(rows)

    def views(self) -> dict[str, str]:
        """Return the views' SQL by name."""
        texts = {
            name: self._connection.execute(
                f"SELECT sql FROM {schema}.sqlite_schema WHERE type = 'view' AND name = ?", (name,)
            ).get
            for schema in ("main", "temp")
            for name, _ in self._listed(schema, "view")
        }
        return {name: str(text) for name, text in texts.items()}

    def virtual(self) -> set[str]:
        """Return the names of virtual tables, folded."""
        return {name.casefold() for kind in ("virtual", "shadow") for name, _ in self._listed("main", kind)}

    def _listed(self, schema: str, kind: str) -> list[tuple[str, bool]]:
        """Return names, and whether they are WITHOUT ROWID."""
        found = self._connection.execute(
            "SELECT name, wr FROM pragma_table_list WHERE schema = ? AND type = ? AND name NOT LIKE 'sqlite\\_%' "
            "ESCAPE '\\' ORDER BY name",
            (schema, kind),
        )
        return [(str(name), bool(wr)) for name, wr in found]

    def _declared(self, schema: str, name: str) -> Declared:
        ask = self._connection.execute
        columns, primary = [], {}
        for _, column, _, _, _, place, hidden in ask(f"PRAGMA {schema}.table_xinfo({quoted(name)})"):
            if hidden == _HIDDEN:
                continue
            kind, collation, required, _, _ = self._connection.column_metadata(schema, name, str(column))
            columns.append(DeclaredColumn(str(column), kind or "", collation or "BINARY", bool(required)))
            if place:
                primary[place] = str(column)
        key = tuple(primary[place] for place in sorted(primary))
        has_rowid = (name, True) not in self._listed(schema, "table")
        indexes = [one[1] for one in ask(f"PRAGMA {schema}.index_list({quoted(name)})") if one[3] == "pk"]
        alias = key[0] if key and has_rowid and not indexes else None
        return Declared(schema, name, tuple(columns), tuple(self._keys(schema, name, key, columns)), alias)

    def _keys(
        self, schema: str, name: str, primary: tuple[str, ...], columns: list[DeclaredColumn]
    ) -> Iterator[tuple[str, ...]]:
        if primary:
            yield primary
        required = {column.name for column in columns if column.is_required}
        for _, index, is_unique, origin, is_partial in self._connection.execute(
            f"PRAGMA {schema}.index_list({quoted(name)})"
        ):
            among = [one[2] for one in self._connection.execute(f"PRAGMA {schema}.index_info({quoted(str(index))})")]
            if is_unique and origin != "pk" and not is_partial and set(among) <= required:
                yield tuple(str(one) for one in among)

    def _hear(self, operation: int, table: str | None, column: str | None, schema: str | None, _: str | None) -> int:
        if operation == apsw.SQLITE_READ:
            self._reads.add((str(table).casefold(), str(column or "").casefold()))
        return int(apsw.SQLITE_OK)
