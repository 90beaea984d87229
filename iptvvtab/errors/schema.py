"""What we believe a portal has, and it has not."""

from __future__ import annotations

from collections.abc import Iterable

from iptvvtab.errors.root import Error, did_you_mean


class SchemaError(Error):
    """What we believe a portal has is wrong or unusable."""

    exit_code = 3


class SchemaFileError(SchemaError):
    """A YAML file of tables cannot be used: where, why, and what would be allowed."""

    def __init__(self, file: str, line: int | None, path: str, reason: str, hint: str = "") -> None:
        self.file, self.line, self.path, self.reason, self.hint = file, line, path, reason, hint
        place = f"{file}:{line}" if line else file
        super().__init__(f"{place}: {path or 'document'}: {reason}" + (f"; {hint}" if hint else ""))


class UnknownTable(SchemaError):
    """No schema describes a table of that name."""

    def __init__(self, table: str, known: Iterable[str]) -> None:
        self.table = table
        super().__init__(
            f"no schema describes a table {table!r}{did_you_mean(table, known)}; "
            "`iptvvtab schema list` shows the tables, `iptvvtab schema introspect` asks the portal"
        )


class UnknownColumn(SchemaError):
    """The table has no column of that name."""

    def __init__(self, table: str, column: str, known: Iterable[str]) -> None:
        self.table, self.column = table, column
        super().__init__(f"table {table!r} has no column {column!r}{did_you_mean(column, known)}")


class NoMirror(SchemaError):
    """Only a mirror may answer (`source = mirror`), and it cannot. `age`: of its rows in seconds, None without any."""

    def __init__(self, table: str, age: float | None = None) -> None:
        self.table, self.age = table, age
        reason = f"it was never synced (`iptvvtab sync {table}`)"
        if age is not None:
            reason = f"its rows are {age:.0f} s old and may be too old (max_age), or a column or row is not kept there"
        super().__init__(f"no mirror of table {table!r} answers this: {reason}; source 'auto' or 'live' reads it")


class UnknownPosition(SchemaError):
    """Columns known only by position and columns known only by name (`unplaced`) cannot be read together."""

    def __init__(self, table: str, unplaced: Iterable[str]) -> None:
        self.table, self.unplaced = table, tuple(unplaced)
        names = ", ".join(self.unplaced)
        super().__init__(
            f"the query reads {names} of table {table!r}, whose position is not known, perhaps together with columns "
            f"of which only the position is; write its position in the schema's file "
            f"(`iptvvtab schema introspect {table}` could not tell it from another column), or leave it out"
        )


class NotWritable(SchemaError):
    """SQLite cannot create virtual tables on a read-only connection."""

    def __init__(self, schema: str) -> None:
        self.schema = schema
        super().__init__(
            f"cannot register schema {schema!r}: the connection is read-only, and SQLite creates virtual tables "
            "only through one that may write; open it with SQLITE_OPEN_READWRITE (no file stores the tables)"
        )
