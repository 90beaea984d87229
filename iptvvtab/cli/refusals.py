"""What SQLite says about a statement, in words that help: the place, and the name that may be meant."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import apsw

from iptvvtab.errors import Error, Interrupted, ReadOnlyTable, StatementRefused, did_you_mean

_MISSING = re.compile(r"no such (table|column|function): (.+)")
_UNWRITABLE = re.compile(r"(?:table )?(.+) may not be modified")
_AROUND = 60
"""Characters of a long line that are shown on each side of a mistake."""


def refusal(connection: apsw.Connection, text: str, before: int, error: apsw.Error) -> Error:
    """Return the typed error for what SQLite said of the statement that begins `before` characters into a text."""
    if isinstance(error, apsw.InterruptError):
        return Interrupted()
    message = str(error) or type(error).__name__
    if found := _UNWRITABLE.search(message):
        return ReadOnlyTable(found[1])
    statement = text[before:]
    hint = _hint(connection, statement, message)
    offset = getattr(error, "error_offset", -1)
    if offset < 0:
        return StatementRefused(message, hint)
    place = before + len(statement.encode()[:offset].decode(errors="ignore"))
    line = text.count("\n", 0, place) + 1
    column = place - (text.rfind("\n", 0, place) + 1) + 1
    return StatementRefused(message, hint, line=line, column=column, excerpt=_excerpt(text.splitlines(), line, column))


def _excerpt(lines: list[str], line: int, column: int) -> str:
    shown = lines[line - 1] if line <= len(lines) else ""
    start = max(0, column - 1 - _AROUND)
    part = shown[start : column - 1 + _AROUND].replace("\t", " ")
    return f"  {part}\n  {' ' * (column - 1 - start)}^"


def _hint(connection: apsw.Connection, statement: str, message: str) -> str:
    """Return ` (did you mean X?)` for a wrong name, or nothing."""
    found = _MISSING.search(message)
    if not found:
        return ""
    kind, written = found[1], found[2]
    qualifier, _, name = written.rpartition(".")
    if kind == "table":
        tables = dict(_tables(connection))
        close = did_you_mean(written, tables) if qualifier else did_you_mean(name, tables.values())
        return close or "; `.tables` in `iptvvtab shell` and `iptvvtab schema list` show the tables"
    if kind == "function":
        return did_you_mean(name, {row[0] for row in connection.execute("SELECT name FROM pragma_function_list")})
    close = did_you_mean(name, _columns(connection, statement))
    return close.replace("mean '", f"mean '{qualifier}.", 1) if qualifier else close


def _tables(connection: apsw.Connection) -> Iterator[tuple[str, str]]:
    """Yield each table's full name and its bare one."""
    for schema, name in connection.execute("SELECT schema, name FROM pragma_table_list"):
        if not name.startswith("sqlite_"):
            yield f"{schema}.{name}", name


def _columns(connection: apsw.Connection, statement: str) -> Iterable[str]:
    """Return the columns of the tables that the statement names."""
    words = set(re.findall(r"\w+", statement.casefold()))
    for full, name in _tables(connection):
        if name.casefold() in words:
            schema = full.removesuffix(f".{name}")
            for (column,) in connection.execute("SELECT name FROM pragma_table_info(?, ?)", (name, schema)):
                yield column
